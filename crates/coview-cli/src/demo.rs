//! `coview demo`: a writer and two readers exchange messages through a named mapping, one reader is killed, the others
//! go on, and at the end nothing is left.
//!
//! Four processes: the one that was typed (`stage`, with its words in `show`) starts the others (`writer`, `reader`),
//! looks on through a read-only view of its own, and has the last word (`verdict`). They have nothing in common but
//! the mapping's name; what lies in the mapping is in `relay`, and what is sent in `message`.

mod message;
mod reader;
mod relay;
mod show;
mod stage;
mod verdict;
mod writer;

use crate::cli::Role;
use crate::exit::{Exit, Failure};

pub(crate) use stage::run;

/// How many messages are sent.
const MESSAGES: u32 = 300;
const READERS: usize = 2;

/// What one of the started processes does.
pub(crate) fn play(role: &Role) -> Result<Exit, Failure> {
    match role {
        Role::Writer { name } => writer::run(name),
        Role::Reader { name, number } => reader::run(name, *number),
    }
}
