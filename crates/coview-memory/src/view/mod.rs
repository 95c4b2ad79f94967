//! Views: a range of a mapping in this process's addresses, and the only way to touch shared bytes.

mod bytes;
mod commits;
mod error;
#[cfg(target_os = "linux")]
mod fault;
mod map;
mod options;
#[cfg(target_os = "linux")]
mod reservation;
mod trusted;
mod word;

pub use error::AccessError;
#[cfg(target_os = "linux")]
pub use fault::sync_commits_on_fault;
pub use map::View;
pub use options::ViewOptions;
#[cfg(target_os = "linux")]
pub use reservation::Reservation;
pub use trusted::Trusted;
