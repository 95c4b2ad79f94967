//! Where an object's data lies, and how it is reached: beside the registry file, under a path of the user's, or in a
//! process that has it open.

use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::path::PathBuf;

use rustix::fs::{FileType, Mode, OFlags, Stat, fstat};
use rustix::io::{Errno, pwrite};

use super::commits;
use super::errors::system;
use super::object::Object;
use super::record::{self, Holder, Record};
use super::space::{Space, Turn};
use super::sweep::DATA;
use crate::error::{Error, ErrorKind, Result};

impl Object {
    /// Opens the data: by its path, else through a process that has it open. A handle with the right to write may be
    /// asked of an object that admits no writing view (row B04): its descriptor reads.
    pub(super) fn open_data_in(&self, action: &'static str, space: &Space, write: bool) -> Result<OwnedFd> {
        let record = &self.record;
        let write = write && record.protection.writes();
        let flags = self.flags(write);
        let author = self.author(action)?;
        let reach = |path: PathBuf| open_elsewhere(record, author, path, flags);
        let by_path = if !record.elsewhere {
            rustix::fs::openat(
                &space.folder,
                format!("{}{DATA}", self.base),
                flags | OFlags::NOFOLLOW,
                Mode::empty(),
            )
        } else if record.path.is_empty() {
            Err(Errno::NOENT)
        } else {
            reach(PathBuf::from(std::ffi::OsString::from_vec(record.path.clone())))
        };
        let it_is = |data: OwnedFd| fstat(&data).ok().filter(|file| is_data(record, file)).map(|_| data);
        let data = match by_path.map(it_is) {
            Ok(Some(found)) => found,
            Err(os) if is_shortage(os) => return Err(system(action, "the data", os.into())),
            Err(Errno::ACCESS | Errno::PERM | Errno::ROFS) => {
                let detail = if write {
                    "its security lets this user read at most"
                } else {
                    "its security"
                };
                return Err(Error::new(ErrorKind::AccessDenied, action, detail)
                    .with_os(io::Error::from_raw_os_error(libc::EACCES)));
            }
            // Renamed, removed, replaced, or never had a path: whoever has it open can show it.
            _ => {
                let mut refused = None;
                let ask = |holder: &Holder| match reach(format!("/proc/{}/fd/{}", holder.pid, holder.fd).into()) {
                    Ok(data) => it_is(data),
                    Err(os) if is_shortage(os) || matches!(os, Errno::ACCESS | Errno::PERM) => {
                        refused = Some(os);
                        None
                    }
                    Err(_) => None,
                };
                let mut asked = record.holders.iter().filter(|holder| holder.pid != 0);
                asked.find_map(ask).ok_or_else(|| not_reached(action, refused))?
            }
        };
        self.checked(action, data)
    }

    /// As above, from where a process is said to show it; else in the ways that everybody goes.
    pub(super) fn open_data_shown(&self, action: &'static str, path: PathBuf, write: bool) -> Result<OwnedFd> {
        let turn = Turn::take_to_close(super::space::lock_all(), action, self.scope)?;
        let author = self.author(action)?;
        match open_elsewhere(&self.record, author, path, self.flags(write)) {
            Ok(data) => self.checked(action, data),
            Err(_) => self.open_data_in(action, turn.space(), write),
        }
    }

    fn author(&self, action: &'static str) -> Result<u32> {
        fstat(&self.registry)
            .map(|file| file.st_uid)
            .map_err(|os| system(action, "the registry file", os.into()))
    }

    fn flags(&self, write: bool) -> OFlags {
        let write = write && self.record.protection.writes();
        OFlags::NONBLOCK | OFlags::CLOEXEC | if write { OFlags::RDWR } else { OFlags::RDONLY }
    }

    /// The data, if all of it is there; others may be told that this process shows it.
    fn checked(&self, action: &'static str, data: OwnedFd) -> Result<OwnedFd> {
        let file = fstat(&data).map_err(|os| system(action, "the data", os.into()))?;
        self.check_length(action, file.st_size as u64)?;
        if self.record.elsewhere {
            self.note_holder(&data);
        }
        Ok(data)
    }

    /// A data file shorter than the object would end this process on a touch: refuse it here.
    fn check_length(&self, action: &'static str, length: u64) -> Result<()> {
        // In this order: a size as long as a file can be does not overflow with its set.
        let needed = match self.record.size {
            size if size > length => size,
            size => commits::file_length(size, self.record.pages),
        };
        if length < needed {
            let detail = format!("its data was cut short to {length} bytes of {needed}");
            return Err(Error::new(ErrorKind::Corrupted, action, detail));
        }
        Ok(())
    }

    /// Writes down that this process has the data open, where it has no path that leads to it.
    pub(super) fn note_holder_if_elsewhere(&self, data: &OwnedFd) {
        if self.record.elsewhere {
            self.note_holder(data);
        }
    }

    /// Writes down that this process has the data open, for those who cannot reach it by its path. A hint: where
    /// the registry file cannot be written or all places are taken by the living, nothing is lost but a way.
    fn note_holder(&self, data: &OwnedFd) {
        // What others have written down meanwhile stays: it is read anew, and one place is written.
        let holders = match super::object::decode("note who has", &self.registry) {
            Ok(Some(record)) => record.holders,
            _ => self.record.holders,
        };
        let me = Holder {
            pid: std::process::id(),
            fd: data.as_raw_fd() as u32,
        };
        let shows = |holder: &Holder| {
            let path = format!("/proc/{}/fd/{}", holder.pid, holder.fd);
            rustix::fs::stat(path).is_ok_and(|file| is_data(&self.record, &file))
        };
        if let Some(place) = holders.iter().position(|holder| holder.pid == 0 || !shows(holder)) {
            let (bytes, at) = record::encode_holder(&me, place);
            let _ = pwrite(&self.registry, &bytes, at);
        }
    }
}

/// Too little of something is left to look: that says nothing about what would be found.
fn is_shortage(os: Errno) -> bool {
    matches!(os, Errno::MFILE | Errno::NFILE | Errno::NOMEM)
}

/// Opens the data that lies under a path from a registry file: only if it is the data, and only if the file's author
/// may show it. Otherwise another user could have us write into a file of ours, by an object that leads to it.
fn open_elsewhere(record: &Record, author: u32, path: PathBuf, flags: OFlags) -> rustix::io::Result<OwnedFd> {
    // Without opening it yet: that would do something to a device, or a terminal.
    let place = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let file = fstat(&place)?;
    if !is_data(record, &file) {
        return Err(Errno::NOENT);
    }
    let me = rustix::process::geteuid().as_raw();
    if author != me && author != 0 && author != file.st_uid {
        return Err(Errno::PERM);
    }
    rustix::fs::open(format!("/proc/self/fd/{}", place.as_raw_fd()), flags, Mode::empty())
}

/// Nobody showed the data; whether somebody refused to.
fn not_reached(action: &'static str, refused: Option<Errno>) -> Error {
    let Some(os) = refused else {
        let detail = "its data is not where it was created, and no process that can be asked has it open";
        return Error::new(ErrorKind::Corrupted, action, detail);
    };
    if is_shortage(os) {
        return system(action, "the data", os.into());
    }
    let detail = "its data has no path that leads to it, and the process that has it open is another user's, or may not \
                  be looked into: memory of large pages, and removed files, are shared by name within one user";
    Error::new(ErrorKind::AccessDenied, action, detail).with_os(os)
}

fn is_data(record: &Record, file: &Stat) -> bool {
    FileType::from_raw_mode(file.st_mode) == FileType::RegularFile && identity(file) == (record.device, record.inode)
}

/// The file system and the file: together no two files have the same.
pub(super) fn identity(file: &Stat) -> (u64, u64) {
    // 32 bits each on some processors.
    #[allow(clippy::unnecessary_cast, reason = "needed where the fields are smaller")]
    (file.st_dev as u64, file.st_ino as u64)
}
