//! The event: set or not.

use std::fmt;
use std::time::Duration;

use super::object::Object;
use crate::error::Result;
use crate::os::{Existing, WaitableContract, WaitableKind};
use crate::security::Security;

/// Who resets an event. Win32: `bManualReset`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reset {
    /// [`Event::reset`]: until then everybody gets through.
    Manual,
    /// The first wait that gets through: nobody else does.
    Auto,
}

/// An event: it is set, or it is not, and waits last until it is.
///
/// ```
/// use std::time::Duration;
/// use coview_memory::sync::{Event, Reset};
///
/// let done = Event::unnamed(Reset::Manual, false)?;
/// assert!(!done.wait_timeout(Duration::from_millis(1))?);
/// std::thread::scope(|threads| {
///     threads.spawn(|| done.set());
///     done.wait()
/// })?;
/// assert!(done.try_wait()?, "a manual-reset event stays set");
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// Sources: Microsoft, "CreateEventW", "SetEvent", "ResetEvent"; futex(2).
pub struct Event(pub(super) Object);

impl Event {
    /// Creates a new event, private to this user; `AlreadyExists` if the name is taken. The empty name makes an
    /// unnamed one. Does not block, but for another process creating or closing the same name.
    ///
    /// # Errors
    /// `AlreadyExists`, `InvalidName`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`,
    /// `NoMemory`, `Unsupported`, `Busy`.
    pub fn create(name: &str, reset: Reset, set: bool) -> Result<Self> {
        Self::create_with(name, reset, set, &Security::private())
    }

    /// As [`create`](Self::create), for others than this user, too; a name in `Global\` then, else `InvalidArgument`.
    pub fn create_with(name: &str, reset: Reset, set: bool, security: &Security) -> Result<Self> {
        Object::make(kind(reset, set), name, security, Existing::Refuse).map(Self)
    }

    /// As [`create`](Self::create), or opens the event that exists, which then keeps its state and its way of being
    /// reset. [`created`](Self::created) tells which. Win32: `CreateEvent`.
    pub fn open_or_create(name: &str, reset: Reset, set: bool) -> Result<Self> {
        Self::open_or_create_with(name, reset, set, &Security::private())
    }

    /// As [`open_or_create`](Self::open_or_create); the security counts if it creates.
    pub fn open_or_create_with(name: &str, reset: Reset, set: bool, security: &Security) -> Result<Self> {
        Object::make(kind(reset, set), name, security, Existing::Open).map(Self)
    }

    /// Opens an existing event. Never creates. Win32: `OpenEvent`.
    ///
    /// # Errors
    /// `NotFound`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`, `InvalidName`,
    /// `Corrupted`, `Busy`.
    pub fn open(name: &str) -> Result<Self> {
        Object::open(kind(Reset::Auto, false), name).map(Self)
    }

    /// Creates an event without a name, for the threads of this process.
    pub fn unnamed(reset: Reset, set: bool) -> Result<Self> {
        Self::create("", reset, set)
    }

    /// Whether the call that returned this handle created the event.
    pub fn created(&self) -> bool {
        self.0.created
    }

    /// Another handle to the same event. Win32: `DuplicateHandle`.
    pub fn try_clone(&self) -> Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Sets it: all who wait for a manual-reset event get through, one who waits for an auto-reset one. Setting what
    /// is set changes nothing. What this thread wrote before is seen by whoever gets through. Does not block.
    /// Win32: `SetEvent`.
    ///
    /// # Errors
    /// On Linux `Busy` if another process writes to a manual-reset event without end.
    pub fn set(&self) -> Result<()> {
        self.0.handle.set().map_err(|error| self.0.named(error))
    }

    /// Resets it: waits last from now on. Does not block. Win32: `ResetEvent`.
    ///
    /// # Errors
    /// As [`set`](Self::set).
    pub fn reset(&self) -> Result<()> {
        self.0.handle.reset().map_err(|error| self.0.named(error))
    }

    /// Blocks until it is set. Win32: `WaitForSingleObject` with `INFINITE`.
    pub fn wait(&self) -> Result<()> {
        self.0.wait(None).map(drop)
    }

    /// Blocks until it is set, `true`, or for that long by a clock that nobody can set, `false`.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        self.0.wait(Some(timeout)).map(|through| through.is_some())
    }

    /// Whether it is set now; an auto-reset one is not any more then. Does not block.
    pub fn try_wait(&self) -> Result<bool> {
        self.wait_timeout(Duration::ZERO)
    }
}

fn kind(reset: Reset, set: bool) -> WaitableKind {
    WaitableKind::Event {
        manual: reset == Reset::Manual,
        set,
    }
}

impl fmt::Debug for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Event")
            .field("name", &self.0.name())
            .finish_non_exhaustive()
    }
}
