//! Mappings: the object, what it can be created with, and what others made.

mod draft;
mod handle;
mod options;
mod persistent;
mod share;
#[cfg(target_os = "linux")]
mod share_unix;
#[cfg(windows)]
mod share_windows;

pub use handle::Mapping;
pub use options::{Lifetime, MappingOptions};
