//! A mapped range, and what can be done with its pages.

use std::fs::File;
use std::os::windows::io::AsRawHandle;
use std::sync::Arc;
use std::time::Duration;

use windows_sys::Win32::Foundation::{ERROR_LOCK_VIOLATION, ERROR_NOT_LOCKED, ERROR_WORKING_SET_QUOTA};
use windows_sys::Win32::Storage::FileSystem::FlushFileBuffers;
use windows_sys::Win32::System::Memory::{
    FlushViewOfFile, PrefetchVirtualMemory, VirtualLock, VirtualUnlock, WIN32_MEMORY_RANGE_ENTRY,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

use super::map::Mapped;
use super::{commit, errors, system};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{Advice, Facts, Pages, RegionContract};
use crate::raw;
use crate::rights::Access;

pub(crate) struct Region {
    mapped: Mapped,
    /// From the start of what is mapped to the byte that was asked for.
    skew: usize,
    len: usize,
    access: Access,
    facts: Facts,
    file: Option<Arc<File>>,
}

impl Region {
    /// `len` bytes from byte `skew` of what is mapped; they lie within it.
    pub(super) fn new(
        mapped: Mapped,
        skew: usize,
        len: usize,
        access: Access,
        facts: Facts,
        file: Option<Arc<File>>,
    ) -> Self {
        Self {
            mapped,
            skew,
            len,
            access,
            facts,
            file,
        }
    }

    /// A byte of the region, which is one of `len` bytes or the one past them.
    fn at(&self, offset: usize) -> *mut u8 {
        debug_assert!(offset <= self.len);
        self.base().wrapping_add(offset)
    }

    /// Starts reading a range of a file; does nothing for memory, nor where the system is too old to know it.
    fn prefetch(&self, offset: usize, len: usize) {
        // SAFETY: it returns a constant that is always open.
        let process = unsafe { GetCurrentProcess() };
        let range = WIN32_MEMORY_RANGE_ENTRY {
            VirtualAddress: self.at(offset).cast(),
            NumberOfBytes: len,
        };
        // SAFETY: one range is passed as one range. It is a hint: no byte changes, and its refusal is no error.
        unsafe { PrefetchVirtualMemory(process, 1, &range, 0) };
    }
}

impl RegionContract for Region {
    #[inline]
    fn base(&self) -> *mut u8 {
        self.mapped.start().wrapping_add(self.skew)
    }

    #[inline]
    fn len(&self) -> usize {
        self.len
    }

    fn flush(&self, offset: usize, len: usize) -> Result<()> {
        // Windows takes no bytes to mean all that follow (conformance row G02).
        if len == 0 || !self.facts.file || self.facts.pages == Pages::Image {
            return Ok(());
        }
        // A byte range that another process has locked for a moment: Microsoft, "ZwFlushVirtualMemory", says to try
        // again (conformance row G10).
        for pause in [1, 5, 20, 100] {
            // SAFETY: the range is mapped (MAPPED); writing it out changes no byte of it.
            if unsafe { FlushViewOfFile(self.at(offset).cast(), len) } != 0 {
                return Ok(());
            }
            let os = errors::last();
            if errors::code(&os) != ERROR_LOCK_VIOLATION {
                return Err(errors::system("flush", os));
            }
            std::thread::sleep(Duration::from_millis(pause));
        }
        let detail = "another process has locked a part of the file; flush again later";
        Err(Error::new(ErrorKind::Busy, "flush", detail))
    }

    fn flush_file(&self) -> Result<()> {
        const ACTION: &str = "flush the file";
        if !self.facts.file {
            return Ok(());
        }
        let Some(file) = &self.file else {
            let detail = "the mapping was opened by name, and Windows does not tell its file: flush it where the \
                          mapping was created, or with File::sync_all";
            return Err(Error::new(ErrorKind::Unsupported, ACTION, detail));
        };
        // SAFETY: the handle is open as long as the file lives.
        if unsafe { FlushFileBuffers(file.as_raw_handle()) } == 0 {
            return Err(errors::advised(
                ACTION,
                errors::last(),
                "the file must be open for writing",
            ));
        }
        Ok(())
    }

    /// Prefetching brings pages of a file into memory, and only a touch into this process; both together are what
    /// later touches do not wait for. Microsoft: "PrefetchVirtualMemory".
    fn prefault(&self, offset: usize, len: usize) -> Result<()> {
        if len == 0 {
            return Ok(());
        }
        self.prefetch(offset, len);
        let page = system::page_size();
        let to_boundary = page - self.at(offset).addr() % page;
        let rest = (to_boundary..len).step_by(page);
        for at in std::iter::once(0).chain(rest) {
            let mut byte = 0;
            // SAFETY: MAPPED, and the caller has checked that the range is in the region and can be read.
            unsafe { raw::copy_out(self.at(offset + at), &mut byte, 1) };
        }
        Ok(())
    }

    fn lock(&self, offset: usize, len: usize) -> Result<()> {
        if len == 0 {
            return Ok(());
        }
        // SAFETY: the range is mapped (MAPPED); no byte of it changes.
        if unsafe { VirtualLock(self.at(offset).cast(), len) } != 0 {
            return Ok(());
        }
        let os = errors::last();
        Err(match errors::code(&os) {
            ERROR_WORKING_SET_QUOTA => errors::advised(
                "lock",
                os,
                format!("{len} bytes are more than the working set's minimum; raise it with SetProcessWorkingSetSize"),
            ),
            _ => errors::system("lock", os),
        })
    }

    fn unlock(&self, offset: usize, len: usize) -> Result<()> {
        if len == 0 {
            return Ok(());
        }
        // SAFETY: the range is mapped (MAPPED); no byte of it changes.
        if unsafe { VirtualUnlock(self.at(offset).cast(), len) } != 0 {
            return Ok(());
        }
        let os = errors::last();
        // What was not locked is as the caller wants it.
        if errors::code(&os) == ERROR_NOT_LOCKED {
            Ok(())
        } else {
            Err(errors::system("unlock", os))
        }
    }

    /// Windows takes one of the hints; the others it has no calls for.
    fn advise(&self, offset: usize, len: usize, advice: Advice) -> Result<()> {
        if advice == Advice::WillNeed && len > 0 {
            self.prefetch(offset, len);
        }
        Ok(())
    }

    fn is_reserved(&self) -> bool {
        self.facts.pages == Pages::Reserve
    }

    fn commit(&self, offset: usize, len: usize) -> Result<()> {
        commit::commit(self.at(offset), len, self.access)
    }

    fn sync_commits(&self, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        if self.is_reserved() {
            commit::committed(self.base(), self.len, found)
        } else {
            Ok(())
        }
    }
}
