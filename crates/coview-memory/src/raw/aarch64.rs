//! Copies and words in aarch64 assembly, for every processor from Armv8.0 on.
//!
//! `ldar` and `stlr` acquire and release. The read-modify-write operations are loops of `ldaxr` and `stlxr`, each loop
//! within one block of assembly, since a compiler might put a memory access of its own between the two and so make the
//! store fail for ever. A `dmb ish` ends them: `stlxr` lets later plain loads go before it, and a full fence does not.
//! (Armv8.1's single instructions would need a check at run time.)

use core::arch::asm;

use super::blocks::{Block, ends, run};
use super::contract::{Copies, Word};

/// An aarch64 processor.
#[derive(Debug)]
pub(crate) enum Aarch64 {}

/// A block of `N` bytes.
enum Move<const N: usize> {}

macro_rules! block {
    ($bytes:literal: $($line:literal),*) => {
        impl Block for Move<$bytes> {
            const BYTES: usize = $bytes;

            #[inline(always)]
            unsafe fn copy(dst: *mut u8, src: *const u8) {
                // SAFETY: reads `N` bytes at `src` and writes `N` at `dst`, which the contract permits.
                unsafe {
                    asm!(
                        $($line,)*
                        src = in(reg) src, dst = in(reg) dst,
                        out("x9") _, out("v0") _, out("v1") _, out("v2") _, out("v3") _,
                        options(nostack, preserves_flags),
                    )
                }
            }
        }
    };
}

block!(1: "ldrb w9, [{src}]", "strb w9, [{dst}]");
block!(2: "ldrh w9, [{src}]", "strh w9, [{dst}]");
block!(4: "ldr w9, [{src}]", "str w9, [{dst}]");
block!(8: "ldr x9, [{src}]", "str x9, [{dst}]");
block!(16: "ldr q0, [{src}]", "str q0, [{dst}]");
block!(32: "ldp q0, q1, [{src}]", "stp q0, q1, [{dst}]");
block!(64: "ldp q0, q1, [{src}]", "ldp q2, q3, [{src}, 32]", "stp q0, q1, [{dst}]", "stp q2, q3, [{dst}, 32]");

/// # Safety
/// Both ranges of `len` bytes are as for [`Block::copy`].
#[inline]
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    if len > 128 {
        // SAFETY: more than two blocks of the caller's ranges.
        unsafe { run::<Move<16>, Move<64>>(dst, src, len) }
    } else if len > 64 {
        // SAFETY: one to two blocks of the caller's ranges, here and below.
        unsafe { ends::<Move<64>>(dst, src, len) }
    } else if len > 32 {
        // SAFETY: as above.
        unsafe { ends::<Move<32>>(dst, src, len) }
    } else if len >= 16 {
        // SAFETY: as above.
        unsafe { ends::<Move<16>>(dst, src, len) }
    } else if len >= 8 {
        // SAFETY: as above.
        unsafe { ends::<Move<8>>(dst, src, len) }
    } else if len >= 4 {
        // SAFETY: as above.
        unsafe { ends::<Move<4>>(dst, src, len) }
    } else if len >= 2 {
        // SAFETY: as above.
        unsafe { ends::<Move<2>>(dst, src, len) }
    } else if len == 1 {
        // SAFETY: one block.
        unsafe { Move::<1>::copy(dst, src) }
    }
}

impl Copies for Aarch64 {
    #[inline]
    unsafe fn copy_out(src: *const u8, dst: *mut u8, len: usize) {
        // SAFETY: the same contract.
        unsafe { copy(dst, src, len) }
    }

    #[inline]
    unsafe fn copy_in(dst: *mut u8, src: *const u8, len: usize) {
        // SAFETY: the same contract.
        unsafe { copy(dst, src, len) }
    }
}

/// `$r` is the name of a register of the word's size: `w` or `x`.
macro_rules! word {
    ($word:ty, $r:literal) => {
        impl Word<Aarch64> for $word {
            word!(@load $r: load_relaxed "ldr");
            word!(@load $r: load "ldar");
            word!(@store $r: store, "");
            word!(@store $r: store_seq_cst, "dmb ish");
            word!(@modify $r: swap, "mov {new:", "}, {value:", "}");
            word!(@modify $r: fetch_add, "add {new:", "}, {old:", "}, {value:", "}");
            word!(@modify $r: fetch_sub, "sub {new:", "}, {old:", "}, {value:", "}");
            word!(@modify $r: fetch_and, "and {new:", "}, {old:", "}, {value:", "}");
            word!(@modify $r: fetch_or, "orr {new:", "}, {old:", "}, {value:", "}");
            word!(@modify $r: fetch_xor, "eor {new:", "}, {old:", "}, {value:", "}");

            #[inline]
            unsafe fn compare_exchange(at: *mut Self, current: Self, new: Self) -> Result<Self, Self> {
                let old: Self;
                // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        "2:",
                        concat!("ldaxr {old:", $r, "}, [{at}]"),
                        concat!("cmp {old:", $r, "}, {current:", $r, "}"),
                        "b.ne 3f",
                        concat!("stlxr {failed:w}, {new:", $r, "}, [{at}]"),
                        "cbnz {failed:w}, 2b",
                        "3:",
                        "dmb ish",
                        at = in(reg) at, current = in(reg) current, new = in(reg) new,
                        old = out(reg) old, failed = out(reg) _,
                        options(nostack),
                    )
                };
                if old == current { Ok(old) } else { Err(old) }
            }
        }
    };
    (@load $r:literal: $name:ident $instruction:literal) => {
        #[inline]
        unsafe fn $name(at: *const Self) -> Self {
            let value;
            // SAFETY: reads the word at `at`, which is aligned and shared by contract.
            unsafe {
                asm!(
                    concat!($instruction, " {value:", $r, "}, [{at}]"),
                    at = in(reg) at, value = out(reg) value,
                    options(nostack, preserves_flags),
                )
            };
            value
        }
    };
    (@store $r:literal: $name:ident, $fence:literal) => {
        #[inline]
        unsafe fn $name(at: *mut Self, value: Self) {
            // SAFETY: writes the word at `at`, which is aligned and shared by contract.
            unsafe {
                asm!(
                    concat!("stlr {value:", $r, "}, [{at}]"),
                    $fence,
                    at = in(reg) at, value = in(reg) value,
                    options(nostack, preserves_flags),
                )
            }
        }
    };
    (@modify $r:literal: $name:ident, $first:literal $(, $rest:literal)*) => {
        #[inline]
        unsafe fn $name(at: *mut Self, value: Self) -> Self {
            let old;
            // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
            unsafe {
                asm!(
                    "2:",
                    concat!("ldaxr {old:", $r, "}, [{at}]"),
                    concat!($first $(, $r, $rest)*),
                    concat!("stlxr {failed:w}, {new:", $r, "}, [{at}]"),
                    "cbnz {failed:w}, 2b",
                    "dmb ish",
                    at = in(reg) at, value = in(reg) value,
                    old = out(reg) old, new = out(reg) _, failed = out(reg) _,
                    options(nostack, preserves_flags),
                )
            };
            old
        }
    };
}

word!(u32, "w");
word!(u64, "x");
