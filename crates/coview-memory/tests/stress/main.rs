//! The lifetime stress: a crowd of processes that create, open, map, write, duplicate, inherit, fork, exit without
//! closing and kill -9 each other, on a few names. Nothing may be lost, dirty, mixed up or left.
//!
//! `cargo xtask stress lifetime` runs it. With `--planted FAULT` (in a build with `--cfg coview_planted`) the library
//! has a fault put in, and the stress succeeds if it finds it.

#[cfg(target_os = "linux")]
#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod crowd;
#[cfg(target_os = "linux")]
mod run;
#[cfg(target_os = "linux")]
mod tally;
#[cfg(target_os = "linux")]
mod worker;

#[cfg(target_os = "linux")]
fn main() -> std::process::ExitCode {
    run::main()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    eprintln!("the lifetime stress is of the Linux protocol; here the kernel itself keeps names");
}
