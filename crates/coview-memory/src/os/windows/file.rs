//! Whether a file can be mapped as asked: checked before Windows is, so that the answer is the same everywhere.
//!
//! Windows makes these checks too, some of them later or with a number that says less, and Wine lacks a few.
//! Microsoft: "CreateFileMappingW".

use std::fs::File;
use std::os::windows::io::AsRawHandle;

use windows_sys::Win32::Storage::FileSystem::{
    FILE_EXECUTE, FILE_READ_DATA, FILE_TYPE_DISK, FILE_WRITE_DATA, GetFileType,
};

use super::ntdll;
use crate::error::{Error, ErrorKind, Result};
use crate::os::{CreateRequest, Pages};
use crate::rights::Protection;

const ACTION: &str = "create";

pub(super) fn check(file: &File, request: &CreateRequest<'_>) -> Result<()> {
    check_kind(file)?;
    check_access(file, request.protection)?;
    check_length(file, request)
}

/// Conformance row A21.
fn check_kind(file: &File) -> Result<()> {
    // SAFETY: the handle is open as long as the file is borrowed.
    let on_disk = unsafe { GetFileType(file.as_raw_handle()) } == FILE_TYPE_DISK;
    if on_disk && file.metadata().is_ok_and(|data| data.is_file()) {
        return Ok(());
    }
    Err(Error::new(
        ErrorKind::FileInvalid,
        ACTION,
        "only a regular file can be mapped, not a folder, pipe or device",
    ))
}

/// Conformance rows A06 to A10: the file's own handle must allow what the mapping will.
fn check_access(file: &File, protection: Protection) -> Result<()> {
    let granted = ntdll::granted(file.as_raw_handle()).map_err(|os| super::errors::system(ACTION, os))?;
    let needs = [
        (true, FILE_READ_DATA, "reading"),
        (protection.writes(), FILE_WRITE_DATA, "writing"),
        (protection.executes(), FILE_EXECUTE, "executing (GENERIC_EXECUTE)"),
    ];
    for (needed, right, word) in needs {
        if needed && granted & right == 0 {
            let detail = format!("the protection {protection:?} needs a file that is opened for {word}, too");
            return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
        }
    }
    Ok(())
}

/// Conformance rows A16, A22 and A25.
fn check_length(file: &File, request: &CreateRequest<'_>) -> Result<()> {
    let len = file.metadata().map_err(|os| super::errors::system(ACTION, os))?.len();
    let refuse = |kind, detail: String| Err(Error::new(kind, ACTION, detail));
    if request.pages == Pages::Image {
        return if len == 0 {
            refuse(ErrorKind::BadImage, "the file is empty".into())
        } else {
            Ok(())
        };
    }
    if len == 0 && request.size == 0 {
        return refuse(
            ErrorKind::FileInvalid,
            "the file is empty; give a size, and it grows to that".into(),
        );
    }
    if request.size > len && !request.protection.writes() {
        let detail = format!(
            "{} bytes of a file that has {len}, and the protection {:?} cannot make it grow",
            request.size, request.protection
        );
        return refuse(ErrorKind::NoMemory, detail);
    }
    Ok(())
}
