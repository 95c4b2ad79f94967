//! Mapping a range: `MapViewOfFile` without its rule that an offset be a multiple of 64 KiB.

use std::fs::File;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, RawHandle};
use std::sync::Arc;

use windows_sys::Win32::Foundation::{ERROR_INVALID_ADDRESS, ERROR_INVALID_PARAMETER};
use windows_sys::Win32::System::Memory::{
    FILE_MAP_COPY, FILE_MAP_EXECUTE, FILE_MAP_LARGE_PAGES, FILE_MAP_READ, FILE_MAP_WRITE, MEM_RELEASE, MEM_RESERVE,
    MEMORY_MAPPED_VIEW_ADDRESS, MapViewOfFileEx, PAGE_NOACCESS, UnmapViewOfFile, VirtualAlloc, VirtualFree,
};

use super::{Region, errors, image, large_pages, system};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Facts, Pages, Place};
use crate::rights::Access;

const ACTION: &str = "map a view";

/// One call's worth of `MapViewOfFile`: dropping it unmaps.
pub(super) struct Mapped {
    start: *mut u8,
}

// SAFETY: it is an address, which means the same in every thread; unmapping may happen in any.
unsafe impl Send for Mapped {}
// SAFETY: nothing can be done through a shared one but to read the address.
unsafe impl Sync for Mapped {}

impl Mapped {
    /// `offset` is a multiple of what the mapping is mapped by; `len` 0 means to its end, `address` 0 anywhere.
    pub(super) fn new(section: RawHandle, bits: u32, offset: u64, len: usize, address: usize) -> std::io::Result<Self> {
        let [high, low] = [(offset >> 32) as u32, offset as u32];
        let address = std::ptr::without_provenance(address);
        // SAFETY: it takes addresses that nobody uses, and no memory of ours is touched.
        let start = unsafe { MapViewOfFileEx(section, bits, high, low, len, address) }
            .Value
            .cast::<u8>();
        if start.is_null() {
            Err(errors::last())
        } else {
            Ok(Self { start })
        }
    }

    pub(super) fn start(&self) -> *mut u8 {
        self.start
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        let view = MEMORY_MAPPED_VIEW_ADDRESS {
            Value: self.start.cast(),
        };
        // SAFETY: it was mapped by `new`, and whoever holds this promises that no access outlives it (MAPPED).
        let done = unsafe { UnmapViewOfFile(view) };
        debug_assert!(done != 0, "{}", errors::last());
    }
}

/// The part of a mapping that Windows must map so that a range of it is there.
struct Span {
    start: u64,
    /// From `start` to the first byte asked for.
    skew: u64,
    /// 0: to the end of the mapping.
    len: u64,
    /// What its address must be a multiple of.
    unit: u64,
}

impl Span {
    fn around(pages: Pages, offset: u64, len: u64) -> Self {
        match pages {
            // Its parts have protections of their own: it is mapped as a whole and looked through.
            Pages::Image => Self {
                start: 0,
                skew: offset,
                len: 0,
                unit: system::granularity(),
            },
            Pages::Large => {
                // Both ends at large pages: the mapping's size is a multiple of one, so this stays within it.
                let unit = large_pages::size().max(system::granularity());
                let skew = offset % unit;
                Self {
                    start: offset - skew,
                    skew,
                    len: (skew + len).next_multiple_of(unit),
                    unit,
                }
            }
            Pages::Commit | Pages::Reserve => {
                let skew = offset % system::granularity();
                Self {
                    start: offset - skew,
                    skew,
                    len: skew + len,
                    unit: system::granularity(),
                }
            }
        }
    }
}

/// What is to be mapped.
pub(super) struct Wanted {
    pub(super) access: Access,
    pub(super) offset: u64,
    pub(super) len: usize,
    pub(super) place: Place,
}

/// Maps a range that lies within the mapping. Keeps no handle: the kernel keeps a section as long as a view of it is
/// mapped (conformance row D25).
pub(super) fn map(
    section: BorrowedHandle<'_>,
    facts: Facts,
    file: Option<Arc<File>>,
    wanted: &Wanted,
) -> Result<Region> {
    let &Wanted {
        access,
        offset,
        len,
        place,
    } = wanted;
    if facts.pages == Pages::Image && access.writes_shared() {
        let detail = "the pages of an image are each process's own; map it with Access::Copy";
        return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
    }
    let span = Span::around(facts.pages, offset, len as u64);
    // An image is mapped as a whole, and takes so many addresses.
    let room = if span.len == 0 { facts.size } else { span.len };
    let (Ok(skew), Ok(whole), Ok(room)) = (
        usize::try_from(span.skew),
        usize::try_from(span.len),
        usize::try_from(room),
    ) else {
        let detail = format!("{len} bytes are more than this process has addresses; map a part of it");
        return Err(Error::new(ErrorKind::NoMemory, ACTION, detail));
    };
    let map_at = |address| {
        Mapped::new(
            section.as_raw_handle(),
            bits(access, facts.pages),
            span.start,
            whole,
            address,
        )
    };
    let no = |os| refused(access, os);
    let unit = span.unit as usize;
    let mapped = match place {
        Place::Aligned(align) if align > system::granularity() as usize => {
            match facts.pages {
                Pages::Large if skew % align.min(unit) != 0 => return Err(askew(unit)),
                // Then the whole span may lie at the larger multiple.
                Pages::Large => map_aligned(align.max(unit), room, 0, map_at, no)?,
                _ => map_aligned(align, room, skew, map_at, no)?,
            }
        }
        // The others are multiples of 64 KiB and of the offset's beyond them, anyway.
        Place::Anywhere | Place::Aligned(_) => map_at(0).map_err(no)?,
        Place::At(address) if address.wrapping_sub(skew) % unit != 0 => return Err(askew(unit)),
        Place::At(address) => {
            let first = first_address(address, skew, room)?;
            map_at(first).map_err(|os| match errors::code(&os) {
                ERROR_INVALID_ADDRESS => not_free(address, room).with_os(os),
                _ => no(os),
            })?
        }
    };
    // Wine gives an image the address that its headers prefer, or any.
    if !lies_at(place, mapped.start().addr() + skew) {
        let detail = "this system chooses an image's address itself; leave out at and aligned";
        return Err(Error::new(ErrorKind::Unsupported, ACTION, detail));
    }
    if facts.pages == Pages::Image {
        image::open_up(mapped.start(), skew, len, access)?;
    }
    Ok(Region::new(mapped, skew, len, access, facts, file))
}

fn lies_at(place: Place, address: usize) -> bool {
    match place {
        Place::Anywhere => true,
        Place::Aligned(align) => address.is_multiple_of(align),
        Place::At(wanted) => address == wanted,
    }
}

fn askew(unit: usize) -> Error {
    let detail = format!("large pages do not let it lie there; choose multiples of {unit} for address and offset");
    Error::new(ErrorKind::InvalidArgument, ACTION, detail)
}

/// Where the span begins whose byte `skew` is to lie at `address`.
fn first_address(address: usize, skew: usize, room: usize) -> Result<usize> {
    let last = address.checked_sub(skew).and_then(|first| first.checked_add(room - 1));
    match last {
        Some(last) if last <= system::highest_address() && address > skew => Ok(address - skew),
        _ => Err(not_free(address, room)),
    }
}

fn not_free(address: usize, len: usize) -> Error {
    let detail = format!(
        "something lies within the {len} bytes that the view takes, or no process can have them, if it begins at \
         {address:#x}; choose another address"
    );
    Error::new(ErrorKind::AddressInUse, ACTION, detail)
}

/// Windows maps nothing over a reservation (but for placeholders, which Windows 10 1803 brought): room is found, let
/// go, and taken, if nobody else was quicker.
fn map_aligned(
    align: usize,
    room: usize,
    skew: usize,
    map_at: impl Fn(usize) -> std::io::Result<Mapped>,
    refused: impl Fn(std::io::Error) -> Error,
) -> Result<Mapped> {
    let failed = |os| {
        let detail = format!("{room} bytes at a multiple of {align}; ask for less of both");
        Error::new(ErrorKind::NoMemory, ACTION, detail).with_os(os)
    };
    let mut refusal = None;
    for _ in 0..ROUNDS {
        let free = free_room(room.saturating_add(align)).map_err(failed)?;
        match map_at(first_aligned(free, align, skew)) {
            Err(os) if errors::code(&os) == ERROR_INVALID_ADDRESS => refusal = Some(os),
            done => return done.map_err(&refused),
        }
    }
    Err(failed(refusal.expect("there were rounds")))
}

/// The first address from `free` on of which the byte `skew` further on is a multiple of `align`.
fn first_aligned(free: usize, align: usize, skew: usize) -> usize {
    free + (free + skew).wrapping_neg() % align
}

/// More than anybody loses against other threads that take addresses.
const ROUNDS: usize = 100;

/// Where so many addresses are free, at this moment.
fn free_room(len: usize) -> std::io::Result<usize> {
    // SAFETY: it takes addresses that nobody uses, and no memory of ours is touched.
    let start = unsafe { VirtualAlloc(std::ptr::null(), len, MEM_RESERVE, PAGE_NOACCESS) };
    if start.is_null() {
        return Err(errors::last());
    }
    // SAFETY: it has just been reserved, and nobody else knows of it.
    let done = unsafe { VirtualFree(start, 0, MEM_RELEASE) };
    debug_assert!(done != 0, "{}", errors::last());
    Ok(start.addr())
}

/// Microsoft: "MapViewOfFile". No bit at all is a view that cannot be touched (conformance row D02).
fn bits(access: Access, pages: Pages) -> u32 {
    let base = match access {
        Access::None => 0,
        Access::Read => FILE_MAP_READ,
        Access::Write => FILE_MAP_READ | FILE_MAP_WRITE,
        Access::Copy => FILE_MAP_COPY,
        Access::ExecuteRead => FILE_MAP_READ | FILE_MAP_EXECUTE,
        Access::ExecuteWrite => FILE_MAP_READ | FILE_MAP_WRITE | FILE_MAP_EXECUTE,
        Access::ExecuteCopy => FILE_MAP_COPY | FILE_MAP_EXECUTE,
    };
    // From Windows 10 1703 on this is needed; a private copy is of ordinary pages.
    if pages == Pages::Large && !access.is_copy() && access.reads() {
        base | FILE_MAP_LARGE_PAGES
    } else {
        base
    }
}

fn refused(access: Access, os: std::io::Error) -> Error {
    let (kind, detail) = match errors::code(&os) {
        // The protection of an opened mapping is not known; the kernel answers so when it does not admit the view
        // (STATUS_SECTION_PROTECTION, conformance row B04).
        ERROR_INVALID_PARAMETER if access.writes_shared() || access.executes() => (
            ErrorKind::AccessDenied,
            format!("the mapping was created with a protection that admits no {access:?}"),
        ),
        ERROR_INVALID_ADDRESS => (
            ErrorKind::NoMemory,
            "there are no addresses for it; map a part of it".into(),
        ),
        _ => return errors::system(ACTION, os),
    };
    Error::new(kind, ACTION, detail).with_os(os)
}
