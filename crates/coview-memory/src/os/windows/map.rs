//! Mapping a range: `MapViewOfFile` without its rule that an offset be a multiple of 64 KiB.

use std::fs::File;
use std::os::windows::io::{AsRawHandle, BorrowedHandle, RawHandle};
use std::sync::Arc;

use windows_sys::Win32::Foundation::{ERROR_INVALID_ADDRESS, ERROR_INVALID_PARAMETER};
use windows_sys::Win32::System::Memory::{
    FILE_MAP_COPY, FILE_MAP_EXECUTE, FILE_MAP_LARGE_PAGES, FILE_MAP_READ, FILE_MAP_WRITE, MEMORY_MAPPED_VIEW_ADDRESS,
    MapViewOfFile, UnmapViewOfFile,
};

use super::{Region, errors, image, large_pages, system};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Facts, Pages};
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
    /// `offset` is a multiple of what the mapping is mapped by; `len` 0 means to its end.
    pub(super) fn new(section: RawHandle, bits: u32, offset: u64, len: usize) -> std::io::Result<Self> {
        let [high, low] = [(offset >> 32) as u32, offset as u32];
        // SAFETY: it takes addresses that nobody uses, and no memory of ours is touched.
        let start = unsafe { MapViewOfFile(section, bits, high, low, len) }
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
}

impl Span {
    fn around(pages: Pages, offset: u64, len: u64) -> Self {
        match pages {
            // Its parts have protections of their own: it is mapped as a whole and looked through.
            Pages::Image => Self {
                start: 0,
                skew: offset,
                len: 0,
            },
            Pages::Large => {
                // Both ends at large pages: the mapping's size is a multiple of one, so this stays within it.
                let unit = large_pages::size().max(system::granularity());
                let skew = offset % unit;
                Self {
                    start: offset - skew,
                    skew,
                    len: (skew + len).next_multiple_of(unit),
                }
            }
            Pages::Commit | Pages::Reserve => {
                let skew = offset % system::granularity();
                Self {
                    start: offset - skew,
                    skew,
                    len: skew + len,
                }
            }
        }
    }
}

/// Maps a range that lies within the mapping. Keeps no handle: the kernel keeps a section as long as a view of it is
/// mapped (conformance row D25).
pub(super) fn map(
    section: BorrowedHandle<'_>,
    facts: Facts,
    file: Option<Arc<File>>,
    access: Access,
    offset: u64,
    len: usize,
) -> Result<Region> {
    if facts.pages == Pages::Image && access.writes_shared() {
        let detail = "the pages of an image are each process's own; map it with Access::Copy";
        return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
    }
    let span = Span::around(facts.pages, offset, len as u64);
    let (Ok(skew), Ok(whole)) = (usize::try_from(span.skew), usize::try_from(span.len)) else {
        let detail = format!("{len} bytes are more than this process has addresses; map a part of it");
        return Err(Error::new(ErrorKind::NoMemory, ACTION, detail));
    };
    let mapped = Mapped::new(section.as_raw_handle(), bits(access, facts.pages), span.start, whole)
        .map_err(|os| refused(access, os))?;
    if facts.pages == Pages::Image {
        image::open_up(mapped.start(), skew, len, access)?;
    }
    Ok(Region::new(mapped, skew, len, access, facts, file))
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
