//! Whole pages of this process's addresses: reserved, mapped, and put in the place of others.
//!
//! All of this system's `unsafe` about what is mapped where is in this file; what needs a promise of its caller's is an
//! `unsafe fn`.

use std::mem::{ManuallyDrop, forget};
use std::os::fd::BorrowedFd;

use rustix::io::{Errno, Result};
use rustix::mm::{Advice, MapFlags, MprotectFlags, ProtFlags};

/// Whole pages of address space, unmapped when dropped.
///
/// Invariant MAPPED: `len` bytes from `base` on are a mapping, or addresses without memory, that this value alone owns
/// and unmaps.
pub(crate) struct Addresses {
    pub(super) base: *mut u8,
    pub(super) len: usize,
}

// SAFETY: a mapping belongs to the process and not to a thread, and is touched through `raw` alone.
unsafe impl Send for Addresses {}
// SAFETY: as above.
unsafe impl Sync for Addresses {}

/// What is mapped, and how.
#[derive(Clone, Copy)]
pub(super) struct Source<'a> {
    pub(super) fd: BorrowedFd<'a>,
    /// A multiple of the page, or of the large page.
    pub(super) offset: u64,
    pub(super) prot: ProtFlags,
    /// Shared or private.
    pub(super) flags: MapFlags,
}

impl Addresses {
    pub(super) fn map(source: Source<'_>, len: usize) -> Result<Self> {
        let Source {
            fd,
            offset,
            prot,
            flags,
            ..
        } = source;
        // SAFETY: no address is given, so that nothing that exists is replaced.
        let base = unsafe { rustix::mm::mmap(std::ptr::null_mut(), len, prot, flags, fd, offset) }?;
        Ok(Self { base: base.cast(), len })
    }

    /// Addresses without memory, in whole pages.
    pub(crate) fn reserve(len: usize) -> Result<Self> {
        Self::reserve_near(std::ptr::null_mut(), len, MapFlags::empty())
    }

    /// As `reserve`, at a multiple of `align`, which is a power of two and at least a page.
    pub(crate) fn reserve_aligned(len: usize, align: usize) -> Result<Self> {
        let room = len.checked_add(align).ok_or(Errno::NOMEM)?;
        let all = Self::reserve(room)?;
        let before = all.base.addr().wrapping_neg() % align;
        let (_, rest) = all.split(before);
        Ok(rest.split(len).0)
    }

    /// As `reserve`, exactly there; `EXIST` if anything is.
    pub(crate) fn reserve_at(address: usize, len: usize) -> Result<Self> {
        let wanted = std::ptr::without_provenance_mut(address);
        let found = Self::reserve_near(wanted, len, MapFlags::FIXED_NOREPLACE)?;
        // Before Linux 4.17 the flag is not known, and the address is no more than a wish.
        if found.base.addr() == address {
            Ok(found)
        } else {
            Err(Errno::EXIST)
        }
    }

    /// Private memory of this process's, zeroed.
    pub(super) fn anonymous(len: usize) -> Result<Self> {
        let prot = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: no address is given, so that nothing that exists is replaced.
        let base = unsafe { rustix::mm::mmap_anonymous(std::ptr::null_mut(), len, prot, MapFlags::PRIVATE) }?;
        Ok(Self { base: base.cast(), len })
    }

    fn reserve_near(address: *mut u8, len: usize, flags: MapFlags) -> Result<Self> {
        let flags = flags | MapFlags::PRIVATE;
        // SAFETY: without MAP_FIXED nothing that exists is replaced.
        let base = unsafe { rustix::mm::mmap_anonymous(address.cast(), len, ProtFlags::empty(), flags) }?;
        Ok(Self { base: base.cast(), len })
    }

    /// Two neighbours: the first has `at` bytes, in whole pages.
    pub(crate) fn split(self, at: usize) -> (Self, Self) {
        debug_assert!(at <= self.len);
        let whole = ManuallyDrop::new(self);
        let first = Self {
            base: whole.base,
            len: at,
        };
        let second = Self {
            base: whole.base.wrapping_add(at),
            len: whole.len - at,
        };
        (first, second)
    }

    pub(crate) fn address(&self) -> usize {
        self.base.addr()
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Maps in the place of these pages, all of them, in one step. On failure they are as they were.
    pub(super) fn map_over(self, source: Source<'_>) -> std::result::Result<Self, (Errno, Self)> {
        // SAFETY: this value owns them, and so nobody touches them.
        match unsafe { self.replace(0, self.len, source) } {
            Ok(()) => Ok(self),
            Err(os) => Err((os, self)),
        }
    }

    /// Maps in the place of a part, in one step: no other thread finds it unmapped. On failure it is as it was.
    ///
    /// # Safety
    /// Nobody relies on what is in the part, nor touches it in a way that its new protection forbids.
    pub(super) unsafe fn replace(&self, first: usize, len: usize, source: Source<'_>) -> Result<()> {
        debug_assert!(first + len <= self.len);
        // Kernels before 6.12 unmap what is there before the file is asked whether it can be mapped. So ask it first.
        drop(Self::map(source, len)?);
        let place = self.base.wrapping_add(first);
        let Source {
            fd,
            offset,
            prot,
            flags,
            ..
        } = source;
        let flags = flags | MapFlags::FIXED;
        // SAFETY: MAPPED, the part lies in it, and the caller says that nobody minds.
        match unsafe { rustix::mm::mmap(place.cast(), len, prot, flags, fd, offset) } {
            Ok(_) => Ok(()),
            Err(os) => {
                // It failed all the same. If such a kernel has left a hole it is filled: MAPPED.
                if let Ok(again) = Self::reserve_at(place.addr(), len) {
                    forget(again);
                }
                Err(os)
            }
        }
    }

    /// Takes away what is mapped in a part, and keeps the addresses.
    ///
    /// # Safety
    /// Nobody relies on what is in the part, nor touches it.
    pub(super) unsafe fn empty_part(&self, first: usize, len: usize) -> Result<()> {
        debug_assert!(first + len <= self.len);
        let (place, flags) = (self.base.wrapping_add(first), MapFlags::PRIVATE | MapFlags::FIXED);
        // SAFETY: MAPPED, the part lies in it, and the caller says that nobody minds.
        unsafe { rustix::mm::mmap_anonymous(place.cast(), len, ProtFlags::empty(), flags) }.map(drop)
    }

    /// Takes away what is mapped, and keeps the addresses.
    pub(super) fn emptied(self) -> Self {
        // SAFETY: this value owns them, and so nobody touches them.
        let done = unsafe { self.empty_part(0, self.len) };
        debug_assert!(done.is_ok(), "mapping over our own pages: {done:?}");
        self
    }

    pub(super) fn protect(&self, offset: usize, len: usize, prot: ProtFlags) -> Result<()> {
        let prot = MprotectFlags::from_bits_retain(prot.bits());
        debug_assert!(offset + len <= self.len);
        // SAFETY: MAPPED, and the part lies in it. No Rust reference to it exists that could lose its rights.
        unsafe { rustix::mm::mprotect(self.base.wrapping_add(offset).cast(), len, prot) }
    }

    /// Gives advice about a part.
    ///
    /// # Safety
    /// The advice changes no byte, or nobody relies on the part's.
    pub(super) unsafe fn advise(&self, offset: usize, len: usize, advice: Advice) -> Result<()> {
        debug_assert!(offset + len <= self.len);
        // SAFETY: MAPPED, the part lies in it, and the caller says that nobody minds.
        unsafe { rustix::mm::madvise(self.base.wrapping_add(offset).cast(), len, advice) }
    }

    /// The same pages once more, which are not unmapped twice.
    ///
    /// # Safety
    /// It is not used after this value is gone.
    pub(super) unsafe fn alias(&self) -> ManuallyDrop<Self> {
        ManuallyDrop::new(Self {
            base: self.base,
            len: self.len,
        })
    }
}

impl Drop for Addresses {
    fn drop(&mut self) {
        // What splitting leaves at an end.
        if self.len == 0 {
            return;
        }
        // SAFETY: MAPPED; whoever could touch it borrows this value, and is gone.
        let done = unsafe { rustix::mm::munmap(self.base.cast(), self.len) };
        debug_assert!(done.is_ok(), "unmapping our own pages: {done:?}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_where_they_were_asked_for_and_never_anothers() {
        let page = crate::os::imp::page_size();
        for align in [page, 1 << 16, 1 << 21, 1 << 24] {
            let pages = Addresses::reserve_aligned(3 * page, align).unwrap();
            assert_eq!((pages.address() % align, pages.len()), (0, 3 * page));
            assert_eq!(Addresses::reserve_at(pages.address(), page).err(), Some(Errno::EXIST));
        }
        let (first, second) = Addresses::reserve(8 * page).unwrap().split(3 * page);
        let (address, len) = (second.address(), second.len());
        assert_eq!((address, len), (first.address() + 3 * page, 5 * page));
        // Kept, since another test would find the gap as well.
        assert_eq!(second.emptied().address(), address);
        assert_eq!(Addresses::reserve_at(first.address(), page).err(), Some(Errno::EXIST));
        assert!(Addresses::reserve_aligned(usize::MAX - page, 1 << 20).is_err());
    }

    #[test]
    fn what_cannot_be_mapped_leaves_the_addresses_taken() {
        use std::os::fd::AsFd;
        let page = crate::os::imp::page_size();
        let pages = Addresses::reserve(page).unwrap();
        let address = pages.address();
        // A pipe cannot be mapped.
        let (pipe, _) = rustix::pipe::pipe().unwrap();
        let source = Source {
            fd: pipe.as_fd(),
            offset: 0,
            prot: ProtFlags::READ,
            flags: MapFlags::SHARED,
        };
        let Err((_, pages)) = pages.map_over(source) else {
            panic!("a pipe was mapped")
        };
        assert_eq!(Addresses::reserve_at(address, page).err(), Some(Errno::EXIST));
        assert_eq!(pages.address(), address);
    }
}
