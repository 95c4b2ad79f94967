//! The view itself: what it keeps, and what can be done with its pages.

use std::fmt;
use std::sync::Arc;

use crate::error::{Error, ErrorKind, Result};
use crate::os::{Advice, Handle, Region, RegionContract};
use crate::rights::Access;
use crate::view::AccessError;
use crate::view::commits::Commits;

/// A range of a mapping in this process's addresses. Dropping it unmaps.
///
/// Bytes go in and out by copy ([`write`](Self::write), [`read_to`](Self::read_to), [`read`](Self::read)) and words
/// by value ([`load_u32`](Self::load_u32), ...): nothing safe ever returns a reference into memory that another
/// process may write. A copy takes what is there at that moment: if a peer writes at the same time, parts of both may
/// be in it, and nothing worse. All views of a mapping, in all processes, are coherent.
///
/// Calls touch memory and nothing else; none of them blocks, but for the disk behind a file.
/// A file that somebody cuts short while it is mapped cannot be read past its new end by any means: on Linux
/// touching it there ends the process (SIGBUS), on Windows cutting it is refused.
///
/// Sources: Microsoft, "MapViewOfFile", "UnmapViewOfFile".
pub struct View {
    /// Declared before the handle: unmapped first, so that the name outlives what it names.
    pub(super) region: Region,
    access: Access,
    pub(super) offset: u64,
    /// How many bytes from the beginning on may be read, and written, without asking further: all or none. None in a
    /// reserved mapping, where each page must be asked for. One comparison on the way of every call.
    readable: usize,
    writable: usize,
    /// Of a reserved mapping: which pages may be touched.
    commits: Option<Commits>,
    handle: Option<Arc<Handle>>,
}

impl View {
    /// To be made complete by [`sync_commits`](Self::sync_commits).
    pub(super) fn new(region: Region, access: Access, offset: u64, handle: Option<Arc<Handle>>) -> Self {
        let commits = region
            .is_reserved()
            .then(|| Commits::new(region.base() as usize, region.len()));
        let all = if commits.is_some() { 0 } else { region.len() };
        let readable = if access.reads() { all } else { 0 };
        let writable = if access.writes() { all } else { 0 };
        Self {
            region,
            access,
            offset,
            readable,
            writable,
            commits,
            handle,
        }
    }

    /// How many bytes it has; at least one.
    #[expect(clippy::len_without_is_empty, reason = "a view is never empty")]
    pub fn len(&self) -> usize {
        self.region.len()
    }

    /// Where in the mapping it begins, in bytes.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// What may be done through it.
    pub fn access(&self) -> Access {
        self.access
    }

    /// Whether it keeps the handle, and with it the name.
    pub fn keeps_handle(&self) -> bool {
        self.handle.is_some()
    }

    /// Lets go of the handle: from now on the view keeps the memory and not the name. Win32: `CloseHandle` before
    /// `UnmapViewOfFile`.
    pub fn release_handle(&mut self) {
        self.handle = None;
    }

    /// Writes all changed pages to the file. Memory has none: it does nothing and succeeds (conformance row G03).
    /// On Linux it also waits for the disk. Win32: `FlushViewOfFile`.
    pub fn flush(&self) -> Result<()> {
        self.region.flush(0, self.len())
    }

    /// As [`flush`](Self::flush), for a part; the range need not be aligned (conformance rows G05, G06).
    pub fn flush_range(&self, offset: usize, len: usize) -> Result<()> {
        self.part(offset, len)?;
        self.region.flush(offset, len)
    }

    /// Flushes all, then waits until the file's content and metadata are on the disk. Win32: `FlushViewOfFile`,
    /// then `FlushFileBuffers` (conformance row G07).
    ///
    /// # Errors
    /// On Windows `Unsupported` where the file itself is not known: the mapping was opened by name.
    pub fn flush_with_metadata(&self) -> Result<()> {
        self.flush()?;
        self.region.flush_file()
    }

    /// Brings a part of the view into memory now, so that later touches do not wait for it.
    pub fn prefault(&self, offset: usize, len: usize) -> Result<()> {
        self.touchable(offset, len)?;
        self.region.prefault(offset, len)
    }

    /// Keeps a part of the view in physical memory until [`unlock`](Self::unlock) or drop. The pages around it that
    /// it shares are kept with it. Sources: mlock(2), Microsoft "VirtualLock".
    ///
    /// # Errors
    /// `NoMemory` if the system's limit is reached: `ulimit -l` on Linux, the working set on Windows.
    pub fn lock(&self, offset: usize, len: usize) -> Result<()> {
        self.touchable(offset, len)?;
        self.region.lock(offset, len)
    }

    /// Lets go of what [`lock`](Self::lock) kept.
    pub fn unlock(&self, offset: usize, len: usize) -> Result<()> {
        self.touchable(offset, len)?;
        self.region.unlock(offset, len)
    }

    /// Says how a part of the view will be used. A hint; no byte changes.
    pub fn advise(&self, offset: usize, len: usize, advice: Advice) -> Result<()> {
        self.part(offset, len)?;
        self.region.advise(offset, len, advice)
    }

    /// Commits the pages of a part of a reserved mapping, for all its views in all processes; those learn of it by
    /// [`sync_commits`](Self::sync_commits). Committing twice is fine and changes nothing (conformance rows E03, E04).
    /// Win32: `VirtualAlloc(MEM_COMMIT)`.
    ///
    /// # Errors
    /// `NoMemory`; `OutOfRange`; `AccessDenied` if the mapping was not reserved (row E09) or the view does not write.
    pub fn commit(&self, offset: usize, len: usize) -> Result<()> {
        self.part(offset, len)?;
        let Some(commits) = &self.commits else {
            let detail = "the mapping was not created with Pages::Reserve: all of it is committed";
            return Err(Error::new(ErrorKind::AccessDenied, "commit", detail));
        };
        if !self.access.writes_shared() {
            return Err(AccessError::ReadOnly.into());
        }
        self.region.commit(offset, len)?;
        commits.add(offset, len);
        Ok(())
    }

    /// Learns which pages of a reserved mapping others have committed since; those can be touched from now on.
    /// Does nothing for other mappings.
    pub fn sync_commits(&self) -> Result<()> {
        let Some(commits) = &self.commits else { return Ok(()) };
        self.region.sync_commits(&mut |offset, len| commits.add(offset, len))
    }

    /// Whether every page of a part can be touched, as far as this view knows: others' commits it learns of by
    /// [`sync_commits`](Self::sync_commits). Always so of a mapping that was not reserved.
    ///
    /// ```
    /// # use coview_memory::{Mapping, Pages};
    /// let mapping = Mapping::options().pages(Pages::Reserve).create("", 1 << 20)?;
    /// let (here, there) = (mapping.view()?, mapping.view()?);
    /// here.commit(65536, 10)?;
    /// assert!(here.is_committed(65536, 10)? && !here.is_committed(0, 10)?);
    /// assert!(!there.is_committed(65536, 10)?);
    /// there.sync_commits()?;
    /// assert!(there.is_committed(65536, 10)?);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `OutOfRange` if the part does not lie within the view.
    pub fn is_committed(&self, offset: usize, len: usize) -> Result<bool, AccessError> {
        self.part(offset, len)?;
        Ok(self
            .commits
            .as_ref()
            .is_none_or(|commits| commits.contains(offset, len)))
    }

    /// Whether the page of that byte can be touched, and up to which byte of the view the pages behind it are the same:
    /// how a reserved mapping is committed, without asking page by page. As far as this view knows; see
    /// [`is_committed`](Self::is_committed).
    ///
    /// # Errors
    /// `OutOfRange` if the byte does not lie within the view.
    pub fn committed_run(&self, offset: usize) -> Result<(bool, usize), AccessError> {
        self.part(offset, 1)?;
        let all = (true, self.len());
        Ok(self
            .commits
            .as_ref()
            .map_or(all, |commits| commits.run(offset, self.len())))
    }

    /// The addresses that it took, without what was mapped there.
    #[cfg(target_os = "linux")]
    pub(super) fn give_up(self) -> crate::os::imp::Addresses {
        self.region.give_up()
    }

    /// A part that lies within the view.
    pub(super) fn part(&self, offset: usize, len: usize) -> Result<(), AccessError> {
        match offset.checked_add(len) {
            Some(end) if end <= self.len() => Ok(()),
            _ => Err(AccessError::OutOfRange {
                offset,
                len,
                view: self.len(),
            }),
        }
    }

    /// A part that lies within the view and may be touched at all.
    #[inline]
    pub(super) fn touchable(&self, offset: usize, len: usize) -> Result<(), AccessError> {
        if is_within(offset, len, self.readable) {
            Ok(())
        } else {
            self.look_closer(offset, len)
        }
    }

    /// A part that may be written.
    #[inline]
    pub(super) fn writable(&self, offset: usize, len: usize) -> Result<(), AccessError> {
        if is_within(offset, len, self.writable) {
            return Ok(());
        }
        self.look_closer(offset, len)?;
        if self.access.writes() {
            Ok(())
        } else {
            Err(AccessError::ReadOnly)
        }
    }

    #[cold]
    fn look_closer(&self, offset: usize, len: usize) -> Result<(), AccessError> {
        self.part(offset, len)?;
        if !self.access.reads() {
            return Err(AccessError::NoAccess);
        }
        match &self.commits {
            Some(commits) if !commits.contains(offset, len) => Err(AccessError::NotCommitted { offset, len }),
            _ => Ok(()),
        }
    }
}

#[inline]
fn is_within(offset: usize, len: usize, end: usize) -> bool {
    offset <= end && len <= end - offset
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View")
            .field("offset", &self.offset)
            .field("len", &self.len())
            .field("access", &self.access)
            .field("keeps_handle", &self.keeps_handle())
            .finish()
    }
}
