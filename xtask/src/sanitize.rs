//! `cargo xtask sanitize`: the tests under a sanitizer, which sees the standard library's accesses too.

use crate::sh::{self, Result};
use crate::std_from_source::{TESTS, cargo, chosen};

const TARGET: &str = "x86_64-unknown-linux-gnu";

#[derive(Clone, Copy, clap::ValueEnum)]
enum Sanitizer {
    /// Reads and writes outside of what was allocated, and after it was freed.
    Address,
    /// Data races between threads of one process.
    Thread,
}

#[derive(clap::Args)]
pub(crate) struct Args {
    sanitizer: Sanitizer,
    /// Further arguments of `cargo test`.
    #[arg(last = true)]
    args: Vec<String>,
}

pub(crate) fn run(args: &Args) -> Result {
    let (folder, flags) = match args.sanitizer {
        Sanitizer::Address => ("std-address", "-Zsanitizer=address"),
        // The sanitizer cannot see what inline assembly touches; this cfg takes the atomic words in its place.
        Sanitizer::Thread => ("std-thread", "-Zsanitizer=thread --cfg coview_portable"),
    };
    let mut test = cargo("test", TARGET, folder)?;
    test.env("RUSTFLAGS", flags).env("RUSTDOCFLAGS", flags);
    // The C programs of the tests cannot be linked to what the machine's C compiler knows no runtime for.
    test.env("COVIEW_SANITIZED", "1");
    // A forked child that starts a thread ends at once unless told otherwise: one of the tests is about such a child.
    // Others are about children that die of a fault, which the sanitizer makes an exit; and a child has none of its
    // parent's threads, which it takes for leaks.
    test.env("TSAN_OPTIONS", "die_after_fork=0:handle_segv=0:report_thread_leaks=0");
    // Every access is checked, so there had better be few that an optimizer would drop anyway.
    test.env("CARGO_PROFILE_DEV_OPT_LEVEL", "1");
    sh::run(test.args(chosen(&args.args, TESTS)))
}
