//! The program `coview`: named shared memory from the command line.
//!
//! `cli` says what can be typed; `write`, `read` and `demo` do it; `plain` is the layout that they write and read, and
//! the one place that touches shared bytes for them. `exit` is how every one of them ends.
#![forbid(unsafe_code)]

mod cli;
mod demo;
mod exit;
mod lines;
mod plain;
mod read;
mod units;
mod write;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command};

fn main() -> ExitCode {
    let done = match Cli::parse().command {
        Command::Write(args) => write::run(&args),
        Command::Read(args) => read::run(&args),
        Command::Demo => demo::run(),
        Command::DemoRole { role } => demo::play(&role),
    };
    exit::code(done)
}
