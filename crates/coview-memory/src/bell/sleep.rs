//! Sleeping until one of several bells is rung.

use std::time::Duration;

use crate::error::Result;
use crate::os::{self, BellsContract};
use crate::view::{AccessError, View};

/// The longest sleep. Nobody needs it to end but those whose ringer was killed, or whose announcement was lost.
pub const GLANCE: Duration = Duration::from_secs(1);

/// Blocks while every one of the bells (a view, the offset of the word, what it was) is as it was, and then returns:
/// because a bell has another value or was rung, the time is over, [`GLANCE`] is over, a signal came, or for no reason.
/// The caller looks again, and knows how long it still has. Bells may lie in one view or in many; without any, it sleeps.
///
/// No ring is lost between reading a bell and sleeping on it, if both sides keep
/// [the protocol](crate::bell#the-protocol). Any number of threads may sleep, on the same bells or on others. On Windows
/// a bell wakes its sleepers in the process whose [`BellId`](super::BellId) its ringer was given.
///
/// A view that may only be read will do: it can be slept on, if somebody else announces it.
///
/// ```
/// use std::time::Duration;
/// use coview_memory::{Mapping, bell};
///
/// let view = Mapping::unnamed(4096)?.view()?;
/// let seen = view.load_u32(0)?;
/// bell::sleep(&[(&view, 0, seen)], Some(Duration::from_millis(1)))?; // the time is over
/// view.ring(0, bell::BellId::NOBODY)?;
/// bell::sleep(&[(&view, 0, seen)], None)?; // it has been rung
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// A view stays mapped while it is slept on: it is borrowed.
///
/// ```compile_fail,E0505
/// let view = coview_memory::Mapping::unnamed(4096)?.view()?;
/// let bells = [(&view, 0, 0)];
/// drop(view);
/// coview_memory::bell::sleep(&bells, None)?;
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// # Errors
/// Those of a word that is to be read (`OutOfRange`, `InvalidArgument` for one that is not aligned, `AccessDenied`); on
/// Windows those of [`BellId::mine`](super::BellId::mine).
pub fn sleep(bells: &[(&View, usize, u32)], timeout: Option<Duration>) -> Result<()> {
    let at_most = timeout.map_or(GLANCE, |timeout| timeout.min(GLANCE));
    if let [(view, offset, expected)] = *bells {
        return os::Bells::sleep(&[view.watched(offset, expected)?], at_most);
    }
    let words: Result<Vec<_>, AccessError> = bells
        .iter()
        .map(|(view, offset, expected)| view.watched(*offset, *expected))
        .collect();
    os::Bells::sleep(&words?, at_most)
}
