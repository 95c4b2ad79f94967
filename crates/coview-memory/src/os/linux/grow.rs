//! Growing a user's file to the size of its mapping.

use std::fs::File;
use std::os::fd::AsFd;

use rustix::fs::{FallocateFlags, fstatvfs, ftruncate};

use super::errors::system;
use super::memory::allocate;
use super::region::clear_tail;
use crate::error::{Error, ErrorKind, Result};

/// Makes a user's file `to` bytes long, with room on the disk for all of it.
pub(super) fn grow(action: &'static str, file: &File, from: u64, to: u64) -> Result<()> {
    let failed = |os: rustix::io::Errno| {
        let kind = match os {
            rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT | rustix::io::Errno::FBIG => ErrorKind::DiskFull,
            rustix::io::Errno::PERM | rustix::io::Errno::ACCESS | rustix::io::Errno::BADF => ErrorKind::AccessDenied,
            _ => ErrorKind::Os,
        };
        Error::new(
            kind,
            action,
            format!("the file has {from} bytes and cannot grow to {to}"),
        )
        .with_os(os)
    };
    let room = fstatvfs(file).ok().filter(|system| system.f_blocks > 0);
    // Of the blocks some may be for the administrator alone, who may be the one to ask.
    let room = room.map_or(u64::MAX, |system| system.f_bfree.saturating_mul(system.f_frsize));
    if to - from > room {
        let detail = format!("the file has {from} bytes and cannot grow to {to}: its disk has {room} bytes left");
        return Err(Error::new(ErrorKind::DiskFull, action, detail));
    }
    clear_tail(file, from).map_err(|os| system(action, "the end of the file", os))?;
    match allocate(file.as_fd(), FallocateFlags::empty(), from, to - from) {
        // Not every file system can promise room; then the length is all there is.
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::NOSYS) => ftruncate(file, to).map_err(failed),
        done => done.map_err(|os| {
            // Not half of it: a file that could not grow keeps its length.
            let _ = ftruncate(file, from);
            failed(os)
        }),
    }
}
