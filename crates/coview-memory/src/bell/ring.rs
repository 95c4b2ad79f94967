//! Ringing: one addition, and a wake-up.

use super::BellId;
use crate::os::{self, BellsContract};
use crate::view::{AccessError, View};

impl View {
    /// Rings the bell at `offset`: adds 1 to the 32-bit word there, wrapping, and wakes all who
    /// [`sleep`](crate::bell::sleep) on it. Never blocks.
    ///
    /// The addition releases: a waiter that sees it sees all that was written before. It is a full fence, too, but comes
    /// too late for the question whether anybody sleeps: between changing the news and that question the caller makes
    /// a full fence of its own, as [the protocol](crate::bell#the-protocol) says. Ringing costs a system call
    /// whether or not anybody sleeps; so ask.
    ///
    /// `owner` stood beside the bell, and may be anything: a wrong one wakes nobody on Windows and is not needed on
    /// Linux. Neither is an error.
    ///
    /// # Errors
    /// Those of a word that is to be written: `OutOfRange`, `Misaligned`, `ReadOnly`, `NoAccess`, `NotCommitted`.
    pub fn ring(&self, offset: usize, owner: BellId) -> Result<(), AccessError> {
        self.fetch_add_u32(offset, 1)?;
        let word = self.word::<u32>(offset)?;
        // SAFETY: MAPPED, and `word` has checked that it lies in the view, can be read, and is aligned.
        unsafe { os::Bells::wake(word, owner.numbers()) };
        Ok(())
    }

    /// The word at `offset`, to be slept on while it is `expected` and the view is borrowed.
    pub(super) fn watched(&self, offset: usize, expected: u32) -> Result<os::Watched<'_>, AccessError> {
        let word = self.word::<u32>(offset)?;
        // SAFETY: MAPPED while the view is borrowed, and `word` has checked the rest.
        Ok(unsafe { os::Watched::new(word, expected) })
    }
}
