//! What a view can be asked for, and the checks that are the same on every system.

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::os::{HandleContract, Pages};
use crate::rights::{Access, Rights};
use crate::view::View;

/// Maps views with every choice: access, range, whether the view keeps the handle.
///
/// ```
/// use coview_memory::{Access, Mapping, ViewOptions};
/// let mapping = Mapping::unnamed(64 * 1024)?;
/// // Any byte offset and any length: alignment is not the caller's business.
/// let window = ViewOptions::new().access(Access::Read).range(4097, 3).map(&mapping)?;
/// assert_eq!(window.len(), 3);
/// # Ok::<(), coview_memory::Error>(())
/// ```
#[derive(Debug, Clone, Copy)]
#[must_use = "options do nothing until they map"]
pub struct ViewOptions {
    access: Option<Access>,
    offset: u64,
    len: Option<u64>,
    keep_handle: bool,
}

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            access: None,
            offset: 0,
            len: None,
            keep_handle: true,
        }
    }
}

impl ViewOptions {
    /// The whole mapping, with the best access there is, keeping the handle.
    pub fn new() -> Self {
        Self::default()
    }

    /// What may be done through the view. Default: write if the handle and the mapping allow it, else read.
    pub fn access(mut self, access: Access) -> Self {
        self.access = Some(access);
        self
    }

    /// From byte `offset` of the mapping to its end.
    pub fn offset(mut self, offset: u64) -> Self {
        self.offset = offset;
        self
    }

    /// `len` bytes from byte `offset` of the mapping on; not 0.
    pub fn range(mut self, offset: u64, len: u64) -> Self {
        self.offset = offset;
        self.len = Some(len);
        self
    }

    /// Whether the view keeps the handle, and with it the name. Default: yes. Without it the view keeps the memory
    /// alone, and the name may go while it lives (conformance row B21).
    pub fn keep_handle(mut self, keep: bool) -> Self {
        self.keep_handle = keep;
        self
    }

    /// Maps the view. Win32: `MapViewOfFile`, without its rule that an offset be a multiple of 64 KiB.
    ///
    /// # Errors
    /// `OutOfRange` if the range does not lie within the mapping, `InvalidArgument` for a length of 0,
    /// `AccessDenied` if the handle or the mapping does not allow the access, `NoMemory` if there are no addresses.
    pub fn map(self, mapping: &Mapping) -> Result<View> {
        let len = self.checked_len(mapping.size())?;
        match self.access {
            Some(access) => self.map_as(mapping, access, len),
            None => self.map_best(mapping, len),
        }
    }

    /// To write if that is possible, else to read. Where the protection is not known (see
    /// [`Mapping::protection`]) only the attempt tells.
    fn map_best(self, mapping: &Mapping, len: usize) -> Result<View> {
        if mapping.rights().contains(Rights::WRITE) {
            match self.map_as(mapping, Access::Write, len) {
                Err(error) if error.kind() == ErrorKind::AccessDenied => {}
                done => return done,
            }
        }
        self.map_as(mapping, Access::Read, len)
    }

    fn map_as(self, mapping: &Mapping, access: Access, len: usize) -> Result<View> {
        let denied = |detail: String| Err(Error::new(ErrorKind::AccessDenied, "map a view", detail));
        let rights = mapping.rights();
        if !rights.contains(access.needs()) {
            return denied(format!(
                "a view to {access:?} needs the rights {}, the handle has {rights}",
                access.needs()
            ));
        }
        if mapping.pages() == Pages::Image && access.writes_shared() {
            return denied("an image's pages become private when written; use Access::Copy".into());
        }
        if let Some(protection) = mapping.protection().filter(|protection| !protection.admits(access)) {
            return denied(format!(
                "the mapping was created {protection:?}, which admits no view to {access:?}"
            ));
        }
        let handle = mapping.shared_handle();
        let region = handle.map(access, self.offset, len)?;
        View::new(region, access, self.offset, self.keep_handle.then(|| handle.clone()))
    }

    /// Conformance rows D06, D08, D09, D10.
    fn checked_len(self, size: u64) -> Result<usize> {
        let Self { offset, len, .. } = self;
        if len == Some(0) {
            let detail = "a view has at least one byte; leave the length out to map to the end";
            return Err(Error::new(ErrorKind::InvalidArgument, "map a view", detail));
        }
        let room = size.saturating_sub(offset);
        let len = len.unwrap_or(room);
        if len == 0 || len > room {
            let detail = format!("{len} bytes from byte {offset} on, of a mapping of {size} bytes");
            return Err(Error::new(ErrorKind::OutOfRange, "map a view", detail));
        }
        usize::try_from(len)
            .ok()
            .filter(|len| *len <= isize::MAX as usize)
            .ok_or_else(|| {
                let detail = format!("{len} bytes are more than this process has addresses; map a part of it");
                Error::new(ErrorKind::NoMemory, "map a view", detail)
            })
    }
}
