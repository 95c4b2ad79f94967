//! Clearing away what the dead left: files whose object nobody holds any more.
//!
//! Nothing here decides by a clock. A registry file without a lock on byte 0 is dead, whoever made it, and so is a data
//! file without a registry file that nobody is creating (which the name lock tells).

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use rustix::fs::{AtFlags, Dir, Mode, OFlags, fstat};

use super::lock::{Lock, is_held, try_lock};
use super::planted::{self, Fault};
use super::record;
use super::roster::Roster;
use super::space::{Space, prefix};

/// A registry file: the object's lock and record.
pub(super) const OBJECT: &str = ".object";
/// A data file: the mapping's bytes, the first at offset 0.
pub(super) const DATA: &str = ".data";
/// A registry file that is being written, before it gets its name.
pub(super) const NEW: &str = ".new";

/// Looks at the roster, and clears away if somebody died. Never fails: what could not be done now, the next call does.
pub(super) fn after_deaths(space: &Space) {
    let lock = space.lock_file();
    if planted::is(Fault::NoRoster) {
        return;
    }
    if space.roster.is_full() {
        let _ = sweep(space);
        return;
    }
    let Ok(dead) = space.roster.dead(lock) else { return };
    if dead.is_empty() {
        return;
    }
    let Ok(Swept {
        complete: true,
        mut owners,
    }) = sweep(space)
    else {
        return;
    };
    for slot in dead {
        // What another user keeps private only that user can judge.
        owners.extend(slot.stranger());
        let _ = slot.cleared();
    }
    owners.sort_unstable();
    owners.dedup();
    for owner in owners {
        let _ = Roster::leave_word(lock, owner);
    }
}

/// How far a look at all objects came.
struct Swept {
    /// Every object was looked at.
    complete: bool,
    /// Whose objects are dead and not this user's to remove.
    owners: Vec<u32>,
}

/// Clears away every dead object that this user may clear away.
fn sweep(space: &Space) -> io::Result<Swept> {
    let mut swept = Swept {
        complete: true,
        owners: Vec::new(),
    };
    let prefix = prefix(space.scope);
    // A description of its own: the position in a directory belongs to the description.
    let listing = rustix::fs::openat(&space.folder, ".", OFlags::DIRECTORY | OFlags::CLOEXEC, Mode::empty())?;
    for entry in Dir::new(listing)? {
        let entry = entry?;
        let Ok(file) = entry.file_name().to_str() else { continue };
        let Some(base) = [OBJECT, DATA, NEW].iter().find_map(|suffix| file.strip_suffix(suffix)) else {
            continue;
        };
        if !base.starts_with(prefix) {
            continue;
        }
        // Somebody is creating a name of that hash, and may be past the look at what is dead.
        let Some(_turn) = space.try_lock_name(base)? else {
            swept.complete = false;
            continue;
        };
        match remove_if_dead(space, base)? {
            Fate::Nothing => remove_parts(space, base),
            // Its last holder may be a program that never calls us, and whose death nobody notes: look again next time.
            Fate::Alive if is_inheritable(space, base) => swept.complete = false,
            Fate::Alive => {}
            Fate::Stays { owner } => swept.owners.push(owner),
        }
    }
    Ok(swept)
}

/// Whether programs may hold it that never made a call of ours.
fn is_inheritable(space: &Space, base: &str) -> bool {
    open_registry(space, &format!("{base}{OBJECT}")).is_ok_and(|registry| record::is_inheritable(&registry))
}

/// What became of a registry file that was found under a name.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// There is none, or none any more: it was dead, and has been removed.
    Nothing,
    /// Somebody holds it, or it cannot be looked at.
    Alive,
    /// It is dead, and this user may not remove it.
    Stays { owner: u32 },
}

/// Removes the object of that name if it is dead.
fn remove_if_dead(space: &Space, base: &str) -> io::Result<Fate> {
    use rustix::io::Errno;
    match open_registry(space, &format!("{base}{OBJECT}")) {
        Ok(_) if planted::is(Fault::FileIsObject) => Ok(Fate::Alive),
        Ok(registry) => Ok(remove_dead(space, base, &registry)),
        Err(Errno::NOENT) => Ok(Fate::Nothing),
        // That says nothing about the object: too little of something is left to look at it now.
        Err(os @ (Errno::MFILE | Errno::NFILE | Errno::NOMEM)) => Err(os.into()),
        Err(_) => Ok(Fate::Alive),
    }
}

/// Removes the object behind an open registry file if nobody holds it.
///
/// The exclusive lock makes "nobody holds it" and the removal one step: whoever would open the object meanwhile is
/// refused its shared lock and looks again. The registry file goes last: as long as it is there, nobody makes a new
/// object of that name, whose data we might take for the old one's. It is emptied first: if we die half-way, whoever
/// gets his lock then sees that the object is dead, and not that its data is missing.
pub(super) fn remove_dead(space: &Space, base: &str, registry: &OwnedFd) -> Fate {
    let locked = match planted::is(Fault::RemovesUnlocked) {
        false => try_lock(registry.as_fd(), Lock::Exclusive, 0),
        true => is_held(registry.as_fd(), 0).map(|held| !held),
    };
    let stays = || fstat(registry).map_or(Fate::Alive, |file| Fate::Stays { owner: file.st_uid });
    match locked {
        // Somebody removed it, and perhaps made another, between our opening and our lock.
        Ok(true) if !has_name(space, base, registry) => Fate::Nothing,
        Ok(true) if !planted::is(Fault::RemovesUnmarked) && rustix::fs::ftruncate(registry, 0).is_err() => stays(),
        Ok(true) => {
            planted::linger(Fault::RemovesUnlocked);
            let mut gone = unlink(space, base, DATA);
            planted::linger(Fault::RemovesUnmarked);
            gone &= unlink(space, base, OBJECT);
            if gone { Fate::Nothing } else { stays() }
        }
        // A description that was opened for reading cannot lock exclusively: it is not ours to remove.
        Err(_) if !is_held(registry.as_fd(), 0).unwrap_or(true) => stays(),
        _ => Fate::Alive,
    }
}

/// Whether the name still leads to this registry file. Counting its links would not tell: somebody may have made one.
pub(super) fn has_name(space: &Space, base: &str, registry: &OwnedFd) -> bool {
    let found = rustix::fs::statat(&space.folder, format!("{base}{OBJECT}"), AtFlags::SYMLINK_NOFOLLOW);
    match (fstat(registry), found) {
        (Ok(ours), Ok(found)) => (ours.st_dev, ours.st_ino) == (found.st_dev, found.st_ino),
        _ => false,
    }
}

/// Removes what a creator left that died or failed: the caller has the name lock, and there is no registry file.
pub(super) fn remove_parts(space: &Space, base: &str) {
    unlink(space, base, DATA);
    unlink(space, base, NEW);
}

/// Tells whether it is gone.
fn unlink(space: &Space, base: &str, suffix: &str) -> bool {
    let done = rustix::fs::unlinkat(&space.folder, format!("{base}{suffix}"), AtFlags::empty());
    matches!(done, Ok(()) | Err(rustix::io::Errno::NOENT))
}

/// Opens for looking; never follows a link, and never waits for a planted FIFO's other end.
pub(super) fn open_registry(space: &Space, file: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    match rustix::fs::openat(&space.folder, file, flags | OFlags::RDWR, Mode::empty()) {
        // Others' objects are read-only to us, and a lock and a look need no more.
        Err(rustix::io::Errno::ACCESS) => {
            rustix::fs::openat(&space.folder, file, flags | OFlags::RDONLY, Mode::empty())
        }
        other => other,
    }
}
