//! On a terminal, without flags: the content whenever it is asked for.

use std::io;

use crate::exit::{Exit, Failure, prompt, say};
use crate::lines::{Line, Lines};
use crate::read::Source;
use crate::read::print::Printer;

/// No answer is longer than `exit`; a few more bytes let a typing error be shown.
const LONGEST_ANSWER: usize = 64;

pub(crate) fn run(name: &str, printer: &mut Printer<'_>) -> Result<Exit, Failure> {
    // Nothing to ask about if there is no mapping at all. Not kept: each `yes` means the mapping of that moment.
    drop(Source::open(name)?);
    let mut lines = Lines::new(io::stdin().lock(), LONGEST_ANSWER);
    loop {
        prompt("Print the content? (yes, exit) ");
        match lines
            .next()
            .map_err(|error| Failure::system("cannot read stdin", &error))?
        {
            None => return Ok(Exit::Success),
            Some(Line::Whole(answer)) => match answer.trim_ascii() {
                b"yes" | b"y" => match Source::open(name).and_then(|source| source.content()) {
                    Ok(content) => printer.print(content.bytes())?,
                    // The writer may be back before the next `yes`.
                    Err(failure) => say(failure),
                },
                b"exit" => return Ok(Exit::Success),
                b"" => {}
                _ => say("please type yes or exit"),
            },
            Some(Line::TooLong(_)) => say("please type yes or exit"),
        }
    }
}
