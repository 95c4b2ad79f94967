//! Views: a range of a mapping in this process's addresses, and the only way to touch shared bytes.

mod bytes;
mod commits;
mod error;
mod map;
mod options;
mod trusted;
mod word;

pub use error::AccessError;
pub use map::View;
pub use options::ViewOptions;
pub use trusted::Trusted;
