//! `cargo xtask cross`: the systems and processors beside x86-64 Linux and Windows.

use crate::sh::{self, Result};
use crate::std_from_source::{TESTS, cargo, chosen, variable};

/// What is done for a target: no linker and no machine exist here for those that are only checked.
enum Proof {
    Check,
    /// All tests; the processor runs them as they are.
    Test,
    /// Unit tests, with a linker and a runner of its own: under qemu, the rest would take too long.
    UnitTest {
        linker: &'static str,
        runner: &'static str,
    },
}

const TARGETS: [(&str, Proof); 4] = [
    ("aarch64-apple-darwin", Proof::Check),
    ("x86_64-pc-windows-msvc", Proof::Check),
    ("i686-unknown-linux-gnu", Proof::Test),
    (
        "aarch64-unknown-linux-gnu",
        Proof::UnitTest {
            linker: "aarch64-linux-gnu-gcc",
            runner: "xtask/cross/run-arm64.sh",
        },
    ),
];

#[derive(clap::Args)]
pub(crate) struct Args {
    /// Only this target, not all four.
    #[arg(value_parser = TARGETS.map(|(name, _)| name))]
    target: Option<String>,
    /// Further arguments of `cargo test` or `cargo check`.
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result {
    for (target, proof) in &TARGETS {
        if args.target.as_ref().is_none_or(|only| only == target) {
            prove(target, proof, &args.args)?;
        }
    }
    Ok(())
}

fn prove(target: &str, proof: &Proof, args: &[String]) -> Result {
    let (verb, kinds) = match proof {
        Proof::Check => ("check", &[][..]),
        Proof::Test => ("test", TESTS),
        Proof::UnitTest { .. } => ("test", &["--lib"][..]),
    };
    let mut command = cargo(verb, target, "std")?;
    if let Proof::UnitTest { linker, runner } = proof {
        command.env(variable(target, "LINKER"), sh::need(linker)?);
        command.env(variable(target, "RUNNER"), sh::root().join(runner));
        // Every instruction costs a dozen here: measured, this takes the tests to a tenth of their time.
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    }
    sh::run(command.args(chosen(args, kinds)))
}
