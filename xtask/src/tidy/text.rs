//! Rules about how files read: what each starts with, how long it may be, and what no file may hold.

use std::path::{Component, Path, PathBuf};

use super::Findings;
use super::scan::{Token, tokens};
use super::tree::Tree;
use crate::sh;

/// A file that is longer than this has a second idea in it.
const LONGEST: usize = 600;

pub(super) fn sources_say_why_they_are_there(tree: &Tree) -> Findings {
    let silent = tree.sources().filter(|file| !file.text.starts_with("//! "));
    silent
        .map(|file| file.finding(0, "begins without a `//!` that says why the file is there"))
        .collect()
}

pub(super) fn sources_are_short(tree: &Tree) -> Findings {
    let long = tree.sources().filter(|file| file.text.lines().count() > LONGEST);
    long.map(|file| file.finding(LONGEST, format!("is longer than {LONGEST} lines")))
        .collect()
}

pub(super) fn mod_files_are_tables_of_contents(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for file in tree.sources().filter(|file| file.path.ends_with("/mod.rs")) {
        if let Some(line) = first_item(&tokens(&file.text)) {
            findings.push(file.finding(line, "a mod.rs holds modules and imports, nothing else"));
        }
    }
    findings
}

/// The line of the first thing that is neither `mod x;` nor `use`, nor a choice between such.
fn first_item(tokens: &[Token]) -> Option<usize> {
    let text = |at: usize| tokens.get(at).map_or("", |token| token.text);
    let mut at = 0;
    while at < tokens.len() {
        match text(at) {
            "#" => at = closing(tokens, at + 1, "[", "]"),
            "pub" if text(at + 1) == "(" => at = closing(tokens, at + 1, "(", ")"),
            "pub" => {}
            "mod" if text(at + 2) == ";" => at += 2,
            "use" => at += tokens[at..].iter().position(|token| token.text == ";")?,
            // `core::cfg_select! { condition => { use a; } }`
            "core" | "std" | "::" => {}
            "cfg_select" => at = closing(tokens, at + 2, "{", "}"),
            _ => return Some(tokens[at].line),
        }
        at += 1;
    }
    None
}

/// Where the bracket closes that opens at or after `at`.
fn closing(tokens: &[Token], at: usize, open: &str, close: &str) -> usize {
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate().skip(at) {
        depth += i32::from(token.text == open) - i32::from(token.text == close);
        if depth == 0 && token.text == close {
            return at;
        }
    }
    tokens.len()
}

pub(super) fn nothing_is_left_for_later(tree: &Tree) -> Findings {
    // In two halves, or this file would hold what it looks for.
    let marks = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("#[ig", "nore"),
        concat!("db", "g!("),
    ];
    holding(tree, &marks, |path| {
        path.ends_with(".rs") || path.ends_with(".md") || path.starts_with(".ci/")
    })
}

/// A home folder, this checkout's place or the host of a package archive tell about a machine, not about Coview.
pub(super) fn no_place_of_a_machine(tree: &Tree) -> Findings {
    let mut places = vec![sh::root().display().to_string()];
    places.extend(
        std::env::var("HOME")
            .ok()
            .map(|home| format!("{}/", home.trim_end_matches('/'))),
    );
    places.extend(apt_hosts());
    let places: Vec<_> = places
        .iter()
        .map(String::as_str)
        .filter(|place| place.len() > 3)
        .collect();
    holding(tree, &places, |_| true)
}

/// The hosts in the lines `deb http://host/debian suite main` of apt's configuration.
fn apt_hosts() -> Vec<String> {
    let ask = ["indextargets", "--format", "$(REPO_URI)"];
    let out = std::process::Command::new("apt-get").args(ask).output();
    let addresses = out
        .map(|out| String::from_utf8_lossy(&out.stdout).into_owned())
        .unwrap_or_default();
    let host = |line: &str| Some(line.split_once("://")?.1.split('/').next()?.to_owned());
    let mut hosts: Vec<_> = addresses.lines().filter_map(host).collect();
    hosts.sort();
    hosts.dedup();
    hosts
}

fn holding(tree: &Tree, marks: &[&str], looked_at: fn(&str) -> bool) -> Findings {
    let mut findings = Findings::new();
    for file in tree.files().filter(|file| looked_at(&file.path)) {
        for (line, text) in file.text.lines().enumerate() {
            let held = marks.iter().filter(|mark| text.contains(*mark));
            findings.extend(held.map(|mark| file.finding(line, format!("holds `{mark}`"))));
        }
    }
    findings
}

pub(super) fn links_resolve(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for file in tree.files().filter(|file| file.path.ends_with(".md")) {
        let mut fenced = false;
        for (line, text) in file.text.lines().enumerate() {
            fenced ^= text.trim_start().starts_with("```");
            for target in links(text).filter(|_| !fenced) {
                let path = target.split('#').next().unwrap_or("");
                let elsewhere = path.is_empty() || path.contains(':');
                let folder = Path::new(&file.path).parent().unwrap_or(Path::new(""));
                if !elsewhere && !tree.has(&plain(&folder.join(path))) {
                    findings.push(file.finding(line, format!("the link to `{target}` leads nowhere")));
                }
            }
        }
    }
    findings
}

/// What the `[text](target)` of a line lead to.
fn links(line: &str) -> impl Iterator<Item = &str> {
    line.split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', ' ']).next())
}

/// Without `.` and `..`, and with `/`.
fn plain(path: &Path) -> String {
    let mut plain = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::Normal(name) => plain.push(name),
            _ => {}
        }
    }
    plain.to_string_lossy().replace('\\', "/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_source_without_a_reason_is_found() {
        let tree = Tree::of(&[("a.rs", "//! Why.\n"), ("b.rs", "use x;\n"), ("c.sh", "")]);
        assert_eq!(sources_say_why_they_are_there(&tree).len(), 1);
    }

    #[test]
    fn a_long_source_is_found() {
        let (short, long) = ("\n".repeat(LONGEST), "\n".repeat(LONGEST + 1));
        let tree = Tree::of(&[("a.rs", &short), ("b.rs", &long)]);
        assert_eq!(sources_are_short(&tree), ["b.rs:601: is longer than 600 lines"]);
    }

    #[test]
    fn a_mod_file_with_code_is_found() {
        let mods = |text: &str| mod_files_are_tables_of_contents(&Tree::of(&[("a/mod.rs", text)]));
        let clean = "//! Doc.\n#![allow(x)]\n#[cfg(unix)]\npub(crate) mod a;\npub use a::{B, C};\n";
        assert_eq!(mods(clean), Findings::new());
        assert_eq!(
            mods("core::cfg_select! { unix => { use a; } _ => { use b; } }\nmod c;"),
            Findings::new()
        );
        assert_eq!(
            mods("mod a;\nfn f() {}\n"),
            ["a/mod.rs:2: a mod.rs holds modules and imports, nothing else"]
        );
        assert_eq!(mods("mod a;\n\npub struct S;\n").len(), 1);
        assert_eq!(mods("mod a { fn f() {} }\n").len(), 1);
    }

    #[test]
    fn work_left_for_later_is_found() {
        let later = concat!("//! Why.\n// TO", "DO: all\n#[ig", "nore]\n");
        assert_eq!(
            nothing_is_left_for_later(&Tree::of(&[("a.rs", later), ("Cargo.lock", later)])).len(),
            2
        );
    }

    #[test]
    fn a_place_of_a_machine_is_found() {
        let here = format!("see {}/x\n", sh::root().display());
        assert!(!no_place_of_a_machine(&Tree::of(&[("a.md", &here)])).is_empty());
        assert_eq!(
            no_place_of_a_machine(&Tree::of(&[("a.md", "see /dev/shm\n")])),
            Findings::new()
        );
    }

    #[test]
    fn a_link_to_nothing_is_found() {
        let text =
            "[a](../README.md#why) [b](gone.md) [c](https://example.org) [d](#here) [e](sub)\n```\n[f](gone)\n```\n";
        let tree = Tree::of(&[("docs/a.md", text), ("README.md", ""), ("docs/sub/x.md", "")]);
        assert_eq!(
            links_resolve(&tree),
            ["docs/a.md:1: the link to `gone.md` leads nowhere"]
        );
    }
}
