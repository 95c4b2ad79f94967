//! What can go wrong when bytes are touched: small, without allocation, with both numbers.

use std::fmt;

use crate::error::{Error, ErrorKind};

/// Why bytes of a view could not be touched. Nothing was changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum AccessError {
    /// The range does not lie within the view.
    OutOfRange {
        /// The first byte asked for, from the view's beginning.
        offset: usize,
        /// How many bytes were asked for.
        len: usize,
        /// How many bytes the view has.
        view: usize,
    },
    /// The word does not lie at a multiple of its size, counted from the mapping's beginning.
    Misaligned {
        /// Where the word was asked for, from the mapping's beginning.
        position: u64,
        /// What it must be a multiple of.
        align: usize,
    },
    /// The view was mapped for reading.
    ReadOnly,
    /// The view was mapped with no access at all.
    NoAccess,
    /// Pages of a reserved mapping in the range have not been committed, or this view has not learned of it yet:
    /// [`View::commit`](crate::View::commit), [`View::sync_commits`](crate::View::sync_commits).
    NotCommitted {
        /// The first byte asked for, from the view's beginning.
        offset: usize,
        /// How many bytes were asked for.
        len: usize,
    },
}

impl fmt::Display for AccessError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::OutOfRange { offset, len, view } => {
                write!(f, "{len} bytes from byte {offset} on, of a view of {view} bytes")
            }
            Self::Misaligned { position, align } => {
                write!(
                    f,
                    "a word at byte {position} of the mapping, which is no multiple of {align}"
                )
            }
            Self::ReadOnly => f.write_str("the view was mapped for reading; map it with Access::Write"),
            Self::NoAccess => f.write_str("the view was mapped with Access::None"),
            Self::NotCommitted { offset, len } => write!(
                f,
                "{len} bytes from byte {offset} on are reserved and not known to be committed; commit or sync_commits"
            ),
        }
    }
}

impl std::error::Error for AccessError {}

impl From<AccessError> for Error {
    fn from(error: AccessError) -> Self {
        let kind = match error {
            AccessError::OutOfRange { .. } => ErrorKind::OutOfRange,
            AccessError::Misaligned { .. } => ErrorKind::InvalidArgument,
            AccessError::ReadOnly | AccessError::NoAccess | AccessError::NotCommitted { .. } => ErrorKind::AccessDenied,
        };
        Error::new(kind, "touch the view", error.to_string())
    }
}

impl From<AccessError> for std::io::Error {
    fn from(error: AccessError) -> Self {
        Error::from(error).into()
    }
}
