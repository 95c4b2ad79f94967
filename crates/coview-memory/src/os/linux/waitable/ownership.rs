//! Which thread of this process owns a mutex, and how the process gets it from the kernel and gives it back.

use std::time::Duration;

#[cfg(not(all(test, coview_loom)))]
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

#[cfg(all(test, coview_loom))]
use loom::sync::atomic::{AtomicU32, AtomicU64, Ordering, fence};

use super::protocol::{Page, Word, signal};
use crate::error::{Error, ErrorKind, Result};

/// The longest sleep for a mutex: a killed owner wakes nobody.
pub(super) const GLANCE: Duration = Duration::from_millis(10);

/// A thread, as no other thread of this or a forked process is called: 22 bits of process, 40 bits of thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Token(u64);

impl Token {
    const THREAD_BITS: u32 = 40;

    /// `pid` is at most 2^22 on Linux; neither is zero.
    pub(super) fn new(pid: u32, thread: u64) -> Self {
        let thread = thread & ((1 << Self::THREAD_BITS) - 1);
        Self((u64::from(pid) << Self::THREAD_BITS | thread) & !ASKING)
    }

    fn is_of_the_process_of(self, owner: u64) -> bool {
        self.0 >> Self::THREAD_BITS == (owner & !ASKING) >> Self::THREAD_BITS
    }
}

/// `owner`: nobody in this process.
const FREE: u64 = 0;
/// `owner`: that thread does not own it, but is about to ask the kernel. It takes some microseconds.
const ASKING: u64 = 1 << 63;

/// The lock that decides between processes. It belongs to the [`Ownership`] alone, not to a thread.
pub(super) trait ProcessLock {
    /// Never waits.
    fn try_lock(&self) -> Result<bool>;
    fn unlock(&self) -> Result<()>;
}

/// The in-process half of a mutex.
#[derive(Debug)]
pub(super) struct Ownership<L> {
    /// A [`Token`], perhaps with `ASKING`. One of another process was copied by fork, and means `FREE`.
    owner: AtomicU64,
    /// How often the owner acquired it; touched by the owner alone.
    count: AtomicU32,
    lock: L,
}

impl<L: ProcessLock> Ownership<L> {
    pub(super) fn new(lock: L) -> Self {
        Self {
            owner: AtomicU64::new(FREE),
            count: AtomicU32::new(0),
            lock,
        }
    }

    /// As if `me` had taken it; the caller has the lock.
    pub(super) fn owned_by(me: Token, lock: L) -> Self {
        Self {
            owner: AtomicU64::new(me.0),
            count: AtomicU32::new(1),
            lock,
        }
    }

    pub(super) fn lock(&self) -> &L {
        &self.lock
    }

    /// Acquires it for the thread `me` if it can be had now; `Some` tells whether its owner died with it.
    pub(super) fn take(&self, page: &impl Page, me: Token) -> Result<Option<bool>> {
        let mut round = 0u32;
        loop {
            let owner = self.owner.load(Ordering::Acquire);
            if owner == me.0 {
                return self.take_again();
            }
            if owner != FREE && me.is_of_the_process_of(owner) {
                if owner & ASKING == 0 {
                    return Ok(None);
                }
                // What the other thread gets to hear decides what this one may say: wait for it.
                pause(round);
                round = round.saturating_add(1);
                continue;
            }
            let asking = me.0 | ASKING;
            if self
                .owner
                .compare_exchange(owner, asking, Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
            {
                return self.ask(page, me);
            }
        }
    }

    fn take_again(&self) -> Result<Option<bool>> {
        let Some(count) = self.count.load(Ordering::Relaxed).checked_add(1) else {
            let detail = "this thread has acquired it 4294967295 times already";
            return Err(Error::new(ErrorKind::Os, "wait for", detail));
        };
        self.count.store(count, Ordering::Relaxed);
        Ok(Some(false))
    }

    /// With `ASKING` set: no other thread of this process touches the lock.
    fn ask(&self, page: &impl Page, me: Token) -> Result<Option<bool>> {
        let answer = self.lock.try_lock();
        if !matches!(answer, Ok(true)) {
            self.owner.store(FREE, Ordering::Release);
            return answer.map(|_| None);
        }
        // Only an owner writes `value`, so what is left there is the last owner's: 1 if it never released.
        let abandoned = page.swap(Word::Value, 1) != 0;
        self.count.store(1, Ordering::Relaxed);
        self.owner.store(me.0, Ordering::Release);
        Ok(Some(abandoned))
    }

    /// Gives up one acquisition; `true` if it was the last. `NotOwner` if `me` does not own it.
    pub(super) fn release(&self, page: &impl Page, me: Token) -> Result<bool> {
        if !self.is_owned_by(me) {
            let detail = "only the thread that acquired it can release it";
            return Err(Error::new(ErrorKind::NotOwner, "release", detail));
        }
        let count = self.count.load(Ordering::Relaxed);
        if count > 1 {
            self.count.store(count - 1, Ordering::Relaxed);
            return Ok(false);
        }
        page.swap(Word::Value, 0);
        self.let_go(page)?;
        Ok(true)
    }

    /// Lets go of it as its owner's death would: the next one is told.
    pub(super) fn abandon(&self, page: &impl Page, me: Token) -> Result<()> {
        if self.is_owned_by(me) {
            self.let_go(page)
        } else {
            Ok(())
        }
    }

    pub(super) fn is_owned_by(&self, me: Token) -> bool {
        self.owner.load(Ordering::Relaxed) == me.0
    }

    /// First the other processes' half, then the threads': a thread that finds it free asks the kernel through the
    /// same description, and must not get what is about to be given away.
    fn let_go(&self, page: &impl Page) -> Result<()> {
        self.lock.unlock()?;
        self.owner.store(FREE, Ordering::Release);
        // Between the state and the look at the waiters (`protocol`).
        fence(Ordering::SeqCst);
        signal(page);
        Ok(())
    }
}

/// Lets another thread of this process get on, also one of a lower priority.
fn pause(round: u32) {
    #[cfg(all(test, coview_loom))]
    loom::thread::yield_now();
    #[cfg(not(all(test, coview_loom)))]
    if round < 50 {
        std::thread::yield_now();
    } else {
        std::thread::sleep(Duration::from_micros(50));
    }
    let _ = round;
}
