//! The presence: a place that is taken until its process is gone.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::os::{self, PLACES, PresenceContract};

/// That this process is present in a numbered place of a mapping: until the value is dropped, or the process is gone.
///
/// ```
/// use coview_memory::Mapping;
/// use coview_memory::liveness::Presence;
///
/// let mapping = Mapping::create("coview-doc-presence", 4096)?;
/// // A random number, which whoever creates the mapping writes into it for the others.
/// let channel = 0x6b1c_55d5_9c1e_4c2f_a3f0_92b8_11d7_0e64;
///
/// let presence = Presence::take(&mapping, channel, 7)?.expect("nobody else is there");
///
/// // In another process:
/// assert!(Presence::is_taken(&mapping, channel, 7)?);
/// assert!(Presence::take(&mapping, channel, 7)?.is_none());
///
/// // Here again, or by being killed:
/// drop(presence);
/// assert!(!Presence::is_taken(&mapping, channel, 7)?);
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// # What is certain
///
/// Once [`is_taken`](Self::is_taken) has answered `false`, the process that had the place writes to the mapping no more:
/// all of its threads have ended, and so has every write that they had asked the system for. It does not matter how it
/// ended (returning from `main`, `exec`, a crash, `kill -9`), whether its parent has waited for it, who has its process
/// id now, in which PID namespace it was, which of its threads took the place and whether that one lives.
///
/// The converse is not promised. A stopped process is present: it may go on. A process that is dying stays present for
/// as long as the system takes to end it, which is long for one that dumps its core. And whoever has access to the
/// mapping can keep a place taken; nobody but who took it can make it look free.
///
/// A place is the process's: any thread may drop the value. It keeps neither the mapping's name nor, on Windows, its
/// memory.
///
/// # Fork
///
/// A forked child is not present through its parent's value, neither during the parent's life nor after it: the child's
/// copy says so ([`is_mine`](Self::is_mine)), and dropping it changes nothing.
///
/// # Where the systems differ
///
/// - On Linux taking a place needs the right to write to the mapping's data (not the handle's: `AccessDenied` if this
///   user may only read), and one page of addresses. Asking needs no more than a handle. On Windows neither needs a
///   right; a place of another user's is seen to be taken all the same.
/// - On Linux the places are those of the mapping's memory, whatever the number of the channel: one mapping, one
///   channel. On Windows they are those of the channel's number: keep it to those who may see the mapping.
/// - On Linux asking takes half a microsecond, and longer the more places are taken in the mapping: 5 µs at a thousand;
///   taking takes some ten, and 40. On Windows their number does not matter.
/// - On Linux files that lie on some layered file systems (overlayfs: what a container has in place of volumes) cannot
///   be used so: `Unsupported`. Memory always can.
/// - On Linux children that are forked by the bare system call, past the C library, may keep a place taken that was
///   being taken in another thread at that very moment; so may a program that is being started, until it starts.
/// - A device that was asked to write into a process's memory by itself (direct I/O through io_uring, RDMA) may do so
///   after the process has gone. Views are not meant for that.
///
/// Sources: Linux, fcntl(2) "Open file description locks", mmap(2), madvise(2); Microsoft, "CreateEventW", "Kernel object
/// namespaces", "Terminating a Process".
pub struct Presence {
    handle: os::Presence,
    place: u32,
}

impl Presence {
    /// How many places a mapping has, from 0 on.
    pub const PLACES: u32 = PLACES;

    /// Takes the place for this process; `None` if somebody has it, this process itself by another value included.
    /// `channel` is a random number that belongs to the mapping, the same for all. Changes no byte of the mapping. Does
    /// not block.
    ///
    /// # Errors
    /// `InvalidArgument` for a place from [`PLACES`](Self::PLACES) on. On Linux `AccessDenied` if this user may not write
    /// to the mapping's data, `Unsupported` if the data lies on a layered file system or /proc is not mounted, `NoMemory`
    /// if no addresses are left, `Os` if no descriptor is.
    pub fn take(mapping: &Mapping, channel: u128, place: u32) -> Result<Option<Self>> {
        check_place("take a place", place)?;
        let taken = os::Presence::take(mapping.shared_handle(), channel, place)?;
        Ok(taken.map(|handle| Self { handle, place }))
    }

    /// Whether somebody is present in the place now: this process or any other. `false` is certain, see
    /// [above](Self#what-is-certain), and stays so until somebody takes the place again. Takes nothing, changes nothing,
    /// and works with a handle that may only read. Does not block.
    ///
    /// # Errors
    /// `InvalidArgument` for a place from [`PLACES`](Self::PLACES) on; `Os` if the system does not tell: then nothing is
    /// known.
    pub fn is_taken(mapping: &Mapping, channel: u128, place: u32) -> Result<bool> {
        check_place("ask who is in a place", place)?;
        os::Presence::is_taken(mapping.shared_handle(), channel, place)
    }

    /// Whether this process is the one that is present; not so in a child that was forked since. Does not block, and
    /// costs less than a system call.
    pub fn is_mine(&self) -> bool {
        self.handle.is_mine()
    }

    /// The number of the place.
    pub fn place(&self) -> u32 {
        self.place
    }
}

fn check_place(action: &'static str, place: u32) -> Result<()> {
    if place < PLACES {
        return Ok(());
    }
    let detail = format!("place {place} of {PLACES}, the first of which is 0");
    Err(Error::new(ErrorKind::InvalidArgument, action, detail))
}

impl fmt::Debug for Presence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Presence")
            .field("place", &self.place)
            .field("is_mine", &self.is_mine())
            .finish_non_exhaustive()
    }
}
