//! Pages that others committed become touchable when they are touched: a handler of SIGSEGV, for who asks for it.
//!
//! The handler runs anywhere, also in a process that was forked while another thread was in this file. So it takes no
//! lock and no memory, and neither do those who enter a view into the list or take it out wait for anybody.

use std::ops::Deref;
use std::ptr::null_mut;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU64, AtomicUsize, Ordering, fence};

use super::errors::system;
use super::passing::{self, Previous};
use super::reserve::Reserve;
use super::space::lock_all;
use crate::error::Result;

const ACTION: &str = "handle faults";

/// Installs the handler, once in a process.
pub(crate) fn sync_commits_on_fault() -> Result<()> {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    // One thread at a time, and fork waits.
    let _turn = lock_all();
    if !INSTALLED.load(Ordering::Acquire) {
        Previous::install(on_fault).map_err(|os| system(ACTION, "installing the handler of SIGSEGV", os))?;
        INSTALLED.store(true, Ordering::Release);
    }
    Ok(())
}

/// The kernel's word for an address that has a page which does not allow the access (siginfo.h).
const SEGV_ACCERR: libc::c_int = 2;

unsafe extern "C" fn on_fault(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel passes one that it has filled in, for as long as the handler runs.
    let told = unsafe { info.read() };
    // SAFETY: of this signal it has an address, or something else in its place.
    let address = unsafe { told.si_addr() }.addr();
    let errno = passing::errno();
    let learned = told.si_code == SEGV_ACCERR && learn_of(address);
    passing::set_errno(errno);
    if !learned {
        // SAFETY: these are what the kernel gave to this handler.
        unsafe { passing::pass_on(signal, info, context) };
    }
}

/// Whether the touch may be repeated.
fn learn_of(address: usize) -> bool {
    let Some(reserve) = find(address) else { return false };
    // SAFETY: the view lives: its addresses are being touched, which whoever got them promised to do only as long as it
    // does (`Trusted::as_ptr`), and the list is left before what it leads to goes.
    let reserve = unsafe { &*reserve };
    reserve.learn_of(address) && !is_second_try(address, reserve.id)
}

/// What a thread repeated last: its page, and the view's number. One after the other in a few places: two threads in one
/// place can make the second try look like a first, and the next one does not.
static TRIES: [AtomicU64; 64] = [const { AtomicU64::new(0) }; 64];

/// Whether this thread was sent back to that very page already. Then it is not for want of memory that it cannot touch it:
/// a view that only reads is being written, say.
fn is_second_try(address: usize, id: u64) -> bool {
    let thread = rustix::thread::gettid().as_raw_nonzero().get() as u64;
    let page = (address / super::page_size()) as u64;
    // Mixed, so that no two of them are alike but by a chance of one to 2^64.
    let mixed = [thread, page, id]
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |mixed: u64, part| {
            (mixed ^ part).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29)
        });
    TRIES[thread as usize % TRIES.len()].swap(mixed, Ordering::Relaxed) == mixed
}

/// Views in the list, as many as one block holds.
const PLACES: usize = 32;

/// A part of the list. It never goes: somebody may be reading it.
struct Block {
    places: [Place; PLACES],
    next: AtomicPtr<Block>,
}

/// A view in the list, or none.
struct Place {
    /// Odd while it is being changed; another number after each change.
    turn: AtomicUsize,
    start: AtomicUsize,
    end: AtomicUsize,
    reserve: AtomicPtr<Reserve>,
}

static FIRST: Block = Block::new();

impl Block {
    const fn new() -> Self {
        Self {
            places: [const { Place::new() }; PLACES],
            next: AtomicPtr::new(null_mut()),
        }
    }

    /// The block behind this one; a new one, if there is none yet.
    fn next_or_new(&self) -> &'static Self {
        if let Some(next) = self.next() {
            return next;
        }
        let fresh = Box::into_raw(Box::new(Self::new()));
        match self
            .next
            .compare_exchange(null_mut(), fresh, Ordering::AcqRel, Ordering::Acquire)
        {
            // SAFETY: from a box that is never freed.
            Ok(_) => unsafe { &*fresh },
            Err(others) => {
                // SAFETY: another thread was quicker, and nobody has seen ours.
                drop(unsafe { Box::from_raw(fresh) });
                // SAFETY: as above; what was put there stays.
                unsafe { &*others }
            }
        }
    }

    fn next(&self) -> Option<&'static Self> {
        // SAFETY: null, or from a box that is never freed.
        unsafe { self.next.load(Ordering::Acquire).as_ref() }
    }
}

impl Place {
    const fn new() -> Self {
        Self {
            turn: AtomicUsize::new(0),
            start: AtomicUsize::new(0),
            end: AtomicUsize::new(0),
            reserve: AtomicPtr::new(null_mut()),
        }
    }

    /// Takes the place for a change, if it is free and nobody else does.
    fn claim(&self) -> bool {
        let turn = self.turn.load(Ordering::Acquire);
        turn.is_multiple_of(2)
            && self.reserve.load(Ordering::Acquire).is_null()
            && self
                .turn
                .compare_exchange(turn, turn.wrapping_add(1), Ordering::AcqRel, Ordering::Relaxed)
                .is_ok()
    }

    /// Of a place that is claimed.
    fn fill(&self, start: usize, end: usize, reserve: *mut Reserve) {
        // What follows is seen by nobody who does not see the odd number, too.
        fence(Ordering::Release);
        self.start.store(start, Ordering::Relaxed);
        self.end.store(end, Ordering::Relaxed);
        self.reserve.store(reserve, Ordering::Relaxed);
        self.turn.fetch_add(1, Ordering::Release);
    }

    /// The view of that address, if it is in this place and stays there: one that is being changed is not the view that
    /// is being touched.
    fn find(&self, address: usize) -> Option<*const Reserve> {
        let turn = self.turn.load(Ordering::Acquire);
        let range = self.start.load(Ordering::Relaxed)..self.end.load(Ordering::Relaxed);
        let reserve = self.reserve.load(Ordering::Relaxed);
        fence(Ordering::Acquire);
        let is_whole = turn.is_multiple_of(2) && self.turn.load(Ordering::Relaxed) == turn;
        (is_whole && range.contains(&address) && !reserve.is_null()).then_some(reserve.cast_const())
    }
}

fn find(address: usize) -> Option<*const Reserve> {
    let mut block = Some(&FIRST);
    while let Some(at) = block {
        let found = at.places.iter().find_map(|place| place.find(address));
        if found.is_some() {
            return found;
        }
        block = at.next();
    }
    None
}

/// What a view of a reserved mapping knows, in the list as long as this lives.
pub(super) struct Listed {
    reserve: *mut Reserve,
    place: &'static Place,
}

// SAFETY: it owns the `Reserve`, which may be sent.
unsafe impl Send for Listed where Reserve: Send {}
// SAFETY: it gives out nothing but shared references to it.
unsafe impl Sync for Listed where Reserve: Sync {}

impl Listed {
    pub(super) fn new(reserve: Reserve) -> Self {
        let (start, end) = reserve.addresses();
        let reserve = Box::into_raw(Box::new(reserve));
        let mut block = &FIRST;
        loop {
            if let Some(place) = block.places.iter().find(|place| place.claim()) {
                place.fill(start, end, reserve);
                return Self { reserve, place };
            }
            block = block.next_or_new();
        }
    }
}

impl Deref for Listed {
    type Target = Reserve;

    fn deref(&self) -> &Reserve {
        // SAFETY: from a box, which goes with this value.
        unsafe { &*self.reserve }
    }
}

impl Drop for Listed {
    fn drop(&mut self) {
        // Nobody else claims a place that is taken.
        self.place.turn.fetch_add(1, Ordering::AcqRel);
        self.place.fill(0, 0, null_mut());
        // SAFETY: it comes from a box, and the list does not lead to it any more.
        drop(unsafe { Box::from_raw(self.reserve) });
    }
}

#[cfg(test)]
mod tests;
