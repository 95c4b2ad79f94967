//! `cargo xtask stress`: crowds of processes that live and die, and the proof that they would find a broken protocol.

use std::process::Command;

use crate::sh::{self, Result};

/// Faults that `--controls` puts into the library, and how long the stress may take to find each: those that leave
/// something behind show at the end of any run, the others at a moment that has to come.
const FAULTS: [(&str, u64); 5] = [
    ("no-name-lock", 60),
    ("removes-unlocked", 120),
    ("removes-unmarked", 120),
    ("no-roster", 3),
    ("file-is-object", 3),
];

#[derive(Clone, Copy, clap::ValueEnum)]
enum What {
    /// Names that live exactly as long as a handle: created, opened, inherited, forked, killed.
    Lifetime,
}

#[derive(clap::Args)]
pub(crate) struct Args {
    what: What,
    /// How long.
    #[arg(long, default_value_t = 10)]
    seconds: u64,
    /// How many at any time.
    #[arg(long, default_value_t = 8)]
    processes: u64,
    /// On how many names, in each of the two scopes.
    #[arg(long, default_value_t = 3)]
    names: u64,
    /// What the random choices follow from; 0 takes one that no other run has.
    #[arg(long, default_value_t = 0)]
    seed: u64,
    /// Put this fault into the library, and fail unless it is found.
    #[arg(long)]
    planted: Option<String>,
    /// Put each known fault into the library in turn, and fail unless all are found.
    #[arg(long, conflicts_with = "planted")]
    controls: bool,
}

pub(crate) fn run(args: &Args) -> Result {
    let What::Lifetime = args.what;
    if args.controls {
        return FAULTS
            .iter()
            .try_for_each(|(fault, seconds)| sh::run(&mut stress(args, *seconds, Some(fault))));
    }
    sh::run(&mut stress(args, args.seconds, args.planted.as_deref()))
}

fn stress(args: &Args, seconds: u64, planted: Option<&str>) -> Command {
    let mut cargo = sh::cargo();
    if planted.is_some() {
        // Beside the ordinary build, so that neither makes the other stale.
        cargo
            .env("RUSTFLAGS", "--cfg coview_planted")
            .env("CARGO_TARGET_DIR", sh::target_dir().join("planted"));
    }
    cargo.args([
        "test",
        "--release",
        "--quiet",
        "--package",
        "coview-memory",
        "--test",
        "stress",
        "--",
    ]);
    for (option, value) in [
        ("--seconds", seconds),
        ("--processes", args.processes),
        ("--names", args.names),
        ("--seed", args.seed),
    ] {
        cargo.args([option, &value.to_string()]);
    }
    if let Some(fault) = planted {
        cargo.args(["--planted", fault]);
    }
    cargo
}
