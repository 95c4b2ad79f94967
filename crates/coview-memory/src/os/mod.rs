//! The seam to the operating system: a written contract, and one folder per system. The folders do not know each other.

mod contract;
#[cfg(any(windows, all(test, coview_loom)))]
mod sleepers;

#[cfg(target_os = "linux")]
pub(crate) mod linux;
#[cfg(target_os = "linux")]
pub(crate) use linux as imp;

#[cfg(windows)]
pub(crate) mod windows;
#[cfg(windows)]
pub(crate) use windows as imp;

#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) mod unsupported;
#[cfg(not(any(target_os = "linux", windows)))]
pub(crate) use unsupported as imp;

pub(crate) use imp::{Bells, Handle, Presence, Region, Signal, Waitable};

pub use contract::{Advice, Pages};
pub(crate) use contract::{
    BellsContract, CreateRequest, Existing, Facts, HandleContract, PLACES, Place, PresenceContract, RegionContract,
    SignalContract, Started, WaitableContract, WaitableKind, Waited, Watched,
};
#[cfg(any(windows, all(test, coview_loom)))]
pub(crate) use sleepers::{Sleepers, Word};
