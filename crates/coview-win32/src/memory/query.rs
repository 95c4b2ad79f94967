//! What lies at an address.

use std::ffi::c_void;

use super::area::{self, Area, Kind};
use super::maps::{self, Line};
use super::pages;
use crate::abi::MEMORY_BASIC_INFORMATION;
use crate::caller;
use crate::codes::{error, mem, page};
use crate::failure::{Answer, failed, refuse};
use crate::mapping;

/// The last address that a program may have, in whole pages: in 32 bits a 64-bit kernel gives all but the last one.
pub(crate) const LAST_ADDRESS: usize = {
    let last: u64 = match () {
        () if cfg!(target_pointer_width = "32") => 0xFFFF_EFFF,
        () if cfg!(target_arch = "x86_64") => 0x7FFF_FFFF_EFFF,
        // What 48 bits give, which is what Linux hands out unless it is asked for more.
        () => 0xFFFF_FFFF_EFFF,
    };
    last as usize
};

/// Tells of the page in which an address lies, and how many pages from there on are the same. Answers how many bytes
/// it told, 0 on failure. Win32: `VirtualQuery`.
///
/// # Safety
/// `info` leads to a `MEMORY_BASIC_INFORMATION` to be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn VirtualQuery(
    address: *const c_void,
    info: *mut MEMORY_BASIC_INFORMATION,
    len: usize,
) -> usize {
    let told = (|| {
        if len < size_of::<MEMORY_BASIC_INFORMATION>() {
            return refuse(error::BAD_LENGTH);
        }
        let found = query(address.addr())?;
        // SAFETY: the caller's promise.
        unsafe { caller::write(info, found) }
    })();
    match told {
        Ok(()) => size_of::<MEMORY_BASIC_INFORMATION>(),
        Err(code) => failed(code, 0),
    }
}

/// What is the same of a run of pages.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Page {
    state: u32,
    protect: u32,
}

pub(super) fn query(address: usize) -> Answer<MEMORY_BASIC_INFORMATION> {
    let unit = rustix::param::page_size();
    let address = address / unit * unit;
    let area = area::at(address);
    if let Some(viewed) = area.as_ref().and_then(|area| area.view()) {
        // What others have committed shows here from now on: before the kernel is asked what is there.
        let _ = viewed.view.sync_commits();
    }
    let lines = maps::lines()?;
    match area {
        Some(area) => Ok(of_area(&area, address, &lines)),
        None => of_others(address, &lines),
    }
}

/// Of a view or other memory that was made here.
fn of_area(area: &Area, address: usize, lines: &[Line]) -> MEMORY_BASIC_INFORMATION {
    let first = first_run(area, address, lines);
    let mut end = first.1;
    while end < area.end() {
        let next = first_run(area, end, lines);
        if next.0 != first.0 {
            break;
        }
        end = next.1;
    }
    let (protect, kind) = match &area.kind {
        Kind::View(viewed) if viewed.image => (page::EXECUTE_WRITECOPY, mem::IMAGE),
        Kind::View(viewed) => (mapping::protection_of(viewed.access()), mem::MAPPED),
        Kind::Private(_, protect) => (*protect, mem::PRIVATE),
        Kind::Placeholder(_) => (page::NOACCESS, mem::PRIVATE),
    };
    MEMORY_BASIC_INFORMATION {
        BaseAddress: address,
        AllocationBase: area.base,
        AllocationProtect: protect,
        RegionSize: end - address,
        State: first.0.state,
        Protect: first.0.protect,
        Type: kind,
        ..Default::default()
    }
}

/// How many pages the kernel is asked about at once.
const ASKED: usize = 4096;

/// What the page is, and up to where the pages are the same that the kernel holds alike: at least one.
fn first_run(area: &Area, address: usize, lines: &[Line]) -> (Page, usize) {
    let unit = rustix::param::page_size();
    let line = lines.iter().find(|line| (line.start..line.end).contains(&address));
    let end = line.map_or(address + unit, |line| line.end.min(area.end()));
    let touchable = line.is_some_and(|line| line.read || line.write || line.execute);
    if !touchable {
        // Only of pages that nobody can touch it needs to be asked whether they are committed.
        let (committed, run) = committed_run(area, address - area.base);
        let state = if committed { mem::COMMIT } else { mem::RESERVE };
        let protect = if committed { page::NOACCESS } else { 0 };
        return (Page { state, protect }, end.min(area.base + run.next_multiple_of(unit)));
    }
    let is_view = matches!(area.kind, Kind::View(_));
    let protect = |own| line.map_or(page::NOACCESS, |line| pages::protection_of(line, own));
    let of = |own| Page {
        state: mem::COMMIT,
        protect: protect(own),
    };
    let copies = line.is_some_and(|line| !line.shared && line.write);
    if !(is_view && copies) {
        return (of(!is_view), end);
    }
    // Some may have been written, and are this process's own.
    let own = maps::own_copies(address, ((end - address) / unit).min(ASKED));
    let same = own.iter().skip(1).take_while(|other| **other == own[0]).count() + 1;
    (of(own[0]), address + same * unit)
}

/// Whether the page is committed, and up to where in the area the pages behind it are as it.
fn committed_run(area: &Area, offset: usize) -> (bool, usize) {
    match &area.kind {
        Kind::View(viewed) => viewed.view.committed_run(offset).unwrap_or((false, area.len)),
        Kind::Private(memory, _) => memory.committed_run(offset),
        Kind::Placeholder(_) => (false, area.len),
    }
}

/// Of what the program or the system has there, or of nothing.
fn of_others(address: usize, lines: &[Line]) -> Answer<MEMORY_BASIC_INFORMATION> {
    let Some(line) = lines.iter().find(|line| (line.start..line.end).contains(&address)) else {
        if address > LAST_ADDRESS {
            return refuse(error::INVALID_PARAMETER);
        }
        let next = lines
            .iter()
            .map(|line| line.start)
            .filter(|start| *start > address)
            .min();
        return Ok(MEMORY_BASIC_INFORMATION {
            BaseAddress: address,
            RegionSize: next.unwrap_or(LAST_ADDRESS + 1).min(LAST_ADDRESS + 1) - address,
            State: mem::FREE,
            Protect: page::NOACCESS,
            ..Default::default()
        });
    };
    let protect = pages::protection_of(line, !line.file);
    Ok(MEMORY_BASIC_INFORMATION {
        BaseAddress: address,
        AllocationBase: line.start,
        AllocationProtect: protect,
        RegionSize: line.end - address,
        State: mem::COMMIT,
        Protect: protect,
        Type: match (line.file, line.shared) {
            (true, true) => mem::MAPPED,
            (true, false) => mem::IMAGE,
            (false, _) => mem::PRIVATE,
        },
        ..Default::default()
    })
}
