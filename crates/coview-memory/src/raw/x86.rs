//! Copies and words in x86 assembly, for 64 bits, and for 32 bits with SSE2.
//!
//! x86 orders loads with loads and stores with stores by itself, so plain `mov`s acquire and release; a `lock`ed
//! instruction, and `xchg` without being told, is a full fence.
//!
//! # The sizes
//!
//! Measured on an AMD EPYC (Zen 3) beside glibc 2.36 by `cargo bench -p coview-memory --bench copy`, as multiples of the
//! speed of `memcpy`: 1.0 to 1.7 up to 32 bytes, where blocks of up to 16 bytes in the caller save the call; 1.0 to
//! 1.2 from there to 2 KiB, by AVX (SSE2 has 0.6 to 0.9 there); 1.2 to 1.7 at 4 KiB; 0.98 to 1.1 from 64 KiB on. While
//! other work keeps both cores busy: 0.86 to 0.93 at 1 and 3 bytes, 0.91 and more from there to 2 KiB.
//! `rep movsb` has 0.3 to 0.6 below 2 KiB, and 1.0 above, where `memcpy` is the same instruction; with a misaligned
//! destination and an aligned source both take 12 to 32 times as long as AVX from 3 KB to 256 KiB.

#[cfg(target_arch = "x86")]
use core::arch::x86::__cpuid;
#[cfg(target_arch = "x86_64")]
use core::arch::x86_64::__cpuid;

use core::arch::asm;
use core::sync::atomic::{AtomicU8, Ordering::Relaxed};
use std::arch::is_x86_feature_detected;

use super::blocks::{Block, ends, run};
use super::contract::{Copies, Word};

#[cfg(all(target_arch = "x86_64", not(target_pointer_width = "64")))]
compile_error!("the assembly here takes addresses of 64 bits");

/// An x86 processor, of 32 or 64 bits.
#[derive(Debug)]
pub(crate) enum X86 {}

/// A block of `N` bytes, with what every x86 processor has that we support.
enum Move<const N: usize> {}

/// A block of `N` bytes, with AVX.
enum Avx<const N: usize> {}

/// `block!(Kind<N>: instruction, register at offset, ...)`: the instruction loads all registers, then stores them.
macro_rules! block {
    ($kind:ident<$bytes:literal>: $mov:literal, $($register:literal at $offset:literal),*) => {
        impl Block for $kind<$bytes> {
            const BYTES: usize = $bytes;

            #[inline(always)]
            unsafe fn copy(dst: *mut u8, src: *const u8) {
                // SAFETY: reads `N` bytes at `src` and writes `N` at `dst`, which the contract permits. Whoever uses
                // `Avx` has found that the processor has it.
                unsafe {
                    asm!(
                        $(concat!($mov, " ", $register, ", [{src} + ", $offset, "]"),)*
                        $(concat!($mov, " [{dst} + ", $offset, "], ", $register),)*
                        src = in(reg) src, dst = in(reg) dst,
                        out("eax") _, out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
                        options(nostack, preserves_flags),
                    )
                }
            }

            #[inline(always)]
            unsafe fn copy_at(dst: *mut u8, src: *const u8, at: usize) {
                // SAFETY: as above, `at` bytes further.
                unsafe {
                    asm!(
                        $(concat!($mov, " ", $register, ", [{src} + {at} + ", $offset, "]"),)*
                        $(concat!($mov, " [{dst} + {at} + ", $offset, "], ", $register),)*
                        src = in(reg) src, dst = in(reg) dst, at = in(reg) at,
                        out("eax") _, out("xmm0") _, out("xmm1") _, out("xmm2") _, out("xmm3") _,
                        options(nostack, preserves_flags),
                    )
                }
            }
        }
    };
}

block!(Move<1>: "mov", "al" at 0);
block!(Move<2>: "mov", "ax" at 0);
block!(Move<4>: "mov", "eax" at 0);
block!(Move<8>: "movq", "xmm0" at 0);
block!(Move<16>: "movups", "xmm0" at 0);
block!(Move<32>: "movups", "xmm0" at 0, "xmm1" at 16);
block!(Move<64>: "movups", "xmm0" at 0, "xmm1" at 16, "xmm2" at 32, "xmm3" at 48);
block!(Avx<32>: "vmovups", "ymm0" at 0);
block!(Avx<64>: "vmovups", "ymm0" at 0, "ymm1" at 32);
block!(Avx<128>: "vmovups", "ymm0" at 0, "ymm1" at 32, "ymm2" at 64, "ymm3" at 96);

/// # Safety
/// Both ranges of `len` bytes are as for [`Block::copy`].
// Inlined everywhere: where `len` is a constant, as for typed values, one branch of it is left.
#[inline(always)]
unsafe fn copy(dst: *mut u8, src: *const u8, len: usize) {
    if len > 32 {
        match WAY.load(Relaxed) {
            // SAFETY: more than 32 bytes of the caller's ranges; this processor has its `WAY`. So below.
            AVX => unsafe { copy_avx(dst, src, len) },
            // SAFETY: as above.
            SSE2 => unsafe { copy_sse2(dst, src, len) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            STRING => unsafe { copy_string(dst, src, len) },
            // SAFETY: the same contract.
            _ => unsafe { detect_and_copy(dst, src, len) },
        }
    } else if len >= 16 {
        // SAFETY: one to two blocks of the caller's ranges, here and below.
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

/// # Safety
/// As for [`copy`].
#[cold]
#[inline(never)]
unsafe fn detect_and_copy(dst: *mut u8, src: *const u8, len: usize) {
    WAY.store(detect(), Relaxed);
    // SAFETY: the same contract.
    unsafe { copy(dst, src, len) }
}

/// How to copy more than 32 bytes on this processor; 0 before the first of them. Asked once, as `cpuid` is slow, and
/// in a virtual machine takes a trip to the hypervisor.
static WAY: AtomicU8 = AtomicU8::new(0);
const SSE2: u8 = 2;
const AVX: u8 = 1;
/// AVX, and from [`STRING_MIN`] on `rep movsb`.
const STRING: u8 = 3;

/// What [`WAY`] should be.
fn detect() -> u8 {
    let vendor = __cpuid(0);
    let intel = [vendor.ebx, vendor.edx, vendor.ecx] == [*b"Genu", *b"ineI", *b"ntel"].map(u32::from_le_bytes);
    if !is_x86_feature_detected!("avx") {
        SSE2
    } else if cfg!(target_arch = "x86_64") && intel && is_x86_feature_detected!("ermsb") {
        // Others promise a fast string copy too: see the sizes above (and glibc's bug 30994), so we believe one only.
        STRING
    } else {
        AVX
    }
}

/// # Safety
/// `len > 32`; both ranges of `len` bytes are as for [`Block::copy`].
#[inline(never)]
pub(super) unsafe fn copy_sse2(dst: *mut u8, src: *const u8, len: usize) {
    match len {
        // SAFETY: one to two blocks; the ranges are the caller's, here and below.
        ..=64 => unsafe { ends::<Move<32>>(dst, src, len) },
        // SAFETY: one to two blocks.
        65..=128 => unsafe { ends::<Move<64>>(dst, src, len) },
        // SAFETY: more than two blocks.
        129.. => unsafe { run::<Move<16>, Move<64>>(dst, src, len) },
    }
}

/// # Safety
/// `len > 32`; both ranges of `len` bytes are as for [`Block::copy`]; the processor has AVX.
#[inline(never)]
pub(super) unsafe fn copy_avx(dst: *mut u8, src: *const u8, len: usize) {
    match len {
        // SAFETY: one to two blocks; the ranges are the caller's, here and below.
        ..=64 => unsafe { ends::<Avx<32>>(dst, src, len) },
        // SAFETY: one to two blocks.
        65..=128 => unsafe { ends::<Avx<64>>(dst, src, len) },
        // SAFETY: one to two blocks.
        129..=256 => unsafe { ends::<Avx<128>>(dst, src, len) },
        // SAFETY: more than two blocks.
        257.. => unsafe { run::<Avx<32>, Avx<128>>(dst, src, len) },
    }
    // Upper halves left dirty slow down every SSE instruction that follows, on many processors.
    // SAFETY: touches no memory; the registers whose upper half it clears are declared.
    unsafe { asm!("vzeroupper", clobber_abi("C"), options(nostack, preserves_flags)) }
}

/// From this length on Intel's string copy is used: glibc's choice for AVX, not measured by us.
const STRING_MIN: usize = 4096;

/// # Safety
/// As for [`copy_avx`].
#[cfg(target_arch = "x86_64")]
#[inline(never)]
pub(super) unsafe fn copy_string(dst: *mut u8, src: *const u8, len: usize) {
    if len < STRING_MIN {
        // SAFETY: the same contract.
        return unsafe { copy_avx(dst, src, len) };
    }
    // The string copy wants its destination to start at a cache line.
    // SAFETY: the ranges are the caller's, and longer than this block.
    unsafe { Move::<64>::copy(dst, src) };
    let head = 64 - dst.addr() % 64;
    // SAFETY: `head <= 64 < len`, so what follows is the rest of both ranges. The direction flag is clear by ABI.
    unsafe {
        asm!(
            "rep movsb",
            inout("rcx") len - head => _,
            inout("rsi") src.wrapping_add(head) => _,
            inout("rdi") dst.wrapping_add(head) => _,
            options(nostack, preserves_flags),
        )
    }
}

impl Copies for X86 {
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

/// The words that fit a register. `$r` is the modifier for its name, `$register` the accumulator, which `cmpxchg` uses.
macro_rules! word {
    ($word:ty, $r:literal, $accumulator:tt) => {
        impl Word<X86> for $word {
            #[inline]
            unsafe fn load_relaxed(at: *const Self) -> Self {
                let value;
                // SAFETY: reads the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        concat!("mov {value:", $r, "}, [{at}]"),
                        at = in(reg) at, value = lateout(reg) value,
                        options(nostack, preserves_flags),
                    )
                };
                value
            }

            #[inline]
            unsafe fn store(at: *mut Self, value: Self) {
                // SAFETY: writes the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        concat!("mov [{at}], {value:", $r, "}"),
                        at = in(reg) at, value = in(reg) value,
                        options(nostack, preserves_flags),
                    )
                }
            }

            #[inline]
            unsafe fn swap(at: *mut Self, value: Self) -> Self {
                let old;
                // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        concat!("xchg [{at}], {value:", $r, "}"),
                        at = in(reg) at, value = inout(reg) value => old,
                        options(nostack, preserves_flags),
                    )
                };
                old
            }

            #[inline]
            unsafe fn compare_exchange(at: *mut Self, current: Self, new: Self) -> Result<Self, Self> {
                let old;
                // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        concat!("lock cmpxchg [{at}], {new:", $r, "}"),
                        at = in(reg) at, new = in(reg) new, inout($accumulator) current => old,
                        options(nostack),
                    )
                };
                if old == current { Ok(old) } else { Err(old) }
            }

            #[inline]
            unsafe fn fetch_add(at: *mut Self, value: Self) -> Self {
                let old;
                // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
                unsafe {
                    asm!(
                        concat!("lock xadd [{at}], {value:", $r, "}"),
                        at = in(reg) at, value = inout(reg) value => old,
                        options(nostack),
                    )
                };
                old
            }

            word!(@shared);
        }
    };
    // What follows from the functions above, and for the 64-bit word of a 32-bit processor from its own.
    (@shared) => {
        #[inline]
        unsafe fn load(at: *const Self) -> Self {
            // SAFETY: the same contract. Every load acquires.
            unsafe { <Self as Word<X86>>::load_relaxed(at) }
        }

        #[inline]
        unsafe fn store_seq_cst(at: *mut Self, value: Self) {
            // SAFETY: the same contract.
            unsafe { <Self as Word<X86>>::swap(at, value) };
        }

        #[inline]
        unsafe fn fetch_sub(at: *mut Self, value: Self) -> Self {
            // SAFETY: the same contract.
            unsafe { <Self as Word<X86>>::fetch_add(at, value.wrapping_neg()) }
        }

        #[inline]
        unsafe fn fetch_and(at: *mut Self, value: Self) -> Self {
            // SAFETY: the same contract.
            unsafe { update(at, |old| old & value) }
        }

        #[inline]
        unsafe fn fetch_or(at: *mut Self, value: Self) -> Self {
            // SAFETY: the same contract.
            unsafe { update(at, |old| old | value) }
        }

        #[inline]
        unsafe fn fetch_xor(at: *mut Self, value: Self) -> Self {
            // SAFETY: the same contract.
            unsafe { update(at, |old| old ^ value) }
        }
    };
}

/// Replaces the word by `change` of it, and returns the old one: x86 has no instruction that does this for `and`, `or`
/// and `xor`.
///
/// # Safety
/// As for [`Word::compare_exchange`].
#[inline(always)]
unsafe fn update<W: Word<X86>>(at: *mut W, change: impl Fn(W) -> W) -> W {
    // SAFETY: the same contract.
    let mut current = unsafe { W::load_relaxed(at) };
    loop {
        // SAFETY: the same contract.
        match unsafe { W::compare_exchange(at, current, change(current)) } {
            Ok(old) => return old,
            Err(other) => current = other,
        }
    }
}

word!(u32, "e", "eax");
#[cfg(target_arch = "x86_64")]
word!(u64, "r", "rax");

/// Eight bytes, on a processor whose registers have four. `movq` reads and writes them at once (aligned quadwords are
/// atomic since the Pentium); `cmpxchg8b` could not do the load, as it always writes and faults on a read-only page.
#[cfg(target_arch = "x86")]
impl Word<X86> for u64 {
    #[inline]
    unsafe fn load_relaxed(at: *const Self) -> Self {
        let mut value = 0;
        // SAFETY: the word is aligned and shared by contract, `value` is private.
        unsafe { Move::<8>::copy((&raw mut value).cast(), at.cast()) };
        value
    }

    #[inline]
    unsafe fn store(at: *mut Self, value: Self) {
        // SAFETY: the word is aligned and shared by contract, `value` is private.
        unsafe { Move::<8>::copy(at.cast(), (&raw const value).cast()) };
    }

    #[inline]
    unsafe fn compare_exchange(at: *mut Self, current: Self, new: Self) -> Result<Self, Self> {
        let low: u32;
        let high: u32;
        // SAFETY: accesses the word at `at`, which is aligned and shared by contract.
        unsafe {
            asm!(
                "lock cmpxchg8b [{at}]",
                at = in(reg) at,
                inout("eax") current as u32 => low, inout("edx") (current >> 32) as u32 => high,
                in("ebx") new as u32, in("ecx") (new >> 32) as u32,
                options(nostack),
            )
        };
        let old = u64::from(high) << 32 | u64::from(low);
        if old == current { Ok(old) } else { Err(old) }
    }

    #[inline]
    unsafe fn swap(at: *mut Self, value: Self) -> Self {
        // SAFETY: the same contract.
        unsafe { update(at, |_| value) }
    }

    #[inline]
    unsafe fn fetch_add(at: *mut Self, value: Self) -> Self {
        // SAFETY: the same contract.
        unsafe { update(at, |old| old.wrapping_add(value)) }
    }

    word!(@shared);
}
