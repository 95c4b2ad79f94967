//! The C conformance program, in `c/`: every row of the table of Win32 behaviour that C can see, tried with the library
//! that cargo has built, and what it says held against what the table records.
#![cfg(target_os = "linux")]

#[path = "common/compiler.rs"]
mod compiler;
#[path = "../../coview-memory/tests/conformance/rows/mod.rs"]
#[allow(dead_code, unused_imports, reason = "the table is also about the Rust API")]
mod rows;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::Command;

use compiler::Library;
use rows::How;

/// Asks for the handler of row E03 without a change to the program.
const COMMIT_ON_FAULT: &str = "-DCOVIEW_COMMIT_ON_FAULT";

#[test]
fn with_the_systems_wide_characters() {
    every_row_is_as_recorded("conformance", &[COMMIT_ON_FAULT], Library::Static);
}

#[test]
fn with_the_wide_characters_of_windows() {
    let flags = [COMMIT_ON_FAULT, "-fshort-wchar"];
    every_row_is_as_recorded("conformance-short", &flags, Library::Static);
}

#[test]
fn with_the_shared_library() {
    every_row_is_as_recorded("conformance-shared", &[COMMIT_ON_FAULT], Library::Shared);
}

fn every_row_is_as_recorded(name: &str, flags: &[&str], library: Library) {
    if !compiler::links() {
        return;
    }
    let program = Program(compiler::compile(name, &sources(), flags, library));
    let output = Command::new(&program.0).output().unwrap();
    let text = compiler::said(&output);
    assert!(output.status.success(), "{}\n{text}", output.status);

    let mut said: BTreeMap<_, _> = text
        .lines()
        .filter_map(|line| {
            let mut words = line.split(' ');
            Some((words.next()?, words.next()?))
        })
        .collect();
    for row in rows::all() {
        let word = match (row.how, row.c_linux) {
            (How::Nothing(_), _) => "nothing",
            (_, Some(_)) => "deviates",
            (_, None) => "holds",
        };
        assert_eq!(said.remove(row.id), Some(word), "{}\n{text}", row.id);
    }
    assert!(said.is_empty(), "in no table: {said:?}");
}

fn sources() -> Vec<PathBuf> {
    let files = std::fs::read_dir(compiler::root().join("tests/c")).unwrap();
    let mut sources: Vec<_> = files.map(|file| file.unwrap().path()).collect();
    sources.retain(|path| path.extension().is_some_and(|extension| extension == "c"));
    sources.sort();
    sources
}

/// Removed when dropped.
struct Program(PathBuf);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
