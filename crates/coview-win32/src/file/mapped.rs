//! Files that are mapped: they cannot be cut, replaced or deleted through these functions while this process has a
//! mapping or a view of them (rows I01 to I03). Other programs can: Linux has no lock that they must respect.

use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use rustix::fs::{Mode, OFlags, fstat};

use super::open::no_file;
use crate::abi::BOOL;
use crate::caller::{self, Text, in_three_forms};
use crate::codes::error;
use crate::failure::{Answer, Code, as_bool, refuse};
use crate::handles::{self, Object};
use crate::memory;

/// A file as the kernel knows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FileId {
    pub(crate) device: u64,
    pub(crate) inode: u64,
}

impl FileId {
    pub(crate) fn of(file: impl AsFd) -> Answer<Self> {
        let file = fstat(file)?;
        #[allow(clippy::unnecessary_cast, reason = "needed where the fields are smaller")]
        Ok(Self {
            device: file.st_dev as u64,
            inode: file.st_ino as u64,
        })
    }
}

impl FileId {
    pub(crate) fn in_facts(file: &std::fs::Metadata) -> Self {
        Self {
            device: file.dev(),
            inode: file.ino(),
        }
    }
}

/// That nothing in this process maps the file.
pub(super) fn check_not_mapped(file: &File) -> Answer<()> {
    let id = FileId::of(file)?;
    let is_its = |entry: &handles::Entry| match &entry.object {
        Object::Mapping(mapping) => mapping.is_file() && FileId::of(mapping) == Ok(id),
        _ => false,
    };
    if memory::is_viewed(id) || handles::all().iter().any(|entry| is_its(entry)) {
        return refuse(error::USER_MAPPED_FILE);
    }
    Ok(())
}

in_three_forms! {
    /// Deletes a file; `ERROR_ACCESS_DENIED` while this process maps it. Win32: `DeleteFile`.
    DeleteFileA, DeleteFileW, coview_DeleteFileW_wide32: fn(@) -> BOOL = delete_file
}

/// # Safety
/// As the functions above.
unsafe fn delete_file(path: Text) -> BOOL {
    as_bool((|| {
        // SAFETY: the caller's promise.
        let path = unsafe { caller::path(path) }?;
        // Not what a link leads to: it is the link that goes.
        let flags = OFlags::PATH | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        if let Ok(file) = rustix::fs::open(&path, flags, Mode::empty()) {
            check_not_mapped(&file.into()).map_err(|_| Code(error::ACCESS_DENIED))?;
        }
        std::fs::remove_file(&path).map_err(|os| no_file(&os, &path))
    })())
}
