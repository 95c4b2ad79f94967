//! Content on stdout, and nothing else.

use std::io::{self, Write};

use crate::exit::Failure;
use crate::read::json;

/// Prints contents, as they are or as JSON, each with a line end.
pub(crate) struct Printer<'a> {
    name: &'a str,
    json: bool,
}

impl<'a> Printer<'a> {
    pub(crate) fn new(name: &'a str, json: bool) -> Self {
        Self { name, json }
    }

    /// In one piece, and out at once: whoever reads the other end of a pipe is waiting for it.
    pub(crate) fn print(&mut self, content: &[u8]) -> Result<(), Failure> {
        let mut line = if self.json {
            json::line(self.name, content).into_bytes()
        } else {
            content.to_vec()
        };
        line.push(b'\n');
        let mut out = io::stdout().lock();
        out.write_all(&line)
            .and_then(|()| out.flush())
            .map_err(|error| Failure::output(&error))
    }
}
