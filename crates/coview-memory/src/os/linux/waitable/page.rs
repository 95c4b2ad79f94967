//! The page that all processes share: the first words of the data file, mapped.

use std::os::fd::AsFd;
use std::ptr::NonNull;

use rustix::fs::fstat;
use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};

use super::super::errors::system;
use super::super::futex;
use super::protocol::{self, Word};
use crate::error::{Error, ErrorKind, Result};
use crate::os::Watched;
use crate::raw;

/// Bytes of a data file: one page of the smallest kind, which every kernel maps.
pub(super) const SIZE: usize = 4096;

/// Invariant MAPPED: from `base` on, [`SIZE`] bytes are mapped shared, for reading and writing, as long as it lives.
/// A peer that cuts the file short ends this process at the next touch, as with every mapping (SIGBUS).
#[derive(Debug)]
pub(super) struct Page {
    base: NonNull<u32>,
}

// SAFETY: the words are accessed through `raw` alone, by value, which is sound whoever does what to them meanwhile.
unsafe impl Send for Page {}
// SAFETY: as above.
unsafe impl Sync for Page {}

impl Page {
    /// `AccessDenied` if the file may not be written, `Corrupted` if it is too short.
    pub(super) fn map(action: &'static str, data: impl AsFd) -> Result<Self> {
        let length = fstat(&data)
            .map_err(|os| system(action, "its data file", os.into()))?
            .st_size;
        if length < SIZE as i64 {
            let detail = format!("its data file has {length} bytes, and should have {SIZE}");
            return Err(Error::new(ErrorKind::Corrupted, action, detail));
        }
        let access = ProtFlags::READ | ProtFlags::WRITE;
        // SAFETY: a new mapping wherever there is room touches no other.
        let base = unsafe { mmap(std::ptr::null_mut(), SIZE, access, MapFlags::SHARED, data, 0) }
            .map_err(|os| system(action, "its shared page", os.into()))?;
        Ok(Self {
            base: NonNull::new(base.cast()).expect("the kernel maps nothing at address zero unasked"),
        })
    }

    fn at(&self, word: Word) -> *mut u32 {
        self.base.as_ptr().wrapping_add(word as usize)
    }

    /// Where to sleep while the sequence is `expected`.
    pub(super) fn place(&self, expected: u32) -> Watched<'_> {
        // SAFETY: MAPPED, for as long as `self` is borrowed.
        unsafe { Watched::new(self.at(Word::Sequence), expected) }
    }
}

impl protocol::Page for Page {
    fn load(&self, word: Word) -> u32 {
        // SAFETY: MAPPED; the words are aligned, as a page is.
        unsafe { raw::load(self.at(word).cast_const()) }
    }

    fn swap(&self, word: Word, value: u32) -> u32 {
        // SAFETY: as for `load`.
        unsafe { raw::swap(self.at(word), value) }
    }

    fn compare_exchange(&self, word: Word, current: u32, new: u32) -> std::result::Result<u32, u32> {
        // SAFETY: as for `load`.
        unsafe { raw::compare_exchange(self.at(word), current, new) }
    }

    fn add(&self, word: Word, value: u32) -> u32 {
        // SAFETY: as for `load`.
        unsafe { raw::fetch_add(self.at(word), value) }
    }

    fn wake_all(&self) {
        // SAFETY: as for `load`.
        unsafe { futex::wake_all(self.at(Word::Sequence)) }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        // SAFETY: MAPPED ends here, and with it every borrow. It cannot fail: the range is a mapping of its own.
        let _ = unsafe { munmap(self.base.as_ptr().cast(), SIZE) };
    }
}
