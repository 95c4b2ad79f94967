//! Flushing a view and unmapping it.

use std::ffi::c_void;

use super::alloc;
use super::area;
use crate::abi::{BOOL, HANDLE};
use crate::codes::{error, mem};
use crate::failure::{Answer, Code, as_bool, refuse};

/// Writes a part of a view to its file, to the view's end for 0; memory has none. Win32: `FlushViewOfFile`.
#[unsafe(no_mangle)]
pub extern "C" fn FlushViewOfFile(address: *const c_void, len: usize) -> BOOL {
    as_bool(flush(address.addr(), len))
}

/// Rows G01 to G06, G09.
fn flush(address: usize, len: usize) -> Answer<()> {
    let not_viewed = Code(error::INVALID_ADDRESS);
    let area = area::at(address).ok_or(not_viewed)?;
    let viewed = area.view().ok_or(not_viewed)?;
    let (offset, len) = area.part(address, len).map_err(|_| Code(error::INVALID_PARAMETER))?;
    // What lies behind the last byte in its page reaches no file (row D13).
    let end = (offset + len).min(viewed.view.len());
    Ok(viewed.view.flush_range(offset.min(end), end - offset.min(end))?)
}

/// Unmaps the view in which the address lies, wherever in it (row H02). Win32: `UnmapViewOfFile`.
///
/// # Safety
/// Nobody touches the view from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn UnmapViewOfFile(address: *const c_void) -> BOOL {
    as_bool(unmap(address.addr()))
}

fn unmap(address: usize) -> Answer<()> {
    // Dropped without the table's lock; or by whoever still flushes it.
    let area = area::take(address, |area| area.view().is_some());
    area.map(drop).ok_or(Code(error::INVALID_ADDRESS))
}

/// As `UnmapViewOfFile`, in this process alone; with `MEM_PRESERVE_PLACEHOLDER` a placeholder takes the view's place.
/// Win32: `UnmapViewOfFile2`.
///
/// # Safety
/// As [`UnmapViewOfFile`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn UnmapViewOfFile2(process: HANDLE, address: *mut c_void, flags: u32) -> BOOL {
    as_bool((|| {
        alloc::check_this_process(process, std::ptr::null(), 0)?;
        match flags {
            // The other one is a hint of what the pages are used for next.
            0 | mem::UNMAP_WITH_TRANSIENT_BOOST => unmap(address.addr()),
            mem::PRESERVE_PLACEHOLDER => alloc::placeholder_for_view(address.addr()),
            _ => refuse(error::INVALID_PARAMETER),
        }
    })())
}
