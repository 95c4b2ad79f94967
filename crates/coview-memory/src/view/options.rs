//! What a view can be asked for, and the checks that are the same on every system.

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::os::{HandleContract, Pages, Place, Region};
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
    at: Option<usize>,
    align: usize,
}

/// What Windows maps by.
const UNIT: usize = 64 * 1024;

impl Default for ViewOptions {
    fn default() -> Self {
        Self {
            access: None,
            offset: 0,
            len: None,
            keep_handle: true,
            at: None,
            align: 1,
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

    /// Where the view's first byte is to lie: exactly there, and nothing that is there is replaced. The address and the
    /// offset in the mapping are multiples of 64 KiB (and of the large page, for large pages). Win32:
    /// `MapViewOfFileEx` (conformance rows D14 to D16).
    ///
    /// ```
    /// use coview_memory::{ErrorKind, Mapping, ViewOptions};
    /// let mapping = Mapping::unnamed(64 * 1024)?;
    /// let somewhere = ViewOptions::new().aligned(64 * 1024).map(&mapping)?;
    /// let address = somewhere.trusted().as_ptr().addr();
    /// let taken = ViewOptions::new().at(address).map(&mapping).unwrap_err();
    /// assert_eq!(taken.kind(), ErrorKind::AddressInUse);
    /// # Ok::<(), coview_memory::Error>(())
    /// ```
    pub fn at(mut self, address: usize) -> Self {
        self.at = Some(address);
        self
    }

    /// What the address of the view's first byte is to be a multiple of: a power of two. The offset in the mapping must be
    /// a multiple of it, too, or of 64 KiB if that is less. Default: whatever the system does, which on Windows is 64 KiB
    /// for such an offset (conformance row D11).
    pub fn aligned(mut self, bytes: usize) -> Self {
        self.align = bytes;
        self
    }

    /// Maps the view. Win32: `MapViewOfFile`, without its rule that an offset be a multiple of 64 KiB.
    ///
    /// # Errors
    /// `OutOfRange` if the range does not lie within the mapping, `InvalidArgument` for a length of 0 and for what
    /// [`at`](Self::at) and [`aligned`](Self::aligned) do not allow, `AddressInUse` if the address is not free,
    /// `AccessDenied` if the handle or the mapping does not allow the access, `NoMemory` if there are no addresses,
    /// `Unsupported` for a place of an image under Wine, which chooses it itself.
    pub fn map(self, mapping: &Mapping) -> Result<View> {
        let len = self.checked_len(mapping.size())?;
        let place = self.checked_place()?;
        match self.access {
            Some(access) => self.map_as(mapping, access, len, place),
            None => self.map_best(mapping, len, place),
        }
    }

    /// To write if that is possible, else to read. Where the protection is not known (see
    /// [`Mapping::protection`]) only the attempt tells.
    fn map_best(self, mapping: &Mapping, len: usize, place: Place) -> Result<View> {
        if mapping.rights().contains(Rights::WRITE) {
            match self.map_as(mapping, Access::Write, len, place) {
                Err(error) if error.kind() == ErrorKind::AccessDenied => {}
                done => return done,
            }
        }
        self.map_as(mapping, Access::Read, len, place)
    }

    fn map_as(self, mapping: &Mapping, access: Access, len: usize, place: Place) -> Result<View> {
        check_access(mapping, access)?;
        let region = mapping.shared_handle().map(access, self.offset, len, place)?;
        let view = self.view_of(mapping, region, access);
        view.sync_commits()?;
        Ok(view)
    }

    #[cfg(target_os = "linux")]
    pub(super) fn offset_asked(self) -> u64 {
        self.offset
    }

    /// The access that was asked for, or else the best.
    #[cfg(target_os = "linux")]
    pub(super) fn access_or(self, best: impl FnOnce() -> Access) -> Access {
        self.access.unwrap_or_else(best)
    }

    pub(super) fn view_of(self, mapping: &Mapping, region: Region, access: Access) -> View {
        let handle = self.keep_handle.then(|| mapping.shared_handle().clone());
        View::new(region, access, self.offset, handle)
    }

    /// Conformance rows D07, D11, D14: the same rule on every system.
    fn checked_place(self) -> Result<Place> {
        let Self { at, align, offset, .. } = self;
        let refuse = |detail: String| Err(Error::new(ErrorKind::InvalidArgument, "map a view", detail));
        if !align.is_power_of_two() {
            return refuse(format!("aligned({align}) is no power of two"));
        }
        let unit = if at.is_some() { UNIT } else { align.min(UNIT) };
        if offset % unit as u64 != 0 {
            return refuse(format!(
                "from byte {offset} on, which is no multiple of {unit}, as the address is to be"
            ));
        }
        match at {
            Some(address) if address == 0 || address % align.max(UNIT) != 0 => refuse(format!(
                "address {address:#x}; choose a multiple of {:#x}, and not 0",
                align.max(UNIT)
            )),
            Some(address) => Ok(Place::At(address)),
            None if align == 1 => Ok(Place::Anywhere),
            None => Ok(Place::Aligned(align)),
        }
    }

    /// Conformance rows D06, D08, D09, D10.
    pub(super) fn checked_len(self, size: u64) -> Result<usize> {
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

/// What the handle, the mapping's kind and its protection say to the access.
pub(super) fn check_access(mapping: &Mapping, access: Access) -> Result<()> {
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
    match mapping.protection().filter(|protection| !protection.admits(access)) {
        Some(protection) => denied(format!(
            "the mapping was created {protection:?}, which admits no view to {access:?}"
        )),
        None => Ok(()),
    }
}
