//! A view of a reserved mapping: which of its pages somebody has committed, and how they become touchable here.

use std::mem::ManuallyDrop;
use std::ops::Range;
use std::os::fd::{AsFd, OwnedFd};
use std::sync::atomic::{AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use rustix::mm::{Advice, MapFlags, ProtFlags};

use super::addresses::{Addresses, Source};
use super::errors::system;
use super::{commits, memory, populate};
use crate::error::Result;
use crate::raw;

/// What a region of a reserved mapping knows beyond its pages, in which it lies: these go after it.
pub(super) struct Reserve {
    /// The region's own.
    pub(super) pages: ManuallyDrop<Addresses>,
    /// The mapping's byte at which they begin.
    pub(super) start: u64,
    /// What is allowed on a page that is there.
    pub(super) prot: ProtFlags,
    /// Whether what is written here is seen by others.
    pub(super) writes: bool,
    pub(super) data: Arc<OwnedFd>,
    /// The shared set of committed pages, all of it.
    pub(super) set: Addresses,
    /// For each page the protection that somebody gave it, if so: it is no business of the set any more.
    pub(super) changed: OnceLock<Box<[AtomicU8]>>,
    /// No other view of this process ever has it.
    pub(super) id: u64,
}

/// A number for the next one.
pub(super) fn next_id() -> u64 {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Reserve {
    fn word(&self, word: usize) -> u32 {
        // SAFETY: MAPPED; the set has a bit for every page of the mapping, in which these pages lie.
        unsafe { raw::load(self.set.base.cast::<u32>().cast_const().wrapping_add(word)) }
    }

    fn words(&self, first: usize, len: usize) -> impl Iterator<Item = (usize, u32)> {
        commits::words(commits::bits(self.start + first as u64, len as u64))
    }

    /// Whether the set knows all of a part as committed.
    fn is_set(&self, first: usize, len: usize) -> bool {
        self.words(first, len)
            .all(|(word, mask)| self.word(word) & mask == mask)
    }

    /// How many bytes of a part the set does not know as committed.
    fn missing(&self, first: usize, len: usize) -> u64 {
        self.words(first, len)
            .map(|(word, mask)| u64::from((mask & !self.word(word)).count_ones()) * commits::UNIT)
            .sum()
    }

    /// Gives a part its memory, makes it touchable here, and then says so to all.
    pub(super) fn commit(&self, first: usize, len: usize) -> Result<()> {
        memory::check_available("commit", &self.data, self.missing(first, len))?;
        self.give_memory(first, len)
            .map_err(|os| system("commit", format!("{len} bytes of memory"), os.into()))?;
        self.open_up(first, len)
            .map_err(|os| system("commit", "the pages' protection", os.into()))?;
        for (word, mask) in self.words(first, len) {
            // SAFETY: MAPPED, writable since this view writes; the set has a bit for every page of the mapping, and
            // the part lies in the mapping.
            unsafe { raw::fetch_or(self.set.base.cast::<u32>().wrapping_add(word), mask) };
        }
        Ok(())
    }

    /// Makes all that others have committed touchable here, and reports each part of it.
    pub(super) fn sync(&self, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        let page = super::page_size();
        let mut at = 0;
        while at < self.pages.len {
            let bit = (self.start + at as u64) / commits::UNIT;
            if self.word((bit / 32) as usize) == 0 {
                // Most of a large reserved mapping: 32 units at a time.
                at += ((32 - bit % 32) * commits::UNIT) as usize;
                continue;
            }
            let run = (at..self.pages.len)
                .step_by(page)
                .take_while(|first| self.is_set(*first, page))
                .count()
                * page;
            if run > 0 {
                self.learn(at, run, found)?;
            }
            at += run + page;
        }
        Ok(())
    }

    /// Makes a run of pages that somebody committed touchable here.
    fn learn(&self, first: usize, len: usize, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        const ACTION: &str = "learn of commits";
        if self.writes {
            // Does nothing unless the set lied.
            self.give_memory(first, len)
                .map_err(|os| system(ACTION, format!("{len} bytes of memory"), os.into()))?;
        }
        self.open_up(first, len)
            .map_err(|os| system(ACTION, "the pages' protection", os.into()))?;
        if self.writes || self.can_be_read(first, len) {
            found(first, len);
            return Ok(());
        }
        // The set lied, and there is no memory for all of it. What cannot be read is not reported, so that nothing
        // here touches it; its protection stays, since it may have been reported before.
        let page = super::page_size();
        for first in (first..first + len).step_by(page) {
            if self.can_be_read(first, page) {
                found(first, page);
            }
        }
        Ok(())
    }

    fn give_memory(&self, first: usize, len: usize) -> rustix::io::Result<()> {
        let keep = rustix::fs::FallocateFlags::KEEP_SIZE;
        memory::allocate(self.data.as_fd(), keep, self.start + first as u64, len as u64)
    }

    fn can_be_read(&self, first: usize, len: usize) -> bool {
        !self.prot.contains(ProtFlags::READ) || can_be_read(&self.pages, first, len)
    }
}

/// Brings a run of pages into memory. Touching one that cannot come would end this process: the kernel tries.
/// Async-signal-safe.
fn can_be_read(pages: &Addresses, first: usize, len: usize) -> bool {
    // SAFETY: reading changes no byte.
    match unsafe { pages.advise(first, len, Advice::LinuxPopulateRead) } {
        // Before Linux 5.14.
        Err(rustix::io::Errno::INVAL) => populate::read_by_copy(pages.base.wrapping_add(first), len),
        done => done.is_ok(),
    }
}

/// How far around a fault pages are learned with it: each part of an address space with a protection of its own costs
/// the kernel something, and it has no more than 65 530 of them.
const AROUND: usize = 1 << 20;

impl Reserve {
    /// From the first page's to the end of the last one's.
    pub(super) fn addresses(&self) -> (usize, usize) {
        (self.pages.address(), self.pages.address() + self.pages.len())
    }

    /// Of a page that could not be touched: whether it can be now, since somebody has committed it. Async-signal-safe:
    /// system calls alone.
    pub(super) fn learn_of(&self, address: usize) -> bool {
        let page = super::page_size();
        let at = address.wrapping_sub(self.pages.address()) / page * page;
        let is_ours = |first: usize| !self.is_changed(first) && self.is_set(first, page);
        if at >= self.pages.len || self.prot.is_empty() || !is_ours(at) {
            return false;
        }
        let block = at / AROUND * AROUND;
        let before = (block..at).step_by(page).rev().take_while(|first| is_ours(*first));
        let behind = (at..self.pages.len.min(block + AROUND)).step_by(page);
        let first = at - before.count() * page;
        let len = at - first + behind.take_while(|first| is_ours(*first)).count() * page;
        // Of a set that lied a part may have no memory; then it is about the page alone.
        self.is_brought(first, len) || self.is_brought(at, page)
    }

    /// Makes a run of pages that the set knows touchable, if they have memory.
    fn is_brought(&self, first: usize, len: usize) -> bool {
        let is_there = if self.writes {
            self.give_memory(first, len).is_ok()
        } else {
            self.is_there(first, len)
        };
        is_there && self.pages.protect(first, len, self.prot).is_ok() && self.mend(first, len).is_ok()
    }

    /// Whether a run of pages has memory, or can get it. Looked at through a mapping of its own: once the pages are open,
    /// other threads may touch them.
    fn is_there(&self, first: usize, len: usize) -> bool {
        let source = Source {
            fd: self.data.as_fd(),
            offset: self.start + first as u64,
            prot: ProtFlags::READ,
            flags: MapFlags::PRIVATE,
        };
        Addresses::map(source, len).is_ok_and(|glass| can_be_read(&glass, 0, len))
    }
}

/// Beside the bits of a protection, of which there are three.
const CHANGED: u8 = 0x80;

/// Pages with a protection of their own.
impl Reserve {
    /// Gives pages the protection that they have when they are there, but for those that have their own.
    fn open_up(&self, first: usize, len: usize) -> rustix::io::Result<()> {
        if self.changed.get().is_none() {
            self.pages.protect(first, len, self.prot)?;
            return self.mend(first, len);
        }
        let page = super::page_size();
        let mut at = first;
        while at < first + len {
            let run = (at..first + len).step_by(page).take_while(|at| !self.is_changed(*at));
            let run = run.count() * page;
            if run > 0 {
                self.pages.protect(at, run, self.prot)?;
                self.mend(at, run)?;
            }
            at += run + page;
        }
        Ok(())
    }

    /// Gives pages of their own protection it again, which another thread may have given them just before all of this
    /// part was opened. That thread has noted it first; whatever is noted after the last look, it does itself.
    /// Async-signal-safe.
    fn mend(&self, first: usize, len: usize) -> rustix::io::Result<()> {
        let Some(changed) = self.changed.get() else {
            return Ok(());
        };
        let page = super::page_size();
        for at in first / page..(first + len) / page {
            let mut own = changed[at].load(Ordering::SeqCst);
            while own & CHANGED != 0 {
                let prot = ProtFlags::from_bits_truncate(u32::from(own & !CHANGED));
                self.pages.protect(at * page, page, prot)?;
                let now = changed[at].load(Ordering::SeqCst);
                if now == own {
                    break;
                }
                own = now;
            }
        }
        Ok(())
    }

    /// From now on these pages' protection is that one; the caller gives it to them next.
    pub(super) fn note_changed(&self, part: Range<usize>, prot: ProtFlags) {
        let page = super::page_size();
        let pages = self.pages.len / page;
        let changed = self
            .changed
            .get_or_init(|| (0..pages).map(|_| AtomicU8::new(0)).collect());
        for page in part.start / page..part.end / page {
            changed[page].store(CHANGED | prot.bits() as u8, Ordering::SeqCst);
        }
    }

    fn is_changed(&self, first: usize) -> bool {
        let page = first / super::page_size();
        self.changed
            .get()
            .is_some_and(|changed| changed[page].load(Ordering::SeqCst) & CHANGED != 0)
    }
}

#[cfg(test)]
mod tests;
