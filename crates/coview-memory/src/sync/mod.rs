//! Events, semaphores and mutexes: how those who share memory say that there is news. And processes, to learn that one
//! has ended.
//!
//! Named ones live in the name space of the mappings: one name, one object of any kind; it lives as long as a handle
//! to it in any process, also when that process is killed. The empty name makes an unnamed one.
//!
//! | what | signalled | a wait that gets through |
//! |---|---|---|
//! | [`Event`], manual-reset | from `set` to `reset` | changes nothing |
//! | [`Event`], auto-reset | from `set` on | resets it: one gets through for each time it becomes set |
//! | [`Semaphore`] | while its count is above zero | takes one |
//! | [`Mutex`] | while no thread owns it | makes this thread its owner |
//! | [`Process`] | once it has ended | changes nothing |
//!
//! [`wait_any`] waits for the first of several, of any kind, [`wait_all`] for all of them at one instant.
//!
//! ```
//! use coview_memory::sync::{Event, Reset};
//!
//! let news = Event::create("coview-doc-news", Reset::Auto, false)?;
//! // in another process
//! Event::open("coview-doc-news")?.set()?;
//!
//! news.wait()?;
//! # Ok::<(), coview_memory::Error>(())
//! ```
//!
//! # Where the systems differ
//!
//! On Windows these are the kernel's own objects, and programs of any language can share them. On Linux they are
//! Coview's (futex(2), and fcntl(2) open file description locks), shared with other programs that use Coview:
//!
//! - Nobody is first in line: whoever runs first gets what was signalled. Windows keeps an order, mostly.
//! - An auto-reset event that is set twice before a waiter has run lets one through; Windows may let two through.
//!   Count with a semaphore.
//! - Everybody with access needs to write: a waiter who may only read is refused when opening.
//! - That the owner of a mutex was killed is noticed within 10 ms; a signal whose sender was killed in the middle of
//!   it, within a second; that a process has ended, at once, or within 10 ms in a wait for other objects, too.
//! - [`wait_all`] takes manual-reset events and processes, or processes and one object of another kind. It misses the
//!   moment at which all were signalled if it is over before the waiter has looked.
//! - After `fork` the child has its copies of the handles but owns nothing, and keeps no name alive.

mod event;
mod mutex;
mod object;
mod process;
mod semaphore;
mod wait;

pub use event::{Event, Reset};
pub use mutex::{Mutex, MutexGuard};
pub use process::Process;
pub use semaphore::Semaphore;
pub use wait::{Acquired, AcquiredAll, Waitable, wait_all, wait_any};
