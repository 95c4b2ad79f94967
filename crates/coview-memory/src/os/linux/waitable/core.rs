//! A mutex as this process knows it: one for all of its handles.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::super::errors::system;
use super::super::fork::Crossing;
use super::super::lock::{Lock, try_lock, unlock};
use super::super::space::{forget_crossing, lock_all};
use super::ownership::{Ownership, ProcessLock, Token};
use super::page::Page;
use super::thread;
use crate::error::Result;

/// The byte of the data file whose lock the owner's process holds.
const BYTE: u64 = 0;

/// A mutex in this process. Whoever owns it keeps it alive, also when the last handle was dropped.
#[derive(Debug)]
pub(super) struct Core {
    page: Page,
    ownership: Ownership<DataLock>,
}

/// A description of the data file for the lock and nothing else: it is not mapped, since a mapping would keep the
/// lock, and it is nobody else's.
#[derive(Debug)]
struct DataLock(OwnedFd);

impl ProcessLock for DataLock {
    fn try_lock(&self) -> Result<bool> {
        try_lock(self.0.as_fd(), Lock::Exclusive, BYTE).map_err(|os| system("wait for", "the mutex's lock", os))
    }

    fn unlock(&self) -> Result<()> {
        unlock(self.0.as_fd(), BYTE).map_err(|os| system("release", "the mutex's lock", os))
    }
}

/// A data file as the kernel knows it: device and inode. It keeps them as long as a core has it open.
type Place = (u64, u64);

/// All cores of this process. Locked only by whoever has the turn over the name spaces, which fork waits for: so
/// a child never finds it locked.
static CORES: Mutex<Vec<(Place, Weak<Core>)>> = Mutex::new(Vec::new());

impl Core {
    /// The core of the mutex with that data, made unless there is one.
    pub(super) fn of(action: &'static str, data: OwnedFd) -> Result<Arc<Self>> {
        let failed = |os| system(action, "its data file", os);
        let page = Page::map(action, &data)?;
        let data = File::from(data);
        let facts = data.metadata().map_err(failed)?;
        let place = (facts.dev(), facts.ino());

        // From here on nobody forks: a child would share the new description before the fork handler knows of it.
        let mut spaces = lock_all();
        let mut cores = CORES.lock().unwrap_or_else(PoisonError::into_inner);
        cores.retain(|(_, core)| core.strong_count() > 0);
        let known = cores.iter().find(|(other, _)| *other == place);
        if let Some(core) = known.and_then(|(_, core)| core.upgrade()) {
            return Ok(core);
        }
        let lock = reopen(data.as_fd()).map_err(failed)?;
        spaces.note(lock.as_fd(), Crossing::Idle);
        let core = Arc::new(Self {
            page,
            ownership: Ownership::new(DataLock(lock)),
        });
        cores.push((place, Arc::downgrade(&core)));
        Ok(core)
    }

    pub(super) fn release(self: &Arc<Self>) -> Result<()> {
        if self.ownership.release(&self.page, thread::token())? {
            thread::forget_owned(self);
        }
        Ok(())
    }

    /// At the end of the thread `me`.
    pub(super) fn abandon(&self, me: Token) {
        // Unlocking an open description cannot fail; if it did, the process's end would do it.
        let _ = self.ownership.abandon(&self.page, me);
    }

    pub(super) fn page(&self) -> &Page {
        &self.page
    }

    pub(super) fn take(self: &Arc<Self>) -> Result<Option<bool>> {
        thread::check_alive("wait for")?;
        let me = thread::token();
        let again = self.ownership.is_owned_by(me);
        let taken = self.ownership.take(&self.page, me)?;
        if taken.is_some() && !again {
            thread::note_owned(self);
        }
        Ok(taken)
    }
}

impl Drop for Core {
    /// Nobody owns it: an owner's thread would hold it.
    fn drop(&mut self) {
        forget_crossing(self.ownership.lock().0.as_fd());
    }
}

/// A second description of the same file, for reading and writing.
fn reopen(data: BorrowedFd<'_>) -> std::io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", data.as_raw_fd());
    Ok(File::options().read(true).write(true).open(path)?.into())
}
