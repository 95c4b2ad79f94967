//! `cargo xtask conformance`: every row of the Win32 table tried here and under Wine, through the Rust API and with the C
//! functions, and the document that says so.

mod c_program;
mod columns;
mod document;
mod results;
#[path = "../../crates/coview-memory/tests/conformance/rows/mod.rs"]
mod rows;

use crate::sh::{self, Result};
use crate::windows;
use crate::wine::Wine;
use columns::Columns;
use results::Results;

/// Where the document lies, from the workspace's root.
const DOCUMENT: &str = "docs/conformance.md";

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask conformance
  cargo xtask conformance --check
  cargo xtask conformance --no-wine")]
pub(crate) struct Args {
    /// Write nothing; fail if the document is not what would be written.
    #[arg(long)]
    check: bool,
    /// Run nothing under Wine, and leave what the document says of it as it is.
    #[arg(long)]
    no_wine: bool,
}

pub(crate) fn run(args: &Args) -> Result {
    let path = sh::root().join(DOCUMENT);
    let old = std::fs::read_to_string(&path).unwrap_or_default();
    let suite = ["-p", "coview-memory", "--test", "conformance"];

    let mut columns = Columns::of(&old);
    columns.rust_on_linux(&Results::of_tests("Linux", sh::cargo().arg("test").args(suite))?);
    columns.c_on_linux(&Results::of_c("C on Linux", &mut c_program::on_linux()?)?)?;
    if !args.no_wine {
        columns.rust_under_wine(&Results::of_tests("Wine", windows::under_wine("test")?.args(suite))?);
        columns.c_under_wine(&Results::of_c(
            "C under Wine",
            &mut c_program::under_wine(&Wine::prepare()?)?,
        )?)?;
    }
    let new = document::write(&columns);
    print!("{}", document::summary(&new));

    if new == old {
        return Ok(());
    }
    if args.check {
        return Err(format!("{DOCUMENT} is not what the tests say: run `cargo xtask conformance`").into());
    }
    std::fs::create_dir_all(path.parent().expect("it lies in a folder"))?;
    Ok(std::fs::write(&path, new)?)
}
