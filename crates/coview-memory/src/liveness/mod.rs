//! Liveness: proof that a process that took a place in a mapping is gone.
//!
//! Those who share a mapping number their places: slots of a queue's producers, readers of a board. A process that
//! takes one is [present](Presence) there. When it is gone, however it ended, everybody can see so, and what the place
//! stood for can be given to others: it will never write again.
//!
//! Nothing in the mapping is believed. It is the kernel that says who lives: not a process id, which another
//! process may have by now, nor a time that a stopped process has let pass, nor bytes, which a peer may have written.

mod presence;

pub use presence::Presence;
