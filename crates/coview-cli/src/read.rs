//! `coview read`: prints what a mapping holds: once, on request, or whenever it changes.

mod ask;
mod follow;
mod json;
mod print;
mod source;

use std::io::{self, IsTerminal};

use crate::cli::ReadArgs;
use crate::exit::{Exit, Failure};
use crate::read::print::Printer;

pub(crate) use source::{Fate, Source};

pub(crate) fn run(args: &ReadArgs) -> Result<Exit, Failure> {
    let flags = args.wait.is_some() || args.follow || args.json || args.raw;
    let mut printer = Printer::new(&args.name, args.json);
    if !flags && io::stdin().is_terminal() && io::stdout().is_terminal() {
        return ask::run(&args.name, &mut printer);
    }
    let source = match args.wait {
        Some(limit) => Source::wait(&args.name, limit, args.interval)?,
        None => Source::open(&args.name)?,
    };
    if args.follow {
        return follow::run(&source, &mut printer, args.interval);
    }
    printer.print(source.content()?.bytes())?;
    Ok(Exit::Success)
}
