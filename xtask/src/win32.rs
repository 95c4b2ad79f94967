//! `cargo xtask win32`: the Win32 functions as a C library for Linux, installed, and its two example programs tried.

mod examples;
mod install;

use std::path::PathBuf;

use crate::sh::{self, Result};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask win32 install --prefix /usr/local
  cargo xtask win32 examples")]
pub(crate) struct Args {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Subcommand)]
enum What {
    /// Build the library and install it with its headers and its pkg-config file.
    Install {
        /// Where: lib, lib/pkgconfig and include/coview-win32 of this folder.
        #[arg(long, value_name = "DIR")]
        prefix: PathBuf,
    },
    /// Build the programs in examples/win32 here and for Windows, and have each talk to every other, and to `coview`.
    Examples,
}

pub(crate) fn run(args: &Args) -> Result {
    match &args.what {
        What::Install { prefix } => install::run(prefix),
        What::Examples => examples::run(&sh::target_dir().join("win32")),
    }
}
