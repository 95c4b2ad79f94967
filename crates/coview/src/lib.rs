//! Named shared memory that just works: Windows semantics on every system.
//!
//! Two programs on one machine want to look at the same bytes. One creates a *mapping* under a name and writes:
//!
//! ```
//! use coview::Mapping;
//!
//! let m = Mapping::create("scoreboard", 5 * 1024)?;
//! m.view()?.write(0, b"3:1\0")?;
//!
//! // There, in the other program:
//! let mut buf = [0; 4];
//! Mapping::open("scoreboard")?.view()?.read_to(0, &mut buf)?;
//! assert_eq!(&buf, b"3:1\0");
//! # Ok::<(), coview::Error>(())
//! ```
//!
//! The name lives as long as a handle to it does in any process: drop the last one, exit, or be killed, and it is
//! gone, on Linux as on Windows. No daemon runs, nothing is left behind, and there is nothing to clean up.
//!
//! Nothing safe here hands out a reference into memory that another process may write: bytes are copied in and out,
//! words go by value. This crate has no `unsafe` at all; what there must be is in `coview-memory`, whose whole
//! public interface this crate offers again. It is no database, no network protocol and no daemon.
//!
//! Where to begin: [`Mapping`] is the object and [`View`] is how to touch its bytes; [`Mapping::options`] and
//! [`ViewOptions`] have every further choice; [`Error`] says what went wrong and what to do.
#![forbid(unsafe_code)]

#[doc(inline)]
pub use coview_memory::*;
