//! Addresses without memory, in whose place a view can be mapped; and memory of this process's own there.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::os::{Place, imp};
use crate::page;
use crate::rights::Access;
use crate::view::options::check_access;
use crate::view::{AccessError, View, ViewOptions};

const ACTION: &str = "reserve addresses";

/// A range of this process's addresses, kept free of anything else until it is dropped. Linux.
///
/// A view can take its place, or two views those of its halves: a ring whose end continues at its beginning.
///
/// ```
/// use coview_memory::{Mapping, Reservation, ViewOptions};
/// let mapping = Mapping::unnamed(64 * 1024)?;
/// let (first, second) = Reservation::new(2 * 64 * 1024)?.split(64 * 1024).map_err(|(error, _)| error)?;
/// let one = ViewOptions::new().map_into(&mapping, first).map_err(|(error, _)| error)?;
/// let two = ViewOptions::new().map_into(&mapping, second).map_err(|(error, _)| error)?;
/// one.write(0, b"begins where the other ends")?;
/// assert_eq!(two.read_vec(0, 6)?, b"begins");
/// assert_eq!(two.trusted().as_ptr().addr(), one.trusted().as_ptr().addr() + one.len());
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// Parts of it can be given memory that no other process sees, as with Win32's `VirtualAlloc`.
///
/// Sources: mmap(2); Microsoft, "VirtualAlloc", "VirtualAlloc2" (`MEM_RESERVE_PLACEHOLDER`).
pub struct Reservation(imp::Reserved);

impl Reservation {
    /// `len` bytes, rounded up to whole pages, wherever there is room.
    ///
    /// # Errors
    /// `InvalidArgument` for 0, `NoMemory` if there is no such room.
    pub fn new(len: usize) -> Result<Self> {
        Self::placed(Place::Anywhere, len)
    }

    /// As [`new`](Self::new), at a multiple of `align`, a power of two.
    pub fn aligned(len: usize, align: usize) -> Result<Self> {
        if !align.is_power_of_two() {
            let detail = format!("aligned to {align}, which is no power of two");
            return Err(Error::new(ErrorKind::InvalidArgument, ACTION, detail));
        }
        Self::placed(Place::Aligned(align.max(page::size())), len)
    }

    /// As [`new`](Self::new), exactly there, at a multiple of the page size; `AddressInUse` if anything is.
    pub fn at(address: usize, len: usize) -> Result<Self> {
        if address == 0 || !address.is_multiple_of(page::size()) {
            let detail = format!(
                "address {address:#x} is no multiple of the page, {} bytes",
                page::size()
            );
            return Err(Error::new(ErrorKind::InvalidArgument, ACTION, detail));
        }
        Self::placed(Place::At(address), len)
    }

    fn placed(place: Place, len: usize) -> Result<Self> {
        let whole = len
            .checked_next_multiple_of(page::size())
            .filter(|len| isize::try_from(*len).is_ok());
        match whole {
            Some(0) => Err(Error::new(
                ErrorKind::InvalidArgument,
                ACTION,
                "no bytes at all; ask for some",
            )),
            Some(len) => imp::Reserved::new(place, len).map(Self),
            None => Err(Error::new(
                ErrorKind::NoMemory,
                ACTION,
                format!("{len} bytes are more than this process has addresses"),
            )),
        }
    }

    /// The first address.
    pub fn address(&self) -> usize {
        self.0.address()
    }

    /// Bytes, in whole pages; at least one page.
    #[expect(clippy::len_without_is_empty, reason = "a reservation is never empty")]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The first address, to be used where it has memory.
    pub fn as_ptr(&self) -> *mut u8 {
        self.0.as_ptr()
    }

    /// Two neighbours, of which the first has `at` bytes.
    ///
    /// # Errors
    /// `InvalidArgument` if that is no number of whole pages within it, or leaves nothing for one of the two: then the
    /// reservation comes back.
    pub fn split(self, at: usize) -> Result<(Self, Self), (Error, Self)> {
        if at == 0 || at >= self.len() || !at.is_multiple_of(page::size()) {
            let detail = format!(
                "{} bytes cannot be split at byte {at}; choose a multiple of {} inside",
                self.len(),
                page::size()
            );
            return Err((Error::new(ErrorKind::InvalidArgument, "split", detail), self));
        }
        let (first, second) = self.0.split(at);
        Ok((Self(first), Self(second)))
    }

    /// Gives the pages of a part memory of this process's own, which is zero, and that protection. Pages that have some
    /// keep it, and theirs. Win32: `VirtualAlloc(MEM_COMMIT)`.
    ///
    /// # Errors
    /// `InvalidArgument` for an access that copies: there is nothing to copy from; `OutOfRange`; `NoMemory`.
    pub fn commit(&self, offset: usize, len: usize, access: Access) -> Result<()> {
        let (first, len) = self.part(offset, len)?;
        check_own(access)?;
        self.0.commit(first, len, access)
    }

    /// Whether all pages of a part have memory; never of one that does not lie within it.
    pub fn is_committed(&self, offset: usize, len: usize) -> bool {
        let part = self.part(offset, len);
        part.is_ok_and(|(first, len)| self.0.is_committed(first, len))
    }

    /// Whether the page of that byte has memory, and up to which byte the pages behind it are the same; none of a byte
    /// that does not lie within it.
    pub fn committed_run(&self, offset: usize) -> (bool, usize) {
        if offset >= self.len() {
            return (false, offset);
        }
        self.0.committed_run(offset)
    }

    /// Takes the memory of the pages of a part away. Win32: `VirtualFree(MEM_DECOMMIT)`.
    ///
    /// # Safety
    /// Nobody touches the part, nor relies on what is in it.
    pub unsafe fn decommit(&self, offset: usize, len: usize) -> Result<()> {
        let (first, len) = self.part(offset, len)?;
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.0.decommit(first, len) }
    }

    /// Changes the protection of the pages of a part, which have memory. Win32: `VirtualProtect`.
    ///
    /// # Safety
    /// Nobody touches the part in a way that its new protection forbids.
    pub unsafe fn protect(&self, offset: usize, len: usize, access: Access) -> Result<()> {
        let (first, pages) = self.part(offset, len)?;
        check_own(access)?;
        if !self.0.is_committed(first, pages) {
            return Err(AccessError::NotCommitted { offset, len }.into());
        }
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { self.0.protect(first, pages, access) }
    }

    /// A part that lies within it, in whole pages.
    fn part(&self, offset: usize, len: usize) -> Result<(usize, usize)> {
        let end = offset.checked_add(len).filter(|end| *end <= self.len() && len > 0);
        let Some(end) = end else {
            let view = self.len();
            return Err(AccessError::OutOfRange { offset, len, view }.into());
        };
        let first = offset / page::size() * page::size();
        Ok((first, end.next_multiple_of(page::size()) - first))
    }
}

fn check_own(access: Access) -> Result<()> {
    if access.is_copy() {
        let detail = "memory of one's own has nothing to copy from; use Access::Write";
        return Err(Error::new(ErrorKind::InvalidArgument, "commit", detail));
    }
    Ok(())
}

impl ViewOptions {
    /// Maps the view in the place of a reservation that has as many bytes, in whole pages, in one step: nothing else
    /// ever gets these addresses. The offset in the mapping is a multiple of the page. What memory the reservation had
    /// goes. On failure the reservation comes back. [`at`](Self::at) and [`aligned`](Self::aligned) have no meaning here.
    /// Linux. Win32: `MapViewOfFile3` with `MEM_REPLACE_PLACEHOLDER` (conformance row J01).
    ///
    /// # Errors
    /// As [`map`](Self::map); `InvalidArgument` if the lengths differ or the offset is no multiple of the page.
    pub fn map_into(self, mapping: &Mapping, place: Reservation) -> Result<View, (Error, Reservation)> {
        let (len, access) = match self.checked_for(mapping, &place) {
            Ok(checked) => checked,
            Err(error) => return Err((error, place)),
        };
        let handle = mapping.shared_handle();
        let region = handle
            .map_onto(access, self.offset_asked(), len, place.0.emptied())
            .map_err(|(error, pages)| (error, Reservation(imp::Reserved::of(pages))))?;
        let view = self.view_of(mapping, region, access);
        match view.sync_commits() {
            Ok(()) => Ok(view),
            Err(error) => Err((error, Reservation(imp::Reserved::of(view.give_up())))),
        }
    }

    fn checked_for(&self, mapping: &Mapping, place: &Reservation) -> Result<(usize, Access)> {
        let len = self.checked_len(mapping.size())?;
        let (whole, unit) = (len.next_multiple_of(page::size()), page::size() as u64);
        if whole != place.len() || !self.offset_asked().is_multiple_of(unit) {
            let detail = format!(
                "{len} bytes from byte {} on, in the place of {} bytes; the offset must be a multiple of {unit}, and the \
                 lengths the same in whole pages",
                self.offset_asked(),
                place.len()
            );
            return Err(Error::new(ErrorKind::InvalidArgument, "map a view", detail));
        }
        let access = self.access_or(|| {
            let writes = check_access(mapping, Access::Write).is_ok();
            if writes { Access::Write } else { Access::Read }
        });
        check_access(mapping, access)?;
        Ok((len, access))
    }
}

impl View {
    /// Unmaps the view and keeps its addresses, in whole pages, in one step: nothing else ever gets them. Linux. Win32:
    /// `UnmapViewOfFile2` with `MEM_PRESERVE_PLACEHOLDER`.
    pub fn into_reservation(self) -> Reservation {
        Reservation(imp::Reserved::of(self.give_up()))
    }
}

impl fmt::Debug for Reservation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reservation")
            .field("address", &format_args!("{:#x}", self.address()))
            .field("len", &self.len())
            .finish()
    }
}

#[cfg(test)]
mod tests;
