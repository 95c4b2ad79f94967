//! `cargo xtask setup`: what the other chores need, installed once. What is there already is left alone.

mod apt;
mod std_source;

use std::process::Command;

use crate::sh::{self, Result};
use crate::wine::Wine;

/// The version that deny.toml is written for.
const CARGO_DENY: &str = "cargo-deny@0.20.2";

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Also build and install cargo-deny, which takes minutes.
    #[arg(long)]
    deny: bool,
}

pub(crate) fn run(args: &Args) -> Result {
    apt::install(&[
        "gcc-mingw-w64-x86-64-win32",
        "g++-mingw-w64-x86-64-win32",
        "g++",
        "pkgconf",
        "wine64",
        // The pieces of gcc-multilib: that package itself refuses to live beside a cross compiler.
        "libc6-dev-i386",
        &format!("lib32gcc-{}-dev", sh::output(Command::new("cc").arg("-dumpversion"))?),
        "gcc-aarch64-linux-gnu",
        "libc6-dev-arm64-cross",
        "qemu-user",
    ])?;
    std_source::install()?;
    Wine::prepare()?;
    if args.deny {
        cargo_deny()?;
    }
    Ok(())
}

fn cargo_deny() -> Result {
    let there = sh::cargo().args(["deny", "--version"]).output();
    if there.is_ok_and(|out| out.status.success()) {
        return Ok(());
    }
    // Unoptimized: it checks a few dozen crates, and this halves the time to build it.
    let folder = sh::target_dir().join("cargo-deny");
    let mut install = sh::cargo();
    install.args(["install", CARGO_DENY, "--locked", "--debug", "--target-dir"]);
    sh::run(install.arg(folder).env("CARGO_PROFILE_DEV_DEBUG", "0"))
}
