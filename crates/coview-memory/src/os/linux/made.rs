//! The data that a new mapping starts with: memory, an image laid out, or a file of the user's.

use std::fs::File;
use std::os::fd::{AsRawFd, OwnedFd};

use rustix::fs::{OFlags, fcntl_getfl, fstat};

use super::data::identity;
use super::errors::system;
use super::publish::{Draft, Place};
use super::record::{HOLDERS, Holder, Kind, Record, random};
use super::reopen::read_only;
use super::{grow, image, memory, page_size};
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{CreateRequest, Facts, Pages};
use crate::rights::{Protection, Rights};

/// The data that a new mapping starts with.
pub(super) struct Made {
    pub(super) data: OwnedFd,
    pub(super) size: u64,
}

/// Reserving means nothing for a file (row E08).
pub(super) fn effective_pages(request: &CreateRequest<'_>) -> Pages {
    match request.pages {
        Pages::Reserve if request.file.is_some() => Pages::Commit,
        pages => pages,
    }
}

pub(super) fn draft(
    action: &'static str,
    request: &CreateRequest<'_>,
    name: &Name,
    place: &Place,
    facts: impl Fn(u64) -> Facts,
) -> Result<Draft> {
    let pages = effective_pages(request);
    // A user's file lies where it lies, and large pages in a file system of their own.
    let elsewhere = pages == Pages::Large || facts(1).file;
    let made = if elsewhere {
        make_unnamed(action, request)?
    } else {
        let data = place.make_data_file(action)?;
        let size = fill_memory(action, request, &data)?;
        let data = as_allowed(action, data, request.protection)?;
        Made { data, size }
    };
    let file = fstat(&made.data).map_err(|os| system(action, "the data", os.into()))?;
    let (device, inode) = identity(&file);
    let facts = facts(made.size);
    let mut holders = [Holder::default(); HOLDERS];
    holders[0] = Holder {
        pid: std::process::id(),
        fd: made.data.as_raw_fd() as u32,
    };
    let path = if facts.file { path_of(&made.data) } else { Vec::new() };
    let record = Record {
        kind: Kind::Mapping,
        protection: request.protection,
        pages,
        elsewhere,
        file: facts.file,
        id: random(action)?,
        size: made.size,
        device,
        inode,
        param: 0,
        holders,
        name: name.base().to_owned(),
        path,
    };
    Ok(Draft {
        record,
        data: made.data,
    })
}

pub(super) fn make_unnamed(action: &'static str, request: &CreateRequest<'_>) -> Result<Made> {
    let memory = match (request.file, request.pages) {
        (Some(file), Pages::Image) => {
            check_file(action, file, request.protection)?;
            let plan = image::plan(action, file)?;
            let size = plan.size();
            let data = memory::unnamed(action, size, Pages::Commit)?;
            plan.write_to(&data)?;
            Made { data, size }
        }
        (Some(file), _) => return map_file(action, file, request.protection, request.size),
        (None, pages) => {
            let size = memory_size(action, request.size, pages)?;
            Made {
                data: memory::unnamed(action, size, pages)?,
                size,
            }
        }
    };
    Ok(Made {
        data: as_allowed(action, memory.data, request.protection)?,
        size: memory.size,
    })
}

/// Fills a named mapping's data file, and returns the mapping's size.
fn fill_memory(action: &'static str, request: &CreateRequest<'_>, data: &OwnedFd) -> Result<u64> {
    if let (Some(file), Pages::Image) = (request.file, request.pages) {
        check_file(action, file, request.protection)?;
        let plan = image::plan(action, file)?;
        memory::fill(action, data, plan.size(), Pages::Image)?;
        plan.write_to(data)?;
        return Ok(plan.size());
    }
    let size = memory_size(action, request.size, request.pages)?;
    memory::fill(action, data, size, request.pages)?;
    Ok(size)
}

/// Whole pages (row A30); of large pages the caller must ask for whole ones (row A15).
fn memory_size(action: &'static str, size: u64, pages: Pages) -> Result<u64> {
    if pages == Pages::Large {
        let page = memory::large_page().ok_or_else(|| {
            Error::new(
                ErrorKind::Unsupported,
                action,
                "this kernel has no large pages (no Hugepagesize in /proc/meminfo)",
            )
        })?;
        if !size.is_multiple_of(page) {
            let detail = format!("{size} bytes are no multiple of the large page, {page} bytes");
            return Err(Error::new(ErrorKind::InvalidArgument, action, detail));
        }
        return Ok(size);
    }
    Ok(size.next_multiple_of(page_size() as u64))
}

/// Rows A06 to A10, A16, A21.
fn check_file(action: &'static str, file: &File, protection: Protection) -> Result<u64> {
    let facts = fstat(file).map_err(|os| system(action, "the file", os.into()))?;
    if rustix::fs::FileType::from_raw_mode(facts.st_mode) != rustix::fs::FileType::RegularFile {
        let detail = "only a regular file can be mapped, no directory, pipe or device";
        return Err(Error::new(ErrorKind::FileInvalid, action, detail));
    }
    let denied = |detail: &str| Err(Error::new(ErrorKind::AccessDenied, action, detail));
    let flags = fcntl_getfl(file).map_err(|os| system(action, "the file", os.into()))?;
    if flags.contains(OFlags::PATH) {
        return denied("the file was opened without any access; open it for reading");
    }
    match flags & OFlags::RWMODE {
        OFlags::WRONLY => denied("the file was opened for writing alone; open it for reading, too"),
        OFlags::RDONLY if protection.writes() => {
            denied("the file was opened for reading; open it for writing, too, or create the mapping ReadOnly")
        }
        _ => Ok(facts.st_size as u64),
    }
}

/// Rows A22 to A31.
fn map_file(action: &'static str, file: &File, protection: Protection, size: u64) -> Result<Made> {
    let length = check_file(action, file, protection)?;
    if size == 0 && length == 0 {
        return Err(Error::new(
            ErrorKind::FileInvalid,
            action,
            "the file is empty; give the mapping a size",
        ));
    }
    if size > length {
        if !protection.writes() {
            let detail = format!("{size} bytes of a file of {length}, which only a mapping that writes makes grow");
            return Err(Error::new(ErrorKind::NoMemory, action, detail));
        }
        grow::grow(action, file, length, size)?;
    }
    let size = if size == 0 { length } else { size };
    let data = OwnedFd::from(file.try_clone().map_err(|os| system(action, "the file", os))?);
    if protection.writes() {
        memory::fill_holes(action, &data, size)?;
        return Ok(Made { data, size });
    }
    // Who opened the file need not be allowed to open it again (it may have been handed to this process).
    // Who has the file need not be allowed to open it (it may have been handed to this process): then as it is.
    match as_allowed(action, data, protection) {
        Ok(data) => Ok(Made { data, size }),
        Err(_) => {
            let data = file.try_clone().map_err(|os| system(action, "the file", os))?;
            Ok(Made {
                data: data.into(),
                size,
            })
        }
    }
}

/// Where a file can be found by others, as far as the kernel knows.
fn path_of(data: &OwnedFd) -> Vec<u8> {
    use std::os::unix::ffi::OsStringExt;
    std::fs::read_link(format!("/proc/self/fd/{}", data.as_raw_fd()))
        .map(|path| path.into_os_string().into_vec())
        .unwrap_or_default()
}

/// Memory that was filled through a writable descriptor, by one that allows no more than the protection does: who is
/// handed it cannot write.
fn as_allowed(action: &'static str, data: OwnedFd, protection: Protection) -> Result<OwnedFd> {
    if protection.rights().contains(Rights::WRITE) {
        Ok(data)
    } else {
        read_only(action, &data)
    }
}
