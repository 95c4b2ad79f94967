//! Changing the protection of pages.

use std::ffi::c_void;

use super::area::{self, Area, Kind};
use super::{pages, query};
use crate::abi::BOOL;
use crate::caller;
use crate::codes::error;
use crate::failure::{Answer, Code, as_bool, refuse};

/// Changes what may be done with the pages of a part of a view, down from and back up to the view's own access (rows
/// F01 to F03), or of memory from `VirtualAlloc`. Other memory is not looked after here: `ERROR_INVALID_ADDRESS`. Win32:
/// `VirtualProtect`.
///
/// # Safety
/// `old` leads to a place for the first page's old protection. Whoever touches the pages keeps to the new one.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn VirtualProtect(address: *mut c_void, len: usize, protect: u32, old: *mut u32) -> BOOL {
    as_bool((|| {
        let area = area::at(address.addr()).ok_or(Code(error::INVALID_ADDRESS))?;
        if len == 0 {
            return refuse(error::INVALID_PARAMETER);
        }
        let (first, len) = whole_pages(&area, address.addr(), len)?;
        let access = pages::access_of(protect)?;
        let before = committed(&area, first, len)?;
        // Before anything is changed: nobody who passes no place for it gets half of the call.
        // SAFETY: the caller's promise.
        unsafe { caller::write(old, before) }?;
        match &area.kind {
            Kind::View(viewed) => {
                if !pages::admits(viewed.access(), access) {
                    return refuse(error::INVALID_PARAMETER);
                }
                let part = len.min(viewed.view.len() - first);
                // SAFETY: the caller's promise about the pages; nothing here touches a view's bytes.
                Ok(unsafe { viewed.view.trusted().protect(first, part, access) }?)
            }
            Kind::Private(memory, _) => {
                if access.is_copy() {
                    return refuse(error::INVALID_PARAMETER);
                }
                // SAFETY: as above.
                Ok(unsafe { memory.protect(first, len, access) }?)
            }
            Kind::Placeholder(_) => refuse(error::INVALID_ADDRESS),
        }
    })())
}

/// The part in whole pages, from the area's beginning on.
pub(super) fn whole_pages(area: &Area, address: usize, len: usize) -> Answer<(usize, usize)> {
    let unit = rustix::param::page_size();
    let (offset, len) = area.part(address, len)?;
    let first = offset / unit * unit;
    Ok((first, (offset + len).next_multiple_of(unit) - first))
}

/// The protection of the first page, if all of them are committed.
fn committed(area: &Area, first: usize, len: usize) -> Answer<u32> {
    let before = query::query(area.base + first)?.Protect;
    let all = match &area.kind {
        Kind::View(viewed) => viewed.view.is_committed(first, len.min(viewed.view.len() - first))?,
        Kind::Private(memory, _) => memory.is_committed(first, len),
        Kind::Placeholder(_) => false,
    };
    if all {
        Ok(before)
    } else {
        refuse(error::INVALID_ADDRESS)
    }
}
