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

/// Another description of the same file, with the rights of this one.
pub(super) fn same_rights(action: &'static str, file: &OwnedFd) -> Result<OwnedFd> {
    let failed = |os: rustix::io::Errno| system(action, "another description of the registry file", os.into());
    let mode = rustix::fs::fcntl_getfl(file).map_err(failed)? & OFlags::RWMODE;
    let path = format!("/proc/self/fd/{}", file.as_raw_fd());
    let flags = mode | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::open(path, flags, Mode::empty()).map_err(failed)
}
