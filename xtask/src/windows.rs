//! `cargo xtask windows`: the same tests as on Linux, built for Windows and run under Wine.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::exchange;
use crate::sh::{self, Result};
use crate::std_from_source::{TESTS, cargo, chosen, variable};
use crate::wine::{self, Wine};

pub(crate) const TARGET: &str = "x86_64-pc-windows-gnu";

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask windows
  cargo xtask windows -- -p coview-memory -- names::
  cargo xtask windows --run -- demo
  cargo xtask windows --c xtask/windows/plain.c -- print scoreboard
  cargo xtask windows --exchange
  cargo xtask windows --clippy")]
pub(crate) struct Args {
    /// Run the program `coview` with the arguments after `--`, in place of the tests.
    #[arg(long, group = "what")]
    run: bool,
    /// Build this C program with mingw and run it with the arguments after `--`, in place of the tests.
    #[arg(long, group = "what", value_name = "FILE")]
    c: Option<PathBuf>,
    /// Have a plain Win32 program and `coview` read what the other wrote, in place of the tests before it.
    #[arg(long, group = "what")]
    exchange: bool,
    /// Lint the Windows code, in place of the tests; needs no Wine.
    #[arg(long, group = "what")]
    clippy: bool,
    /// Further arguments of `cargo test`, or of the program with --run and --c.
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result {
    if args.clippy {
        let mut clippy = cargo("clippy", TARGET, "std")?;
        clippy.args(chosen(&args.args, &["--all-targets"]));
        return sh::run(clippy.args(["--", "-Dwarnings"]));
    }

    if let Some(source) = &args.c {
        return sh::run(Wine::prepare()?.command(&c_program(source)?).args(&args.args));
    }
    if args.exchange {
        return exchange_with_c();
    }
    let mut build = under_wine(if args.run { "run" } else { "test" })?;
    if args.run {
        build.args(["--quiet", "--package", "coview-cli", "--"]);
        build.args(&args.args);
    } else {
        build.args(chosen(&args.args, TESTS));
    }
    sh::run(&mut build)?;
    if args.run || !args.args.is_empty() {
        return Ok(());
    }
    exchange_with_c()
}

fn exchange_with_c() -> Result {
    let wine = Wine::prepare()?;
    sh::run(cargo("build", TARGET, "std")?.args(["--package", "coview-cli"]))?;
    let (coview, plain) = exchange::programs(TARGET);
    exchange::run(&wine, &coview, &c_program(&plain)?)
}

/// `cargo VERB` for Windows, which runs under Wine what it has built.
pub(crate) fn under_wine(verb: &str) -> Result<Command> {
    let wine = Wine::prepare()?;
    let mut build = cargo(verb, TARGET, "std")?;
    build.envs(wine.environment());
    build.env(variable(TARGET, "RUNNER"), wine.program());
    Ok(build)
}

/// Builds a plain Win32 program, to be tried beside ours.
pub(crate) fn c_program(source: &Path) -> Result<PathBuf> {
    let name = source.file_stem().ok_or("a C file has a name")?;
    let folder = sh::target_dir().join("c").join(TARGET);
    std::fs::create_dir_all(&folder)?;
    let exe = folder.join(name).with_extension("exe");
    wine::c_program(source, &exe)?;
    Ok(exe)
}
