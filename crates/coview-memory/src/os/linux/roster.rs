//! The roster: how the next call in a name space learns that a process died there, without looking at every object.
//!
//! The lock file's content is an array of 32-bit numbers, one per slot: a user id plus one, or zero for a slot that
//! nobody uses. A process takes a slot before it makes its first object: it locks the slot's byte, exclusively and
//! for as long as it lives, and then writes its user into the number. A number without a lock therefore says that
//! a process of that user is gone and may have left objects: somebody locks the slot, clears those away and writes
//! zero. Death at any point leaves either a number without a lock, and the next call does the same, or nothing to do.
//!
//! In the shared name space the dead may be another user's: then this user's objects, which the dead one may have been
//! the last to hold, are cleared away, and the rest is left to that user by a **word**. Words lie behind the slots: a
//! number there says that objects of that user may be dead, and only that user's calls look at it.
//!
//! A call costs one read and, for each *other* process, one question to the kernel.
//! The content may be written by anybody who may open the lock file; all it can cause is a needless look, or a later
//! one.

use std::io;
use std::os::fd::BorrowedFd;

use rustix::io::{pread, pwrite};

use super::lock::{Lock, is_held, try_lock, unlock};

/// More processes than this in one name space, and the rest have no slot: they clear away all that is dead on every
/// call instead.
const SLOTS: usize = 1024;
/// Places for words; if they are all taken, whoever next makes an object of a dead one's name clears it away.
const WORDS: usize = 64;
/// The slots' lock bytes begin here, and the words' follow.
const BYTES: u64 = 1 << 29;

/// This process's place in the roster.
pub(super) struct Roster {
    slot: Option<usize>,
    /// What marks a slot as used by this user.
    mark: u32,
}

/// A slot whose process is gone, or a word for this user. Locked until it is cleared or dropped.
pub(super) struct Dead<'a> {
    lock: BorrowedFd<'a>,
    slot: usize,
    stranger: Option<u32>,
}

impl Roster {
    /// Takes the first free slot. `lock` is a description of this process's alone.
    pub(super) fn join(lock: BorrowedFd<'_>) -> io::Result<Self> {
        let mark = mark_of(rustix::process::geteuid().as_raw());
        for slot in 0..SLOTS {
            if !try_lock(lock, Lock::Exclusive, BYTES + slot as u64)? {
                continue;
            }
            match read(lock, slot)? {
                0 => {
                    write(lock, slot, mark)?;
                    return Ok(Self { slot: Some(slot), mark });
                }
                // Somebody died here. This is not the time to clear up, so leave the trace to be found.
                _ => unlock(lock, BYTES + slot as u64)?,
            }
        }
        Ok(Self { slot: None, mark })
    }

    /// Whether this process has no slot: then it must look everywhere, always.
    pub(super) fn is_full(&self) -> bool {
        self.slot.is_none()
    }

    /// The slots whose processes are gone, and the words for this user, locked. Usually none.
    pub(super) fn dead<'a>(&self, lock: BorrowedFd<'a>) -> io::Result<Vec<Dead<'a>>> {
        let mut bytes = [0; (SLOTS + WORDS) * 4];
        let filled = pread(lock, &mut bytes, 0)?;
        let mut dead = Vec::new();
        for (slot, number) in bytes[..filled].as_chunks().0.iter().enumerate() {
            let found = u32::from_le_bytes(*number);
            let is_word_for_others = slot >= SLOTS && found != self.mark;
            if found == 0 || is_word_for_others || self.slot == Some(slot) {
                continue;
            }
            let byte = BYTES + slot as u64;
            if is_held(lock, byte)? || !try_lock(lock, Lock::Exclusive, byte)? {
                continue;
            }
            let dead_one = Dead {
                lock,
                slot,
                stranger: (found != self.mark).then(|| found.wrapping_sub(1)),
            };
            // Somebody may have cleared it, and another taken it and died, since we read all.
            if read(lock, slot)? == found {
                dead.push(dead_one);
            }
        }
        Ok(dead)
    }

    /// Leaves word that objects of `user` may be dead: for what could not be cleared away now. If there is no room for
    /// the word, whoever makes an object of that name next clears it away all the same. Never while words are locked
    /// by the same description.
    pub(super) fn leave_word(lock: BorrowedFd<'_>, user: u32) -> io::Result<()> {
        for slot in SLOTS..SLOTS + WORDS {
            let byte = BYTES + slot as u64;
            // Locked by one who is about to clear it: that may be too early for our word.
            if is_held(lock, byte)? || !try_lock(lock, Lock::Exclusive, byte)? {
                continue;
            }
            let found = read(lock, slot)?;
            if found == 0 {
                write(lock, slot, mark_of(user))?;
            }
            unlock(lock, byte)?;
            if found == 0 || found == mark_of(user) {
                return Ok(());
            }
        }
        Ok(())
    }
}

impl Dead<'_> {
    /// The user whose process it was, if not this one's. The administrator looks into everybody's objects: nobody is a
    /// stranger.
    pub(super) fn stranger(&self) -> Option<u32> {
        self.stranger.filter(|_| !rustix::process::geteuid().is_root())
    }

    /// All that it left is cleared away.
    pub(super) fn cleared(self) -> io::Result<()> {
        write(self.lock, self.slot, 0)
    }
}

impl Drop for Dead<'_> {
    fn drop(&mut self) {
        // It cannot fail on an open descriptor; if it did, the slot would stay ours until exit, and then be found.
        let _ = unlock(self.lock, BYTES + self.slot as u64);
    }
}

fn mark_of(user: u32) -> u32 {
    user.wrapping_add(1)
}

fn read(lock: BorrowedFd<'_>, slot: usize) -> io::Result<u32> {
    let mut number = [0; 4];
    pread(lock, &mut number, slot as u64 * 4)?;
    Ok(u32::from_le_bytes(number))
}

fn write(lock: BorrowedFd<'_>, slot: usize, number: u32) -> io::Result<()> {
    let written = pwrite(lock, &number.to_le_bytes(), slot as u64 * 4)?;
    if written == 4 {
        Ok(())
    } else {
        Err(io::ErrorKind::WriteZero.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::fd::{AsFd, AsRawFd, OwnedFd};

    fn again(fd: &OwnedFd) -> OwnedFd {
        let path = format!("/proc/self/fd/{}", fd.as_raw_fd());
        std::fs::File::options()
            .read(true)
            .write(true)
            .open(path)
            .unwrap()
            .into()
    }

    #[test]
    fn a_death_is_seen_once_and_a_life_never() {
        let one = rustix::fs::memfd_create("roster", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let (two, three) = (again(&one), again(&one));
        let first = Roster::join(one.as_fd()).unwrap();
        let second = Roster::join(two.as_fd()).unwrap();
        assert_eq!((first.slot, second.slot), (Some(0), Some(1)));
        assert!(first.dead(one.as_fd()).unwrap().is_empty());
        drop(two);
        let dead = first.dead(one.as_fd()).unwrap();
        assert_eq!(dead.len(), 1);
        drop(dead);
        let third = Roster::join(three.as_fd()).unwrap();
        assert_eq!(third.slot, Some(2), "an uncleared slot is not taken");
        for dead in third.dead(three.as_fd()).unwrap() {
            dead.cleared().unwrap();
        }
        assert!(first.dead(one.as_fd()).unwrap().is_empty());
    }

    #[test]
    fn a_word_left_is_found_by_that_user_alone() {
        let one = rustix::fs::memfd_create("roster", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let two = again(&one);
        let roster = Roster::join(one.as_fd()).unwrap();
        let me = rustix::process::geteuid().as_raw();
        Roster::leave_word(two.as_fd(), me.wrapping_add(1)).unwrap();
        assert!(roster.dead(one.as_fd()).unwrap().is_empty());
        Roster::leave_word(two.as_fd(), me).unwrap();
        assert_eq!(roster.dead(one.as_fd()).unwrap().len(), 1);
    }

    #[test]
    fn who_leaves_word_stays_in_the_roster_himself() {
        let one = rustix::fs::memfd_create("roster", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let two = again(&one);
        let writer = Roster::join(one.as_fd()).unwrap();
        let reader = Roster::join(two.as_fd()).unwrap();
        let me = rustix::process::geteuid().as_raw();
        Roster::leave_word(one.as_fd(), me).unwrap();
        let dead = reader.dead(two.as_fd()).unwrap();
        assert!(dead.len() == 1 && Some(dead[0].slot) != writer.slot, "the word alone");
        drop(dead);
        drop(one);
        assert_eq!(
            reader.dead(two.as_fd()).unwrap().len(),
            2,
            "the word, and the death of its writer"
        );
    }

    #[test]
    fn another_users_death_is_seen_and_told_apart() {
        let one = rustix::fs::memfd_create("roster", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
        let roster = Roster::join(one.as_fd()).unwrap();
        let me = rustix::process::geteuid().as_raw();
        write(one.as_fd(), 5, mark_of(me + 7)).unwrap();
        let dead = roster.dead(one.as_fd()).unwrap();
        assert_eq!(
            dead.iter().map(|dead| dead.stranger).collect::<Vec<_>>(),
            [Some(me + 7)]
        );
    }
}
