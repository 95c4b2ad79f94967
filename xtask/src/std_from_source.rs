//! Cargo for targets and flags that the toolchain ships no standard library for: it builds that library too.
//!
//! One stable toolchain then does for every target, and a sanitizer sees the standard library's accesses as well.

use std::process::Command;

use crate::sh::{self, Result};

/// `cargo VERB --target TARGET`, with the standard library built from source.
///
/// The builds lie in a folder of their own, so that the flags here never throw away what `cargo test` has built.
pub(crate) fn cargo(verb: &str, target: &str, folder: &str) -> Result<Command> {
    let sysroot = sh::output(
        Command::new("rustc")
            .args(["--print", "sysroot"])
            .current_dir(sh::root()),
    )?;
    if !std::path::Path::new(&sysroot)
        .join("lib/rustlib/src/rust/library/Cargo.lock")
        .is_file()
    {
        return Err("the standard library's source is not installed: run `cargo xtask setup`".into());
    }
    let mut cargo = sh::cargo();
    cargo
        .args([verb, "--target", target, "-Zbuild-std"])
        .env("CARGO_TARGET_DIR", sh::target_dir().join(folder))
        // -Z flags and the sources of the standard library are for nightly compilers only, unless told otherwise.
        .env("RUSTC_BOOTSTRAP", "1")
        // A failing test still shows its line; the rest would be built a dozen times for nobody.
        .env("CARGO_PROFILE_DEV_DEBUG", "line-tables-only");
    Ok(cargo)
}

/// The environment variable `CARGO_TARGET_<TARGET>_<WHAT>`.
pub(crate) fn variable(target: &str, what: &str) -> String {
    format!("CARGO_TARGET_{}_{what}", target.to_uppercase().replace('-', "_"))
}

/// Arguments that choose what is built and tested: `given`, and where they leave it open all that ships.
///
/// The chores themselves only ever run on the machine that builds. Examples in the documentation are left to the
/// native run: rustdoc would start the compiler once for each.
pub(crate) fn chosen(given: &[String], kinds: &[&str]) -> Vec<String> {
    let own = given.iter().take_while(|arg| *arg != "--");
    let names = |flags: &[&str]| own.clone().any(|arg| flags.contains(&arg.as_str()));
    let mut chosen = Vec::new();
    if !names(&["-p", "--package"]) {
        chosen.extend(["--workspace", "--exclude", "xtask"].map(str::to_owned));
    }
    if !names(&[
        "--lib",
        "--bin",
        "--bins",
        "--test",
        "--tests",
        "--doc",
        "--all-targets",
    ]) {
        chosen.extend(kinds.iter().map(|kind| (*kind).to_owned()));
    }
    chosen.extend_from_slice(given);
    chosen
}

/// The kinds of tests that run everywhere.
pub(crate) const TESTS: &[&str] = &["--lib", "--bins", "--tests"];

#[cfg(test)]
mod tests {
    use super::{TESTS, chosen};

    #[test]
    fn what_is_asked_for_replaces_what_is_usual() {
        let words = |given: &str| {
            let given: Vec<_> = given.split_whitespace().map(str::to_owned).collect();
            chosen(&given, TESTS).join(" ")
        };
        assert_eq!(words(""), "--workspace --exclude xtask --lib --bins --tests");
        assert_eq!(words("-p coview --test t"), "-p coview --test t");
        assert_eq!(words("-p coview -- --test"), "--lib --bins --tests -p coview -- --test");
    }
}
