//! Locks on a byte of an open file description: the one fact by which the kernel tells the living from the dead.
//!
//! Such a lock (fcntl(2), "Open file description locks") belongs to the description, not to the process. It falls
//! when the last descriptor of the description is closed: by close, by exec of a CLOEXEC one, by exit, by kill -9.
//! A memory mapping keeps its description too: what holds a lock is therefore never mapped, but in `presence.rs`, where
//! the lock is to last as long as the mapping.

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd, RawFd};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lock {
    /// Any number of descriptions at once.
    Shared,
    /// One description alone.
    Exclusive,
}

fn control(fd: RawFd, command: libc::c_int, kind: libc::c_int, byte: u64) -> io::Result<libc::flock> {
    // Zero in `l_pid` is what the open file description commands ask for.
    let mut range = libc::flock {
        l_type: kind as libc::c_short,
        l_whence: libc::SEEK_SET as libc::c_short,
        l_start: byte as libc::off_t,
        l_len: 1,
        l_pid: 0,
    };
    // SAFETY: `range` is a valid `flock` for the kernel to read and write; a bad descriptor is an error.
    let done = unsafe { libc::fcntl(fd, command, &mut range) };
    if done < 0 {
        Err(io::Error::last_os_error())
    } else {
        Ok(range)
    }
}

/// Takes the lock unless another description is in the way; never waits. Async-signal-safe.
pub(super) fn try_lock(fd: BorrowedFd<'_>, lock: Lock, byte: u64) -> io::Result<bool> {
    let kind = match lock {
        Lock::Shared => libc::F_RDLCK,
        Lock::Exclusive => libc::F_WRLCK,
    };
    match control(fd.as_raw_fd(), libc::F_OFD_SETLK, kind, byte) {
        Ok(_) => Ok(true),
        Err(os) if matches!(os.raw_os_error(), Some(libc::EAGAIN | libc::EACCES)) => Ok(false),
        Err(os) => Err(os),
    }
}

/// Takes the lock that makes the description of a registry file a handle to its object. Only who removes the object has
/// it exclusively, for a moment.
pub(super) fn hold(registry: BorrowedFd<'_>) -> io::Result<()> {
    match try_lock(registry, Lock::Shared, 0)? {
        true => Ok(()),
        false => Err(io::ErrorKind::ResourceBusy.into()),
    }
}

/// Lets go of the lock, for every copy of the descriptor.
pub(super) fn unlock(fd: BorrowedFd<'_>, byte: u64) -> io::Result<()> {
    control(fd.as_raw_fd(), libc::F_OFD_SETLK, libc::F_UNLCK, byte).map(drop)
}

/// How any *other* description holds the byte, if one does. Takes nothing. Works read-only.
pub(super) fn holder(fd: BorrowedFd<'_>, byte: u64) -> io::Result<Option<Lock>> {
    let found = control(fd.as_raw_fd(), libc::F_OFD_GETLK, libc::F_WRLCK, byte)?;
    Ok(match libc::c_int::from(found.l_type) {
        libc::F_UNLCK => None,
        libc::F_WRLCK => Some(Lock::Exclusive),
        _ => Some(Lock::Shared),
    })
}

/// Whether any other description holds the byte.
pub(super) fn is_held(fd: BorrowedFd<'_>, byte: u64) -> io::Result<bool> {
    holder(fd, byte).map(|lock| lock.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rustix::fs::{MemfdFlags, memfd_create};
    use std::os::fd::{AsFd, OwnedFd};

    fn two_descriptions() -> (OwnedFd, OwnedFd) {
        let one = memfd_create("lock", MemfdFlags::CLOEXEC).unwrap();
        let path = format!("/proc/self/fd/{}", one.as_raw_fd());
        let two = std::fs::File::options().read(true).write(true).open(path).unwrap();
        (one, two.into())
    }

    #[test]
    fn a_lock_belongs_to_its_description_and_falls_with_it() {
        let (one, two) = two_descriptions();
        let copy = one.try_clone().unwrap();
        assert!(try_lock(one.as_fd(), Lock::Exclusive, 7).unwrap());
        assert!(
            try_lock(copy.as_fd(), Lock::Exclusive, 7).unwrap(),
            "a copy is the same description"
        );
        assert!(!try_lock(two.as_fd(), Lock::Shared, 7).unwrap());
        assert_eq!(holder(two.as_fd(), 7).unwrap(), Some(Lock::Exclusive));
        assert!(
            try_lock(two.as_fd(), Lock::Exclusive, 8).unwrap(),
            "another byte is another lock"
        );
        drop(one);
        assert!(is_held(two.as_fd(), 7).unwrap(), "the copy keeps it");
        drop(copy);
        assert!(!is_held(two.as_fd(), 7).unwrap());
    }

    #[test]
    fn shared_locks_agree_and_asking_takes_nothing() {
        let (one, two) = two_descriptions();
        assert!(try_lock(one.as_fd(), Lock::Shared, 0).unwrap());
        assert!(is_held(two.as_fd(), 0).unwrap() && !is_held(one.as_fd(), 0).unwrap());
        assert!(try_lock(two.as_fd(), Lock::Shared, 0).unwrap());
        unlock(one.as_fd(), 0).unwrap();
        assert!(is_held(one.as_fd(), 0).unwrap() && !is_held(two.as_fd(), 0).unwrap());
    }
}
