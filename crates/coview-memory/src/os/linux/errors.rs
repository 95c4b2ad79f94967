//! What the system said, in the library's words.

use std::fmt::Display;
use std::io;

use crate::error::{Error, ErrorKind};

/// What the system said about a step.
pub(super) fn system(action: &'static str, what: impl Display, os: io::Error) -> Error {
    let kind = match os.raw_os_error() {
        Some(libc::ENOSPC | libc::EDQUOT | libc::ENOMEM) => ErrorKind::NoMemory,
        Some(libc::EACCES | libc::EPERM | libc::EROFS) => ErrorKind::AccessDenied,
        Some(libc::ELOOP | libc::EISDIR | libc::ENXIO) => ErrorKind::Corrupted,
        Some(libc::ENOENT) => ErrorKind::NotFound,
        Some(libc::ENOSYS | libc::EOPNOTSUPP) => ErrorKind::Unsupported,
        _ => ErrorKind::Os,
    };
    let hint = match os.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE) => "; too many descriptors are open: see ulimit -n",
        _ => "",
    };
    Error::new(kind, action, format!("{what}{hint}")).with_os(os)
}
