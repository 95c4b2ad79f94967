//! Addresses that belong to nobody else, and memory of this process's own behind parts of them.

use std::sync::{Mutex, PoisonError};

use rustix::io::Errno;
use rustix::mm::ProtFlags;

use super::addresses::Addresses;
use super::place;
use super::protect::Apart;
use super::region::prot_of;
use crate::error::{Error, ErrorKind, Result};
use crate::os::Place;
use crate::rights::Access;

const ACTION: &str = "reserve addresses";

/// Whole pages of addresses, of which some have memory.
pub(crate) struct Reserved {
    pages: Addresses,
    /// Locked only by whoever has the turn over the name spaces, which fork waits for.
    committed: Mutex<Apart>,
}

impl Reserved {
    pub(crate) fn new(place: Place, len: usize) -> Result<Self> {
        let found = place::reserve(ACTION, place, len, (super::page_size(), 0))?;
        let pages = match found {
            Some(pages) => pages,
            None => Addresses::reserve(len).map_err(|os| place::no_addresses(ACTION, len, os))?,
        };
        Ok(Self::of(pages))
    }

    pub(crate) fn of(pages: Addresses) -> Self {
        Self {
            pages,
            committed: Mutex::default(),
        }
    }

    /// The addresses, without the memory.
    pub(crate) fn emptied(self) -> Addresses {
        self.pages.emptied()
    }

    pub(crate) fn address(&self) -> usize {
        self.pages.address()
    }

    pub(crate) fn as_ptr(&self) -> *mut u8 {
        self.pages.base
    }

    pub(crate) fn len(&self) -> usize {
        self.pages.len()
    }

    /// In whole pages.
    pub(crate) fn split(self, at: usize) -> (Self, Self) {
        let committed = self.committed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (first, second) = committed.split(at);
        let (before, after) = self.pages.split(at);
        let part = |pages, committed| Self {
            pages,
            committed: Mutex::new(committed),
        };
        (part(before, first), part(after, second))
    }

    pub(crate) fn commit(&self, first: usize, len: usize, access: Access) -> Result<()> {
        self.with_committed(|committed| {
            // What has memory keeps its protection: somebody may rely on it.
            for part in committed.outside(&(first..first + len)) {
                self.protect_pages("commit", part.start, part.len(), access)?;
            }
            committed.add(first..first + len);
            Ok(())
        })
    }

    pub(crate) fn is_committed(&self, first: usize, len: usize) -> bool {
        self.with_committed(|committed| committed.outside(&(first..first + len)).is_empty())
    }

    /// Whether the byte's page has memory, and where the pages end that are as it.
    pub(crate) fn committed_run(&self, offset: usize) -> (bool, usize) {
        self.with_committed(|committed| {
            let rest = offset..self.len();
            match committed.within(&rest).first() {
                Some(part) if part.start == offset => (true, part.end),
                Some(part) => (false, part.start),
                None => (false, rest.end),
            }
        })
    }

    /// # Safety
    /// Nobody relies on what is in the part, nor touches it.
    pub(crate) unsafe fn decommit(&self, first: usize, len: usize) -> Result<()> {
        self.with_committed(|committed| {
            // SAFETY: the caller's promise.
            unsafe { self.pages.empty_part(first, len) }.map_err(|os| refused("decommit", len, os))?;
            committed.remove(&(first..first + len));
            Ok(())
        })
    }

    /// # Safety
    /// Nobody touches the part in a way that its new protection forbids.
    pub(crate) unsafe fn protect(&self, first: usize, len: usize, access: Access) -> Result<()> {
        self.protect_pages("change the protection", first, len, access)
    }

    fn protect_pages(&self, action: &'static str, first: usize, len: usize, access: Access) -> Result<()> {
        let prot: ProtFlags = prot_of(access);
        self.pages
            .protect(first, len, prot)
            .map_err(|os| refused(action, len, os))
    }

    fn with_committed<T>(&self, act: impl FnOnce(&mut Apart) -> T) -> T {
        // A child that is forked now must not find the list locked by a thread that it does not have.
        let _turn = super::space::lock_all();
        act(&mut self.committed.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn refused(action: &'static str, len: usize, os: Errno) -> Error {
    let kind = match os {
        Errno::NOMEM | Errno::AGAIN => ErrorKind::NoMemory,
        Errno::ACCESS | Errno::PERM => ErrorKind::AccessDenied,
        _ => ErrorKind::Os,
    };
    let detail = format!("{len} bytes; see vm.max_map_count and vm.overcommit_memory");
    Error::new(kind, action, detail).with_os(os)
}
