//! Bytes in and out of a view, by copy.

use std::mem::MaybeUninit;

use zerocopy::{FromBytes, Immutable, IntoBytes};

use crate::os::RegionContract;
use crate::raw;
use crate::view::{AccessError, View};

impl View {
    /// Copies a value's bytes into the view: text, a slice, a number, a struct of plain data.
    ///
    /// ```
    /// # let view = coview_memory::Mapping::unnamed(64)?.view()?;
    /// view.write(0, b"3:1\0")?;
    /// view.write(8, &42u64)?;
    /// assert_eq!(view.read::<u64>(8)?, 42);
    /// # Ok::<(), coview_memory::Error>(())
    /// ```
    #[inline]
    pub fn write<T: IntoBytes + Immutable + ?Sized>(&self, offset: usize, value: &T) -> Result<(), AccessError> {
        let bytes = value.as_bytes();
        self.writable(offset, bytes.len())?;
        // SAFETY: MAPPED, and `writable` has checked that the range lies in the region and can be written; the
        // source is a private slice, which no view overlaps.
        unsafe { raw::copy_in(self.at(offset), bytes.as_ptr(), bytes.len()) };
        Ok(())
    }

    /// Copies bytes out of the view, as many as `into` has room for.
    #[inline]
    pub fn read_to(&self, offset: usize, into: &mut [u8]) -> Result<(), AccessError> {
        self.touchable(offset, into.len())?;
        // SAFETY: MAPPED, and `touchable` has checked the range; the target is a private slice.
        unsafe { raw::copy_out(self.at(offset), into.as_mut_ptr(), into.len()) };
        Ok(())
    }

    /// Copies a value of plain data out of the view: one for which any bytes are a value.
    #[inline]
    pub fn read<T: FromBytes>(&self, offset: usize) -> Result<T, AccessError> {
        let mut value = MaybeUninit::<T>::uninit();
        self.touchable(offset, size_of::<T>())?;
        // SAFETY: MAPPED, and `touchable` has checked the range; the target is a private place of that size.
        unsafe { raw::copy_out(self.at(offset), value.as_mut_ptr().cast(), size_of::<T>()) };
        // SAFETY: all bytes have just been written, and `FromBytes` says that any bytes are a value.
        Ok(unsafe { value.assume_init() })
    }

    /// Copies `len` bytes out of the view into a new vector. Nothing is allocated for a range out of bounds.
    #[inline]
    pub fn read_vec(&self, offset: usize, len: usize) -> Result<Vec<u8>, AccessError> {
        self.touchable(offset, len)?;
        let mut bytes = Vec::with_capacity(len);
        // SAFETY: MAPPED, and `touchable` has checked the range; the vector has room for `len` bytes.
        unsafe { raw::copy_out(self.at(offset), bytes.as_mut_ptr(), len) };
        // SAFETY: `len` bytes have just been written.
        unsafe { bytes.set_len(len) };
        Ok(bytes)
    }

    /// Sets `len` bytes to `byte`.
    #[inline]
    pub fn fill(&self, offset: usize, len: usize, byte: u8) -> Result<(), AccessError> {
        self.writable(offset, len)?;
        // SAFETY: MAPPED, and `writable` has checked that the range lies in the region and can be written.
        unsafe { raw::fill(self.at(offset), byte, len) };
        Ok(())
    }

    /// Where the view first differs from `expected`: an index into it, or `None` if all bytes are equal. Each byte
    /// of the view is looked at once.
    #[inline]
    pub fn compare(&self, offset: usize, expected: &[u8]) -> Result<Option<usize>, AccessError> {
        self.touchable(offset, expected.len())?;
        // SAFETY: MAPPED, and `touchable` has checked the range; `expected` is a private slice.
        Ok(unsafe { raw::compare(self.at(offset), expected) })
    }

    /// The address of a byte of the view, or the one past its end; `offset` has been checked.
    #[inline]
    pub(super) fn at(&self, offset: usize) -> *mut u8 {
        debug_assert!(offset <= self.len());
        self.region.base().wrapping_add(offset)
    }
}
