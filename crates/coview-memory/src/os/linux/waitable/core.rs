//! A mutex as this process knows it: one for all of its handles.

use std::fs::File;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use rustix::fs::fstat;

use super::super::errors::system;
use super::super::fork::Crossing;
use super::super::lock::{Lock, try_lock, unlock};
use super::super::space::{forget_crossing, lock_all};
use super::ownership::{Ownership, ProcessLock, Token};
use super::page::Page;
use super::thread;
use crate::error::{Error, ErrorKind, Result};

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
        let place = place_of(data.as_fd()).map_err(failed)?;

        // From here on nobody forks: a child would share the new description before the fork handler knows of it.
        let mut spaces = lock_all();
        let mut cores = CORES.lock().unwrap_or_else(PoisonError::into_inner);
        cores.retain(|(_, core)| core.strong_count() > 0);
        let known = cores.iter().find(|(other, _)| *other == place);
        if let Some(core) = known.and_then(|(_, core)| core.upgrade()) {
            return Ok(core);
        }
        let lock = DataLock(reopen(data.as_fd()).map_err(failed)?);
        spaces.note(lock.0.as_fd(), Crossing::Idle);
        let core = Arc::new(Self {
            page,
            ownership: Ownership::new(lock),
        });
        cores.push((place, Arc::downgrade(&core)));
        Ok(core)
    }

    /// The core of a mutex that nobody else can find yet, whose `value` says that it is held: by this thread.
    pub(super) fn owned(action: &'static str, data: &OwnedFd) -> Result<Unpublished> {
        let failed = |os| system(action, "its data file", os);
        thread::check_alive(action)?;
        let page = Page::map(action, data)?;
        let place = place_of(data.as_fd()).map_err(failed)?;

        // As in `of`; and no fork falls between taking the lock and noting that a child is not to have it.
        let mut spaces = lock_all();
        let mut cores = CORES.lock().unwrap_or_else(PoisonError::into_inner);
        let lock = DataLock(reopen(data.as_fd()).map_err(failed)?);
        if !lock.try_lock()? {
            let detail = "another process holds the lock of a file that has no name yet";
            return Err(Error::new(ErrorKind::Busy, action, detail));
        }
        spaces.note(lock.0.as_fd(), Crossing::Idle);
        let core = Arc::new(Self {
            page,
            ownership: Ownership::owned_by(thread::token(), lock),
        });
        cores.push((place, Arc::downgrade(&core)));
        Ok(Unpublished(Some(core)))
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

/// A core that the calling thread owns, of a mutex that is about to be there. Dropped, it is given up.
pub(super) struct Unpublished(Option<Arc<Core>>);

impl Unpublished {
    /// The mutex is there: its owner's thread keeps it from now on.
    pub(super) fn published(mut self) -> Arc<Core> {
        let core = self.0.take().expect("it is taken here alone");
        thread::note_owned(&core);
        core
    }
}

impl Drop for Unpublished {
    fn drop(&mut self) {
        if let Some(core) = &self.0 {
            core.abandon(thread::token());
        }
    }
}

impl Drop for Core {
    /// Nobody owns it: an owner's thread would hold it.
    fn drop(&mut self) {
        forget_crossing(self.ownership.lock().0.as_fd());
    }
}

fn place_of(data: BorrowedFd<'_>) -> std::io::Result<Place> {
    let facts = fstat(data)?;
    Ok((facts.st_dev as u64, facts.st_ino as u64))
}

/// A second description of the same file, for reading and writing.
fn reopen(data: BorrowedFd<'_>) -> std::io::Result<OwnedFd> {
    let path = format!("/proc/self/fd/{}", data.as_raw_fd());
    Ok(File::options().read(true).write(true).open(path)?.into())
}
