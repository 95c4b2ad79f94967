//! Mapped ranges: mmap and what goes with it.
//!
//! All of this system's memory `unsafe` that is not a copy or a word is in this file.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

use rustix::mm::{Advice as Hint, MapFlags, MprotectFlags, MsyncFlags, ProtFlags};

use super::commits;
use super::errors::system;
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Advice, RegionContract};
use crate::raw;
use crate::rights::Access;

/// Whole pages of address space, unmapped when dropped.
///
/// Invariant MAPPED: `len` bytes from `base` on are a mapping that this value alone owns and unmaps.
struct Pages {
    base: *mut u8,
    len: usize,
}

// SAFETY: a mapping belongs to the process and not to a thread, and is touched through `raw` alone.
unsafe impl Send for Pages {}
// SAFETY: as above.
unsafe impl Sync for Pages {}

impl Pages {
    fn map(fd: BorrowedFd<'_>, len: usize, prot: ProtFlags, flags: MapFlags, offset: u64) -> rustix::io::Result<Self> {
        // SAFETY: no address is given, so that nothing that exists is replaced.
        let base = unsafe { rustix::mm::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) }?;
        Ok(Self { base: base.cast(), len })
    }

    fn protect(&self, offset: usize, len: usize, prot: ProtFlags) -> rustix::io::Result<()> {
        let prot = MprotectFlags::from_bits_retain(prot.bits());
        debug_assert!(offset + len <= self.len);
        // SAFETY: MAPPED, and the part lies in it. No Rust reference to it exists that could lose its rights.
        unsafe { rustix::mm::mprotect(self.base.wrapping_add(offset).cast(), len, prot) }
    }
}

impl Drop for Pages {
    fn drop(&mut self) {
        // SAFETY: MAPPED; whoever could touch it borrows this value, and is gone.
        let done = unsafe { rustix::mm::munmap(self.base.cast(), self.len) };
        debug_assert!(done.is_ok(), "unmapping our own pages: {done:?}");
    }
}

/// A range of a mapping in this process.
pub(crate) struct Region {
    pages: Pages,
    /// The range's first byte within the first page.
    skew: usize,
    len: usize,
    prot: ProtFlags,
    /// The data's descriptor, kept for what needs it; it holds no lock, and so no name.
    data: Arc<OwnedFd>,
    reserve: Option<Reserve>,
}

/// Of a view of a reserved mapping.
struct Reserve {
    /// The shared set of committed pages, all of it.
    set: Pages,
    /// The mapping's byte at which `Region::pages` begins.
    start: u64,
    writes: bool,
}

impl Reserve {
    /// How many bytes of a part of the view the set does not know as committed.
    fn missing(&self, first: usize, len: usize) -> u64 {
        commits::words(commits::bits(self.start + first as u64, len as u64))
            .map(|(word, mask)| {
                // SAFETY: MAPPED; the set has a bit for every page of the mapping, in which the part lies.
                let set = unsafe { raw::load(self.set.base.cast::<u32>().cast_const().wrapping_add(word)) };
                u64::from((mask & !set).count_ones()) * commits::UNIT
            })
            .sum()
    }
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

impl Region {
    pub(super) fn map(data: &Arc<OwnedFd>, wanted: &Wanted) -> Result<Self> {
        let skew = (wanted.offset % wanted.unit as u64) as usize;
        let start = wanted.offset - skew as u64;
        let no_room = |len: u64| Error::new(ErrorKind::NoMemory, "map a view", format!("{len} bytes of addresses"));
        let total = skew
            .checked_add(wanted.len)
            .and_then(|len| len.checked_next_multiple_of(wanted.unit))
            .ok_or_else(|| no_room(wanted.len as u64))?;
        let prot = prot_of(wanted.access);
        let private = wanted.access.is_copy() || wanted.image;
        let flags = if private { MapFlags::PRIVATE } else { MapFlags::SHARED };
        let first = if wanted.reserved.is_some() {
            ProtFlags::empty()
        } else {
            prot
        };
        let pages = match Pages::map(data.as_fd(), total, first, flags, start) {
            // Sealed against writing, before Linux 6.7: through a descriptor that could write, not even reading is
            // allowed.
            Err(rustix::io::Errno::PERM) if !private && !wanted.access.writes() => {
                let reader = super::reopen::read_only("map a view", data)?;
                Pages::map(reader.as_fd(), total, first, flags, start)
            }
            done => done,
        }
        .map_err(|os| refused(wanted, os))?;
        let reserve = match wanted.reserved {
            Some(size) => {
                let writes = wanted.access.writes_shared();
                let set = commits::map_of(size);
                let prot = if writes {
                    ProtFlags::READ | ProtFlags::WRITE
                } else {
                    ProtFlags::READ
                };
                // Of a mapping much larger than a 32-bit process's addresses, the set alone does not fit into them.
                let len = usize::try_from(set.end - set.start).map_err(|_| no_room(set.end - set.start))?;
                let set = Pages::map(data.as_fd(), len, prot, MapFlags::SHARED, set.start);
                let set = set.map_err(|os| refused(wanted, os))?;
                Some(Reserve { set, start, writes })
            }
            None => None,
        };
        let region = Self {
            pages,
            skew,
            len: wanted.len,
            prot,
            data: Arc::clone(data),
            reserve,
        };
        if wanted.image {
            super::image::protect_sections(data, |at, len, prot| region.protect_section(start, at, len, prot))?;
        }
        Ok(region)
    }

    /// Gives the part of an image's section that lies in this region its own protection, and at least what the view
    /// was asked to do.
    fn protect_section(&self, start: u64, at: u64, len: u64, prot: ProtFlags) -> io::Result<()> {
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
        // SAFETY: MAPPED, the part lies in it, and none of the hints that we give changes a byte.
        unsafe { rustix::mm::madvise(self.pages.base.wrapping_add(first).cast(), len, hint) }
    }

    fn touch_each_page(&self, offset: usize, len: usize) {
        let (first, len) = self.whole_pages(offset, len);
        for page in (first..first + len).step_by(super::page_size()) {
            // SAFETY: MAPPED; the caller has checked that the part may be read; a page's first word is aligned.
            unsafe { raw::load_relaxed(self.pages.base.wrapping_add(page).cast::<u32>()) };
        }
    }
}

fn prot_of(access: Access) -> ProtFlags {
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
        let new = reserve.missing(first, len);
        super::memory::check_available("commit", &self.data, new)?;
        self.give_memory(reserve, first, len)?;
        self.pages
            .protect(first, len, self.prot)
            .map_err(|os| system("commit", "the pages' protection", os.into()))?;
        for (word, mask) in commits::words(commits::bits(reserve.start + first as u64, len as u64)) {
            // SAFETY: MAPPED, writable since this view writes; the set has a bit for every page of the mapping, and
            // the part lies in the mapping.
            unsafe { raw::fetch_or(reserve.set.base.cast::<u32>().wrapping_add(word), mask) };
        }
        Ok(())
    }

    fn sync_commits(&self, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        let Some(reserve) = &self.reserve else { return Ok(()) };
        let page = super::page_size();
        let word_at = |word: usize| {
            // SAFETY: MAPPED; the set has a bit for every page of the mapping.
            unsafe { raw::load(reserve.set.base.cast::<u32>().cast_const().wrapping_add(word)) }
        };
        let is_set = |first: usize| {
            let mut bits = commits::words(commits::bits(reserve.start + first as u64, page as u64));
            bits.all(|(word, mask)| word_at(word) & mask == mask)
        };
        let mut at = 0;
        while at < self.pages.len {
            let bit = (reserve.start + at as u64) / commits::UNIT;
            if word_at((bit / 32) as usize) == 0 {
                // Most of a large reserved mapping: 32 units at a time.
                at += ((32 - bit % 32) * commits::UNIT) as usize;
                continue;
            }
            let run = (at..self.pages.len)
                .step_by(page)
                .take_while(|first| is_set(*first))
                .count()
                * page;
            if run > 0 {
                self.learn(reserve, at, run, found)?;
            }
            at += run + page;
        }
        Ok(())
    }
}

impl Region {
    /// Makes a run of pages that somebody committed touchable here.
    fn learn(&self, reserve: &Reserve, first: usize, len: usize, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        if reserve.writes {
            // Does nothing unless the set lied.
            self.give_memory(reserve, first, len)?;
        }
        self.pages
            .protect(first, len, self.prot)
            .map_err(|os| system("learn of commits", "the pages' protection", os.into()))?;
        let mut report = |first: usize, len: usize| {
            let from = first.max(self.skew);
            let to = (first + len).min(self.skew + self.len);
            if from < to {
                found(from - self.skew, to - from);
            }
        };
        if reserve.writes || self.can_be_read(first, len) {
            report(first, len);
            return Ok(());
        }
        // The set lied, and there is no memory for all of it. What cannot be read is not reported, so that nothing
        // here touches it; its protection stays, since it may have been reported before.
        let page = super::page_size();
        for first in (first..first + len).step_by(page) {
            if self.can_be_read(first, page) {
                report(first, page);
            }
        }
        Ok(())
    }

    /// Brings a run of pages into memory. Touching one that cannot come would end this process: the kernel tries.
    fn can_be_read(&self, first: usize, len: usize) -> bool {
        if !self.prot.contains(ProtFlags::READ) {
            return true;
        }
        let base = self.pages.base.wrapping_add(first);
        // SAFETY: MAPPED, the part lies in it, and reading changes no byte.
        match unsafe { rustix::mm::madvise(base.cast(), len, Hint::LinuxPopulateRead) } {
            // Before Linux 5.14.
            Err(rustix::io::Errno::INVAL) => super::populate::read_by_copy(base, len),
            done => done.is_ok(),
        }
    }

    fn give_memory(&self, reserve: &Reserve, first: usize, len: usize) -> Result<()> {
        let keep = rustix::fs::FallocateFlags::KEEP_SIZE;
        super::memory::allocate(self.data.as_fd(), keep, reserve.start + first as u64, len as u64)
            .map_err(|os| system("commit", format!("{len} bytes of memory"), os.into()))
    }
}

#[cfg(test)]
mod tests;

/// Sets the bytes after a file's end, in its last page, to zero. Views can write there; on tmpfs what they wrote
/// would appear in the file when it grows (conformance row D13).
pub(super) fn clear_tail(file: &File, length: u64) -> io::Result<()> {
    let page = super::page_size();
    let used = (length % page as u64) as usize;
    if used == 0 {
        return Ok(());
    }
    let prot = ProtFlags::READ | ProtFlags::WRITE;
    let last = Pages::map(file.as_fd(), page, prot, MapFlags::SHARED, length - used as u64)?;
    // SAFETY: MAPPED and writable; the part lies in the page, the file's last one, which has memory behind it.
    unsafe { raw::fill(last.base.wrapping_add(used), 0, page - used) };
    Ok(())
}
