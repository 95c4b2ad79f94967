//! Waiting for all of several at one instant, with nothing taken before.
//!
//! Taking several objects in one step needs a lock over them, and whoever is stopped while holding it stops all the
//! others: so at most one of them may be changed by the wait, and only where that one is taken last. What is left is
//! to *see* that several objects are signalled at one instant:
//!
//! * An ended process stays ended. Any number of them can be looked at one after the other.
//! * A manual-reset event can be reset, and set again, between two looks. Its value counts its changes, so that two
//!   looks which find one odd number know that it was set all the while (for 2^31 times being set and reset in
//!   between, it is not known). All are looked at twice: if nothing has changed, there was an instant between the
//!   last of the first looks and the first of the second ones at which all were set.

use std::time::Duration;

use super::protocol::{Deadline, Entered, Object, Page as _, Word, longest_sleep};
use crate::error::Result;

/// Whether all are signalled at one instant; if not, one that was not all the while.
fn missing<O: Object>(objects: &[&O]) -> Result<Option<usize>> {
    let mut marks = Vec::with_capacity(objects.len());
    for (index, object) in objects.iter().enumerate() {
        match object.mark()? {
            Some(mark) => marks.push(mark),
            None => return Ok(Some(index)),
        }
    }
    for (index, object) in objects.iter().enumerate() {
        if object.mark()? != Some(marks[index]) {
            return Ok(Some(index));
        }
    }
    Ok(None)
}

/// Waits until all of the objects, which a wait leaves as they are, are signalled at one instant; false if the time is
/// over. `sleep` gets the index of the object to sleep on, its sequence if it has a page, and how long at most.
pub(super) fn wait_all<O: Object>(
    objects: &[&O],
    timeout: Option<Duration>,
    mut sleep: impl FnMut(usize, Option<(&O::Page, u32)>, Duration) -> Result<()>,
) -> Result<bool> {
    if missing(objects)?.is_none() {
        return Ok(true);
    }
    if timeout.is_some_and(|timeout| timeout.is_zero()) {
        return Ok(false);
    }
    let deadline = Deadline::after(timeout);
    let _entered = Entered::new(objects);
    let mut places: Vec<Option<(&O::Page, u32)>> = objects
        .iter()
        .map(|object| object.page().map(|page| (page, 0)))
        .collect();
    loop {
        for (page, sequence) in places.iter_mut().flatten() {
            *sequence = page.load(Word::Sequence);
        }
        // One that has changed since its first look was set by somebody who finds us counted: no sleep then.
        let Some(index) = missing(objects)? else {
            return Ok(true);
        };
        let Some(left) = deadline.left() else {
            return Ok(false);
        };
        sleep(index, places[index], left.min(longest_sleep(&objects[index..=index])))?;
    }
}
