//! The mutex: one thread of all processes owns it.

use std::fmt;
use std::marker::PhantomData;
use std::time::Duration;

use super::object::Object;
use crate::error::Result;
use crate::os::{Existing, WaitableContract, WaitableKind};
use crate::security::Security;

/// A mutex between threads of any processes. Whoever dies owning it passes it on, and the next one is told.
///
/// ```
/// use coview_memory::sync::Mutex;
///
/// let turn = Mutex::create("coview-doc-turn")?;
/// let guard = turn.lock()?;
/// if guard.was_abandoned() {
///     // Its owner died with it: what it protects may be half changed. Mend it.
/// }
/// assert!(turn.try_lock()?.is_some(), "the thread that owns it gets it again");
/// std::thread::scope(|threads| {
///     threads.spawn(|| assert!(turn.try_lock().unwrap().is_none()));
/// });
/// drop(guard);
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// A *thread* owns it, through whichever handle of its process; it may acquire it again, and gives it up when it
/// has released it as often. It is abandoned when its owner ends without releasing it: the thread, or with it the
/// process. A panic releases it as guards are dropped, and poisons nothing. It protects no data by itself: what
/// it means is between those who lock it.
///
/// Sources: Microsoft, "CreateMutexW", "ReleaseMutex", "Mutex Objects"; fcntl(2), "Open file description locks".
pub struct Mutex(pub(super) Object);

const NOT_OWNED: WaitableKind = WaitableKind::Mutex { owned: false };
const OWNED: WaitableKind = WaitableKind::Mutex { owned: true };

impl Mutex {
    /// Creates a new mutex that nobody owns, private to this user; `AlreadyExists` if the name is taken. The empty
    /// name makes an unnamed one. Does not block, but for another process creating or closing the same name.
    ///
    /// # Errors
    /// `AlreadyExists`, `InvalidName`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`,
    /// `NoMemory`, `Unsupported`, `Busy`.
    pub fn create(name: &str) -> Result<Self> {
        Self::create_with(name, &Security::private())
    }

    /// As [`create`](Self::create), for others than this user, too; a name in `Global\` then, else `InvalidArgument`.
    pub fn create_with(name: &str, security: &Security) -> Result<Self> {
        Object::make(NOT_OWNED, name, security, Existing::Refuse).map(Self)
    }

    /// As [`create`](Self::create), or opens the mutex that exists. [`created`](Self::created) tells which.
    /// Win32: `CreateMutex`.
    pub fn open_or_create(name: &str) -> Result<Self> {
        Self::open_or_create_with(name, &Security::private())
    }

    /// As [`open_or_create`](Self::open_or_create); the security counts if it creates.
    pub fn open_or_create_with(name: &str, security: &Security) -> Result<Self> {
        Object::make(NOT_OWNED, name, security, Existing::Open).map(Self)
    }

    /// As [`create`](Self::create), and this thread owns it from the first moment: nobody who opens the name gets it
    /// before this thread has called [`release`](Self::release), or has ended. Win32: `CreateMutex` with
    /// `bInitialOwner`.
    ///
    /// ```
    /// use coview_memory::sync::Mutex;
    ///
    /// let ready = Mutex::create_owned("coview-doc-ready")?;
    /// std::thread::scope(|threads| {
    ///     threads.spawn(|| assert!(Mutex::open("coview-doc-ready").unwrap().try_lock().unwrap().is_none()));
    /// });
    /// // What it protects is made now, and whoever has opened it may go on.
    /// ready.release()?;
    /// # Ok::<(), coview_memory::Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`create`](Self::create); on Linux `InvalidArgument`, too, in the destructors of a thread that ends.
    pub fn create_owned(name: &str) -> Result<Self> {
        Self::create_owned_with(name, &Security::private())
    }

    /// As [`create_owned`](Self::create_owned), for others than this user, too; a name in `Global\\` then, else
    /// `InvalidArgument`.
    pub fn create_owned_with(name: &str, security: &Security) -> Result<Self> {
        Object::make(OWNED, name, security, Existing::Refuse).map(Self)
    }

    /// As [`create_owned`](Self::create_owned), or opens the mutex that exists, whose owner stays who it is.
    /// [`created`](Self::created) tells which: only a thread that has created it owns it.
    pub fn open_or_create_owned(name: &str) -> Result<Self> {
        Self::open_or_create_owned_with(name, &Security::private())
    }

    /// As [`open_or_create_owned`](Self::open_or_create_owned); the security counts if it creates.
    pub fn open_or_create_owned_with(name: &str, security: &Security) -> Result<Self> {
        Object::make(OWNED, name, security, Existing::Open).map(Self)
    }

    /// Opens an existing mutex. Never creates. Win32: `OpenMutex`.
    ///
    /// # Errors
    /// `NotFound`, `NotAMapping` (the name is that of an object of another kind), `AccessDenied`, `InvalidName`,
    /// `Corrupted`, `Busy`.
    pub fn open(name: &str) -> Result<Self> {
        Object::open(NOT_OWNED, name).map(Self)
    }

    /// Creates a mutex without a name, for the threads of this process. One that this thread owns from the first moment
    /// is `create_owned("")`.
    pub fn unnamed() -> Result<Self> {
        Self::create("")
    }

    /// Whether the call that returned this handle created the mutex.
    pub fn created(&self) -> bool {
        self.0.created
    }

    /// Another handle to the same mutex. Win32: `DuplicateHandle`.
    pub fn try_clone(&self) -> Result<Self> {
        self.0.try_clone().map(Self)
    }

    /// Blocks until this thread owns it. Win32: `WaitForSingleObject` with `INFINITE`.
    pub fn lock(&self) -> Result<MutexGuard<'_>> {
        self.0.wait(None).map(|through| self.guard(through.unwrap_or(false)))
    }

    /// Blocks until this thread owns it, or for that long by a clock that nobody can set: `None` then.
    pub fn lock_timeout(&self, timeout: Duration) -> Result<Option<MutexGuard<'_>>> {
        let through = self.0.wait(Some(timeout))?;
        Ok(through.map(|abandoned| self.guard(abandoned)))
    }

    /// Makes this thread its owner if nobody else is now. Does not block.
    pub fn try_lock(&self) -> Result<Option<MutexGuard<'_>>> {
        self.lock_timeout(Duration::ZERO)
    }

    /// Gives up one acquisition by this thread: for what has no guard, because [`wait_any`](super::wait_any),
    /// [`wait_all`](super::wait_all) or creating it acquired it.
    /// The next owner sees what this thread wrote before. Does not block. Win32: `ReleaseMutex`.
    ///
    /// # Errors
    /// `NotOwner` if this thread does not own it.
    pub fn release(&self) -> Result<()> {
        self.0.handle.release_mutex().map_err(|error| self.0.named(error))
    }

    fn guard(&self, abandoned: bool) -> MutexGuard<'_> {
        MutexGuard {
            mutex: self,
            abandoned,
            thread: PhantomData,
        }
    }
}

impl fmt::Debug for Mutex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mutex")
            .field("name", &self.0.name())
            .finish_non_exhaustive()
    }
}

/// This thread owns a [`Mutex`], until it is dropped. It stays with its thread:
///
/// ```compile_fail,E0277
/// let mutex = coview_memory::sync::Mutex::unnamed().unwrap();
/// let guard = mutex.lock().unwrap();
/// std::thread::scope(|threads| {
///     threads.spawn(move || drop(guard));
/// });
/// ```
#[must_use = "the mutex is released when the guard is dropped"]
pub struct MutexGuard<'a> {
    mutex: &'a Mutex,
    abandoned: bool,
    /// Only the thread that acquired it can release it.
    thread: PhantomData<*const ()>,
}

impl MutexGuard<'_> {
    /// Whether its owner before us ended without releasing it: what it protects may be half changed. Said once, to
    /// the first who acquires it afterwards. Win32: `WAIT_ABANDONED`.
    pub fn was_abandoned(&self) -> bool {
        self.abandoned
    }
}

impl Drop for MutexGuard<'_> {
    fn drop(&mut self) {
        // Fails only if it was released by hand meanwhile, or in a forked child, which does not own it.
        let _ = self.mutex.release();
    }
}

impl fmt::Debug for MutexGuard<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { mutex, abandoned, .. } = self;
        f.debug_struct("MutexGuard")
            .field("mutex", mutex)
            .field("abandoned", abandoned)
            .finish()
    }
}
