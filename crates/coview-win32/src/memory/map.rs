//! Mapping a view.

use std::ffi::c_void;

use coview::{Access, Mapping, Pages, View, ViewOptions};

use super::area::{self, Area, Kind, Viewed};
use crate::abi::HANDLE;
use crate::codes::{GRANULARITY, error, mem};
use crate::failure::{Answer, as_address, refuse};
use crate::file::FileId;
use crate::handles;

/// Maps a view of a mapping. Win32: `MapViewOfFile`.
#[unsafe(no_mangle)]
pub extern "C" fn MapViewOfFile(
    mapping: HANDLE,
    access: u32,
    offset_high: u32,
    offset_low: u32,
    len: usize,
) -> *mut c_void {
    MapViewOfFileEx(mapping, access, offset_high, offset_low, len, std::ptr::null_mut())
}

/// Maps a view of a mapping at a chosen address, if one is given. Nothing that is there is ever replaced. Win32:
/// `MapViewOfFileEx`.
#[unsafe(no_mangle)]
pub extern "C" fn MapViewOfFileEx(
    mapping: HANDLE,
    access: u32,
    offset_high: u32,
    offset_low: u32,
    len: usize,
    base: *mut c_void,
) -> *mut c_void {
    let offset = u64::from(offset_high) << 32 | u64::from(offset_low);
    as_address(anywhere(
        mapping,
        Access::from_file_map(access),
        offset,
        len,
        base.addr(),
    ))
}

/// Maps a view with a page protection in place of an access; with `MEM_REPLACE_PLACEHOLDER` in the place of a
/// placeholder of that length, which relaxes the alignment to whole pages (row J01). Only in this process, and without
/// extended parameters (`ERROR_NOT_SUPPORTED`). Win32: `MapViewOfFile3`.
#[unsafe(no_mangle)]
pub extern "C" fn MapViewOfFile3(
    mapping: HANDLE,
    process: HANDLE,
    base: *mut c_void,
    offset: u64,
    len: usize,
    allocation: u32,
    protect: u32,
    extended: *const u64,
    extended_count: u32,
) -> *mut c_void {
    as_address((|| {
        super::alloc::check_this_process(process, extended, extended_count)?;
        let access = super::pages::access_of(protect)?;
        match allocation {
            0 => anywhere(mapping, access, offset, len, base.addr()),
            mem::REPLACE_PLACEHOLDER => in_place(mapping, access, offset, len, base.addr()),
            mem::RESERVE => refuse(error::NOT_SUPPORTED),
            _ => refuse(error::INVALID_PARAMETER),
        }
    })())
}

/// At that address, or for 0 where there is room, aligned as on Windows (rows D07, D11, D14 to D16).
fn anywhere(mapping: HANDLE, access: Access, offset: u64, len: usize, base: usize) -> Answer<usize> {
    if !offset.is_multiple_of(GRANULARITY as u64) || !base.is_multiple_of(GRANULARITY) {
        return refuse(error::MAPPED_ALIGNMENT);
    }
    map(mapping, access, offset, len, |options, mapping| {
        let options = match base {
            0 => options.aligned(GRANULARITY),
            base => options.at(base),
        };
        Ok(options.map(mapping)?)
    })
}

/// In the place of a placeholder that is exactly as long.
fn in_place(mapping: HANDLE, access: Access, offset: u64, len: usize, base: usize) -> Answer<usize> {
    let unit = rustix::param::page_size();
    if !offset.is_multiple_of(unit as u64) || len == 0 || !len.is_multiple_of(unit) {
        return refuse(error::MAPPED_ALIGNMENT);
    }
    map(mapping, access, offset, len, |options, mapping| {
        super::alloc::replace_placeholder(base, len, |place| options.map_into(mapping, place))
    })
}

fn map(
    handle: HANDLE,
    access: Access,
    offset: u64,
    len: usize,
    place: impl FnOnce(ViewOptions, &Mapping) -> Answer<View>,
) -> Answer<usize> {
    let entry = handles::get(handle)?;
    let mapping = entry.mapping()?;
    if isize::try_from(len).is_err() {
        return refuse(error::INVALID_PARAMETER);
    }
    check_allowed(mapping, access)?;
    let options = ViewOptions::new().access(access).keep_handle(false);
    let options = match len {
        0 => options.offset(offset),
        len => options.range(offset, len as u64),
    };
    let view = place(options, mapping)?;
    let unit = rustix::param::page_size();
    Ok(area::insert(Area {
        base: view.trusted().as_ptr().expose_provenance(),
        len: view.len().next_multiple_of(unit),
        kind: Kind::View(Box::new(Viewed {
            file: if mapping.is_file() {
                Some(FileId::of(mapping)?)
            } else {
                None
            },
            image: mapping.pages() == Pages::Image,
            reserved: mapping.pages() == Pages::Reserve,
            view,
        })),
    }))
}

/// What the handle may not do is denied; what the mapping never can is an invalid argument (rows B04, D01).
fn check_allowed(mapping: &Mapping, access: Access) -> Answer<()> {
    if !mapping.rights().contains(access.needs()) {
        return refuse(error::ACCESS_DENIED);
    }
    match mapping.protection() {
        Some(protection) if !protection.admits(access) => refuse(error::INVALID_PARAMETER),
        _ => Ok(()),
    }
}
