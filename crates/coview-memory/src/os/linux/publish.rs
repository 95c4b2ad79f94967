//! Making a named object: its data file, filled before anybody can find it, and the registry file that publishes it.

use std::io;
use std::os::fd::{AsFd, AsRawFd, OwnedFd};

use rustix::fs::{AtFlags, CWD, Mode, OFlags};
use rustix::io::pwrite;

use super::errors::system;
use super::lock::hold;
use super::record::Record;
use super::space::Space;
use super::sweep::{DATA, NEW, OBJECT};
use crate::error::{Error, ErrorKind, Result};
use crate::security::{Grant, Security};

/// What an object is made with: filled in by whoever knows the kind.
pub(super) struct Draft {
    pub(super) record: Record,
    pub(super) data: OwnedFd,
}

/// Where an object will lie, and whom it will let in.
pub(super) struct Place {
    folder: OwnedFd,
    mode: Mode,
    group: Option<u32>,
}

impl Place {
    pub(super) fn of(action: &'static str, space: &Space, security: &Security) -> Result<Self> {
        let (mode, group) = match &security.0 {
            Grant::Private => (Mode::RUSR | Mode::WUSR, None),
            Grant::Mode { mode, group } => (Mode::from_raw_mode(*mode), *group),
            Grant::Sddl(_) => {
                let detail = "SDDL is for Windows; use Security::mode here";
                return Err(Error::new(ErrorKind::Unsupported, action, detail));
            }
        };
        let folder = space
            .folder
            .try_clone()
            .map_err(|os| system(action, "the directory of the names", os))?;
        Ok(Self { folder, mode, group })
    }

    /// The data file: empty, without a name, and with its owner, group and mode. If its maker dies it is gone.
    pub(super) fn make_data_file(&self, action: &'static str) -> Result<OwnedFd> {
        let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
        rustix::fs::openat(&self.folder, ".", flags, Mode::RUSR | Mode::WUSR)
            .and_then(|data| self.let_in(data, self.mode))
            .map_err(|os| system(action, "the data file", os.into()))
    }

    /// Gives the data its name, unless it lies elsewhere, and then the object: our lock makes us its first holder. The
    /// caller has the name lock, and has found nothing under the name.
    pub(super) fn publish(
        &self,
        action: &'static str,
        space: &Space,
        base: &str,
        record: &mut Record,
        data: &OwnedFd,
    ) -> Result<OwnedFd> {
        let failed = |os: io::Error| system(action, "the registry file", os);
        if !record.elsewhere {
            link(data, space, &format!("{base}{DATA}"))
                .map_err(|os| system(action, "the data file's name", os.into()))?;
        }
        let (new, object) = (format!("{base}{NEW}"), format!("{base}{OBJECT}"));
        let written = self
            .make_registry(space, &new)
            .map_err(|os| failed(os.into()))
            .and_then(|registry| {
                let bytes = record.encode();
                // A full tmpfs is an error here, or a short write.
                if pwrite(&registry, &bytes, 0).map_err(|os| failed(os.into()))? != bytes.len() {
                    return Err(failed(io::Error::from_raw_os_error(libc::ENOSPC)));
                }
                hold(registry.as_fd()).map_err(failed)?;
                rustix::fs::renameat(&space.folder, new, &space.folder, object).map_err(|os| failed(os.into()))?;
                Ok(registry)
            });
        if written.is_err() {
            super::sweep::remove_parts(space, base);
        }
        written
    }

    /// Whoever may do anything with the data may read the registry file. Its author alone writes: it says where data
    /// lies.
    fn make_registry(&self, space: &Space, file: &str) -> rustix::io::Result<OwnedFd> {
        let any = |all: Mode, read: Mode| if self.mode.intersects(all) { read } else { Mode::empty() };
        let mode = Mode::RUSR | Mode::WUSR | any(Mode::RWXG, Mode::RGRP) | any(Mode::RWXO, Mode::ROTH);
        let flags = OFlags::RDWR | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let made = replacing(space, file, || {
            rustix::fs::openat(&space.folder, file, flags, Mode::RUSR | Mode::WUSR)
        })?;
        self.let_in(made, mode)
    }

    /// Exactly this mode, whatever the umask, and the group.
    fn let_in(&self, file: OwnedFd, mode: Mode) -> rustix::io::Result<OwnedFd> {
        if let Some(group) = self.group {
            rustix::fs::fchown(&file, None, Some(rustix::fs::Gid::from_raw(group)))?;
        }
        // What the umask took away, or what others get.
        rustix::fs::fchmod(&file, mode)?;
        Ok(file)
    }
}

fn link(data: &OwnedFd, space: &Space, file: &str) -> rustix::io::Result<()> {
    let path = format!("/proc/self/fd/{}", data.as_raw_fd());
    replacing(space, file, || {
        rustix::fs::linkat(CWD, &path, &space.folder, file, AtFlags::SYMLINK_FOLLOW)
    })
}

/// What lies in a new file's place was left by a creator that died: whoever has the name lock may remove it.
fn replacing<T>(space: &Space, file: &str, make: impl Fn() -> rustix::io::Result<T>) -> rustix::io::Result<T> {
    match make() {
        Err(rustix::io::Errno::EXIST) => {
            rustix::fs::unlinkat(&space.folder, file, AtFlags::empty())?;
            make()
        }
        made => made,
    }
}
