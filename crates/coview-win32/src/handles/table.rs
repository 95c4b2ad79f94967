//! The table of this process's handles.
//!
//! A handle is a multiple of four, as on Windows: the place in the table, and how often that place was used, so that a
//! handle that was closed is found out when it is used again.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::exchange::Exchange;
use super::heirloom::{self, Heirloom};
use super::object::Entry;
use coview::sync::Process;

use crate::abi::{HANDLE, INVALID_HANDLE_VALUE};
use crate::codes::error;
use crate::failure::{Answer, Code, refuse};
use crate::fork;

/// Bits of a handle above the two that are always zero: 20 for the place, 9 for how often it was used. Together they
/// stay positive in 32 bits, which is as wide as Windows promises a handle to be.
const PLACE_BITS: u32 = 20;
const USES: u32 = 1 << 9;
/// A place rests while others are free, so that handles of the recently closed mean nothing for as long as possible.
const RESTING: usize = 64;

#[derive(Default)]
struct Place {
    uses: u32,
    /// For programs that this one starts, if the handle is to be inherited.
    heirloom: Option<Heirloom>,
    entry: Option<Arc<Entry>>,
}

/// All handles of this process. Locked for the look-up alone: never while anything is created, closed or waited for.
pub(crate) struct Table {
    places: Vec<Place>,
    free: VecDeque<usize>,
    exchange: Option<Exchange>,
}

static TABLE: Mutex<Table> = Mutex::new(Table {
    places: Vec::new(),
    free: VecDeque::new(),
    exchange: None,
});

/// The table itself, for those who hold it over a fork.
pub(crate) fn lock() -> MutexGuard<'static, Table> {
    TABLE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Who takes over what the process inherited: nobody yet, the process of that number, or it is done. Not a lock: a
/// child that is forked meanwhile would wait for a thread that it does not have.
static STARTED: AtomicU64 = AtomicU64::new(NOT_YET);
const NOT_YET: u64 = 0;
const DONE: u64 = u64::MAX;

/// The table, with what this process inherited.
fn table() -> MutexGuard<'static, Table> {
    loop {
        let state = STARTED.load(Ordering::Acquire);
        if state == DONE {
            return lock();
        }
        let me = u64::from(std::process::id());
        if state == me {
            // Another thread is at it, and will be done in a moment.
            std::thread::yield_now();
            continue;
        }
        let mine = STARTED.compare_exchange(state, me, Ordering::AcqRel, Ordering::Relaxed);
        if mine.is_ok() {
            fork::install();
            // If our parent was at it when it forked us, what it had not taken over is nobody's here.
            if state == NOT_YET {
                for (handle, entry) in heirloom::inherited() {
                    lock().put(handle, entry);
                }
            }
            STARTED.store(DONE, Ordering::Release);
        }
    }
}

/// Gives an object a handle.
pub(crate) fn insert(entry: Entry) -> Answer<HANDLE> {
    let mut table = table();
    let place = table.free_place()?;
    let uses = (table.places[place].uses + 1) % USES;
    table.fill(place, uses, entry);
    Ok(std::ptr::without_provenance_mut(number(place, uses) as usize))
}

/// What the handle is of. It stays alive while the caller uses it, also if another thread closes the handle.
pub(crate) fn get(handle: HANDLE) -> Answer<Arc<Entry>> {
    let table = table();
    let place = table.place_of(handle)?;
    table.places[place].entry.clone().ok_or(Code(error::INVALID_HANDLE))
}

/// Takes the handle out of the table; the object goes when its last user drops it.
pub(super) fn remove(handle: HANDLE) -> Answer<Arc<Entry>> {
    let mut table = table();
    let place = table.place_of(handle)?;
    // Before the descriptors that they tell of are closed.
    table.places[place].heirloom = None;
    table.exchange().forget(place);
    table.free.push_back(place);
    let entry = table.places[place].entry.take().ok_or(Code(error::INVALID_HANDLE))?;
    Ok(entry)
}

/// The process that a handle is of; this one is no handle, and a number that stands for it.
pub(crate) fn process_of(handle: HANDLE) -> Answer<Process> {
    if handle == INVALID_HANDLE_VALUE {
        return Ok(Process::current()?);
    }
    Ok(get(handle)?.process()?.try_clone()?)
}

/// All that there are handles of now.
pub(crate) fn all() -> Vec<Arc<Entry>> {
    table().places.iter().filter_map(|place| place.entry.clone()).collect()
}

/// The place that a handle says.
pub(super) fn place_in(handle: u32) -> usize {
    (handle >> 2) as usize & ((1 << PLACE_BITS) - 1)
}

fn number(place: usize, uses: u32) -> u32 {
    (uses << PLACE_BITS | place as u32) << 2
}

impl Table {
    /// The place of a handle that is open. The two lowest bits are the caller's to use, as on Windows.
    fn place_of(&self, handle: HANDLE) -> Answer<usize> {
        let Ok(value) = u32::try_from(handle.addr()) else {
            return refuse(error::INVALID_HANDLE);
        };
        let place = place_in(value);
        match self.places.get(place) {
            Some(found) if found.entry.is_some() && number(place, found.uses) == value & !3 => Ok(place),
            _ => refuse(error::INVALID_HANDLE),
        }
    }

    fn free_place(&mut self) -> Answer<usize> {
        let full = self.places.len() == 1 << PLACE_BITS;
        if self.free.len() > RESTING || full {
            return self.free.pop_front().ok_or(Code(error::TOO_MANY_OPEN_FILES));
        }
        if self.places.is_empty() {
            // Never given away: zero is no handle.
            self.places.push(Place::default());
        }
        self.places.push(Place::default());
        Ok(self.places.len() - 1)
    }

    fn fill(&mut self, place: usize, uses: u32, entry: Entry) {
        let handle = number(place, uses);
        self.exchange().note(place, handle, &entry);
        self.places[place] = Place {
            uses,
            heirloom: if entry.inherit {
                Heirloom::new(handle, &entry)
            } else {
                None
            },
            entry: Some(Arc::new(entry)),
        };
    }

    /// Puts an inherited entry where its handle says, which must be a handle and a free one.
    fn put(&mut self, handle: u32, entry: Entry) {
        let (place, uses) = (place_in(handle), handle >> (PLACE_BITS + 2));
        let free = self.places.get(place).is_none_or(|found| found.entry.is_none());
        if place == 0 || uses >= USES || number(place, uses) != handle || !free {
            return;
        }
        while self.places.len() <= place {
            if !self.places.is_empty() {
                self.free.push_back(self.places.len());
            }
            self.places.push(Place::default());
        }
        self.free.retain(|free| *free != place);
        self.fill(place, uses, entry);
    }

    /// Where other processes look, made anew in a forked child.
    fn exchange(&mut self) -> &mut Exchange {
        if self.exchange.is_none() {
            let mut exchange = Exchange::new();
            for (at, place) in self.places.iter().enumerate() {
                if let Some(entry) = &place.entry {
                    exchange.note(at, number(at, place.uses), entry);
                }
            }
            self.exchange = Some(exchange);
        }
        self.exchange.as_mut().expect("just made")
    }

    /// In a forked child: the parent's list is not ours to write to.
    pub(crate) fn start_child(&mut self) {
        self.exchange = None;
    }
}
