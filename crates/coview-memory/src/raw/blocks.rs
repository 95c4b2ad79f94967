//! The shape of a copy, common to all processors that copy by assembly.
//!
//! A processor gives [`Block`]s: moves of a fixed number of bytes, at any alignment, in straight-line assembly. A range
//! of 1 to 2 blocks is [its first block and its last](ends), which overlap: no loop, and no branch on the exact
//! length. What is longer is [a run of blocks](run).

/// Moves [`BYTES`](Self::BYTES) bytes: all loads first, then all stores.
pub(super) trait Block {
    const BYTES: usize;

    /// # Safety
    /// The block at `src` is readable and the one at `dst` writable, in the sense of [`contract`](super::contract), and
    /// they do not overlap.
    unsafe fn copy(dst: *mut u8, src: *const u8);

    /// The same for the blocks at `dst + at` and `src + at`. (Of its own, as x86 adds while it moves.)
    ///
    /// # Safety
    /// As for [`copy`](Self::copy), at these addresses.
    #[inline(always)]
    unsafe fn copy_at(dst: *mut u8, src: *const u8, at: usize) {
        // SAFETY: the same contract.
        unsafe { Self::copy(dst.wrapping_add(at), src.wrapping_add(at)) }
    }
}

/// Copies one to two blocks.
///
/// # Safety
/// `B::BYTES <= len <= 2 * B::BYTES`; both ranges of `len` bytes are as for [`Block::copy`].
#[inline(always)]
pub(super) unsafe fn ends<B: Block>(dst: *mut u8, src: *const u8, len: usize) {
    debug_assert!(B::BYTES <= len && len <= 2 * B::BYTES);
    // SAFETY: a block from the start lies within the ranges, which have at least that length.
    unsafe { B::copy(dst, src) };
    // SAFETY: so does a block up to the end.
    unsafe { B::copy_at(dst, src, len - B::BYTES) };
}

/// Copies any number of blocks from two on. All but the first and the last store are aligned to `Head::BYTES`: a store
/// that crosses a cache line costs twice, a load much less.
///
/// # Safety
/// `len >= 2 * B::BYTES`; both ranges of `len` bytes are as for [`Block::copy`].
#[inline(always)]
pub(super) unsafe fn run<Head: Block, B: Block>(dst: *mut u8, src: *const u8, len: usize) {
    const { assert!(Head::BYTES.is_power_of_two() && Head::BYTES <= B::BYTES) };
    debug_assert!(2 * B::BYTES <= len);
    // SAFETY: `Head` is no longer than `B`, and `B` no longer than the ranges.
    unsafe { Head::copy(dst, src) };
    let mut at = Head::BYTES - dst.addr() % Head::BYTES;
    let last = len - B::BYTES;
    while at < last {
        // SAFETY: `at < last`, so the block at `at` ends before `last + B::BYTES`, which is `len`.
        unsafe { B::copy_at(dst, src, at) };
        at += B::BYTES;
    }
    // SAFETY: the block at `last` ends at `len`.
    unsafe { B::copy_at(dst, src, last) };
}
