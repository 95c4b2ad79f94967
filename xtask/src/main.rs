//! The project's own chores: `cargo xtask --help`. One file per chore; this one is their table of contents.
#![forbid(unsafe_code)]

mod conformance;
mod cross;
mod exchange;
mod sanitize;
mod setup;
mod sh;
mod std_from_source;
mod stress;
mod tidy;
mod win32;
mod windows;
mod wine;

use clap::Parser;

/// The project's own chores.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
enum Chore {
    /// Install what the chores need on a Debian machine: mingw, Wine, cross compilers, qemu, the standard library's source.
    Setup(setup::Args),
    /// Build the tests for Windows and run them under Wine; or run the program there.
    Windows(windows::Args),
    /// Try every row of the Win32 table here and under Wine, and write docs/conformance.md.
    Conformance(conformance::Args),
    /// Check for macOS and MSVC; run the tests on 32-bit x86, and on 64-bit ARM under qemu.
    Cross(cross::Args),
    /// Run the tests under AddressSanitizer or ThreadSanitizer.
    Sanitize(sanitize::Args),
    /// Let a crowd of processes live and die on a few names, and see that nothing is lost and nothing stays.
    Stress(stress::Args),
    /// The Win32 functions as a C library for Linux: install it, or try its example programs.
    Win32(win32::Args),
    /// Hold the house rules: layering, where `unsafe` may be, file sizes, links that resolve.
    Tidy,
}

fn main() -> std::process::ExitCode {
    let done = match Chore::parse() {
        Chore::Setup(args) => setup::run(&args),
        Chore::Windows(args) => windows::run(&args),
        Chore::Conformance(args) => conformance::run(&args),
        Chore::Cross(args) => cross::run(&args),
        Chore::Sanitize(args) => sanitize::run(&args),
        Chore::Stress(args) => stress::run(&args),
        Chore::Win32(args) => win32::run(&args),
        Chore::Tidy => tidy::run(),
    };
    sh::exit_code(done)
}
