//! The process: something to wait for, until it has ended.

use std::fmt;
use std::time::{Duration, SystemTime};

use super::object::Object;
use crate::error::Result;
use crate::os::{self, WaitableContract};

/// A process, whoever started it: it can be waited for until it has ended. It stays the same process when its id has
/// gone to another.
///
/// ```
/// use std::time::Duration;
/// use coview_memory::sync::Process;
///
/// let me = Process::current()?;
/// assert_eq!(me.id(), std::process::id());
/// assert!(!me.wait_timeout(Duration::from_millis(1))?, "it runs");
/// assert_eq!(me.started()?, Process::open(me.id())?.started()?, "it is the same one");
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// An id alone says little: its process may have ended, and another one may have it since. Whoever passes an id on
/// passes [`started`](Self::started) on with it, and whoever gets both opens the id and compares.
///
/// # Where the systems differ
///
/// A dead process can be opened for as long as the system keeps its id: on Windows while anybody has a handle to it, on
/// Linux until its parent has waited for it. So that it could be opened does not say that it lives:
/// [`try_wait`](Self::try_wait) does (conformance row J07).
///
/// Sources: Microsoft, "OpenProcess", "GetProcessTimes"; Linux, pidfd_open(2), proc_pid_stat(5).
pub struct Process {
    object: Object,
    id: u32,
}

impl Process {
    /// Opens the process of that id. Does not block. Win32: `OpenProcess`.
    ///
    /// # Errors
    /// `NotFound` if no process has that id; `AccessDenied`: Windows asks whether this user may, Linux does not; on
    /// Linux before version 5.3 `Unsupported`.
    pub fn open(id: u32) -> Result<Self> {
        os::Waitable::open_process(id).map(|handle| Self {
            object: Object::found(handle),
            id,
        })
    }

    /// This process. In a child that is forked later it is still the parent.
    ///
    /// # Errors
    /// As [`open`](Self::open), but for `NotFound`.
    pub fn current() -> Result<Self> {
        Self::open(std::process::id())
    }

    /// Another handle to the same process. Win32: `DuplicateHandle`.
    pub fn try_clone(&self) -> Result<Self> {
        let object = self.object.try_clone()?;
        Ok(Self { object, id: self.id })
    }

    /// The id that it was opened with.
    pub fn id(&self) -> u32 {
        self.id
    }

    /// When it was created, as a number that every process of this system gets alike, and that no other process of the
    /// same id has: on Windows hundreds of nanoseconds since 1601, on Linux ticks since the boot (a hundred in a
    /// second). Also when it has ended. Does not block. Win32: `GetProcessTimes`.
    ///
    /// # Errors
    /// On Linux `Unsupported` if /proc does not show the process to this user.
    pub fn started(&self) -> Result<u64> {
        self.object.handle.started().map(|started| started.number)
    }

    /// When it was created, by the clock on the wall; on Linux to a few hundredths of a second, and each time counted
    /// back from now. To be shown: compare [`started`](Self::started).
    ///
    /// # Errors
    /// As [`started`](Self::started).
    pub fn started_at(&self) -> Result<SystemTime> {
        self.object.handle.started().map(|started| started.time)
    }

    /// Blocks until it has ended: all of its threads, after the last thing that they did. On Linux a zombie has ended.
    /// Win32: `WaitForSingleObject` with `INFINITE`.
    pub fn wait(&self) -> Result<()> {
        self.object.wait(None).map(drop)
    }

    /// Blocks until it has ended, `true`, or for that long by a clock that nobody can set, `false`.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        self.object.wait(Some(timeout)).map(|through| through.is_some())
    }

    /// Whether it has ended. Does not block.
    pub fn try_wait(&self) -> Result<bool> {
        self.wait_timeout(Duration::ZERO)
    }

    pub(super) fn object(&self) -> &Object {
        &self.object
    }
}

impl fmt::Debug for Process {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Process").field("id", &self.id).finish_non_exhaustive()
    }
}
