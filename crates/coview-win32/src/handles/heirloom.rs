//! How a program that this process starts finds the handles that it inherits, under the same numbers (row I07).
//!
//! Each handle that is to be inherited has a small file of memory of its own, which programs inherit as they inherit the
//! descriptors that it tells of. What a program gets is therefore what there was when it was started, whatever its parent
//! does in the meantime. The file is sealed: it says for ever what it said first.

use std::fs::File;
use std::io::Write;
use std::os::fd::{FromRawFd, OwnedFd};

use coview::Mapping;
use rustix::fs::{MemfdFlags, SealFlags, fcntl_add_seals, memfd_create};
use rustix::io::{FdFlags, fcntl_setfd};

use super::exchange::{self, Slot, Told};
use super::object::{Entry, Object};
use crate::file::FileId;

const NAME: &str = "coview-handle-1";

/// Tells those who inherit it of a handle, until it is dropped: before the handle is closed.
pub(super) struct Heirloom {
    _file: File,
}

impl Heirloom {
    /// `None` for kinds of handles that nobody can take over, and where there is no descriptor left: then the handle is
    /// not inherited.
    pub(super) fn new(handle: u32, entry: &Entry) -> Option<Self> {
        let token = exchange::token(&entry.object, entry.access)?;
        let flags = MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING;
        let mut file = File::from(memfd_create(NAME, flags).ok()?);
        file.write_all(&Slot { handle, token }.encode()).ok()?;
        fcntl_add_seals(
            &file,
            SealFlags::WRITE | SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL,
        )
        .ok()?;
        // Last: from now on a program that is started gets it.
        fcntl_setfd(&file, FdFlags::empty()).ok()?;
        Some(Self { _file: file })
    }
}

/// The handles that this process inherited from the program that started it. Called once, before there are others.
pub(super) fn inherited() -> Vec<(u32, Entry)> {
    // SAFETY: asks for a number.
    let by_another_user = unsafe { libc::getauxval(libc::AT_SECURE) } != 0;
    if by_another_user {
        // A program with more rights than whoever started it takes nothing over.
        return Vec::new();
    }
    let mut found = Vec::new();
    for fd in exchange::memory_files("self", NAME) {
        // SAFETY: nobody in this process knows of it: it was inherited, and our own ones are made later.
        let file = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
        let slot = exchange::read(&file, 0);
        if let Some((slot, entry)) = slot.and_then(|slot| Some((slot.handle, take_over(&slot)?))) {
            found.push((slot, entry));
        }
    }
    found
}

/// It stays inheritable, as on Windows: by programs that this one starts.
fn take_over(slot: &Slot) -> Option<Entry> {
    let (object, access) = match slot.told()? {
        Told::Mapping(token) => {
            // SAFETY: the parent had it, and told of it once.
            let taken = unsafe { Mapping::from_inherited(token) }.ok()?;
            let mapping = Mapping::options().inherit(true).duplicate(&taken).ok()?;
            let access = crate::mapping::access_of(mapping.rights());
            (Object::Mapping(mapping), access)
        }
        Told::File(access, fd, id) => {
            let is_it =
                std::fs::metadata(format!("/proc/self/fd/{fd}")).is_ok_and(|file| FileId::in_facts(&file) == id);
            if !is_it {
                return None;
            }
            // SAFETY: the parent had it, told of it once, and it is that file.
            let file = File::from(unsafe { OwnedFd::from_raw_fd(fd) });
            (Object::File(file.into()), access)
        }
    };
    Some(Entry {
        object,
        access,
        inherit: true,
    })
}
