//! Bells for event loops: a descriptor, or a handle, that says when one of them was rung.

use std::fmt;
use std::sync::Arc;

use super::Changed;
use super::watchman::{Post, Watchman};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Signal, SignalContract, Watched};
use crate::view::View;

/// Several bells that are watched while this process does other things: what [`sleep`](super::sleep) is for a thread
/// that has nothing else to do, this is for an event loop (`as_fd`, `as_handle`) and for `async` ([`changed`](Self::changed)).
///
/// It is *armed* from the beginning, and from each [`rearm`](Self::rearm) on, with what every bell was. It *goes off* when
/// one has another value, at the latest after [`GLANCE`](super::GLANCE), and sometimes for no reason: look again. From
/// then on its descriptor (Linux: an eventfd) is readable, its handle (Windows: a manual-reset event) signalled, and its
/// futures are ready, until it is armed again.
///
/// [The protocol](crate::bell#the-protocol) is the same: announce, full fence, read the bell, look for news, and arm where
/// a thread would sleep.
///
/// One thread for all of this process's watches does the watching. It starts with the first of them, receives no signals,
/// and ends with the last.
///
/// ```
/// use std::sync::Arc;
/// use coview_memory::bell::{BellId, Watch};
/// use coview_memory::{Mapping, Scope};
///
/// let view = Arc::new(Mapping::unnamed(4096)?.view()?);
/// let id = BellId::mine(Scope::Local)?;
/// let watch = Watch::new([(Arc::clone(&view), 0, view.load_u32(0)?)])?;
/// std::thread::scope(|threads| {
///     threads.spawn(|| view.ring(0, id));
///     pollster::block_on(watch.changed())
/// })?;
/// watch.rearm(&[view.load_u32(0)?])?;
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// After `fork` a child's copy answers every call with `InvalidArgument`, and leaves its parent's alone; new ones work
/// there as anywhere.
pub struct Watch {
    /// Invariant LISTED: as long as its post is listed, this lives. So only this keeps the views, a child's copy can
    /// let go of them, and one that is forgotten keeps them for ever.
    kept: Arc<Kept>,
    number: u64,
    watchman: &'static Watchman,
}

/// What is watched, and what tells of it.
pub(super) struct Kept {
    bells: Vec<(Arc<View>, usize)>,
    pub(super) signal: Signal,
}

impl Kept {
    /// Each bell with what it is expected to be.
    pub(super) fn watched<'a>(&'a self, expected: &'a [u32]) -> impl Iterator<Item = Watched<'a>> + 'a {
        self.bells.iter().zip(expected).map(|((view, offset), expected)| {
            view.watched(*offset, *expected)
                .expect("it was checked when the watch was made, and a view grows only")
        })
    }
}

impl Watch {
    /// Watches these bells: a view, the offset of the word, what it was when there was no news. Does not block.
    ///
    /// # Errors
    /// Those of a word that is to be read (`OutOfRange`, `InvalidArgument` for one that is not aligned, `AccessDenied`);
    /// `NoMemory` if there are no more threads to be had; `Os` if there are no more descriptors; on Windows those of
    /// [`BellId::mine`](super::BellId::mine).
    pub fn new(bells: impl IntoIterator<Item = (Arc<View>, usize, u32)>) -> Result<Self> {
        let mut kept = Kept {
            bells: Vec::new(),
            signal: Signal::new()?,
        };
        let mut expected = Vec::new();
        for (view, offset, value) in bells {
            view.watched(offset, value)?;
            kept.bells.push((view, offset));
            expected.push(value);
        }
        let kept = Arc::new(kept);
        let watchman = Watchman::of_this_process();
        // SAFETY: LISTED: `drop` takes the post from the list before it lets go of `kept`.
        let number = unsafe { watchman.list(Arc::as_ptr(&kept), expected) }?;
        Ok(Self { kept, number, watchman })
    }

    /// Arms it again, with what every bell was, in the order that they were given in. It goes off at once if one has
    /// another value by now. Does not block.
    ///
    /// # Errors
    /// `InvalidArgument` for more or fewer values than there are bells, and in a forked child.
    pub fn rearm(&self, expected: &[u32]) -> Result<()> {
        self.check_process("arm the watch")?;
        if expected.len() != self.kept.bells.len() {
            let detail = format!("{} values for {} bells", expected.len(), self.kept.bells.len());
            return Err(Error::new(ErrorKind::InvalidArgument, "arm the watch", detail));
        }
        self.watchman.arm(self.number, expected);
        Ok(())
    }

    /// Until it goes off; ready at once if it has, and is not armed again. Several may wait for one watch. Needs no
    /// particular executor: the watching thread wakes the task. Dropping it is fine at any time.
    ///
    /// # Errors
    /// `InvalidArgument` in a forked child.
    pub fn changed(&self) -> Changed<'_> {
        Changed::new(self)
    }

    pub(super) fn check_process(&self, action: &'static str) -> Result<()> {
        if self.watchman.is_of_this_process() {
            return Ok(());
        }
        let detail = "it is the parent's: make a new one in a forked child";
        Err(Error::new(ErrorKind::InvalidArgument, action, detail))
    }

    /// As long as it is listed.
    pub(super) fn with_post<T>(&self, act: impl FnOnce(&mut Post) -> T) -> T {
        self.watchman.with_post(self.number, act)
    }
}

#[cfg(target_os = "linux")]
mod unix {
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, RawFd};

    use super::Watch;

    /// Readable from when it goes off until it is armed again. For poll(2), epoll(7) and what is made of them; nobody but
    /// the watch reads or writes it.
    impl AsFd for Watch {
        fn as_fd(&self) -> BorrowedFd<'_> {
            self.kept.signal.as_fd()
        }
    }

    impl AsRawFd for Watch {
        fn as_raw_fd(&self) -> RawFd {
            self.as_fd().as_raw_fd()
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, RawHandle};

    use super::Watch;

    /// Signalled from when it goes off until it is armed again. For `WaitForMultipleObjects` and its kin; nobody but the
    /// watch sets or resets it.
    impl AsHandle for Watch {
        fn as_handle(&self) -> BorrowedHandle<'_> {
            self.kept.signal.as_handle()
        }
    }

    impl AsRawHandle for Watch {
        fn as_raw_handle(&self) -> RawHandle {
            self.as_handle().as_raw_handle()
        }
    }
}

impl Drop for Watch {
    /// Blocks until the watching thread has let go of the views: a few microseconds.
    fn drop(&mut self) {
        if self.watchman.is_of_this_process() {
            self.watchman.strike(self.number);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("bells", &self.kept.bells.len())
            .finish_non_exhaustive()
    }
}
