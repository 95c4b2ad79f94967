//! `cargo xtask tidy`: the house rules, as a list; each has a test that shows it can fail.
//!
//! The same check runs with `cargo test`, so that nobody needs to know of it to keep the rules.

mod layers;
mod scan;
mod text;
mod tree;
mod unsafety;

use crate::sh::{self, Result};
use tree::Tree;

/// What is wrong and where, one line each.
type Findings = Vec<String>;

const RULES: [fn(&Tree) -> Findings; 10] = [
    layers::crates_depend_downward,
    layers::modules_import_downward,
    unsafety::only_on_the_floor,
    unsafety::forbidden_by_the_compiler_above,
    text::sources_say_why_they_are_there,
    text::sources_are_short,
    text::mod_files_are_tables_of_contents,
    text::nothing_is_left_for_later,
    text::no_place_of_a_machine,
    text::links_resolve,
];

pub(crate) fn run() -> Result {
    let tree = Tree::read(&sh::root())?;
    let findings: Findings = RULES.iter().flat_map(|rule| rule(&tree)).collect();
    if findings.is_empty() {
        println!("tidy: {} files hold {} rules", tree.len(), RULES.len());
        return Ok(());
    }
    Err(format!("the house rules do not hold:\n{}", findings.join("\n")).into())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_repository_holds_the_house_rules() {
        super::run().unwrap_or_else(|why| panic!("{why}"));
    }
}
