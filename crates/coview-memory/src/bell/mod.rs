//! Bells: how a process sleeps until another one, in any process, has news.
//!
//! A bell is a 32-bit word in a [`View`](crate::View) that belongs to one process, or to one endpoint of it. Whoever has
//! news for it *rings*: adds 1 to the word and wakes those who sleep on it. What the news is stands elsewhere, in words
//! that the caller knows. Everything above (boards, queues, topics, services) waits by this alone.
//!
//! * [`View::ring`](crate::View::ring) rings. It never blocks.
//! * [`sleep`] sleeps while every one of several bells is as it was.
//! * [`Watch`] is the same for event loops and for `async`: a descriptor to poll, and a future.
//! * [`Patience`] looks for a moment longer before it sleeps.
//! * [`BellId`] is written into shared memory beside a bell, so that others can reach its owner.
//!
//! # The protocol
//!
//! A system call for each piece of news would cost more than the news. So a ringer first looks whether anybody sleeps,
//! and then no news may fall between a waiter's last look and its sleep. Both sides keep one order, which needs three
//! words: the bell, the news, and one that says that somebody sleeps.
//!
//! | the waiter | the ringer |
//! |---|---|
//! | 1. announces that it sleeps | 1. changes the news |
//! | 2. full fence | 2. full fence |
//! | 3. reads the bell | 3. looks whether anybody sleeps |
//! | 4. looks for news, and if there is any does not sleep | 4. if so, rings |
//! | 5. sleeps while the bell is what it read in 3 | |
//! | 6. takes the announcement back, or looks again from 3 on | |
//!
//! Because of the two fences either the ringer sees the announcement, or the waiter sees the news in 4. A ring between 3
//! and 5 changes the bell, and the sleep ends at once. The bell is read before the news is looked for: the other way
//! round a ring for news that came after the look would be taken for an old one.
//!
//! A full fence is [`fence(SeqCst)`](std::sync::atomic::fence), or any operation of a view that reads and changes a word
//! at once (`swap_u32`, `fetch_add_u64`, ...). A plain `store` or `load` is none. `ring` itself begins with such an
//! operation, which is too late for the look in 3: **the fence in 2 is the caller's.** With several waiters of one bell
//! the announcement is a count.
//!
//! ```
//! use coview_memory::bell::{self, BellId};
//! use coview_memory::{Mapping, Result, Scope, View};
//!
//! const BELL: usize = 0;
//! const SLEEPS: usize = 4;
//! const NEWS: usize = 8;
//! const OWNER: usize = 16;
//!
//! fn receive(view: &View) -> Result<u32> {
//!     loop {
//!         view.swap_u32(SLEEPS, 1)?; // announced, and a full fence
//!         let seen = view.load_u32(BELL)?;
//!         let news = view.swap_u32(NEWS, 0)?;
//!         if news != 0 {
//!             view.store_u32(SLEEPS, 0)?;
//!             return Ok(news);
//!         }
//!         bell::sleep(&[(view, BELL, seen)], None)?;
//!     }
//! }
//!
//! fn send(view: &View, news: u32) -> Result<()> {
//!     view.swap_u32(NEWS, news)?; // changed, and a full fence
//!     if view.load_u32(SLEEPS)? != 0 {
//!         view.ring(BELL, view.read(OWNER)?)?;
//!     }
//!     Ok(())
//! }
//!
//! let mapping = Mapping::create("coview-doc-bell", 4096)?;
//! let view = mapping.view()?;
//! view.write(OWNER, &BellId::mine(Scope::Local)?)?;
//! std::thread::scope(|threads| {
//!     // in another process
//!     threads.spawn(|| send(&Mapping::open("coview-doc-bell")?.view()?, 7));
//!     receive(&view)
//! })
//! .map(|news| assert_eq!(news, 7))
//! # ?; Ok::<(), coview_memory::Error>(())
//! ```
//!
//! # Death
//!
//! Any process may be killed between any two instructions, and a stopped one may go on at any time:
//!
//! * A ringer that dies between its change and its ring wakes nobody. So no sleep is longer than [`GLANCE`]: a waiter
//!   looks again after a second at the latest.
//! * A waiter that dies while it sleeps leaves its announcement behind: ringing costs a system call that nobody needs.
//! * All who sleep on a word are woken, so that no wake-up dies with the one who was chosen.
//! * Nothing that a peer writes into the words or into a [`BellId`] does more than wake somebody without need, or late by
//!   a glance.
//!
//! # Where the systems differ
//!
//! On Linux a sleep is a futex (futex(2); futex_waitv from Linux 5.16), and a bell has as many sleepers as like to, in
//! any process that has mapped it. Up to 128 bells are watched at once; of more, and of more than one before 5.16, each
//! is looked at every 5 ms, and so costs 200 wake-ups a second.
//!
//! On Windows no call sleeps on a word that another process changes (`WaitOnAddress` is for one process). There each
//! process has an auto-reset event for all of its bells, under a random name that [`BellId`] carries: a bell wakes those
//! of its owner's process alone, and a ring for a wrong owner wakes nobody.
//!
//! A bell in a view of [`Access::Copy`](crate::Access::Copy) is that view's own: no other process hears or rings it.

mod changed;
mod id;
mod patience;
mod ring;
mod sleep;
mod watch;
mod watchman;

#[cfg(all(test, coview_loom))]
mod model;

pub use changed::Changed;
pub use id::BellId;
pub use patience::Patience;
pub use sleep::{GLANCE, sleep};
pub use watch::Watch;
