//! The demo's words: what a newcomer sees, a line now and then.

use std::io::{self, Write};

use super::relay::{Relay, SIZE};
use super::stage::VICTIM;
use super::{MESSAGES, READERS};
use crate::exit::Failure;

/// A line of progress for that many messages.
const STEP: u32 = 50;

/// Prints, each line at once.
pub(super) struct Show {
    next: u32,
}

impl Show {
    pub(super) fn begin(name: &str) -> Result<Self, Failure> {
        let mut show = Self { next: STEP };
        show.line(format_args!(
            "A named mapping, {name:?}, of {SIZE} bytes, and three processes:\n"
        ))?;
        Ok(show)
    }

    pub(super) fn actor(&mut self, title: &str, process: u32, does: &str) -> Result<(), Failure> {
        self.line(format_args!("  {title:<9} process {process:<8} {does}"))
    }

    pub(super) fn heading(&mut self) -> Result<(), Failure> {
        self.line(format_args!(
            "\n{MESSAGES} messages, each checked by its number and a checksum:\n\n{}",
            row("sent", "reader 1", "reader 2", "the score by now")
        ))
    }

    /// A line, if all living readers are a step further.
    pub(super) fn progress(&mut self, relay: &Relay, killed: Option<u32>) -> Result<(), Failure> {
        let mut checked = Vec::new();
        for reader in 0..READERS {
            checked.push(relay.checked(reader)?.unwrap_or(0));
        }
        let living = (0..READERS).filter(|reader| killed.is_none() || *reader != VICTIM);
        let behind = living.map(|reader| checked[reader]).min().unwrap_or(0);
        if behind < self.next {
            return Ok(());
        }
        self.next = behind - behind % STEP + STEP;
        let cell = |reader: usize| match killed {
            Some(_) if reader == VICTIM => "killed".to_owned(),
            _ => checked[reader].to_string(),
        };
        let text = relay.slot()?.map(|message| message.score()).unwrap_or_default();
        self.line(row(&relay.number()?.to_string(), &cell(0), &cell(1), &text))
    }

    pub(super) fn killed(&mut self, process: u32) -> Result<(), Failure> {
        self.line(format_args!(
            "  -- reader {} (process {process}) is killed: no goodbye, no clean-up --",
            VICTIM + 1
        ))
    }

    pub(super) fn line(&mut self, line: impl std::fmt::Display) -> Result<(), Failure> {
        let mut out = io::stdout().lock();
        writeln!(out, "{line}")
            .and_then(|()| out.flush())
            .map_err(|error| Failure::output(&error))
    }
}

fn row(sent: &str, first: &str, second: &str, score: &str) -> String {
    format!("  {sent:>6} {first:>10} {second:>10}    {score}")
        .trim_end()
        .to_owned()
}
