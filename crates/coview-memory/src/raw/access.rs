//! What the rest of the crate calls.
//!
//! Every function here is `unsafe` for the reasons listed in [`contract`](super::contract), whose words *shared* and
//! *private* the safety sections use.

use super::Native;
use super::contract::{Copies, Word};

/// Copies `len` bytes from shared `src` to private `dst`. Bytes that are written meanwhile arrive old or new, each for
/// itself.
///
/// # Safety
/// `src..src + len` is shared and readable, `dst..dst + len` is private and writable.
#[inline]
pub(crate) unsafe fn copy_out(src: *const u8, dst: *mut u8, len: usize) {
    // SAFETY: the same contract.
    unsafe { Native::copy_out(src, dst, len) }
}

/// Copies `len` bytes from private `src` to shared `dst`. No byte beside them is written.
///
/// # Safety
/// `dst..dst + len` is shared, readable and writable, `src..src + len` is private and initialized.
#[inline]
pub(crate) unsafe fn copy_in(dst: *mut u8, src: *const u8, len: usize) {
    // SAFETY: the same contract.
    unsafe { Native::copy_in(dst, src, len) }
}

/// The size of the buffer on the stack through which [`fill`], [`compare`] and [`copy_within`] work: small enough to
/// stay in the first-level cache beside both ranges, large enough that the copies run at their full speed.
const BOUNCE: usize = 1024;

/// Sets `len` bytes at shared `dst` to `byte`.
///
/// # Safety
/// `dst..dst + len` is shared, readable and writable.
pub(crate) unsafe fn fill(dst: *mut u8, byte: u8, len: usize) {
    let pattern = [byte; BOUNCE];
    for at in (0..len).step_by(BOUNCE) {
        let part = BOUNCE.min(len - at);
        // SAFETY: `at + part <= len`, so the part is within the shared range; `pattern` is private and `part` fits it.
        unsafe { copy_in(dst.wrapping_add(at), pattern.as_ptr(), part) };
    }
}

/// Compares the bytes at `shared` with `private`, and returns the index of the first that differs. Each shared byte is
/// read once.
///
/// # Safety
/// `private.len()` bytes at `shared` are shared and readable.
pub(crate) unsafe fn compare(shared: *const u8, private: &[u8]) -> Option<usize> {
    let mut bounce = [0; BOUNCE];
    for (index, expected) in private.chunks(BOUNCE).enumerate() {
        let at = index * BOUNCE;
        let found = &mut bounce[..expected.len()];
        // SAFETY: `at + found.len() <= private.len()`, so the part is within the shared range; `found` is private.
        unsafe { copy_out(shared.wrapping_add(at), found.as_mut_ptr(), found.len()) };
        if found != expected {
            let within = found.iter().zip(expected).position(|(f, e)| f != e);
            return within.map(|within| at + within);
        }
    }
    None
}

/// Copies `len` bytes from shared `src` to shared `dst`, through a private buffer, as if `src` were read as a whole
/// before `dst` is written. This holds for ranges that overlap at their addresses; where the same memory is mapped
/// twice, an overlap cannot be seen, and the copy may read bytes that it has itself written.
///
/// # Safety
/// `src..src + len` is shared and readable, `dst..dst + len` is shared, readable and writable.
pub(crate) unsafe fn copy_within(dst: *mut u8, src: *const u8, len: usize) {
    let mut bounce = [0; BOUNCE];
    let parts = len.div_ceil(BOUNCE);
    for part in 0..parts {
        // Towards the end that is written last, so that no part is overwritten before it is read.
        let forward = dst.addr() <= src.addr();
        let at = BOUNCE * if forward { part } else { parts - 1 - part };
        let size = BOUNCE.min(len - at);
        // SAFETY: `at + size <= len`, so the part is within the shared range; `bounce` is private and `size` fits it.
        unsafe { copy_out(src.wrapping_add(at), bounce.as_mut_ptr(), size) };
        // SAFETY: as above, for `dst`.
        unsafe { copy_in(dst.wrapping_add(at), bounce.as_ptr(), size) };
    }
}

/// One function for each of [`Word`]'s, which say what they do.
macro_rules! words {
    ($($name:ident($at:ident: $pointer:ty $(, $argument:ident)*) -> $result:ty;)*) => { $(
        #[doc = concat!("[`Word::", stringify!($name), "`] of this processor.")]
        ///
        /// # Safety
        /// As for [`Word`].
        #[inline]
        pub(crate) unsafe fn $name<W: Word>($at: $pointer $(, $argument: W)*) -> $result {
            // SAFETY: the same contract.
            unsafe { W::$name($at $(, $argument)*) }
        }
    )* };
}

words! {
    load_relaxed(at: *const W) -> W;
    load(at: *const W) -> W;
    store(at: *mut W, value) -> ();
    store_seq_cst(at: *mut W, value) -> ();
    swap(at: *mut W, value) -> W;
    compare_exchange(at: *mut W, current, new) -> Result<W, W>;
    fetch_add(at: *mut W, value) -> W;
    fetch_sub(at: *mut W, value) -> W;
    fetch_and(at: *mut W, value) -> W;
    fetch_or(at: *mut W, value) -> W;
    fetch_xor(at: *mut W, value) -> W;
}
