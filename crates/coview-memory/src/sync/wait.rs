//! Waiting for the first of several.

use std::time::Duration;

use super::object::Object;
use super::{Event, Mutex, Semaphore};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{self, WaitableContract, Waited};

/// What can be waited for: [`Event`], [`Semaphore`], [`Mutex`], and nothing else.
pub trait Waitable: sealed::Sealed + Send + Sync {}

impl Waitable for Event {}
impl Waitable for Semaphore {}
impl Waitable for Mutex {}

mod sealed {
    #[expect(unnameable_types, reason = "what nobody can name, nobody can implement")]
    pub trait Sealed {
        #[doc(hidden)]
        fn object(&self) -> Private<'_>;
    }

    #[expect(unnameable_types, reason = "it carries what is nobody else's business")]
    pub struct Private<'a>(pub(in crate::sync) &'a super::Object);
}

impl sealed::Sealed for Event {
    fn object(&self) -> sealed::Private<'_> {
        sealed::Private(&self.0)
    }
}

impl sealed::Sealed for Semaphore {
    fn object(&self) -> sealed::Private<'_> {
        sealed::Private(&self.0)
    }
}

impl sealed::Sealed for Mutex {
    fn object(&self) -> sealed::Private<'_> {
        sealed::Private(&self.0)
    }
}

/// Which of several let a wait through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "a mutex among them is this thread's now, and is to be released"]
pub struct Acquired {
    /// Its place among those that were waited for. Win32: what is added to `WAIT_OBJECT_0`.
    pub index: usize,
    /// Whether it is a mutex whose owner before us ended without releasing it. Win32: `WAIT_ABANDONED_0`.
    pub abandoned: bool,
}

/// The most that one wait can wait for. Win32: `MAXIMUM_WAIT_OBJECTS`.
const MOST: usize = 64;

/// Blocks until one of the objects lets this thread through, or the time is over: `None` then. Without a time it waits
/// as long as it takes; with zero it does not block. Only the one that is returned has changed: an event is reset, a
/// count taken, a mutex is this thread's until [`Mutex::release`]. Of several that would do, the first is taken.
///
/// ```
/// use std::time::Duration;
/// use coview_memory::sync::{Event, Reset, Semaphore, wait_any};
///
/// let stop = Event::unnamed(Reset::Manual, false)?;
/// let work = Semaphore::unnamed(1, 100)?;
/// let got = wait_any(&[&stop, &work], Some(Duration::from_secs(5)))?;
/// assert_eq!(got.map(|got| got.index), Some(1));
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// # Errors
/// `InvalidArgument` for none or more than 64 objects (conformance row J04). Give each object once: Windows asks for it.
///
/// Sources: Microsoft, "WaitForMultipleObjects"; Linux, futex_waitv, and before Linux 5.16 a look at each object every
/// five milliseconds.
pub fn wait_any(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Option<Acquired>> {
    if objects.is_empty() || objects.len() > MOST {
        let detail = format!("{} objects; one to {MOST} can be waited for", objects.len());
        return Err(Error::new(
            ErrorKind::InvalidArgument,
            "wait for the first of several",
            detail,
        ));
    }
    let handles: Vec<&os::Waitable> = objects.iter().map(|object| &object.object().0.handle).collect();
    match os::Waitable::wait(&handles, timeout)? {
        Waited::Through { index, abandoned } => Ok(Some(Acquired { index, abandoned })),
        Waited::TimedOut => Ok(None),
    }
}
