//! A named object of any kind: how it is made, found and closed.
//!
//! An object exists as long as a handle to it does, and a handle is an open file description with a shared lock on
//! byte 0 of the registry file. The file's existence means nothing: one without a lock is a dead object, invisible,
//! and removed by whoever meets it. The data lies in a second file, so that any program can map it from byte 0.
//!
//! The steps, each atomic by a lock of the kernel's, so that a death anywhere leaves the object whole, or dead:
//!
//! * **Create**: the data file is made and filled without a name, and with no lock held; then, under the name lock, it
//!   gets its name, and the registry file is written under another name, locked, and renamed. Whoever finds it finds it
//!   whole and locked.
//! * **Open**, without the name lock: ask whether anybody holds it; take a shared lock; see that the file still has its
//!   name. A removal in between is refused by our lock, or seen by the last look, and then everything is looked at
//!   again.
//! * **Close**: give up the shared lock; whoever then gets an exclusive one was the last, and removes the files,
//!   registry last. It cannot fail, and waits for nobody.

use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use rustix::fs::{FileType, Mode, OFlags, fstat};
use rustix::io::pread;

use super::errors::system;
use super::fork::Crossing;
use super::lock::{Lock, holder, is_held, try_lock, unlock};
use super::planted::{self, Fault};
use super::publish::{Draft, Place};
use super::record::{self, Kind, Record};
use super::roster::Roster;
use super::space::{Space, Turn, folder_of, prefix};
use super::sweep::{self, DATA, Fate, OBJECT, open_registry};
use crate::error::{Error, ErrorKind, Result};
use crate::filename;
use crate::name::{Name, Scope};
use crate::os::Existing;
use crate::security::Security;

/// A handle to a named object. Dropping it closes it.
pub(super) struct Object {
    pub(super) scope: Scope,
    /// The file name without its suffix.
    pub(super) base: String,
    /// The registry file, with the lock that keeps the object. Never mapped.
    pub(super) registry: OwnedFd,
    pub(super) record: Record,
    pub(super) inherit: bool,
}

/// What a name was found to be.
enum Found {
    Nothing,
    /// Somebody is removing it: for who opens there is none, for who creates its name is not free yet.
    Leaving,
    /// It is dead, and this user may not remove it.
    Dead,
    Alive(OwnedFd, Record),
}

impl Object {
    /// Makes a new object, or opens the one that exists. `draft` runs with no lock at all, and only if there is none:
    /// filling memory takes its time, and nobody shall wait for it.
    pub(super) fn create(
        action: &'static str,
        name: &Name,
        kind: Kind,
        security: &Security,
        (existing, write, inherit): (Existing, bool, bool),
        draft: impl FnOnce(&Place) -> Result<Draft>,
    ) -> Result<(Self, OwnedFd, bool)> {
        let base = base_of(name);
        let how = (kind, existing, inherit);
        let place = {
            let mut turn = Turn::take(action, name.scope())?;
            match find(action, turn.space(), &base, name)? {
                Found::Alive(registry, record) => {
                    let object = Self::wanted(action, &mut turn, (name.scope(), base), (registry, record), how)?;
                    return object
                        .opened(turn, action, write)
                        .map(|(object, data)| (object, data, false));
                }
                Found::Dead => return Err(in_the_way(action)),
                Found::Nothing | Found::Leaving => Place::of(action, turn.space(), security)?,
            }
        };
        let Draft { mut record, data } = draft(&place)?;
        let mut made = Some(data);
        let (object, turn_data) = Turn::with_name(action, name.scope(), &base, |turn| {
            match find(action, turn.space(), &base, name)? {
                // Another one was quicker. Our data was never linked, and goes with its descriptor.
                Found::Alive(registry, found) => {
                    let place = (name.scope(), base.clone());
                    let object = Self::wanted(action, turn, place, (registry, found), how)?;
                    Ok(Some((object, None)))
                }
                Found::Dead => Err(in_the_way(action)),
                Found::Leaving => Ok(None),
                Found::Nothing => {
                    let data = made.take().expect("published once");
                    let registry = place.publish(action, turn.space(), &base, &mut record, &data)?;
                    let object = Self {
                        scope: name.scope(),
                        base: base.clone(),
                        registry,
                        record: record.clone(),
                        inherit,
                    };
                    turn.note_crossing(object.registry.as_fd(), object.crossing());
                    Ok(Some((object, Some(data))))
                }
            }
        })?;
        // From here on a failure drops the object, which takes a turn of its own: none is held now.
        let created = turn_data.is_some();
        let data = match turn_data {
            Some(data) => data,
            None => {
                let turn = Turn::take_to_close(super::space::lock_all(), action, name.scope())?;
                let data = object.open_data_in(action, turn.space(), write);
                drop(turn);
                data?
            }
        };
        object.let_programs_inherit(&data)?;
        Ok((object, data, created))
    }

    /// Becomes a handle to a live object that was found, if it is what was asked for; else gives it up.
    fn wanted(
        action: &'static str,
        turn: &mut Turn,
        (scope, base): (Scope, String),
        (registry, record): (OwnedFd, Record),
        (kind, existing, inherit): (Kind, Existing, bool),
    ) -> Result<Self> {
        let checked = check_kind(action, &record, kind).and(match existing {
            Existing::Refuse => Err(Error::new(
                ErrorKind::AlreadyExists,
                action,
                "open it, or open_or_create it",
            )),
            Existing::Open => Ok(()),
        });
        if let Err(error) = checked {
            release(turn.space(), &base, &registry);
            return Err(error);
        }
        let object = Self {
            scope,
            base,
            registry,
            record,
            inherit,
        };
        turn.note_crossing(object.registry.as_fd(), object.crossing());
        Ok(object)
    }

    /// Opens a live object and its data, the latter for writing if asked; `NotFound` if there is none.
    pub(super) fn open(
        action: &'static str,
        name: &Name,
        kind: Kind,
        (write, inherit): (bool, bool),
    ) -> Result<(Self, OwnedFd)> {
        let base = base_of(name);
        let mut turn = Turn::take(action, name.scope())?;
        match find(action, turn.space(), &base, name)? {
            Found::Nothing | Found::Dead | Found::Leaving => {
                drop(turn);
                Err(Error::new(ErrorKind::NotFound, action, elsewhere(name)))
            }
            Found::Alive(registry, record) => {
                let how = (kind, Existing::Open, inherit);
                let object = Self::wanted(action, &mut turn, (name.scope(), base), (registry, record), how)?;
                object.opened(turn, action, write)
            }
        }
    }

    /// The identity of the live object of that name, without becoming a holder of it.
    pub(super) fn identify(action: &'static str, name: &Name) -> Result<Option<u128>> {
        let base = base_of(name);
        let turn = Turn::take(action, name.scope())?;
        let space = turn.space();
        match open_registry(space, &format!("{base}{OBJECT}")) {
            Ok(registry) => match holder(registry.as_fd(), 0) {
                // An exclusive lock is that of somebody who removes it: it is dead.
                Ok(held) if held == Some(Lock::Shared) || planted::is(Fault::FileIsObject) => {
                    // Removed since we asked: that is nothing, too.
                    let Some(record) = read_record(action, &registry, name)? else {
                        return Ok(None);
                    };
                    check_kind(action, &record, Kind::Mapping)?;
                    Ok(Some(record.id))
                }
                Ok(_) => Ok(None),
                Err(os) => Err(system(action, "the registry file", os)),
            },
            Err(rustix::io::Errno::NOENT) => Ok(None),
            Err(os) => Err(system(action, "the registry file", os.into())),
        }
    }

    /// Whether child processes inherit the handle.
    pub(super) fn is_inherited(&self) -> bool {
        self.inherit
    }

    pub(super) fn registry(&self) -> BorrowedFd<'_> {
        self.registry.as_fd()
    }

    /// Where the data lies, unless it lies elsewhere.
    pub(super) fn data_path(&self) -> PathBuf {
        folder_of(self.scope).join(format!("{}{DATA}", self.base))
    }

    pub(super) fn place(&self) -> (Scope, &str) {
        (self.scope, &self.base)
    }

    /// Opens the data. On failure the handle is closed again, after the turn: closing takes one of its own.
    fn opened(self, turn: Turn, action: &'static str, write: bool) -> Result<(Self, OwnedFd)> {
        let data = self.open_data_in(action, turn.space(), write);
        drop(turn);
        let data = data?;
        self.let_programs_inherit(&data)?;
        Ok((self, data))
    }

    /// What a forked child does with the registry descriptor.
    pub(super) fn crossing(&self) -> Crossing {
        if self.inherit { Crossing::Holds } else { Crossing::Idle }
    }

    /// If the handle is to be inherited: programs get the descriptors, and the registry file says so.
    pub(super) fn let_programs_inherit(&self, data: &OwnedFd) -> Result<()> {
        if !self.inherit {
            return Ok(());
        }
        // Another user's registry file cannot be written: then that user's calls do not look for our heirs.
        let _ = record::note_inheritable(&self.registry);
        for fd in [self.registry.as_fd(), data.as_fd()] {
            rustix::io::fcntl_setfd(fd, rustix::io::FdFlags::empty())
                .map_err(|os| system("inherit", "the descriptor", os.into()))?;
        }
        Ok(())
    }
}

impl Drop for Object {
    /// Closing never fails, and waits for nobody. If the files cannot be removed the object is gone all the same.
    fn drop(&mut self) {
        let mut spaces = super::space::lock_all();
        spaces.forget(self.registry.as_raw_fd());
        if !self.let_go() || !matches!(try_lock(self.registry.as_fd(), Lock::Exclusive, 0), Ok(true)) {
            // Others hold it; or it cannot be told, as for one who may only read it: then its user's next call looks.
            self.leave_word_if_dead(spaces);
            return;
        }
        let Ok(turn) = Turn::take_to_close(spaces, "close", self.scope) else {
            // The name space is out of reach, and so are the files; a child must not be born with this lock.
            let _ = unlock(self.registry.as_fd(), 0);
            return;
        };
        leave_word_if_it_stays(
            turn.space(),
            &sweep::remove_dead(turn.space(), &self.base, &self.registry),
        );
        // Before another thread's turn: a new object of that name must not be refused because of this one.
        let _ = unlock(self.registry.as_fd(), 0);
    }
}

impl Object {
    /// Whose next call shall look again: the object is dead and not ours to remove, or lives on in programs that need not
    /// know us.
    fn leave_word_if_dead(&self, spaces: std::sync::MutexGuard<'static, super::space::Spaces>) {
        if !self.inherit && is_held(self.registry.as_fd(), 0).unwrap_or(false) {
            return;
        }
        let file = fstat(&self.registry).ok().filter(|file| file.st_nlink > 0);
        if let (Some(file), Ok(turn)) = (file, Turn::take_to_close(spaces, "close", self.scope)) {
            leave_word_if_it_stays(turn.space(), &Fate::Stays { owner: file.st_uid });
        }
    }

    /// Gives up the lock, and tells whether `registry` can now be asked about others.
    fn let_go(&self) -> bool {
        if self.inherit {
            // A program that inherited the descriptor shares it, and keeps the lock: only our copy goes, in favour of
            // a description that holds nothing.
            return super::fork::replace(self.registry.as_raw_fd(), Crossing::Idle);
        }
        // An explicit unlock also reaches copies in programs that are just being started and close it in a moment.
        unlock(self.registry.as_fd(), 0).is_ok()
    }
}

/// Gives up an object that was locked and then not wanted. Its last holder may have closed it meanwhile, and then left
/// the removal to us.
pub(super) fn release(space: &Space, base: &str, registry: &OwnedFd) -> Fate {
    // It cannot fail on an open descriptor; if it did, the lock would fall when that is closed.
    let _ = unlock(registry.as_fd(), 0);
    let fate = sweep::remove_dead(space, base, registry);
    leave_word_if_it_stays(space, &fate);
    fate
}

/// The next call of the files' owner will clear them away.
fn leave_word_if_it_stays(space: &Space, fate: &Fate) {
    if let Fate::Stays { owner } = fate {
        let _ = Roster::leave_word(space.lock_file(), *owner);
    }
}

fn base_of(name: &Name) -> String {
    file_of(name.scope(), name.base())
}

/// The file name of an object, without its suffix.
pub(super) fn file_of(scope: Scope, name: &str) -> String {
    format!("{}{}", prefix(scope), filename::encode(name))
}

/// Looks for the object, and waits for nobody. A dead one is removed; a live one comes with our lock on it.
fn find(action: &'static str, space: &Space, base: &str, name: &Name) -> Result<Found> {
    let failed = |os: io::Error| system(action, "the object's lock", os);
    // Each round but the last lost against somebody who changed the name's object meanwhile.
    for _ in 0..ROUNDS {
        let registry = match open_registry(space, &format!("{base}{OBJECT}")) {
            Ok(registry) => registry,
            Err(rustix::io::Errno::NOENT) => return Ok(Found::Nothing),
            Err(os) => return Err(no_registry(action, os)),
        };
        match holder(registry.as_fd(), 0).map_err(failed)? {
            None if !planted::is(Fault::FileIsObject) => match sweep::remove_dead(space, base, &registry) {
                Fate::Nothing | Fate::Alive => continue,
                Fate::Stays { .. } => return Ok(Found::Dead),
            },
            Some(Lock::Exclusive) => return Ok(Found::Leaving),
            _ => {}
        }
        planted::linger(Fault::RemovesUnmarked);
        if !try_lock(registry.as_fd(), Lock::Shared, 0).map_err(failed)? {
            continue;
        }
        let file = fstat(&registry).map_err(|os| failed(os.into()))?;
        if FileType::from_raw_mode(file.st_mode) != FileType::RegularFile {
            let detail = "its registry file is no regular file; remove it";
            return Err(Error::new(ErrorKind::Corrupted, action, detail));
        }
        let has_name = file.st_nlink == 1 || (file.st_nlink > 1 && sweep::has_name(space, base, &registry));
        if !has_name {
            continue;
        }
        match read_record(action, &registry, name) {
            Ok(Some(record)) => return Ok(Found::Alive(registry, record)),
            // Whoever was removing it died.
            Ok(None) => match release(space, base, &registry) {
                Fate::Stays { .. } => return Ok(Found::Dead),
                Fate::Alive | Fate::Nothing => {}
            },
            Err(error) => {
                release(space, base, &registry);
                return Err(error);
            }
        }
    }
    Err(Error::new(
        ErrorKind::Busy,
        action,
        "other processes create and close it without end",
    ))
}

/// More than anybody loses against the living.
const ROUNDS: usize = 10_000;

fn no_registry(action: &'static str, os: rustix::io::Errno) -> Error {
    let error = match os {
        rustix::io::Errno::LOOP => Error::new(
            ErrorKind::Corrupted,
            action,
            "a symbolic link lies in its place; remove it",
        ),
        rustix::io::Errno::ACCESS => Error::new(
            ErrorKind::AccessDenied,
            action,
            "it belongs to another user, and is private",
        ),
        _ => return system(action, "the registry file", os.into()),
    };
    error.with_os(os)
}

/// What the registry file says; nothing if it was emptied, which is the first step of removing it.
fn read_record(action: &'static str, registry: &OwnedFd, name: &Name) -> Result<Option<Record>> {
    let record = decode(action, registry)?;
    match record {
        Some(other) if other.name != name.base() => {
            let detail = format!("its place is taken by {:?}, whose name has the same hash", other.name);
            Err(Error::new(ErrorKind::Corrupted, action, detail))
        }
        record => Ok(record),
    }
}

/// Reads the registry file once, into a private copy, and checks that.
pub(super) fn decode(action: &'static str, registry: &OwnedFd) -> Result<Option<Record>> {
    let mut bytes = vec![0; 1024];
    let mut filled = 0;
    loop {
        let read = pread(registry, &mut bytes[filled..], filled as u64)
            .map_err(|os| system(action, "the registry file", os.into()))?;
        filled += read;
        if filled < bytes.len() || filled > record::LONGEST {
            break;
        }
        bytes.resize(bytes.len() * 8, 0);
    }
    if filled == 0 {
        return Ok(None);
    }
    Record::decode(&bytes[..filled]).map(Some).ok_or_else(|| {
        let detail = "its registry file was not written by this version of Coview, or was damaged";
        Error::new(ErrorKind::Corrupted, action, detail)
    })
}

pub(super) fn check_kind(action: &'static str, record: &Record, kind: Kind) -> Result<()> {
    if record.kind == kind {
        return Ok(());
    }
    let detail = format!("it is {}, not {}; choose another name", record.kind.word(), kind.word());
    Err(Error::new(ErrorKind::NotAMapping, action, detail))
}

fn in_the_way(action: &'static str) -> Error {
    let detail = "what a dead object left is in the way, and not this user's to remove; its owner's next call does";
    Error::new(ErrorKind::AccessDenied, action, detail).with_os(io::Error::from_raw_os_error(libc::EPERM))
}

/// Where else the name exists: most often the answer to "but I did create it". Looks, and makes nothing.
fn elsewhere(name: &Name) -> String {
    let other = name.elsewhere();
    let registry = folder_of(other.scope()).join(format!("{}{OBJECT}", base_of(&other)));
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    let found = rustix::fs::open(registry, flags, Mode::empty());
    if found.is_ok_and(|registry| matches!(holder(registry.as_fd(), 0), Ok(Some(Lock::Shared)))) {
        return format!("but {} exists: that is another name", other.to_string().escape_debug());
    }
    // Where shm_open(3) keeps them, whatever COVIEW_DIR says.
    if filename::encode(name.base()) == name.base() && Path::new("/dev/shm").join(name.base()).is_file() {
        return format!(
            "but a POSIX object of that name exists: Mapping::open_posix(\"/{}\")",
            name.base()
        );
    }
    "nobody holds an object of that name now; create it first".into()
}
