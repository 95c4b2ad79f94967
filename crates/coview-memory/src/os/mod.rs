//! The seam to the operating system: a written contract, and one folder per system. The folders do not know each other.

mod contract;

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

pub(crate) use imp::{Handle, Presence, Region, Waitable};

pub use contract::{Advice, Pages};
pub(crate) use contract::{
    CreateRequest, Existing, Facts, HandleContract, PLACES, Place, PresenceContract, RegionContract, Started,
    WaitableContract, WaitableKind, Waited,
};
