//! What the tests of this folder share: requests to be changed, bytes in and out, files that go away.

pub(super) use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};

pub(super) use super::super::{Handle, Region};
pub(super) use crate::error::ErrorKind;
use crate::error::Result;
pub(super) use crate::name::Name;
pub(super) use crate::os::{CreateRequest, Existing, HandleContract, Pages, Place, RegionContract};
use crate::raw;
pub(super) use crate::rights::{Access, Protection};
use crate::security::Grant;
pub(super) use crate::security::Security;

pub(super) static PRIVATE: Security = Security(Grant::Private);

/// What `Mapping::create` asks for, to be changed by each test.
pub(super) fn request(name: Option<&Name>, size: u64) -> CreateRequest<'_> {
    CreateRequest {
        name,
        size,
        protection: Protection::ReadWrite,
        pages: Pages::Commit,
        file: None,
        security: &PRIVATE,
        inherit: false,
        existing: Existing::Open,
    }
}

pub(super) fn unnamed(size: u64) -> Handle {
    made(&request(None, size))
}

pub(super) fn made(request: &CreateRequest<'_>) -> Handle {
    let (handle, created) = Handle::create(request).unwrap_or_else(|error| panic!("{error}"));
    assert!(created);
    handle
}

pub(super) fn refused<T>(result: Result<T>) -> ErrorKind {
    let error = result.err().expect("an error");
    println!("{error}");
    error.kind()
}

/// Wine has a program that Windows has not.
pub(super) fn under_wine() -> bool {
    std::path::Path::new(r"C:\windows\system32\winecfg.exe").exists()
}

/// A name that no other test of this run has.
pub(super) fn name(base: &str) -> Name {
    Name::parse_needed("create", &format!("coview-test-{base}-{}", std::process::id())).unwrap()
}

pub(super) fn read(region: &Region, offset: usize, len: usize) -> Vec<u8> {
    assert!(offset + len <= region.len());
    let mut bytes = vec![0; len];
    // SAFETY: MAPPED, the range has been checked, and the vector is private.
    unsafe { raw::copy_out(region.base().wrapping_add(offset), bytes.as_mut_ptr(), len) };
    bytes
}

/// The region must have been mapped to write.
pub(super) fn write(region: &Region, offset: usize, bytes: &[u8]) {
    assert!(offset + bytes.len() <= region.len());
    // SAFETY: MAPPED, the range has been checked, and the bytes are private.
    unsafe { raw::copy_in(region.base().wrapping_add(offset), bytes.as_ptr(), bytes.len()) };
}

pub(super) fn map(handle: &Handle, access: Access) -> Region {
    let len = handle.facts().size as usize;
    handle
        .map(access, 0, len, Place::Anywhere)
        .unwrap_or_else(|error| panic!("{access:?}: {error}"))
}

/// A file in the temporary folder, removed at the end.
pub(super) struct Scratch(pub(super) PathBuf);

impl Scratch {
    pub(super) fn new(content: &[u8]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("coview-test-{}-{number}", std::process::id()));
        std::fs::write(&path, content).unwrap();
        Self(path)
    }

    pub(super) fn open(&self) -> File {
        OpenOptions::new().read(true).write(true).open(&self.0).unwrap()
    }

    pub(super) fn content(&self) -> Vec<u8> {
        std::fs::read(&self.0).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}
