//! What a processor's file provides: copies, and words of two sizes.
//!
//! # Safety, for all of it
//!
//! The safety sections below speak of two kinds of memory:
//!
//! - A **shared** range lies within one live mapping that permits the access. Memory of another kind will do, if it is
//!   alive, starts and ends at multiples of 4, and is accessed at that time through [`raw`](super) only.
//! - A **private** range belongs to the caller as the range of a `&mut [u8]` or (for a source) of a `&[u8]` does; it
//!   may be uninitialized where it is the destination.
//!
//! Ranges of a copy do not overlap. The address of a word is a multiple of its size. An empty range may have any address.

/// Copies between shared and private memory.
pub(crate) trait Copies {
    /// Copies `len` bytes from shared `src` to private `dst`.
    ///
    /// # Safety
    /// `src..src + len` is shared and readable, `dst..dst + len` is private and writable.
    unsafe fn copy_out(src: *const u8, dst: *mut u8, len: usize);

    /// Copies `len` bytes from private `src` to shared `dst`. No byte beside them is written.
    ///
    /// # Safety
    /// `dst..dst + len` is shared, readable and writable, `src..src + len` is private and initialized.
    unsafe fn copy_in(dst: *mut u8, src: *const u8, len: usize);
}

/// A word that is accessed as a whole and by value: `u32` or `u64`, on the processor `M`.
///
/// # Safety, for every function
/// `at` is a multiple of the size of the word, and the word there is shared: readable for the loads, writable for the
/// stores, both for the rest. The loads never write, so they work on a page that cannot be written.
pub(crate) trait Word<M = super::Native>: Copy + Eq + Send + Sync + core::fmt::Debug {
    /// The word, and no order.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn load_relaxed(at: *const Self) -> Self;

    /// The word, acquired: what its writer did before its [`store`](Self::store) is seen by all that follows.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn load(at: *const Self) -> Self;

    /// Releases the word: who loads it sees all that was done before.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn store(at: *mut Self, value: Self);

    /// Releases the word, and lets nothing that follows happen before all others can see it.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn store_seq_cst(at: *mut Self, value: Self);

    /// Replaces the word and returns the old one. Sequentially consistent and a full fence, as are all that follow.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn swap(at: *mut Self, value: Self) -> Self;

    /// Replaces the word by `new` if it is `current`. Returns the old word, which is an error if it was another;
    /// never fails without that reason.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn compare_exchange(at: *mut Self, current: Self, new: Self) -> Result<Self, Self>;

    /// Adds, wrapping around, and returns the old word.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn fetch_add(at: *mut Self, value: Self) -> Self;

    /// Subtracts, wrapping around, and returns the old word.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn fetch_sub(at: *mut Self, value: Self) -> Self;

    /// Keeps the bits of the word that are in `value`, and returns the old word.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn fetch_and(at: *mut Self, value: Self) -> Self;

    /// Sets the bits of the word that are in `value`, and returns the old word.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn fetch_or(at: *mut Self, value: Self) -> Self;

    /// Inverts the bits of the word that are in `value`, and returns the old word.
    ///
    /// # Safety
    /// See the trait.
    unsafe fn fetch_xor(at: *mut Self, value: Self) -> Self;
}
