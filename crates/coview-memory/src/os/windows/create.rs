//! Creating a mapping: `CreateFileMappingW` with all its choices.

use std::fs::File;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::sync::Arc;

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, ERROR_INVALID_PARAMETER, ERROR_NO_SYSTEM_RESOURCES,
    ERROR_NOT_ENOUGH_MEMORY, ERROR_PRIVILEGE_NOT_HELD, INVALID_HANDLE_VALUE,
};
use windows_sys::Win32::System::Memory::{
    CreateFileMappingW, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY, PAGE_READONLY,
    PAGE_READWRITE, PAGE_WRITECOPY, SEC_COMMIT, SEC_IMAGE, SEC_LARGE_PAGES, SEC_RESERVE,
};

use super::security::Descriptor;
use super::text::WideName;
use super::{Handle, errors, facts, file, large_pages};
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;
use crate::os::{CreateRequest, Existing, Pages};
use crate::rights::Protection;

const ACTION: &str = "create";

pub(super) fn create(request: &CreateRequest<'_>) -> Result<(Handle, bool)> {
    if let Some(file) = request.file {
        file::check(file, request)?;
    }
    if request.pages == Pages::Large {
        large_pages::prepare(request.size)?;
    }
    let (object, created) = create_section(request)?;
    if !created && request.existing == Existing::Refuse {
        let detail = "open it, or choose another name; it goes when the last handle to it does";
        return Err(Error::new(ErrorKind::AlreadyExists, ACTION, detail));
    }

    // An object that existed has a protection and a file of its own, whatever was asked for (rows B02 to B04).
    let protection = created.then_some(request.protection);
    let mut facts = facts::of(object.as_raw_handle(), protection).map_err(|os| errors::system(ACTION, os))?;
    if created && request.pages == Pages::Large {
        // Wine, which gives ordinary pages, does not keep the flag.
        facts.pages = Pages::Large;
    }
    let file = match request.file {
        Some(file) if created => Some(Arc::new(file.try_clone().map_err(|os| errors::system(ACTION, os))?)),
        _ => None,
    };
    Ok((Handle::new(object, request.protection.rights(), facts, file), created))
}

fn create_section(request: &CreateRequest<'_>) -> Result<(OwnedHandle, bool)> {
    let descriptor = Descriptor::new(ACTION, request.security)?;
    let attributes = descriptor.attributes(request.inherit);
    let name = WideName::new(request.name);
    let file = request.file.map_or(INVALID_HANDLE_VALUE, File::as_raw_handle);
    let [high, low] = [(request.size >> 32) as u32, request.size as u32];
    let flags = page_protection(request.protection) | section_flags(request);
    // SAFETY: the file is open or none, the attributes and the name live until the call returns.
    let object = unsafe { CreateFileMappingW(file, &attributes, flags, high, low, name.as_ptr()) };
    // Also of a success, which sets it to 0 for a new object (conformance row A02).
    let os = errors::last();
    if object.is_null() {
        return Err(refused(request, os));
    }
    // SAFETY: it has just been created or opened, and nobody else has it.
    let object = unsafe { OwnedHandle::from_raw_handle(object) };
    Ok((object, errors::code(&os) != ERROR_ALREADY_EXISTS))
}

fn page_protection(protection: Protection) -> u32 {
    match protection {
        Protection::ReadOnly => PAGE_READONLY,
        Protection::ReadWrite => PAGE_READWRITE,
        Protection::WriteCopy => PAGE_WRITECOPY,
        Protection::ExecuteRead => PAGE_EXECUTE_READ,
        Protection::ExecuteReadWrite => PAGE_EXECUTE_READWRITE,
        Protection::ExecuteWriteCopy => PAGE_EXECUTE_WRITECOPY,
    }
}

fn section_flags(request: &CreateRequest<'_>) -> u32 {
    match request.pages {
        // Of a file it means SEC_COMMIT (conformance row E08).
        Pages::Reserve if request.file.is_none() => SEC_RESERVE,
        Pages::Commit | Pages::Reserve => SEC_COMMIT,
        Pages::Large => SEC_LARGE_PAGES | SEC_COMMIT,
        Pages::Image => SEC_IMAGE,
    }
}

/// Windows' number in the words of what was asked for.
fn refused(request: &CreateRequest<'_>, os: std::io::Error) -> Error {
    let global = request.name.is_some_and(|name| name.scope() == Scope::Global);
    let size = request.size;
    match errors::code(&os) {
        ERROR_ACCESS_DENIED if global => errors::advised(
            ACTION,
            os,
            r"creating in Global\ needs the privilege SeCreateGlobalPrivilege, which services and administrators have; \
              or it exists and belongs to somebody else",
        ),
        ERROR_PRIVILEGE_NOT_HELD => errors::advised(ACTION, os, large_pages::ADVICE),
        ERROR_NO_SYSTEM_RESOURCES if request.pages == Pages::Large => errors::advised(
            ACTION,
            os,
            format!("no {size} bytes in large pages are free in one piece each; ask soon after the machine's start"),
        ),
        // Every other argument has been checked: it is the size that Windows finds absurd (conformance row A27).
        ERROR_INVALID_PARAMETER | ERROR_NOT_ENOUGH_MEMORY if request.file.is_some_and(|file| grows(file, size)) => {
            let detail = format!("the file cannot grow to {size} bytes; ask for less");
            Error::new(ErrorKind::DiskFull, ACTION, detail).with_os(os)
        }
        ERROR_INVALID_PARAMETER if request.file.is_none() => {
            let detail = format!("there is no memory for {size} bytes; ask for less");
            Error::new(ErrorKind::NoMemory, ACTION, detail).with_os(os)
        }
        _ => errors::system(ACTION, os),
    }
}

fn grows(file: &File, size: u64) -> bool {
    file.metadata().is_ok_and(|data| data.len() < size)
}
