//! `unsafe` lives at the floor and nowhere else.

use super::Findings;
use super::scan::tokens;
use super::tree::Tree;

/// Crates that touch memory that others may write, or speak C.
const FLOOR: [&str; 2] = ["crates/coview-memory/", "crates/coview-win32/"];

fn is_floor(path: &str) -> bool {
    FLOOR.iter().any(|floor| path.starts_with(floor))
}

/// Tests and benchmarks are crates of their own, which the attribute of a library does not reach.
pub(super) fn only_on_the_floor(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for file in tree.sources().filter(|file| !is_floor(&file.path)) {
        for token in tokens(&file.text).iter().filter(|token| token.text == "unsafe") {
            findings.push(file.finding(token.line, "`unsafe` belongs into coview-memory"));
        }
    }
    findings
}

pub(super) fn forbidden_by_the_compiler_above(tree: &Tree) -> Findings {
    let is_root = |path: &str| path.ends_with("/src/lib.rs") || path.ends_with("/src/main.rs");
    let above = tree
        .sources()
        .filter(|file| is_root(&file.path) && !is_floor(&file.path));
    let lax = above.filter(|file| !file.text.contains("\n#![forbid(unsafe_code)]"));
    lax.map(|file| file.finding(0, "lacks `#![forbid(unsafe_code)]`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unsafe_above_the_floor_is_found() {
        let code = "//! unsafe\nfn f() { unsafe { g() } }";
        let above = Tree::of(&[
            ("crates/coview/tests/t.rs", code),
            ("crates/coview-memory/src/raw.rs", code),
        ]);
        assert_eq!(
            only_on_the_floor(&above),
            ["crates/coview/tests/t.rs:2: `unsafe` belongs into coview-memory"]
        );
    }

    #[test]
    fn a_root_that_does_not_forbid_it_is_found() {
        let good = "//! Why.\n#![forbid(unsafe_code)]\n";
        let tree = Tree::of(&[("crates/coview/src/lib.rs", good), ("xtask/src/main.rs", "//! Why.\n")]);
        assert_eq!(
            forbidden_by_the_compiler_above(&tree),
            ["xtask/src/main.rs:1: lacks `#![forbid(unsafe_code)]`"]
        );
    }
}
