//! The one door to raw memory, for those who trust every peer of a mapping.

use crate::error::Result;
#[cfg(target_os = "linux")]
use crate::rights::Access;
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

    /// Changes what may be done with the pages that a part of the view touches, to more or to less than the view was
    /// mapped with: as much as the mapping's descriptor allows. The view's own calls do not know of it. Linux only; Win32:
    /// `VirtualProtect` (conformance rows F01 to F03), whose rule that nothing goes beyond the view's access is the
    /// caller's to keep.
    ///
    /// [`Access::Copy`] makes the pages private, which then keep what they have, whatever others write;
    /// [`Access::Write`] makes them shared again, and what was written to them meanwhile is gone. Reading and no access
    /// leave them what they are. A view that was mapped as a copy, and an image's, is private for ever.
    ///
    /// ```
    /// use coview_memory::{Access, Mapping};
    /// let mapping = Mapping::unnamed(2 * 4096)?;
    /// let (view, other) = (mapping.view()?, mapping.view()?);
    /// // SAFETY: nobody touches the first page meanwhile, and nothing was written to it privately.
    /// unsafe { view.trusted().protect(0, 1, Access::Copy) }?;
    /// view.write(0, b"mine")?;
    /// assert_eq!(other.read::<[u8; 4]>(0)?, [0; 4]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange`; `AccessDenied` if the descriptor does not allow it, or a page of a reserved mapping is not committed
    /// ([`AccessError::NotCommitted`]); `NoMemory`. After an error a part of the pages may have changed.
    ///
    /// # Safety
    /// As long as the pages allow less than the view was mapped with, no call of the view or of its slices touches them in
    /// a way that they do not allow: that would end this process. Nobody relies on private content that is lost.
    #[cfg(target_os = "linux")]
    pub unsafe fn protect(self, offset: usize, len: usize, access: Access) -> Result<()> {
        if !self.view.is_committed(offset, len)? {
            self.view.sync_commits()?;
        }
        if !self.view.is_committed(offset, len)? {
            return Err(AccessError::NotCommitted { offset, len }.into());
        }
        if len == 0 {
            return Ok(());
        }
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.view.region.protect(offset, len, access) }
    }
}
