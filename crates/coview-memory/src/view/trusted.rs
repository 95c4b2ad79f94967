//! The one door to raw memory, for those who trust every peer of a mapping.

use crate::view::{AccessError, View};

/// Raw pointers and slices into a view: from [`View::trusted`]. Every use is `unsafe`, and the argument that it is
/// sound is about what the *other processes* do: Coview cannot make it.
#[derive(Debug, Clone, Copy)]
pub struct Trusted<'a> {
    view: &'a View,
}

impl View {
    /// The door for those who trust every process that can write to the mapping.
    pub fn trusted(&self) -> Trusted<'_> {
        Trusted { view: self }
    }
}

impl<'a> Trusted<'a> {
    /// The address of the view's first byte, valid until the view is dropped. Keeping it is safe; using it is not.
    pub fn as_ptr(self) -> *mut u8 {
        self.view.at(0)
    }

    /// A part of the view as a slice.
    ///
    /// # Safety
    /// While the slice lives nobody writes to these bytes: no other process, no other view, no copy or word call of
    /// this one; and nobody cuts short the file behind them.
    pub unsafe fn slice(self, offset: usize, len: usize) -> Result<&'a [u8], AccessError> {
        self.view.touchable(offset, len)?;
        // SAFETY: MAPPED for as long as the view is borrowed; that nobody writes meanwhile is the caller's promise.
        Ok(unsafe { std::slice::from_raw_parts(self.view.at(offset), len) })
    }

    /// A part of the view as a slice to write to.
    ///
    /// # Safety
    /// While the slice lives nobody else reads or writes these bytes, by any means, in any process; and nobody cuts
    /// short the file behind them.
    pub unsafe fn slice_mut(self, offset: usize, len: usize) -> Result<&'a mut [u8], AccessError> {
        self.view.writable(offset, len)?;
        // SAFETY: MAPPED for as long as the view is borrowed; that nobody else touches it is the caller's promise.
        Ok(unsafe { std::slice::from_raw_parts_mut(self.view.at(offset), len) })
    }
}
