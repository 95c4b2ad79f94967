//! Copies and words in Rust's atomics, for processors without a file of their own, and for Miri.
//!
//! A copy goes through the aligned 32-bit cells that cover the range. A cell at an edge is read whole and used in
//! part; it is written by two operations that touch only the bytes of the range, so the neighbours keep theirs whatever
//! others do to them meanwhile (in between, the range's own bytes in that cell are zero for a moment).
//!
//! See [`raw`](super) for the one rule that this leaves to its user.

use core::sync::atomic::Ordering::{Acquire, Relaxed, Release, SeqCst};
use core::sync::atomic::{AtomicU32, AtomicU64, fence};

use super::contract::{Copies, Word};

#[cfg(not(target_has_atomic = "64"))]
compile_error!("Coview needs a processor with 64-bit atomic operations");

/// Any processor.
#[derive(Debug)]
pub(crate) enum Portable {}

/// The size of a cell.
const CELL: usize = size_of::<u32>();

/// The part of a range that lies in one cell.
struct Part {
    /// Where the cell starts, relative to the start of the range: wraps below zero for the first.
    cell: usize,
    /// The bytes of the cell that belong to the range.
    start: usize,
    end: usize,
    /// Where they are in the range.
    at: usize,
}

/// Splits `len` bytes at `base` into the parts that its cells hold.
fn parts(base: usize, len: usize) -> impl Iterator<Item = Part> {
    let mut at = 0;
    core::iter::from_fn(move || {
        let start = base.wrapping_add(at) % CELL;
        let size = (CELL - start).min(len - at);
        let part = Part {
            cell: at.wrapping_sub(start),
            start,
            end: start + size,
            at,
        };
        at += size;
        (size > 0).then_some(part)
    })
}

impl Copies for Portable {
    unsafe fn copy_out(src: *const u8, dst: *mut u8, len: usize) {
        for part in parts(src.addr(), len) {
            let cell = src.wrapping_add(part.cell).cast_mut().cast();
            // SAFETY: the cell is aligned, and shared memory consists of whole cells (contract). It is read only.
            let cell = unsafe { AtomicU32::from_ptr(cell) };
            let bytes = cell.load(Relaxed).to_ne_bytes();
            let bytes = &bytes[part.start..part.end];
            // SAFETY: the part lies within the range, which is private at `dst`.
            unsafe {
                dst.wrapping_add(part.at)
                    .copy_from_nonoverlapping(bytes.as_ptr(), bytes.len())
            };
        }
    }

    unsafe fn copy_in(dst: *mut u8, src: *const u8, len: usize) {
        for part in parts(dst.addr(), len) {
            let size = part.end - part.start;
            let mut bytes = [0; CELL];
            let place = bytes[part.start..part.end].as_mut_ptr();
            // SAFETY: the part lies within the range, which is private at `src`; `place` has its size.
            unsafe { place.copy_from_nonoverlapping(src.wrapping_add(part.at), size) };
            let bits = u32::from_ne_bytes(bytes);
            // SAFETY: the cell is aligned, and shared memory consists of whole cells (contract).
            let cell = unsafe { AtomicU32::from_ptr(dst.wrapping_add(part.cell).cast()) };
            if size == CELL {
                cell.store(bits, Relaxed);
            } else {
                let mut others = [0xff; CELL];
                others[part.start..part.end].fill(0);
                cell.fetch_and(u32::from_ne_bytes(others), Relaxed);
                cell.fetch_or(bits, Relaxed);
            }
        }
    }
}

macro_rules! word {
    ($word:ty, $atomic:ident) => {
        impl Word<Portable> for $word {
            #[inline]
            unsafe fn load_relaxed(at: *const Self) -> Self {
                // SAFETY: shared and aligned by contract. A relaxed load may read memory that cannot be written.
                let word = unsafe { $atomic::from_ptr(at.cast_mut()) };
                word.load(Relaxed)
            }

            #[inline]
            unsafe fn load(at: *const Self) -> Self {
                // A fence instead of an acquiring load: only relaxed loads may meet memory that cannot be written.
                // SAFETY: the same contract.
                let value = unsafe { <Self as Word<Portable>>::load_relaxed(at) };
                fence(Acquire);
                value
            }

            #[inline]
            unsafe fn store(at: *mut Self, value: Self) {
                // SAFETY: shared and aligned by contract.
                let word = unsafe { $atomic::from_ptr(at) };
                word.store(value, Release);
            }

            #[inline]
            unsafe fn store_seq_cst(at: *mut Self, value: Self) {
                // SAFETY: shared and aligned by contract.
                let word = unsafe { $atomic::from_ptr(at) };
                word.store(value, SeqCst);
                fence(SeqCst);
            }

            #[inline]
            unsafe fn compare_exchange(at: *mut Self, current: Self, new: Self) -> Result<Self, Self> {
                // SAFETY: shared and aligned by contract.
                let word = unsafe { $atomic::from_ptr(at) };
                let result = word.compare_exchange(current, new, SeqCst, SeqCst);
                fence(SeqCst);
                result
            }

            word!(@modify $atomic: swap fetch_add fetch_sub fetch_and fetch_or fetch_xor);
        }
    };
    (@modify $atomic:ident: $($name:ident)*) => { $(
        #[inline]
        unsafe fn $name(at: *mut Self, value: Self) -> Self {
            // SAFETY: shared and aligned by contract.
            let word = unsafe { $atomic::from_ptr(at) };
            let old = word.$name(value, SeqCst);
            // Sequential consistency alone would let a later relaxed load pass.
            fence(SeqCst);
            old
        }
    )* };
}

word!(u32, AtomicU32);
word!(u64, AtomicU64);
