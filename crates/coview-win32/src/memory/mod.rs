//! Views and what else has addresses: mapping, flushing and unmapping, and the pages' state and protection.

mod alloc;
mod area;
mod faults;
mod map;
mod maps;
mod pages;
mod protect;
mod query;
mod unmap;

pub use alloc::{VirtualAlloc, VirtualAlloc2, VirtualFree};
pub use faults::CoviewCommitOnFault;
pub use map::{MapViewOfFile, MapViewOfFile3, MapViewOfFileEx};
pub use protect::VirtualProtect;
pub use query::VirtualQuery;
pub use unmap::{FlushViewOfFile, UnmapViewOfFile, UnmapViewOfFile2};

pub(crate) use area::{Views, is_viewed, lock};
pub(crate) use query::LAST_ADDRESS;
