//! A file's length, and the position in it.

use std::fs::File;
use std::io::{Seek, SeekFrom};

use super::mapped;
use crate::abi::{BOOL, HANDLE};
use crate::caller;
use crate::codes::{access, error};
use crate::failure::{Answer, Code, SetLastError, as_bool, failed, refuse};
use crate::handles;

const TYPE_UNKNOWN: u32 = 0;
const TYPE_DISK: u32 = 1;
const TYPE_CHAR: u32 = 2;
const TYPE_PIPE: u32 = 3;

/// What failed, where it is a number of 32 bits that is answered: `INVALID_FILE_SIZE`, `INVALID_SET_FILE_POINTER`.
const INVALID: u32 = u32::MAX;

/// The length in bytes, its lower half; `INVALID_FILE_SIZE` on failure, and then the last error says that it is one.
/// Win32: `GetFileSize`.
///
/// # Safety
/// `high` is NULL or leads to a place for the upper half.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn GetFileSize(file: HANDLE, high: *mut u32) -> u32 {
    let length = length(file).and_then(|length| {
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(high, (length >> 32) as u32) }?;
        Ok(length as u32)
    });
    match length {
        Ok(low) => {
            if low == INVALID {
                SetLastError(error::SUCCESS);
            }
            low
        }
        Err(code) => failed(code, INVALID),
    }
}

/// The length in bytes. Win32: `GetFileSizeEx`.
///
/// # Safety
/// `size` leads to a place for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn GetFileSizeEx(file: HANDLE, size: *mut u64) -> BOOL {
    // SAFETY: the caller's promise.
    as_bool(length(file).and_then(|length| unsafe { caller::write(size, length) }))
}

fn length(file: HANDLE) -> Answer<u64> {
    Ok(handles::get(file)?.file()?.metadata()?.len())
}

/// `FILE_TYPE_DISK`, `_CHAR`, `_PIPE`; of what is no file it is unknown, and `ERROR_INVALID_HANDLE` (row I10).
/// Win32: `GetFileType`.
#[unsafe(no_mangle)]
pub extern "C" fn GetFileType(file: HANDLE) -> u32 {
    use std::os::unix::fs::FileTypeExt;
    let kind = (|| {
        let entry = handles::get(file)?;
        let kind = entry.file()?.metadata()?.file_type();
        Ok(match () {
            () if kind.is_file() || kind.is_dir() || kind.is_block_device() => TYPE_DISK,
            () if kind.is_char_device() => TYPE_CHAR,
            () if kind.is_fifo() || kind.is_socket() => TYPE_PIPE,
            () => TYPE_UNKNOWN,
        })
    })();
    match kind {
        Ok(kind) => {
            SetLastError(error::SUCCESS);
            kind
        }
        Err(code) => failed(code, TYPE_UNKNOWN),
    }
}

/// Moves the position, and answers its lower half; `INVALID_SET_FILE_POINTER` on failure, and then the last error says
/// that it is one. Win32: `SetFilePointer`.
///
/// # Safety
/// `high` is NULL or leads to the upper half of the distance, in whose place that of the position is put.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SetFilePointer(file: HANDLE, low: i32, high: *mut i32, from: u32) -> u32 {
    let moved = (|| {
        let distance = if high.is_null() {
            i64::from(low)
        } else {
            // SAFETY: the caller's promise.
            i64::from(unsafe { caller::read(high) }?) << 32 | i64::from(low as u32)
        };
        let position = seek(file, distance, from, high.is_null())?;
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(high, (position >> 32) as i32) }?;
        Ok(position as u32)
    })();
    match moved {
        Ok(position) => {
            SetLastError(error::SUCCESS);
            position
        }
        Err(code) => failed(code, INVALID),
    }
}

/// Moves the position. Win32: `SetFilePointerEx`.
///
/// # Safety
/// `position` is NULL or leads to a place for it.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SetFilePointerEx(file: HANDLE, distance: i64, position: *mut u64, from: u32) -> BOOL {
    as_bool(seek(file, distance, from, false).and_then(|moved| {
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(position, moved) }
    }))
}

/// `narrow`: the caller has room for 32 bits of the position alone.
fn seek(handle: HANDLE, distance: i64, from: u32, narrow: bool) -> Answer<u64> {
    let entry = handles::get(handle)?;
    let mut file: &File = entry.file()?;
    let start = match from {
        0 => 0,
        1 => file.stream_position()?,
        2 => file.metadata()?.len(),
        _ => return refuse(error::INVALID_PARAMETER),
    };
    let Some(to) = start
        .checked_add_signed(distance)
        .filter(|to| i64::try_from(*to).is_ok())
    else {
        return refuse(error::NEGATIVE_SEEK);
    };
    if narrow && to > u64::from(u32::MAX) {
        return refuse(error::INVALID_PARAMETER);
    }
    Ok(file.seek(SeekFrom::Start(to))?)
}

/// Makes the file end at the position. A file that this process maps is not cut: `ERROR_USER_MAPPED_FILE` (row I01).
/// Win32: `SetEndOfFile`.
#[unsafe(no_mangle)]
pub extern "C" fn SetEndOfFile(file: HANDLE) -> BOOL {
    as_bool((|| {
        let entry = handles::get(file)?;
        let mut file: &File = entry.file()?;
        entry.needs(access::FILE_WRITE_DATA)?;
        let end = file.stream_position()?;
        if end < file.metadata()?.len() {
            mapped::check_not_mapped(file)?;
        }
        file.set_len(end).map_err(|os| match os.kind() {
            std::io::ErrorKind::InvalidInput => Code(error::ACCESS_DENIED),
            _ => Code::from(os),
        })
    })())
}

/// Waits until the file's content and metadata are on the disk. Win32: `FlushFileBuffers`.
#[unsafe(no_mangle)]
pub extern "C" fn FlushFileBuffers(file: HANDLE) -> BOOL {
    as_bool((|| {
        let entry = handles::get(file)?;
        let file = entry.file()?;
        entry.needs(access::FILE_WRITE_DATA)?;
        Ok(file.sync_all()?)
    })())
}
