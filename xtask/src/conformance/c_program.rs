//! The program that tries the rows with the C functions: built for Linux with the library, and for Windows as it is.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sh::{self, Result};
use crate::wine::{self, Wine};

const CRATE: &str = "crates/coview-win32";
/// What Rust's standard library needs of the system.
const STATIC_NEEDS: [&str; 3] = ["-lpthread", "-ldl", "-lm"];
const FLAGS: [&str; 6] = ["-std=c11", "-O1", "-Wall", "-Wextra", "-Werror", "-o"];

/// Linked to the static library.
pub(super) fn on_linux() -> Result<Command> {
    sh::run(sh::cargo().args(["build", "--package", "coview-win32"]))?;
    let program = made("linux")?;
    let mut compiler = Command::new(sh::need("cc")?);
    compiler.args(FLAGS).arg(&program).args(sources()?);
    compiler.arg("-DCOVIEW_COMMIT_ON_FAULT");
    compiler.arg("-I").arg(sh::root().join(CRATE).join("include"));
    compiler
        .arg(sh::target_dir().join("debug/libcoview_win32.a"))
        .args(STATIC_NEEDS);
    sh::run(&mut compiler)?;
    Ok(Command::new(program))
}

pub(super) fn under_wine(wine: &Wine) -> Result<Command> {
    let program = made("windows")?.with_extension("exe");
    let mut compiler = Command::new(sh::need(wine::MINGW)?);
    compiler.args(FLAGS).arg(&program).args(sources()?).arg("-ladvapi32");
    sh::run(&mut compiler)?;
    Ok(wine.command(&program))
}

/// Where the program of a system goes, with the files that it makes beside itself.
fn made(system: &str) -> Result<PathBuf> {
    let folder = sh::target_dir().join("c/conformance").join(system);
    std::fs::create_dir_all(&folder)?;
    Ok(folder.join("conformance"))
}

fn sources() -> Result<Vec<PathBuf>> {
    let folder = sh::root().join(CRATE).join("tests/c");
    let mut sources = Vec::new();
    for file in std::fs::read_dir(&folder).map_err(|why| format!("{}: {why}", folder.display()))? {
        sources.push(file?.path());
    }
    sources.retain(|path: &PathBuf| path.extension() == Some(Path::new("c").as_os_str()));
    sources.sort();
    Ok(sources)
}
