//! Events, semaphores and mutexes: three words in a page that all processes share, and a futex. And processes, to be
//! waited for as those are ([`process`]).
//!
//! | word | event | semaphore | mutex |
//! |---|---|---|---|
//! | value | 0 or 1; manual-reset: odd while set, one more with each change | the count | 1 while held |
//! | sequence | changes with every signal; the word that waiters sleep on | = | = |
//! | waiters | how many sleep or are about to; may only err high | = | = |
//!
//! Whatever a peer writes there, nothing here trusts it further than this: a wait may end too early or at its
//! deadline only, and a semaphore's maximum is in the registry, not in the page.
//!
//! # Death
//!
//! A process may be killed between any two instructions, and nobody else may stand still for it:
//!
//! * Killed while waiting: `waiters` stays too high, and signals cost a system call that nobody needs.
//! * Killed when woken: all are woken each time, so that nobody's wake-up dies with another one.
//! * Killed after its signal and before waking: no sleep lasts longer than [`protocol::GLANCE`].
//! * Killed as the owner of a mutex: the page does not say who owns a mutex; the kernel does. The owner holds an
//!   exclusive lock on a byte of the data file, through a description that is never mapped, and the kernel drops it
//!   when the last thread of the process is gone, after its last write: proof of the death of the whole process, which
//!   a robust mutex is not (`robust_list` reports a thread while another one may still write). Who then takes the lock
//!   finds `value` still 1 and reports the mutex as abandoned. A killed owner wakes nobody, so no sleep for a mutex
//!   lasts longer than [`ownership::GLANCE`]: that is how soon its death is noticed.
//!
//! # Threads
//!
//! A process has one [`Core`](core::Core) for a mutex, however many handles: so a thread that owns it through one
//! handle may acquire it again through another, as on Windows. Inside of the process the core says which thread owns
//! it; a thread that ends abandons what it owns ([`thread`]). A forked child owns nothing: the owner's token names
//! the process, and the child's copy of the descriptor is replaced by a description of its own (`fork.rs`).
//!
//! A mutex that is created with an owner has its core before it has its name: by then the lock is taken and `value` is
//! 1. Whoever finds the name finds it owned, and a creator that is killed leaves nothing, or an abandoned mutex.
//!
//! # All of several
//!
//! See [`all`]. No lock is ever held over two objects.
//!
//! # What was tried and left
//!
//! * Robust futexes: see above; and the owner would be a thread id, which says nothing across PID namespaces.
//! * `F_OFD_SETLKW` to wait for a mutex: exact, but it has no deadline and cannot be one of several.
//! * Handing a signal to one chosen waiter, as Windows does: it dies with that waiter. So two sets of an auto-reset
//!   event before any waiter has run let one through here, and may let two through on Windows.

mod all;
mod core;
mod handle;
mod ownership;
mod page;
mod process;
mod protocol;
mod thread;

#[cfg(all(test, coview_loom))]
mod model;
#[cfg(all(test, not(coview_loom)))]
mod tests;

pub(crate) use handle::Waitable;
