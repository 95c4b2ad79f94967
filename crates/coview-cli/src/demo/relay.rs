//! What lies in the mapping: one message at a time, handed on when every living reader has it.
//!
//! ```text
//! offset   0  u32  the number of the message in the slot; 0 before the first
//!         64  u32  reader 1's place: 0 not here yet, else 1 + the number of messages that it has checked
//!        128  u32  reader 2's place
//!        256       the slot: a message
//! ```
//!
//! The writer writes the slot, then the number; a reader that has seen the number reads the slot, then steps forward;
//! the writer touches the slot again when all living readers have stepped forward. So nobody ever reads a slot that is
//! being written, and nobody misses a message. Who lives is not guessed by a clock: each reader holds a mapping with a
//! name of its own, and that name is gone when the reader is, however it ended.

use std::time::Duration;

use coview::{AccessError, Mapping, View};

use super::message::{HEADER, LONGEST, Message};

const NUMBER: usize = 0;
const PLACES: usize = 64;
/// A cache line each: readers do not slow one another down.
const PLACE_SIZE: usize = 64;
const SLOT: usize = 256;

/// The size of the mapping: a page.
pub(super) const SIZE: u64 = 4096;
const _: () = assert!(SLOT + HEADER + LONGEST <= SIZE as usize);

/// A plain mapping has no wake-up, so whoever waits looks that often.
pub(super) const LOOK: Duration = Duration::from_micros(200);

/// The mapping's content by meaning.
pub(super) struct Relay {
    view: View,
}

impl Relay {
    pub(super) fn new(view: View) -> Self {
        Self { view }
    }

    /// Puts a message into the slot, then says so. The store of the number makes the slot's bytes visible before it.
    pub(super) fn send(&self, number: u32, text: &str) -> Result<(), AccessError> {
        self.view.write(SLOT, Message::encode(number, text).as_slice())?;
        self.view.store_u32(NUMBER, number)
    }

    /// The number of the message in the slot.
    pub(super) fn number(&self) -> Result<u32, AccessError> {
        self.view.load_u32(NUMBER)
    }

    /// The message in the slot; `None` if its header makes no sense.
    pub(super) fn slot(&self) -> Result<Option<Message>, AccessError> {
        let mut header = [0; HEADER];
        self.view.read_to(SLOT, &mut header)?;
        let Some(len) = Message::text_len(&header) else {
            return Ok(None);
        };
        Ok(Some(Message {
            header,
            text: self.view.read_vec(SLOT + HEADER, len)?,
        }))
    }

    /// Reader `reader` is here, and has checked `messages` of them.
    pub(super) fn step(&self, reader: usize, messages: u32) -> Result<(), AccessError> {
        self.view.store_u32(PLACES + reader * PLACE_SIZE, messages + 1)
    }

    /// How many messages a reader has checked; `None` while it is not here yet.
    pub(super) fn checked(&self, reader: usize) -> Result<Option<u32>, AccessError> {
        Ok(self.view.load_u32(PLACES + reader * PLACE_SIZE)?.checked_sub(1))
    }
}

/// The name by which a reader shows that it lives.
pub(super) fn sign_of_life(name: &str, reader: usize) -> String {
    format!("{name}-reader-{}", reader + 1)
}

/// Whether somebody still holds that name.
pub(super) fn lives(name: &str) -> coview::Result<bool> {
    Ok(Mapping::identify(name)?.is_some())
}
