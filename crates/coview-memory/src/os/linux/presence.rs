//! A place in a mapping that this process has until it is gone: a lock that lasts as long as a page is mapped.
//!
//! A description of the mapping's data takes an exclusive lock on the byte of the place; a page is mapped through it;
//! its descriptor is closed. From then on nothing keeps the description but the page, and so the lock falls when the
//! page is unmapped: by us, or when the address space is torn down. That is after the last thread has left it, and with
//! it the last write that a thread had the kernel do: exit, exec and kill -9 alike, whoever waits for the process, and
//! whatever else has the file open. The page has no access and is never touched.
//!
//! A forked child gets neither the descriptor (`fork` waits for the turn in which there is one) nor the page
//! (MADV_DONTFORK).

use std::os::fd::{AsFd, AsRawFd};

use rustix::fs::{Mode, OFlags};
use rustix::io::Errno;
use rustix::mm::{Advice, MapFlags, ProtFlags};

use super::addresses::{Addresses, Source};
use super::errors::system;
use super::handle::Handle;
use super::lock::{Lock, is_held, try_lock};
use super::record::random;
use super::{lineage, memory, page_size, space};
use crate::error::{Error, ErrorKind, Result};
use crate::os::{PLACES, PresenceContract};

/// The byte of place 0. A file may be shorter: what is locked is a number. All of them are 32-bit systems' `off_t`.
const FIRST: u64 = 1 << 30;
/// Behind the places: bytes to try locks on, up to 2^31.
const TRIALS: u64 = FIRST + PLACES as u64;

pub(crate) struct Presence {
    /// The mapped page; always there until the value is dropped.
    page: Option<Addresses>,
    /// `lineage::number` of the process that took the place.
    process: u64,
}

impl PresenceContract for Presence {
    /// The places are those of the data, which has one channel: its number adds nothing.
    fn take(handle: &Handle, _channel: u128, place: u32) -> Result<Option<Self>> {
        const ACTION: &str = "take a place";
        let _turn = space::lock_all();
        let process = lineage::number(ACTION)?;
        check_pages_keep_locks(ACTION, handle)?;
        let page = lock_and_map(ACTION, handle, FIRST + u64::from(place))?;
        Ok(page.map(|page| Self {
            page: Some(page),
            process,
        }))
    }

    /// Through the handle's own description, which never holds a lock there.
    fn is_taken(handle: &Handle, _channel: u128, place: u32) -> Result<bool> {
        is_held(handle.as_fd(), FIRST + u64::from(place)).map_err(|os| system("look for a process", "the data", os))
    }

    fn is_mine(&self) -> bool {
        lineage::is_mine(self.process)
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        let page = self.page.take();
        if !self.is_mine() {
            // The page was not forked, and something else may lie there now.
            std::mem::forget(page);
        }
    }
}

/// The page that keeps the lock on the byte; `None` if another description has it.
fn lock_and_map(action: &'static str, handle: &Handle, byte: u64) -> Result<Option<Addresses>> {
    let data = handle.as_fd();
    let path = format!("/proc/self/fd/{}", data.as_raw_fd());
    let flags = OFlags::RDWR | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let description = rustix::fs::open(path, flags, Mode::empty()).map_err(|os| not_opened(action, os))?;
    let locked = try_lock(description.as_fd(), Lock::Exclusive, byte);
    if !locked.map_err(|os| system(action, "the lock on the data", os))? {
        return Ok(None);
    }
    // What a map is a multiple of: the page, or the large page.
    let unit = memory::large_unit(data).unwrap_or_else(page_size);
    let source = Source {
        fd: description.as_fd(),
        offset: 0,
        prot: ProtFlags::empty(),
        flags: MapFlags::SHARED,
    };
    let failed = |os: Errno| system(action, "the page that keeps the lock", os.into());
    let page = Addresses::map(source, unit).map_err(failed)?;
    // SAFETY: the page has no access, so that nobody has touched it; the advice is for children, and changes no byte.
    unsafe { page.advise(0, unit, Advice::LinuxDontFork) }.map_err(failed)?;
    Ok(Some(page))
}

fn not_opened(action: &'static str, os: Errno) -> Error {
    match os {
        Errno::ACCESS | Errno::PERM | Errno::ROFS => {
            let detail = "this user may not write to the data, and only who may can be present in it";
            Error::new(ErrorKind::AccessDenied, action, detail).with_os(os)
        }
        Errno::NOENT => {
            let detail = "/proc does not show this process's descriptors; mount it";
            Error::new(ErrorKind::Unsupported, action, detail).with_os(os)
        }
        _ => system(action, "another description of the data", os.into()),
    }
}

/// A file system that lies over another one may map that one's file, and not the description that it was asked through
/// (overlayfs does): then the lock would fall with the descriptor. So it is tried, on a byte that is nobody's place.
fn check_pages_keep_locks(action: &'static str, handle: &Handle) -> Result<()> {
    if memory::is_memory(handle.as_fd()) {
        return Ok(());
    }
    // At random: two who try the same byte would deceive each other.
    let byte = TRIALS + (random(action)? % u128::from((1 << 31) - TRIALS)) as u64;
    let kept = lock_and_map(action, handle, byte)?;
    let held = is_held(handle.as_fd(), byte).map_err(|os| system(action, "the lock on the data", os))?;
    if kept.is_some() && held {
        return Ok(());
    }
    let detail = "where the file lies a mapped page keeps no lock (overlayfs, say: a container's own files); \
                  keep it in a volume or in memory";
    Err(Error::new(ErrorKind::Unsupported, action, detail))
}
