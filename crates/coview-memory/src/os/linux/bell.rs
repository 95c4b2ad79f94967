//! Bells on Linux: a futex is woken by its address, so nobody needs to know whose bell it is.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::atomic::AtomicU32;
use std::time::Duration;

use rustix::event::{EventfdFlags, eventfd};

use super::errors::system;
use super::futex;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;
use crate::os::{BellsContract, SignalContract, Watched};

pub(crate) enum Bells {}

impl BellsContract for Bells {
    /// The process's id, for people: nothing here reads it.
    fn mine(scope: Scope) -> Result<[u32; 4]> {
        Ok([std::process::id(), u32::from(scope == Scope::Global), 0, 0])
    }

    fn sleep(words: &[Watched<'_>], at_most: Duration) -> Result<()> {
        let nobodys = AtomicU32::new(0);
        // SAFETY: it lives until the sleep ends.
        let none = [unsafe { Watched::new(nobodys.as_ptr(), 0) }];
        let words = if words.is_empty() { &none[..] } else { words };
        futex::sleep_on_many(words, at_most).map_err(|os| system("sleep", "the bells", os))
    }

    unsafe fn wake(word: *const u32, _owner: [u32; 4]) {
        // SAFETY: the same contract.
        unsafe { futex::wake_all(word) }
    }

    /// Faults stay deliverable: they are the thread's own, and a blocked one would end the process without the
    /// program's handler.
    fn start_thread(name: &str, run: fn()) -> Result<()> {
        let mut all = MaybeUninit::<libc::sigset_t>::uninit();
        // SAFETY: fills the set in, and cannot fail.
        unsafe { libc::sigfillset(all.as_mut_ptr()) };
        for fault in [libc::SIGSEGV, libc::SIGBUS, libc::SIGFPE, libc::SIGILL, libc::SIGTRAP] {
            // SAFETY: the set has been filled in.
            unsafe { libc::sigdelset(all.as_mut_ptr(), fault) };
        }
        let mut before = MaybeUninit::<libc::sigset_t>::uninit();
        // A new thread blocks what its maker blocks.
        // SAFETY: reads the one set and fills in the other; cannot fail for these arguments.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, all.as_ptr(), before.as_mut_ptr()) };
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        // SAFETY: what was there before, filled in above.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, before.as_ptr(), std::ptr::null_mut()) };
        started.map(drop).map_err(not_started)
    }
}

fn not_started(os: io::Error) -> Error {
    let kind = match os.raw_os_error() {
        Some(libc::EAGAIN | libc::ENOMEM) => ErrorKind::NoMemory,
        _ => ErrorKind::Os,
    };
    Error::new(kind, "start a thread", "see ulimit -u").with_os(os)
}

/// An eventfd: readable while its count is not zero.
#[derive(Debug)]
pub(crate) struct Signal(OwnedFd);

impl SignalContract for Signal {
    fn new() -> Result<Self> {
        eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)
            .map(Self)
            .map_err(|os| system("watch", "an eventfd", os.into()))
    }

    fn raise(&self) {
        // It fails if the count is as high as it can be: then it is readable.
        let _ = rustix::io::write(&self.0, &1u64.to_ne_bytes());
    }

    fn lower(&self) {
        // It fails if the count is zero already.
        let _ = rustix::io::read(&self.0, &mut [0; 8]);
    }
}

impl AsFd for Signal {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
