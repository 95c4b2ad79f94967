//! The semaphore: a count of what there is to take.

use std::fmt;
use std::time::Duration;

use super::object::Object;
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Existing, WaitableContract, WaitableKind};
use crate::security::Security;

/// A semaphore: a count from zero to a maximum. A wait takes one, and lasts until there is one.
///
/// ```
/// use coview_memory::sync::Semaphore;
///
/// let places = Semaphore::create("coview-doc-places", 2, 2)?;
/// places.wait()?;
/// places.wait()?;
/// assert!(!places.try_wait()?, "both are taken");
/// assert_eq!(places.release(1)?, 0, "there were none");
/// assert!(places.release(2).is_err(), "two places are all there are");
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// Nobody owns what was taken: if the taker dies, it is not given back.
///
/// Sources: Microsoft, "CreateSemaphoreW", "ReleaseSemaphore"; futex(2).
pub struct Semaphore(pub(super) Object);

impl Semaphore {
    /// Creates a new semaphore, private to this user; `AlreadyExists` if the name is taken. The empty name makes an
    /// unnamed one. Does not block, but for another process creating or closing the same name.
    ///
    /// # Errors
    /// `InvalidArgument` (the maximum is zero or above `i32::MAX`, or `initial` is above it), `AlreadyExists`,
    /// `InvalidName`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`, `NoMemory`,
    /// `Unsupported`, `Busy`.
    pub fn create(name: &str, initial: u32, maximum: u32) -> Result<Self> {
        Self::create_with(name, initial, maximum, &Security::private())
    }

    /// As [`create`](Self::create), for others than this user, too; a name in `Global\` then, else `InvalidArgument`.
    pub fn create_with(name: &str, initial: u32, maximum: u32, security: &Security) -> Result<Self> {
        Object::make(kind(name, initial, maximum)?, name, security, Existing::Refuse).map(Self)
    }

    /// As [`create`](Self::create), or opens the semaphore that exists, which then keeps its count and its maximum.
    /// [`created`](Self::created) tells which. Win32: `CreateSemaphore`.
    pub fn open_or_create(name: &str, initial: u32, maximum: u32) -> Result<Self> {
        Self::open_or_create_with(name, initial, maximum, &Security::private())
    }

    /// As [`open_or_create`](Self::open_or_create); the security counts if it creates.
    pub fn open_or_create_with(name: &str, initial: u32, maximum: u32, security: &Security) -> Result<Self> {
        Object::make(kind(name, initial, maximum)?, name, security, Existing::Open).map(Self)
    }

    /// Opens an existing semaphore. Never creates. Win32: `OpenSemaphore`.
    ///
    /// # Errors
    /// `NotFound`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`, `InvalidName`,
    /// `Corrupted`, `Busy`.
    pub fn open(name: &str) -> Result<Self> {
        Object::open(WaitableKind::Semaphore { initial: 0, maximum: 1 }, name).map(Self)
    }

    /// Creates a semaphore without a name, for the threads of this process.
    pub fn unnamed(initial: u32, maximum: u32) -> Result<Self> {
        Self::create("", initial, maximum)
    }

    /// Whether the call that returned this handle created the semaphore.
    pub fn created(&self) -> bool {
        self.0.created
    }

    /// Another handle to the same semaphore. Win32: `DuplicateHandle`.
    pub fn try_clone(&self) -> Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Adds `count` and returns what there was. As many waiters get through as there are to take, and they see what
    /// this thread wrote before. Does not block. Win32: `ReleaseSemaphore`.
    ///
    /// # Errors
    /// `TooManyPosts` if it would exceed the maximum, and nothing is added then; `InvalidArgument` for zero; on Linux
    /// `Busy` if another process writes to the count without end.
    pub fn release(&self, count: u32) -> Result<u32> {
        if count == 0 {
            let error = Error::new(
                ErrorKind::InvalidArgument,
                "release",
                "a count of zero; one is the least",
            );
            return Err(self.0.named(error));
        }
        self.0.handle.release_count(count).map_err(|error| self.0.named(error))
    }

    /// Blocks until there is one, and takes it. Win32: `WaitForSingleObject` with `INFINITE`.
    pub fn wait(&self) -> Result<()> {
        self.0.wait(None).map(drop)
    }

    /// Blocks until there is one and takes it, `true`, or for that long by a clock that nobody can set, `false`.
    pub fn wait_timeout(&self, timeout: Duration) -> Result<bool> {
        self.0.wait(Some(timeout)).map(|through| through.is_some())
    }

    /// Takes one if there is one now. Does not block.
    pub fn try_wait(&self) -> Result<bool> {
        self.wait_timeout(Duration::ZERO)
    }
}

fn kind(name: &str, initial: u32, maximum: u32) -> Result<WaitableKind> {
    let refuse = |detail: String| {
        let error = Error::new(ErrorKind::InvalidArgument, "create", detail);
        Err(if name.is_empty() { error } else { error.with_name(name) })
    };
    if maximum == 0 || maximum > i32::MAX as u32 {
        return refuse(format!("a maximum of {maximum}; it is from 1 to {}", i32::MAX));
    }
    if initial > maximum {
        return refuse(format!("an initial count of {initial}, above the maximum of {maximum}"));
    }
    Ok(WaitableKind::Semaphore { initial, maximum })
}

impl fmt::Debug for Semaphore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Semaphore")
            .field("name", &self.0.name())
            .finish_non_exhaustive()
    }
}
