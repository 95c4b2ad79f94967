//! Pages with other rights than a heap has.

use crate::raw::contract::{Copies, Word};

/// One page that can be read and written, between two that cannot be touched.
struct Page {
    start: *mut libc::c_void,
    size: usize,
}

impl Page {
    fn new() -> Page {
        // SAFETY: a question without side effects.
        let size = usize::try_from(unsafe { libc::sysconf(libc::_SC_PAGESIZE) }).unwrap();
        let flags = libc::MAP_PRIVATE | libc::MAP_ANON;
        // SAFETY: a new mapping at an address of the system's choice.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), 3 * size, libc::PROT_NONE, flags, -1, 0) };
        assert_ne!(start, libc::MAP_FAILED);
        let page = Page { start, size };
        page.protect(libc::PROT_READ | libc::PROT_WRITE);
        page
    }

    fn protect(&self, rights: libc::c_int) {
        // SAFETY: the middle page, to which no reference exists.
        let result = unsafe { libc::mprotect(self.base().cast(), self.size, rights) };
        assert_eq!(result, 0);
    }

    fn base(&self) -> *mut u8 {
        self.start.wrapping_byte_add(self.size).cast()
    }

    /// The `len` first or the `len` last bytes.
    fn ends(&self, len: usize) -> [*mut u8; 2] {
        [self.base(), self.base().wrapping_add(self.size - len)]
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: the three pages of `new`.
        assert_eq!(unsafe { libc::munmap(self.start, 3 * self.size) }, 0);
    }
}

/// Nothing beside the ranges is touched, not even read.
pub(super) fn copies_stay_within<M: Copies>() {
    let (one, two) = (Page::new(), Page::new());
    for len in (0..=1100).chain([one.size - 1, one.size]) {
        for (src, dst) in one
            .ends(len)
            .into_iter()
            .flat_map(|src| two.ends(len).map(|dst| (src, dst)))
        {
            // SAFETY: `len` bytes of two pages that are ours, here and below.
            unsafe { M::copy_out(src, dst, len) };
            // SAFETY: as above.
            unsafe { M::copy_in(dst, src, len) };
        }
    }
}

/// Loads and copies out never write.
pub(super) fn read_only<M: Copies>()
where
    u32: Word<M>,
    u64: Word<M>,
{
    let page = Page::new();
    let value = 0x0123_4567_89ab_cdef_u64;
    // SAFETY: the first word of a page that is ours, here and below.
    unsafe { u64::store(page.base().cast(), value) };
    page.protect(libc::PROT_READ);
    let at = page.base().cast_const();
    // SAFETY: as above.
    assert_eq!(unsafe { u64::load(at.cast()) }, value);
    // SAFETY: as above.
    assert_eq!(unsafe { u64::load_relaxed(at.cast()) }, value);
    let first = u32::from_ne_bytes(*value.to_ne_bytes().first_chunk().unwrap());
    // SAFETY: as above.
    assert_eq!(unsafe { u32::load(at.cast()) }, first);
    // SAFETY: as above.
    assert_eq!(unsafe { u32::load_relaxed(at.cast()) }, first);
    let mut copy = [0; 8];
    // SAFETY: as above; `copy` is private.
    unsafe { M::copy_out(at, copy.as_mut_ptr(), 8) };
    assert_eq!(copy, value.to_ne_bytes());
}
