//! Waiting for the first of several, or for all of them.

use std::time::Duration;

use super::object::Object;
use super::{Event, Mutex, Process, Semaphore};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{self, WaitableContract, Waited};

/// What can be waited for: [`Event`], [`Semaphore`], [`Mutex`], [`Process`], and nothing else.
pub trait Waitable: sealed::Sealed + Send + Sync {}

impl Waitable for Event {}
impl Waitable for Semaphore {}
impl Waitable for Mutex {}
impl Waitable for Process {}

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

impl sealed::Sealed for Process {
    fn object(&self) -> sealed::Private<'_> {
        sealed::Private(self.object())
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
/// On Linux the end of a process is noticed at once if only processes are waited for, and within 10 ms among other
/// objects.
///
/// Sources: Microsoft, "WaitForMultipleObjects"; Linux, futex_waitv, and before Linux 5.16 a look at each object every
/// five milliseconds; poll(2).
pub fn wait_any(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Option<Acquired>> {
    check_count("wait for the first of several", objects)?;
    let handles: Vec<&os::Waitable> = objects.iter().map(|object| &object.object().0.handle).collect();
    match os::Waitable::wait(&handles, timeout)? {
        Waited::Through { index, abandoned } => Ok(Some(Acquired { index, abandoned })),
        Waited::TimedOut => Ok(None),
    }
}

/// That all of several let a wait through.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "the mutexes among them are this thread's now, and are to be released"]
pub struct AcquiredAll {
    /// Whether there is a mutex among them whose owner before us ended without releasing it. Windows does not tell
    /// which: of several, take each for it. Win32: `WAIT_ABANDONED_0`.
    pub abandoned: bool,
}

/// Blocks until all of the objects let this thread through at one instant, or the time is over: `None` then. Without a
/// time it waits as long as it takes; with zero it does not block. It takes all or nothing: no event is reset, no count
/// taken and no mutex acquired before all can be.
///
/// ```
/// use std::time::Duration;
/// use coview_memory::sync::{Event, Reset, wait_all};
///
/// let [loaded, checked] = [Event::unnamed(Reset::Manual, false)?, Event::unnamed(Reset::Manual, true)?];
/// assert_eq!(wait_all(&[&loaded, &checked], Some(Duration::from_millis(1)))?, None);
/// loaded.set()?;
/// assert!(wait_all(&[&loaded, &checked], None)?.is_some());
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// # Where the systems differ
///
/// On Windows any objects will do. On Linux no step takes several at once, and a lock around several steps would be held
/// by whoever is stopped in between. So there it can be:
///
/// - any number of manual-reset events and processes, which a wait leaves as they are; or
/// - one object of any kind, and any number of processes beside it, which stay as they are once they have ended.
///
/// The rest is `Unsupported`: wait for one after the other, in an order that all keep to, or guard what they stand for
/// with one mutex. And a moment at which all were signalled is missed on Linux if an event was reset again before the
/// waiter had looked: leave events set until those who wait have answered.
///
/// # Errors
/// `InvalidArgument` for none or more than 64 objects, and for one that is given twice (Windows refuses two handles of
/// one object as well); `Unsupported` as above.
///
/// Sources: Microsoft, "WaitForMultipleObjects" with `bWaitAll`.
pub fn wait_all(objects: &[&dyn Waitable], timeout: Option<Duration>) -> Result<Option<AcquiredAll>> {
    const ACTION: &str = "wait for all of several";
    check_count(ACTION, objects)?;
    let objects: Vec<&Object> = objects.iter().map(|object| object.object().0).collect();
    for (index, object) in objects.iter().enumerate() {
        if let Some(first) = objects[..index].iter().position(|other| std::ptr::eq(*object, *other)) {
            let detail = format!("objects {first} and {index} are the same; give each once");
            return Err(Error::new(ErrorKind::InvalidArgument, ACTION, detail));
        }
    }
    let handles: Vec<&os::Waitable> = objects.iter().map(|object| &object.handle).collect();
    let through = os::Waitable::wait_all(&handles, timeout)?;
    Ok(through.map(|abandoned| AcquiredAll { abandoned }))
}

fn check_count(action: &'static str, objects: &[&dyn Waitable]) -> Result<()> {
    if !objects.is_empty() && objects.len() <= MOST {
        return Ok(());
    }
    let detail = format!("{} objects; one to {MOST} can be waited for", objects.len());
    Err(Error::new(ErrorKind::InvalidArgument, action, detail))
}
