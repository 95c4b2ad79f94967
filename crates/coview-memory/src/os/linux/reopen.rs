//! Another description of the same file: with other rights, or with locks of its own.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{Mode, OFlags};

use super::errors::system;
use crate::error::Result;

/// Another description of the same data, for reading alone.
pub(super) fn read_only(action: &'static str, data: &OwnedFd) -> Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", data.as_raw_fd());
    rustix::fs::open(path, OFlags::RDONLY | OFlags::CLOEXEC, Mode::empty())
        .map_err(|os| system(action, "the data, for reading", os.into()))
}
