//! A handle of another living process: its descriptors are opened again, through what the kernel shows of them.
//!
//! The process may close them, die, or have another file under their number at any moment. So whatever is opened is
//! looked at: the data by its file system and file, an object by its random number, under the lock that keeps it.

use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};
use rustix::io::Errno;

use super::commits;
use super::data::identity;
use super::errors::system;
use super::handle::{Handle, facts_of};
use super::inherited::Token;
use super::join::Expected;
use super::object::Object;
use crate::error::{Error, ErrorKind, Result};
use crate::rights::Rights;

pub(super) const ACTION: &str = "take over a handle of another process";

impl Token {
    /// The token is of that process, or of nobody.
    pub(super) fn take_from(self, process: u32) -> Result<Handle> {
        let write = self.rights.contains(Rights::WRITE);
        let path = format!("/proc/{process}/fd/{}", self.data);
        let Some((registry, scope, base)) = self.object else {
            let write = write && self.facts.protection.is_some_and(|protection| protection.writes());
            let (data, file) = show(&path, write, |file| identity(file) == self.identity)?;
            let length = file.st_size as u64;
            // In this order: a size as long as a file can be does not overflow with its set.
            if self.facts.size > length || commits::file_length(self.facts.size, self.facts.pages) > length {
                let detail = format!("the data was cut short to {length} bytes");
                return Err(Error::new(ErrorKind::Corrupted, ACTION, detail));
            }
            return Ok(Handle::taken_over(None, data, self.facts, self.rights, self.id));
        };
        let registry = format!("/proc/{process}/fd/{registry}");
        let registry = match show(&registry, true, |_| true) {
            // Another user's, which a lock and a look do not need to write.
            Err(error) if error.kind() == ErrorKind::AccessDenied => show(&registry, false, |_| true)?,
            shown => shown?,
        };
        let expected = Expected {
            scope,
            base,
            id: self.id,
            by_name: true,
            inherit: false,
        };
        let object = Object::join(ACTION, registry.0, None, expected)?;
        let of_record = (object.record.device, object.record.inode);
        if of_record != self.identity {
            let detail = "the token and the registry file name different data";
            return Err(Error::new(ErrorKind::Corrupted, ACTION, detail));
        }
        // From here on the object lives, whatever becomes of that process.
        let data = object.open_data_shown(ACTION, path.into(), write)?;
        let facts = facts_of(&object.record);
        Ok(Handle::taken_over(Some(object), data, facts, self.rights, self.id))
    }
}

/// A description of its own of a regular file that a process has open, if it is the right one.
fn show(path: &str, write: bool, is_it: impl Fn(&Stat) -> bool) -> Result<(OwnedFd, Stat)> {
    // Without opening it yet: that would do something to a device, or a terminal.
    let place =
        rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty()).map_err(|os| refused(path, os))?;
    let file = fstat(&place).map_err(|os| refused(path, os))?;
    if FileType::from_raw_mode(file.st_mode) != FileType::RegularFile || !is_it(&file) {
        let detail = format!("{path} is something else now: the process has closed the handle; ask for a new token");
        return Err(Error::new(ErrorKind::NotFound, ACTION, detail));
    }
    let access = if write { OFlags::RDWR } else { OFlags::RDONLY };
    let flags = access | OFlags::CLOEXEC | OFlags::NONBLOCK;
    rustix::fs::open(format!("/proc/self/fd/{}", place.as_raw_fd()), flags, Mode::empty())
        .map(|data| (data, file))
        .map_err(|os| refused(path, os))
}

fn refused(path: &str, os: Errno) -> Error {
    let (kind, detail) = match os {
        Errno::NOENT | Errno::SRCH => (
            ErrorKind::NotFound,
            format!("{path} is not there: the process has ended or closed the handle, or is of another PID namespace"),
        ),
        Errno::ACCESS | Errno::PERM | Errno::ROFS => (
            ErrorKind::AccessDenied,
            format!(
                "{path}: the process is another user's, or may not be looked into, or the file's mode is against it"
            ),
        ),
        _ => return system(ACTION, path, os.into()),
    };
    Error::new(kind, ACTION, detail).with_os(os)
}
