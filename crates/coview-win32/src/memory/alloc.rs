//! `VirtualAlloc` and its kin: committing pages of reserved views, and memory and addresses of the process's own.

use std::ffi::c_void;

use coview::{Access, Error, Reservation, View};

use super::area::{self, Area, Kind, Viewed};
use super::pages;
use super::protect::whole_pages;
use crate::abi::{BOOL, HANDLE};
use crate::codes::{GRANULARITY, error, mem, page};
use crate::failure::{Answer, Code, as_address, as_bool, refuse};
use crate::handles;

/// Commits pages of a reserved mapping through a view of it, for all its views in all processes (rows E03 to E07); or
/// gives the process memory of its own. Win32: `VirtualAlloc`.
#[unsafe(no_mangle)]
pub extern "C" fn VirtualAlloc(address: *mut c_void, len: usize, kind: u32, protect: u32) -> *mut c_void {
    as_address(allocate(address.addr(), len, kind, protect))
}

/// As `VirtualAlloc`, in this process alone and without extended parameters; with `MEM_RESERVE_PLACEHOLDER` it makes a
/// placeholder, which a view may take the place of (row J01). Win32: `VirtualAlloc2`.
#[unsafe(no_mangle)]
pub extern "C" fn VirtualAlloc2(
    process: HANDLE,
    address: *mut c_void,
    len: usize,
    kind: u32,
    protect: u32,
    extended: *const u64,
    extended_count: u32,
) -> *mut c_void {
    as_address((|| {
        check_this_process(process, extended, extended_count)?;
        if kind != mem::RESERVE | mem::RESERVE_PLACEHOLDER {
            return allocate(address.addr(), len, kind, protect);
        }
        if len == 0 || protect != page::NOACCESS {
            return refuse(error::INVALID_PARAMETER);
        }
        let memory = reserve(address.addr(), len)?;
        Ok(area::insert(area_of(memory, Kind::Placeholder)))
    })())
}

/// That a call is about this process, and about nothing that only Windows has.
pub(super) fn check_this_process(process: HANDLE, extended: *const u64, extended_count: u32) -> Answer<()> {
    if extended.is_null() != (extended_count == 0) {
        return refuse(error::INVALID_PARAMETER);
    }
    let other = !process.is_null() && handles::process_of(process)?.id() != std::process::id();
    if other || extended_count != 0 {
        return refuse(error::NOT_SUPPORTED);
    }
    Ok(())
}

fn allocate(address: usize, len: usize, kind: u32, protect: u32) -> Answer<usize> {
    let access = pages::access_of(protect)?;
    let known = mem::COMMIT | mem::RESERVE | mem::RESET | mem::TOP_DOWN;
    let alone = kind & mem::RESET != 0 && kind != mem::RESET;
    if len == 0 || kind & !known != 0 || kind & known & !mem::TOP_DOWN == 0 || alone {
        return refuse(error::INVALID_PARAMETER);
    }
    if let Some(area) = area::at(address) {
        if kind & mem::RESERVE != 0 {
            return refuse(error::INVALID_ADDRESS);
        }
        return in_area(&area, address, len, kind, access);
    }
    if access.is_copy() || kind & mem::RESET != 0 {
        return refuse(error::INVALID_PARAMETER);
    }
    if kind & mem::RESERVE == 0 && address != 0 {
        return refuse(error::INVALID_ADDRESS);
    }
    let memory = reserve(address, len)?;
    if kind & mem::COMMIT != 0 {
        memory.commit(0, memory.len(), access)?;
    }
    Ok(area::insert(area_of(memory, |memory| Kind::Private(memory, protect))))
}

/// In what is there: the page's address, as Windows answers.
fn in_area(area: &Area, address: usize, len: usize, kind: u32, access: Access) -> Answer<usize> {
    let (first, len) = whole_pages(area, address, len)?;
    match &area.kind {
        // A hint that the content is not needed: it stays (row E10).
        _ if kind & mem::RESET != 0 => {}
        Kind::View(viewed) => commit(viewed, first, len, access)?,
        Kind::Private(_, _) if access.is_copy() => return refuse(error::INVALID_PARAMETER),
        Kind::Private(memory, _) => {
            memory.commit(first, len, access)?;
            // SAFETY: whoever commits pages again wants them so.
            unsafe { memory.protect(first, len, access) }?;
        }
        Kind::Placeholder(_) => return refuse(error::INVALID_ADDRESS),
    }
    Ok(area.base + first)
}

fn commit(viewed: &Viewed, first: usize, len: usize, access: Access) -> Answer<()> {
    if viewed.file.is_some() || viewed.image {
        return refuse(error::ACCESS_DENIED);
    }
    if !pages::admits(viewed.access(), access) {
        return refuse(error::INVALID_PARAMETER);
    }
    let part = len.min(viewed.view.len() - first);
    let (committed, run) = viewed.view.committed_run(first)?;
    let fresh = !committed && run >= first + part;
    if viewed.reserved {
        viewed.view.commit(first, part)?;
    }
    if fresh && access == viewed.access() {
        return Ok(());
    }
    // SAFETY: nobody has these pages yet, or who commits them again wants them so; nothing here touches a view's bytes.
    Ok(unsafe { viewed.view.trusted().protect(first, part, access) }?)
}

/// Addresses: there, or where there is room for 0. Their beginning is rounded down and their end up, as on Windows.
fn reserve(address: usize, len: usize) -> Answer<Reservation> {
    let unit = rustix::param::page_size();
    let start = address / GRANULARITY * GRANULARITY;
    if address != 0 && start == 0 {
        return refuse(error::INVALID_PARAMETER);
    }
    let len = len
        .checked_add(address - start)
        .and_then(|len| len.checked_next_multiple_of(unit));
    let Some(len) = len.filter(|len| isize::try_from(*len).is_ok()) else {
        return refuse(error::NOT_ENOUGH_MEMORY);
    };
    Ok(match start {
        0 => Reservation::aligned(len, GRANULARITY)?,
        start => Reservation::at(start, len)?,
    })
}

fn area_of(memory: Reservation, kind: impl FnOnce(Reservation) -> Kind) -> Area {
    Area {
        base: memory.address(),
        len: memory.len(),
        kind: kind(memory),
    }
}

/// Gives memory or addresses back; splits placeholders and joins them. A view is no such memory (row E06). Win32:
/// `VirtualFree`.
///
/// # Safety
/// Nobody touches the memory from now on.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn VirtualFree(address: *mut c_void, len: usize, kind: u32) -> BOOL {
    let address = address.addr();
    as_bool(match kind {
        mem::DECOMMIT => decommit(address, len),
        mem::RELEASE if len == 0 => release(address),
        mem::RELEASE => refuse(error::INVALID_PARAMETER),
        kind if kind == mem::RELEASE | mem::PRESERVE_PLACEHOLDER => split(address, len),
        kind if kind == mem::RELEASE | mem::COALESCE_PLACEHOLDERS => refuse(error::NOT_SUPPORTED),
        _ => refuse(error::INVALID_PARAMETER),
    })
}

fn decommit(address: usize, len: usize) -> Answer<()> {
    let area = area::at(address).ok_or(Code(error::INVALID_ADDRESS))?;
    let Kind::Private(memory, _) = &area.kind else {
        return refuse(error::INVALID_PARAMETER);
    };
    // Without a length it is all of it, which is said at its beginning alone.
    if len == 0 && address != area.base {
        return refuse(error::INVALID_PARAMETER);
    }
    let (first, len) = whole_pages(&area, address, len).map_err(|_| Code(error::INVALID_PARAMETER))?;
    // SAFETY: the caller's promise that nobody touches them.
    Ok(unsafe { memory.decommit(first, len) }?)
}

fn release(address: usize) -> Answer<()> {
    let area = area::at(address).ok_or(Code(error::INVALID_ADDRESS))?;
    if area.view().is_some() {
        return refuse(error::INVALID_PARAMETER);
    }
    let whole = |area: &Area| area.base == address && area.view().is_none();
    area::take(address, whole).map(drop).ok_or(Code(error::INVALID_ADDRESS))
}

/// Makes two or three placeholders of one: what is given back, and what is around it.
fn split(address: usize, len: usize) -> Answer<()> {
    let unit = rustix::param::page_size();
    let inside = |area: &Area| len > 0 && len < area.len && len <= area.end() - address;
    if !address.is_multiple_of(unit) || !len.is_multiple_of(unit) {
        return refuse(error::INVALID_PARAMETER);
    }
    let mut rest = taken(address, inside)?;
    if address > rest.address() {
        let before;
        (before, rest) = halves(address - rest.address(), rest);
        area::insert(area_of(before, Kind::Placeholder));
    }
    if len < rest.len() {
        let after;
        (rest, after) = halves(len, rest);
        area::insert(area_of(after, Kind::Placeholder));
    }
    area::insert(area_of(rest, Kind::Placeholder));
    Ok(())
}

/// `at` is a whole page inside: the caller has looked.
fn halves(at: usize, memory: Reservation) -> (Reservation, Reservation) {
    memory.split(at).unwrap_or_else(|(error, _)| unreachable!("{error}"))
}

/// The addresses of a placeholder that is out of the table now.
fn taken(address: usize, wanted: impl Fn(&Area) -> bool) -> Answer<Reservation> {
    let placeholder = |area: &Area| matches!(area.kind, Kind::Placeholder(_)) && wanted(area);
    match area::take_alone(address, placeholder)?.kind {
        Kind::Placeholder(memory) => Ok(memory),
        _ => refuse(error::INVALID_ADDRESS),
    }
}

/// Has a view made in the place of the placeholder of that base and length.
pub(super) fn replace_placeholder(
    base: usize,
    len: usize,
    map: impl FnOnce(Reservation) -> Result<View, (Error, Reservation)>,
) -> Answer<View> {
    let whole = |area: &Area| area.base == base && area.len == len;
    map(taken(base, whole)?).map_err(|(error, place)| {
        area::insert(area_of(place, Kind::Placeholder));
        error.into()
    })
}

/// Puts a placeholder in the place of the view in which the address lies.
pub(super) fn placeholder_for_view(address: usize) -> Answer<()> {
    match area::take_alone(address, |area| area.view().is_some())?.kind {
        Kind::View(viewed) => {
            area::insert(area_of(viewed.view.into_reservation(), Kind::Placeholder));
            Ok(())
        }
        _ => refuse(error::INVALID_ADDRESS),
    }
}
