//! The seam to the operating system, as a written contract.
//!
//! The traits are never used dynamically: they are the specification that each system's file is checked against. What
//! the systems may import from above are the data modules alone (`error`, `name`, `filename`, `rights`, `security`), `raw`
//! to touch shared words, and the types of this file.

use std::fs::File;
use std::marker::PhantomData;
use std::time::{Duration, SystemTime};

use crate::error::Result;
use crate::name::{Name, Scope};
use crate::raw;
use crate::rights::{Access, Protection, Rights};
use crate::security::Security;

/// How the memory of a mapping comes to be. Win32: the `SEC_` flags.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Pages {
    /// All of it is there when the mapping is created, or creating it fails. `SEC_COMMIT`.
    #[default]
    Commit,
    /// Only addresses; memory comes with [`View::commit`](crate::View::commit). Of files it means `Commit`
    /// (conformance row E08). `SEC_RESERVE`.
    Reserve,
    /// Committed in the processor's large pages. `SEC_LARGE_PAGES | SEC_COMMIT`.
    Large,
    /// A PE file, laid out by its section headers. `SEC_IMAGE`.
    Image,
}

/// What a name does when an object of that name exists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    /// Open it; whatever was asked about size, file and protection is ignored (conformance rows B01 to B04).
    Open,
    /// Refuse with `AlreadyExists`.
    Refuse,
}

/// Everything that creating a mapping can be asked for; checked by `mapping/options.rs` before it arrives here.
pub(crate) struct CreateRequest<'a> {
    pub name: Option<&'a Name>,
    /// Bytes. Zero means the file's length, and comes with a file only.
    pub size: u64,
    pub protection: Protection,
    pub pages: Pages,
    pub file: Option<&'a File>,
    pub security: &'a Security,
    pub inherit: bool,
    pub existing: Existing,
}

/// Where among this process's addresses the byte lies that a view begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Where the system likes.
    Anywhere,
    /// At a multiple of that power of two; the offset in the mapping is one of it, too, or of 64 KiB.
    Aligned(usize),
    /// Exactly there, where nothing is yet; address and offset are multiples of 64 KiB.
    At(usize),
}

/// What a handle knows of its mapping without asking anybody again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Facts {
    /// Bytes: exact for files, rounded up to pages for memory (conformance row A30).
    pub size: u64,
    /// Not to be had of a mapping that was opened on Windows.
    pub protection: Option<Protection>,
    pub pages: Pages,
    /// Whether a file lies behind it.
    pub file: bool,
}

/// A handle to a mapping. It keeps the name and the memory; dropping it lets go, and the last to let go takes the
/// name away, also when it is killed.
pub(crate) trait HandleContract: Sized + Send + Sync {
    /// Creates, or opens what exists; tells whether it created.
    fn create(request: &CreateRequest<'_>) -> Result<(Self, bool)>;
    /// Opens an object by name with exactly these rights.
    fn open(name: &Name, rights: Rights, inherit: bool) -> Result<Self>;
    /// Another handle to the same mapping with fewer rights or the same; `AccessDenied` for more.
    fn duplicate(&self, rights: Rights, inherit: bool) -> Result<Self>;
    fn facts(&self) -> Facts;
    fn rights(&self) -> Rights;
    /// Maps `len > 0` bytes from `offset` on. The caller has checked the range against `facts().size` and the
    /// access against the handle's rights and the protection, where known. Any alignment of the offset, but for what
    /// `place` says.
    /// `AddressInUse` if the place is not free.
    fn map(&self, access: Access, offset: u64, len: usize, place: Place) -> Result<super::Region>;
    /// The mapping as text that a child process, which inherits this handle, gives to `from_inherited`.
    fn to_inherited(&self) -> String;
    /// # Safety
    /// `token` was made by `to_inherited` of a handle that this process inherited, and nobody else claims it.
    unsafe fn from_inherited(token: &str) -> Result<Self>;
    /// Whether a live object of that name exists, and if possible without becoming a holder of it:
    /// an identity that differs between two objects of one name. `None`: no such object.
    /// Zero where the system has no identities.
    fn identify(name: &Name) -> Result<Option<u128>>;
    /// The identity of this handle's object, as `identify` gives it.
    fn identity(&self) -> u128;
}

/// A mapped range. It keeps the memory alive and never the name; dropping it unmaps.
///
/// Invariant MAPPED, which every access to shared bytes rests on: from `base()` on, `len()` bytes are mapped with
/// the access asked for until the region is dropped.
pub(crate) trait RegionContract: Sized + Send + Sync {
    fn base(&self) -> *mut u8;
    fn len(&self) -> usize;
    /// Writes the range's changed pages to the file; does nothing for memory. Win32: `FlushViewOfFile`.
    fn flush(&self, offset: usize, len: usize) -> Result<()>;
    /// Waits until the file and its metadata are on the disk. Win32: `FlushFileBuffers`.
    fn flush_file(&self) -> Result<()>;
    /// Brings the range into memory, so that later touches do not wait.
    fn prefault(&self, offset: usize, len: usize) -> Result<()>;
    /// Keeps the range in physical memory until `unlock` or drop.
    fn lock(&self, offset: usize, len: usize) -> Result<()>;
    fn unlock(&self, offset: usize, len: usize) -> Result<()>;
    fn advise(&self, offset: usize, len: usize, advice: Advice) -> Result<()>;
    /// Whether pages can be missing from it: a view of a reserved mapping.
    fn is_reserved(&self) -> bool;
    /// Commits the pages of the range for all; only of a reserved region. The pages of this region become touchable.
    fn commit(&self, offset: usize, len: usize) -> Result<()>;
    /// Makes what others have committed touchable here, and reports each such range (of this region, in bytes,
    /// page by page or more at once) to `found`.
    fn sync_commits(&self, found: &mut dyn FnMut(usize, usize)) -> Result<()>;
}

/// How a range is going to be used. A hint: it changes no byte. Where a system has no such hint nothing happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Advice {
    /// No special treatment.
    Normal,
    /// In no order: do not read ahead.
    Random,
    /// From front to back: read far ahead.
    Sequential,
    /// Soon: start reading now.
    WillNeed,
    /// In large pages, if the system is willing (Linux: transparent huge pages).
    LargePages,
}

/// What a synchronisation object is, and with which state it is created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum WaitableKind {
    /// An event; `manual` stays set until reset, otherwise each set lets one waiter through.
    Event { manual: bool, set: bool },
    /// A semaphore: `initial <= maximum`, `maximum > 0`, both at most `i32::MAX`; checked above.
    Semaphore { initial: u32, maximum: u32 },
    /// A mutex, which a thread owns, as often as it acquires it. `owned`: by the thread that creates it, once, before
    /// anybody else can find it.
    Mutex { owned: bool },
}

/// When a process was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Started {
    /// In the system's own unit, by a clock that nobody sets: differs for two processes of one id.
    pub number: u64,
    /// The same in words.
    pub time: SystemTime,
}

/// How a wait ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Waited {
    TimedOut,
    /// The object of that index let us through and took note of it (an event was reset, a count taken, a mutex is
    /// ours). `abandoned`: it is a mutex whose owner died with it.
    Through {
        index: usize,
        abandoned: bool,
    },
}

/// A handle to an event, a semaphore, a mutex or a process. Names are those of mappings: one name, one object (rows B06, B07).
pub(crate) trait WaitableContract: Sized + Send + Sync {
    /// Creates, or opens what exists (its state stays); tells whether it created. `NotAMapping` if the name belongs
    /// to another kind of object.
    fn create(kind: WaitableKind, name: Option<&Name>, security: &Security, existing: Existing)
    -> Result<(Self, bool)>;
    /// `kind`'s numbers are ignored.
    fn open(kind: WaitableKind, name: &Name) -> Result<Self>;
    /// A process of this system, dead ones included as long as the system knows them. It stays the same one when its
    /// id goes to another. `NotFound` if there is none.
    fn open_process(id: u32) -> Result<Self>;
    /// Another handle to the same object.
    fn duplicate(&self) -> Result<Self>;
    /// Of an event.
    fn set(&self) -> Result<()>;
    /// Of an event.
    fn reset(&self) -> Result<()>;
    /// Of a semaphore: adds `count` and returns what there was; `TooManyPosts`, and nothing is added, beyond the
    /// maximum.
    fn release_count(&self, count: u32) -> Result<u32>;
    /// Of a mutex: gives up one acquisition by this thread; `NotOwner` if there is none.
    fn release_mutex(&self) -> Result<()>;
    /// Of a process.
    fn started(&self) -> Result<Started>;
    /// Waits for the first of up to 64 objects. `None` waits for ever. If several are ready the lowest index wins.
    fn wait(objects: &[&Self], timeout: Option<Duration>) -> Result<Waited>;
    /// Waits until all of up to 64 objects, each given once, let us through at one instant, and changes none before.
    /// `Some` tells whether a mutex among them was abandoned, `None` that the time was over. `Unsupported` where the
    /// system cannot take them all at once.
    fn wait_all(objects: &[&Self], timeout: Option<Duration>) -> Result<Option<bool>>;
}

/// How many places a mapping has for those who are present in it.
pub(crate) const PLACES: u32 = 1 << 20;

/// That this process is there, in a numbered place of a mapping: known to all who have the mapping, until the value is
/// dropped or the process is gone, all of it.
pub(crate) trait PresenceContract: Sized + Send + Sync {
    /// Takes the place, `place < PLACES`, unless a process that is there has it, or somebody else prevents it. `channel`
    /// is a random number that all who use the mapping so agree on. Does not block.
    fn take(handle: &super::Handle, channel: u128, place: u32) -> Result<Option<Self>>;
    /// Whether somebody has the place. `false` is certain: whoever had it writes nothing any more. Any handle will do.
    fn is_taken(handle: &super::Handle, channel: u128, place: u32) -> Result<bool>;
    /// Whether this process took it, and not one that this one was forked from.
    fn is_mine(&self) -> bool;
}

/// A 32-bit word of shared memory, and what it was when there was no news.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched<'a> {
    word: *const u32,
    expected: u32,
    mapped: PhantomData<&'a u32>,
}

// SAFETY: the word is looked at through `raw` and by the kernel alone, which any thread may do.
unsafe impl Send for Watched<'_> {}
// SAFETY: as above.
unsafe impl Sync for Watched<'_> {}

impl Watched<'_> {
    /// # Safety
    /// `word` is aligned, and mapped and readable for the lifetime.
    pub(crate) unsafe fn new(word: *const u32, expected: u32) -> Self {
        Self {
            word,
            expected,
            mapped: PhantomData,
        }
    }

    pub(crate) fn word(self) -> *const u32 {
        self.word
    }

    pub(crate) fn expected(self) -> u32 {
        self.expected
    }

    /// Acquires.
    pub(crate) fn has_changed(self) -> bool {
        // SAFETY: aligned, mapped and readable, as `new` was promised.
        let now: u32 = unsafe { raw::load(self.word) };
        now != self.expected
    }
}

/// Sleeping on words of shared memory, and waking who does.
pub(crate) trait BellsContract {
    /// The numbers by which others reach this process; they are written into shared memory.
    fn mine(scope: Scope) -> Result<[u32; 4]>;
    /// Sleeps while every word is as expected, at most that long, any number of words and threads. It may return
    /// early, for a signal or for no reason. It does not return later for a word that changed between the caller's
    /// last look and this.
    fn sleep(words: &[Watched<'_>], at_most: Duration) -> Result<()>;
    /// Wakes all that sleep on the word, which has just been changed. `owner` came out of shared memory and may be
    /// anything; where nobody has such numbers, nobody is woken. Never blocks.
    ///
    /// # Safety
    /// `word` is aligned, and mapped and readable.
    unsafe fn wake(word: *const u32, owner: [u32; 4]);
    /// Starts a thread of the library's own, which no signal of the program's is delivered to.
    fn start_thread(name: &str, run: fn()) -> Result<()>;
}

/// Something that a program's own event loop can wait for: a descriptor that is readable, or a handle that is
/// signalled, from `raise` to `lower`.
pub(crate) trait SignalContract: Sized + Send + Sync {
    fn new() -> Result<Self>;
    fn raise(&self);
    fn lower(&self);
}

#[cfg(test)]
fn _the_chosen_system_keeps_the_contract() {
    fn handle<T: HandleContract>() {}
    fn region<T: RegionContract>() {}
    fn waitable<T: WaitableContract>() {}
    fn presence<T: PresenceContract>() {}
    fn bells<T: BellsContract>() {}
    fn signal<T: SignalContract>() {}
    handle::<super::Handle>();
    region::<super::Region>();
    waitable::<super::Waitable>();
    presence::<super::Presence>();
    bells::<super::Bells>();
    signal::<super::Signal>();
}
