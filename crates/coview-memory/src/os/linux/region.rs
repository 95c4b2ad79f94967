//! Mapped ranges: mmap and what goes with it.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::{Arc, Mutex, OnceLock};

use rustix::mm::{Advice as Hint, MapFlags, MsyncFlags, ProtFlags};

use super::addresses::{Addresses, Source};
use super::commits;
use super::errors::system;
use super::faults::Listed;
use super::place;
use super::protect::Apart;
use super::reserve::{self, Reserve};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Advice, Place, RegionContract};
use crate::raw;
use crate::rights::Access;

/// A range of a mapping in this process.
pub(crate) struct Region {
    /// Declared before the pages that it is about: gone first.
    pub(super) reserve: Option<Listed>,
    pub(super) pages: Addresses,
    /// The range's first byte within the first page.
    pub(super) skew: usize,
    len: usize,
    prot: ProtFlags,
    /// The mapping's byte at which `pages` begins.
    pub(super) start: u64,
    /// The page, or the large page.
    pub(super) unit: usize,
    /// Whether written pages become private, all of them.
    pub(super) private: bool,
    /// Pages of a shared range that became private since.
    pub(super) apart: Mutex<Apart>,
    /// The data's descriptor, kept for what needs it; it holds no lock, and so no name.
    pub(super) data: Arc<OwnedFd>,
}

/// What is to be mapped.
pub(super) struct Wanted {
    pub(super) access: Access,
    pub(super) offset: u64,
    pub(super) len: usize,
    /// What the offset of a map must be a multiple of: the page, or the large page.
    pub(super) unit: usize,
    /// The size of the mapping, if it was reserved.
    pub(super) reserved: Option<u64>,
    pub(super) image: bool,
}

/// Where in its pages a range lies.
struct Layout {
    skew: usize,
    start: u64,
    /// Bytes in whole pages.
    total: usize,
}

impl Wanted {
    fn layout(&self) -> Result<Layout> {
        let skew = (self.offset % self.unit as u64) as usize;
        let total = skew
            .checked_add(self.len)
            .and_then(|len| len.checked_next_multiple_of(self.unit))
            .ok_or_else(|| no_room(self.len as u64))?;
        Ok(Layout {
            skew,
            start: self.offset - skew as u64,
            total,
        })
    }

    fn is_private(&self) -> bool {
        self.access.is_copy() || self.image
    }
}

fn no_room(len: u64) -> Error {
    Error::new(ErrorKind::NoMemory, "map a view", format!("{len} bytes of addresses"))
}

impl Region {
    pub(super) fn map(data: &Arc<OwnedFd>, wanted: &Wanted, place: Place) -> Result<Self> {
        let layout = wanted.layout()?;
        let spot = place::reserve("map a view", place, layout.total, (wanted.unit, layout.skew))?;
        Self::map_in(data, wanted, &layout, spot).map_err(|(error, _)| error)
    }

    /// In the place of those pages, all of them; they come back if it cannot be.
    pub(super) fn map_onto(data: &Arc<OwnedFd>, wanted: &Wanted, spot: Addresses) -> Result<Self, (Error, Addresses)> {
        let layout = match wanted.layout() {
            Ok(layout)
                if layout.skew == 0 && layout.total == spot.len() && spot.address().is_multiple_of(wanted.unit) =>
            {
                layout
            }
            Ok(_) => {
                let detail = "large pages do not fit into the place of others";
                return Err((Error::new(ErrorKind::InvalidArgument, "map a view", detail), spot));
            }
            Err(error) => return Err((error, spot)),
        };
        Self::map_in(data, wanted, &layout, Some(spot))
            .map_err(|(error, spot)| (error, spot.expect("what was given comes back")))
    }

    /// The addresses that it took, without what was mapped there.
    pub(crate) fn give_up(self) -> Addresses {
        let Self { reserve, pages, .. } = self;
        drop(reserve);
        pages.emptied()
    }

    fn map_in(
        data: &Arc<OwnedFd>,
        wanted: &Wanted,
        layout: &Layout,
        spot: Option<Addresses>,
    ) -> Result<Self, (Error, Option<Addresses>)> {
        let private = wanted.is_private();
        let prot = prot_of(wanted.access);
        let first = if wanted.reserved.is_some() {
            ProtFlags::empty()
        } else {
            prot
        };
        let source = Source {
            fd: data.as_fd(),
            offset: layout.start,
            prot: first,
            flags: if private { MapFlags::PRIVATE } else { MapFlags::SHARED },
        };
        let pages = match addresses_of(source, layout.total, spot) {
            // Sealed against writing, before Linux 6.7: through a descriptor that could write, not even reading is
            // allowed.
            Err((rustix::io::Errno::PERM, spot)) if !private && !wanted.access.writes() => {
                match super::reopen::read_only("map a view", data) {
                    Ok(reader) => {
                        let fd = reader.as_fd();
                        addresses_of(Source { fd, ..source }, layout.total, spot)
                    }
                    Err(error) => return Err((error, spot)),
                }
            }
            done => done,
        };
        let pages = pages.map_err(|(os, spot)| (refused(wanted, os), spot))?;
        let mut region = Self {
            reserve: None,
            pages,
            skew: layout.skew,
            len: wanted.len,
            prot,
            start: layout.start,
            unit: wanted.unit,
            private,
            apart: Mutex::default(),
            data: Arc::clone(data),
        };
        match region.complete(wanted) {
            Ok(()) => Ok(region),
            Err(error) => Err((error, Some(region.give_up()))),
        }
    }

    /// What a reserved mapping and an image need beyond their pages.
    fn complete(&mut self, wanted: &Wanted) -> Result<()> {
        if let Some(size) = wanted.reserved {
            self.reserve = Some(Listed::new(self.reserve_of(wanted, size)?));
        }
        if wanted.image {
            let (region, data) = (&*self, &self.data);
            super::image::protect_sections(data, |at, len, prot| region.protect_section(at, len, prot))?;
        }
        Ok(())
    }

    fn reserve_of(&self, wanted: &Wanted, size: u64) -> Result<Reserve> {
        let writes = wanted.access.writes_shared();
        let place = commits::map_of(size);
        // Of a mapping much larger than a 32-bit process's addresses, the set alone does not fit into them.
        let len = usize::try_from(place.end - place.start).map_err(|_| no_room(place.end - place.start))?;
        let source = Source {
            fd: self.data.as_fd(),
            offset: place.start,
            prot: if writes {
                ProtFlags::READ | ProtFlags::WRITE
            } else {
                ProtFlags::READ
            },
            flags: MapFlags::SHARED,
        };
        let set = Addresses::map(source, len).map_err(|os| refused(wanted, os))?;
        Ok(Reserve {
            // SAFETY: it goes before the region's pages do.
            pages: unsafe { self.pages.alias() },
            start: self.start,
            prot: self.prot,
            writes,
            data: Arc::clone(&self.data),
            set,
            changed: OnceLock::new(),
            id: reserve::next_id(),
        })
    }

    /// Gives the part of an image's section that lies in this region its own protection, and at least what the view
    /// was asked to do.
    fn protect_section(&self, at: u64, len: u64, prot: ProtFlags) -> io::Result<()> {
        let start = self.start;
        let from = at.max(start);
        let to = (at + len).min(start + self.pages.len as u64);
        if from >= to {
            return Ok(());
        }
        let (first, len) = ((from - start) as usize, (to - from) as usize);
        match self.pages.protect(first, len, self.prot | prot) {
            // Memory mounted noexec: only who asked to execute must hear of it.
            Err(rustix::io::Errno::ACCESS | rustix::io::Errno::PERM) if !self.prot.contains(ProtFlags::EXEC) => {
                Ok(self.pages.protect(first, len, self.prot | (prot - ProtFlags::EXEC))?)
            }
            done => Ok(done?),
        }
    }

    /// The part in whole pages, as the system wants it: its first byte within `pages`, and its length.
    fn whole_pages(&self, offset: usize, len: usize) -> (usize, usize) {
        let page = super::page_size();
        let first = (self.skew + offset) / page * page;
        let end = (self.skew + offset + len).next_multiple_of(page).min(self.pages.len);
        (first, end - first)
    }

    fn advise_pages(&self, offset: usize, len: usize, hint: Hint) -> rustix::io::Result<()> {
        let (first, len) = self.whole_pages(offset, len);
        // SAFETY: none of the hints that we give changes a byte.
        unsafe { self.pages.advise(first, len, hint) }
    }

    fn touch_each_page(&self, offset: usize, len: usize) {
        let (first, len) = self.whole_pages(offset, len);
        for page in (first..first + len).step_by(super::page_size()) {
            // SAFETY: MAPPED; the caller has checked that the part may be read; a page's first word is aligned.
            unsafe { raw::load_relaxed(self.pages.base.wrapping_add(page).cast::<u32>()) };
        }
    }
}

fn addresses_of(
    source: Source<'_>,
    len: usize,
    spot: Option<Addresses>,
) -> Result<Addresses, (rustix::io::Errno, Option<Addresses>)> {
    match spot {
        None => Addresses::map(source, len).map_err(|os| (os, None)),
        Some(spot) => spot.map_over(source).map_err(|(os, spot)| (os, Some(spot))),
    }
}

pub(super) fn prot_of(access: Access) -> ProtFlags {
    let mut prot = ProtFlags::empty();
    prot.set(ProtFlags::READ, access.reads());
    prot.set(ProtFlags::WRITE, access.writes());
    prot.set(ProtFlags::EXEC, access.executes());
    prot
}

fn refused(wanted: &Wanted, os: rustix::io::Errno) -> Error {
    let (kind, detail) = match os {
        rustix::io::Errno::PERM if wanted.access.executes() => (
            ErrorKind::AccessDenied,
            "executing is forbidden where the memory lies (mounted noexec)".to_owned(),
        ),
        rustix::io::Errno::PERM | rustix::io::Errno::ACCESS => (
            ErrorKind::AccessDenied,
            format!("the descriptor does not allow to {:?}", wanted.access),
        ),
        rustix::io::Errno::NOMEM => (
            ErrorKind::NoMemory,
            format!(
                "{} bytes of addresses or page tables; see vm.max_map_count and ulimit -v",
                wanted.len
            ),
        ),
        _ => (
            ErrorKind::Os,
            format!("{} bytes from byte {} on", wanted.len, wanted.offset),
        ),
    };
    Error::new(kind, "map a view", detail).with_os(os)
}

impl RegionContract for Region {
    #[inline]
    fn base(&self) -> *mut u8 {
        self.pages.base.wrapping_add(self.skew)
    }

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    fn flush(&self, offset: usize, len: usize) -> Result<()> {
        let (first, len) = self.whole_pages(offset, len);
        // SAFETY: MAPPED, and the part lies in it; writing it back changes no byte of it.
        unsafe { rustix::mm::msync(self.pages.base.wrapping_add(first).cast(), len, MsyncFlags::SYNC) }
            .map_err(|os| system("flush", "writing the view to its file", os.into()))
    }

    fn flush_file(&self) -> Result<()> {
        match rustix::fs::fsync(&*self.data) {
            // Memory has no disk to wait for.
            Ok(()) | Err(rustix::io::Errno::INVAL) => Ok(()),
            Err(os) => Err(system("flush", "the file", os.into())),
        }
    }

    fn prefault(&self, offset: usize, len: usize) -> Result<()> {
        let writes = self.prot.contains(ProtFlags::WRITE);
        let hint = if writes {
            Hint::LinuxPopulateWrite
        } else {
            Hint::LinuxPopulateRead
        };
        match self.advise_pages(offset, len, hint) {
            Ok(()) => Ok(()),
            // Before Linux 5.14.
            Err(rustix::io::Errno::INVAL) => {
                self.touch_each_page(offset, len);
                Ok(())
            }
            Err(os) => Err(system("prefault", format!("{len} bytes"), os.into())),
        }
    }

    fn lock(&self, offset: usize, len: usize) -> Result<()> {
        let (first, pages) = self.whole_pages(offset, len);
        // SAFETY: MAPPED, and the part lies in it.
        unsafe { rustix::mm::mlock(self.pages.base.wrapping_add(first).cast(), pages) }.map_err(|os| {
            let kind = match os {
                rustix::io::Errno::NOMEM | rustix::io::Errno::AGAIN => ErrorKind::NoMemory,
                rustix::io::Errno::PERM => ErrorKind::PrivilegeNotHeld,
                _ => ErrorKind::Os,
            };
            Error::new(kind, "lock in memory", format!("{len} bytes; see ulimit -l")).with_os(os)
        })
    }

    fn unlock(&self, offset: usize, len: usize) -> Result<()> {
        let (first, pages) = self.whole_pages(offset, len);
        // SAFETY: MAPPED, and the part lies in it.
        unsafe { rustix::mm::munlock(self.pages.base.wrapping_add(first).cast(), pages) }
            .map_err(|os| system("unlock", format!("{len} bytes"), os.into()))
    }

    fn advise(&self, offset: usize, len: usize, advice: Advice) -> Result<()> {
        let hint = match advice {
            Advice::Normal => Hint::Normal,
            Advice::Random => Hint::Random,
            Advice::Sequential => Hint::Sequential,
            Advice::WillNeed => Hint::WillNeed,
            Advice::LargePages => Hint::LinuxHugepage,
        };
        match self.advise_pages(offset, len, hint) {
            // A hint that this kernel or file system does not know is no failure.
            Ok(()) | Err(rustix::io::Errno::INVAL) => Ok(()),
            Err(os) => Err(system("advise", format!("{advice:?}"), os.into())),
        }
    }

    fn is_reserved(&self) -> bool {
        self.reserve.is_some()
    }

    fn commit(&self, offset: usize, len: usize) -> Result<()> {
        let reserve = self.reserve.as_ref().expect("the view above knows that it is reserved");
        if len == 0 {
            return Ok(());
        }
        let (first, len) = self.whole_pages(offset, len);
        reserve.commit(first, len)
    }

    fn sync_commits(&self, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        let Some(reserve) = &self.reserve else { return Ok(()) };
        reserve.sync(&mut |first, len| {
            let from = first.max(self.skew);
            let to = (first + len).min(self.skew + self.len);
            if from < to {
                found(from - self.skew, to - from);
            }
        })
    }
}

/// Sets the bytes after a file's end, in its last page, to zero. Views can write there; on tmpfs what they wrote
/// would appear in the file when it grows (conformance row D13).
pub(super) fn clear_tail(file: &File, length: u64) -> io::Result<()> {
    let page = super::page_size();
    let used = (length % page as u64) as usize;
    if used == 0 {
        return Ok(());
    }
    let prot = ProtFlags::READ | ProtFlags::WRITE;
    let source = Source {
        fd: file.as_fd(),
        offset: length - used as u64,
        prot,
        flags: MapFlags::SHARED,
    };
    let last = Addresses::map(source, page)?;
    // SAFETY: MAPPED and writable; the part lies in the page, the file's last one, which has memory behind it.
    unsafe { raw::fill(last.base.wrapping_add(used), 0, page - used) };
    Ok(())
}
