//! The standard library's source, of exactly the compiler's version, where `-Zbuild-std` looks for it.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::apt::{self, Wanted};
use crate::sh::{self, Result};

/// The Debian release that has the compilers of the last months.
const SUITE: &str = "trixie-backports";

pub(super) fn install() -> Result {
    let rustc = |args: &[&str]| sh::output(Command::new("rustc").args(args).current_dir(sh::root()));
    let verbose = rustc(&["-vV"])?;
    let version = verbose
        .lines()
        .find_map(|line| line.strip_prefix("release: "))
        .ok_or("rustc tells no version")?;
    let rust = Path::new(&rustc(&["--print", "sysroot"])?).join("lib/rustlib/src/rust");

    // An update of the toolchain leaves what rustup did not put there, hence our note of the version.
    let note = rust.join("from-debian");
    let unpacked = fs::read_to_string(&note).map_or(true, |noted| noted == version);
    if rust.join("library/Cargo.lock").is_file() && unpacked {
        return Ok(());
    }

    // Beside its place, so that the last step is one rename and an interrupted run leaves nothing half-made.
    let work = rust.with_extension("unpacking");
    let _ = fs::remove_dir_all(&work);
    fs::create_dir_all(&work)?;
    let package = apt::download(
        &Wanted {
            package: "rust-src",
            version,
            suite: SUITE,
        },
        &work,
    )
    .map_err(|why| format!("{why}\n`rustup component add rust-src` does the same where rustup has network access"))?;
    sh::run(Command::new("dpkg-deb").arg("--extract").arg(package).arg(&work))?;
    fs::create_dir_all(&rust)?;
    let _ = fs::remove_dir_all(rust.join("library"));
    fs::rename(
        work.join(format!("usr/src/rustc-{version}/library")),
        rust.join("library"),
    )?;
    fs::write(note, version)?;
    Ok(fs::remove_dir_all(work)?)
}
