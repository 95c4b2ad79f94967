//! A name space: the directory in which the objects of a scope lie, and who may change what in it.
//!
//! `Local\` is a directory of this user's alone, `Global\` is the shared directory itself, under a prefix: whoever
//! owns a directory may delete in it, so nobody but the system may own that one. Beside the objects lies one lock
//! file, which stays:
//!
//! * its bytes from 2^30 on are the **name locks**: creating a name happens under an exclusive lock on the byte that the
//!   name hashes to;
//! * its content, and its bytes from 2^29 on, are the **roster** (see `roster.rs`), which tells that somebody died.
//!
//! All of a process's threads take turns, by one mutex over all name spaces; all processes take turns, by the name
//! locks. `fork` holds the mutex, so that a child never starts in the middle of a change.

use std::fs::File;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd, RawFd};
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags};

use super::errors::system;
use super::fork::{self, Crossing};
use super::lock::{Lock, try_lock, unlock};
use super::planted::{self, Fault};
use super::roster::Roster;
use super::sweep;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;

/// Where names are kept: tmpfs on every Linux.
const SHARED_MEMORY: &str = "/dev/shm";
/// How long to wait for somebody who holds a name lock and does not go on: stopped by a debugger, say.
const PATIENCE: Duration = Duration::from_secs(5);
/// Name locks begin here, and end at 2^31: every byte is a 32-bit system's `off_t`.
const NAMES: u64 = 1 << 30;

static SPACES: Mutex<Spaces> = Mutex::new(Spaces {
    local: None,
    global: None,
    crossings: Vec::new(),
});

/// All that a process keeps of the name spaces.
pub(super) struct Spaces {
    local: Option<Space>,
    global: Option<Space>,
    /// Descriptors that hold locks, and what becomes of them in a forked child.
    crossings: Vec<(RawFd, Crossing)>,
}

/// An open name space.
pub(super) struct Space {
    pub(super) scope: Scope,
    pub(super) folder: OwnedFd,
    /// Its lock file. Never mapped; its description is this process's alone.
    lock: OwnedFd,
    pub(super) roster: Roster,
    /// Who opened it: a child of a raw clone(2) must open its own, and so must another user in this process.
    pid: u32,
    user: u32,
}

/// The turn of this thread, in one name space.
pub(super) struct Turn {
    spaces: MutexGuard<'static, Spaces>,
    scope: Scope,
}

/// The turn of this process, to create one name. The lock goes when it is dropped.
pub(super) struct NameLock<'a> {
    lock: BorrowedFd<'a>,
    byte: u64,
}

pub(super) fn lock_all() -> MutexGuard<'static, Spaces> {
    fork::install();
    SPACES.lock().unwrap_or_else(PoisonError::into_inner)
}

pub(super) fn forget_crossing(fd: BorrowedFd<'_>) {
    lock_all().forget(fd.as_raw_fd());
}

/// The directory for all names: `/dev/shm`, or what `COVIEW_DIR` says. Read once: names must not move.
pub(crate) fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| match std::env::var_os("COVIEW_DIR") {
        Some(folder) if !folder.is_empty() => folder.into(),
        _ => SHARED_MEMORY.into(),
    })
}

/// The directory in which a scope's objects lie.
pub(super) fn folder_of(scope: Scope) -> PathBuf {
    match scope {
        Scope::Local => root().join(format!("coview-{}", rustix::process::geteuid().as_raw())),
        Scope::Global => root().to_owned(),
    }
}

/// How the file names of a scope's objects begin.
pub(super) fn prefix(scope: Scope) -> &'static str {
    match scope {
        Scope::Local => "",
        Scope::Global => "coview-global.",
    }
}

impl Spaces {
    /// Notes what becomes of a descriptor in a forked child; until `forget`.
    pub(super) fn note(&mut self, fd: BorrowedFd<'_>, crossing: Crossing) {
        self.crossings.push((fd.as_raw_fd(), crossing));
    }

    pub(super) fn forget(&mut self, fd: RawFd) {
        self.crossings.retain(|(noted, _)| *noted != fd);
    }

    /// In a forked child: no lock of the parent's stays in these hands.
    pub(super) fn start_child(&mut self) {
        self.local = None;
        self.global = None;
        for (fd, crossing) in &self.crossings {
            fork::replace_in_child(*fd, *crossing);
        }
    }

    fn slot(&mut self, scope: Scope) -> &mut Option<Space> {
        match scope {
            Scope::Local => &mut self.local,
            Scope::Global => &mut self.global,
        }
    }
}

impl Turn {
    /// Waits for the turn of this thread, opens the name space if need be, and clears away what the dead left.
    pub(super) fn take(action: &'static str, scope: Scope) -> Result<Self> {
        let turn = Self::take_to_close(lock_all(), action, scope)?;
        sweep::after_deaths(turn.space());
        Ok(turn)
    }

    /// As `take`, with no look at the dead: closing is no business of theirs.
    pub(super) fn take_to_close(
        mut spaces: MutexGuard<'static, Spaces>,
        action: &'static str,
        scope: Scope,
    ) -> Result<Self> {
        let slot = spaces.slot(scope);
        if slot.as_ref().is_none_or(|space| !space.is_current()) {
            *slot = None;
            *slot = Some(Space::open(action, scope)?);
        }
        Ok(Self { spaces, scope })
    }

    /// Waits for the turn to create a name, and does it. While others have that turn this process's other threads go
    /// on. `None` of `create` means that the name is not free yet, and to try again; `Busy` after `PATIENCE`.
    pub(super) fn with_name<T>(
        action: &'static str,
        scope: Scope,
        file: &str,
        mut create: impl FnMut(&mut Self) -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + PATIENCE;
        let mut pause = Duration::from_micros(10);
        loop {
            let mut turn = Self::take_to_close(lock_all(), action, scope)?;
            let failed = |os| Error::new(ErrorKind::Os, action, "the name lock").with_os(os);
            if let Some(byte) = turn.space().lock_name(file).map_err(failed)? {
                let created = create(&mut turn);
                // It cannot fail on an open descriptor; if it did, death would free it.
                let _ = unlock(turn.space().lock_file(), byte);
                if let Some(created) = created.transpose() {
                    return created;
                }
            }
            drop(turn);
            if Instant::now() > deadline {
                let detail = "another process is creating or closing it and has not gone on for 5 s; is it stopped?";
                return Err(Error::new(ErrorKind::Busy, action, detail));
            }
            std::thread::sleep(pause);
            pause = (pause * 2).min(Duration::from_millis(1));
        }
    }

    pub(super) fn space(&self) -> &Space {
        let slot = match self.scope {
            Scope::Local => &self.spaces.local,
            Scope::Global => &self.spaces.global,
        };
        slot.as_ref().expect("a turn is taken in an open space")
    }

    pub(super) fn note_crossing(&mut self, fd: BorrowedFd<'_>, crossing: Crossing) {
        self.spaces.note(fd, crossing);
    }
}

impl Space {
    fn open(action: &'static str, scope: Scope) -> Result<Self> {
        let path = folder_of(scope);
        let folder = match scope {
            Scope::Local => open_own_folder(action, &path)?,
            Scope::Global => rustix::fs::open(&path, OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())
                .map_err(|os| no_folder(action, &path, os.into()))?,
        };
        let file = match scope {
            Scope::Local => ".lock",
            Scope::Global => "coview-global.lock",
        };
        let lock = open_lock_file(&folder, file, scope)
            .map_err(|os| system(action, format!("the lock file {}", path.join(file).display()), os))?;
        let roster = Roster::join(lock.as_fd())
            .map_err(|os| system(action, format!("the roster in {}", path.join(file).display()), os))?;
        Ok(Self {
            scope,
            folder,
            lock,
            roster,
            pid: std::process::id(),
            user: rustix::process::geteuid().as_raw(),
        })
    }

    /// Whether it is still ours, and still what others find by its path: somebody may have removed it all.
    fn is_current(&self) -> bool {
        self.pid == std::process::id()
            && self.user == rustix::process::geteuid().as_raw()
            && rustix::fs::fstat(&self.lock).is_ok_and(|file| file.st_nlink > 0)
    }

    pub(super) fn lock_file(&self) -> BorrowedFd<'_> {
        self.lock.as_fd()
    }

    /// The name lock, until it is dropped, if nobody has it.
    pub(super) fn try_lock_name(&self, file: &str) -> io::Result<Option<NameLock<'_>>> {
        let lock = self.lock.as_fd();
        Ok(self.lock_name(file)?.map(|byte| NameLock { lock, byte }))
    }

    /// The byte that is now locked, if nobody has it.
    fn lock_name(&self, file: &str) -> io::Result<Option<u64>> {
        let byte = NAMES + (fnv_1a(file.as_bytes()) >> 34);
        let locked = planted::is(Fault::NoNameLock) || try_lock(self.lock.as_fd(), Lock::Exclusive, byte)?;
        Ok(locked.then_some(byte))
    }
}

/// Two names of one hash take turns for nothing, and that is all: any hash will do that never changes.
fn fnv_1a(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

impl Drop for NameLock<'_> {
    fn drop(&mut self) {
        // It cannot fail: the descriptor is open and nothing is allocated. If it did, death would free it.
        let _ = unlock(self.lock, self.byte);
    }
}

/// The user's own directory: made if missing, and trusted only if nobody else can have put anything into it.
fn open_own_folder(action: &'static str, path: &Path) -> Result<OwnedFd> {
    match rustix::fs::mkdir(path, Mode::RWXU) {
        Ok(()) | Err(rustix::io::Errno::EXIST) => {}
        Err(os) => return Err(no_folder(action, path, os.into())),
    }
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = rustix::fs::open(path, flags, Mode::empty()).map_err(|os| no_folder(action, path, os.into()))?;
    let facts = File::from(folder.try_clone().map_err(|os| no_folder(action, path, os))?)
        .metadata()
        .map_err(|os| no_folder(action, path, os))?;
    let user = rustix::process::geteuid().as_raw();
    if facts.uid() != user {
        let detail = format!(
            "{} belongs to user {}, not to this user ({user}): somebody else made it; remove it, or set COVIEW_DIR",
            path.display(),
            facts.uid()
        );
        return Err(Error::new(ErrorKind::AccessDenied, action, detail));
    }
    if facts.mode() & 0o077 != 0 {
        let detail = format!(
            "{} lets others in (mode {:03o}); run: chmod 700 {0}",
            path.display(),
            facts.mode() & 0o777
        );
        return Err(Error::new(ErrorKind::AccessDenied, action, detail));
    }
    Ok(folder)
}

fn no_folder(action: &'static str, path: &Path, os: io::Error) -> Error {
    let kind = match os.raw_os_error() {
        Some(libc::ENOENT) => ErrorKind::Unsupported,
        _ => ErrorKind::AccessDenied,
    };
    let detail = format!(
        "the directory of the names, {}; COVIEW_DIR can name another one",
        path.display()
    );
    refused(kind, action, detail, os)
}

/// What the system said about a part of the name space: `kind`, unless it is that too little of something is left.
fn refused(kind: ErrorKind, action: &'static str, detail: String, os: io::Error) -> Error {
    match os.raw_os_error() {
        Some(libc::EMFILE | libc::ENFILE | libc::ENOMEM | libc::ENOSPC | libc::EDQUOT) => system(action, detail, os),
        _ => Error::new(kind, action, detail).with_os(os),
    }
}

/// Opened before it is made: in a sticky directory Linux refuses O_CREAT on another user's file
/// (proc(5), fs.protected_regular). Made complete before it gets its name: nobody finds it with the wrong mode.
fn open_lock_file(folder: &OwnedFd, file: &str, scope: Scope) -> io::Result<OwnedFd> {
    let mode = match scope {
        Scope::Local => Mode::RUSR | Mode::WUSR,
        Scope::Global => Mode::from_raw_mode(0o666),
    };
    let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    // Bounded: each round either opens it, makes it, or lost against somebody who did one of both.
    for _ in 0..100 {
        match rustix::fs::openat(folder, file, flags, Mode::empty()) {
            Ok(found) => {
                let kind = FileType::from_raw_mode(rustix::fs::fstat(&found)?.st_mode);
                return if kind == FileType::RegularFile {
                    Ok(found)
                } else {
                    Err(io::ErrorKind::InvalidData.into())
                };
            }
            Err(rustix::io::Errno::NOENT) => {}
            Err(os) => return Err(os.into()),
        }
        let fresh = rustix::fs::openat(folder, ".", OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC, mode)?;
        rustix::fs::fchmod(&fresh, mode)?;
        let path = format!("/proc/self/fd/{}", fresh.as_raw_fd());
        match rustix::fs::linkat(CWD, path, folder, file, AtFlags::SYMLINK_FOLLOW) {
            Ok(()) => return Ok(fresh),
            Err(rustix::io::Errno::EXIST) => {}
            Err(os) => return Err(os.into()),
        }
    }
    Err(io::ErrorKind::ResourceBusy.into())
}
