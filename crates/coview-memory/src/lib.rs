//! Named file mappings and their views, with Windows semantics on every system: the floor of Coview.
//!
//! One process creates a mapping under a name and writes; another opens it by that name and reads. When the last
//! handle is gone, by closing, exiting or being killed, so is the name, and with the last view the memory. Nothing
//! stays behind, no daemon runs, and nothing safe ever hands out a reference into memory that a peer may write.
//!
//! ```
//! use coview_memory::Mapping;
//!
//! let m = Mapping::create("coview-doc-first", 5 * 1024)?;
//! m.view()?.write(0, b"3:1\0")?;
//!
//! let mut buf = [0; 4];
//! Mapping::open("coview-doc-first")?.view()?.read_to(0, &mut buf)?;
//! assert_eq!(&buf, b"3:1\0");
//! # Ok::<(), coview_memory::Error>(())
//! ```
//!
//! From top to bottom: [`Mapping`] and [`View`] are what people call; `raw` is the one audited way to touch shared
//! bytes; `os` is the seam to the operating system, a written contract and one folder per system. All of the
//! project's `unsafe` code is in this crate, but for the C interface's own: the pointers that C hands over.

pub mod bell;
mod error;
mod filename;
pub mod liveness;
mod mapping;
mod name;
mod os;
mod page;
mod raw;
mod rights;
mod security;
pub mod sync;
mod view;

pub use error::{Error, ErrorKind, Result};
pub use mapping::{Lifetime, Mapping, MappingOptions};
pub use name::Scope;
pub use os::{Advice, Pages};
pub use rights::{Access, Protection, Rights};
pub use security::Security;
pub use view::{AccessError, Trusted, View, ViewOptions};
#[cfg(target_os = "linux")]
pub use view::{Reservation, sync_commits_on_fault};
