//! The floor: the only code that touches shared bytes.
//!
//! # Why this is sound
//!
//! A mapping is memory outside of the Rust abstract machine: other processes write it at any moment, and no rule of
//! Rust's memory model binds them. So no Rust reference ever points into it, and no Rust load or store ever touches it.
//!
//! On x86-64, x86 (with SSE2) and aarch64 **every access, of a word as well as of a range, is a block of inline
//! assembly**. For the compiler such a block is opaque code that may read and write any memory it was given a way to
//! (no block says `nomem`), so nothing is cached over it, moved past it or assumed of what it returns. Its meaning is
//! the processor's, and a processor has no undefined data races:
//!
//! - an aligned word of 32 or 64 bits is read and written whole;
//! - a copy moves each byte once or more and promises no unit beyond the byte: a copy that races with a writer yields
//!   some mix of old and new bytes, and harms nothing else;
//! - words and copies may meet on the same bytes at the same time, from us and from any peer.
//!
//! On every other processor, with `--cfg coview_portable`, and under Miri, [`portable`] does the same with Rust's
//! atomics: a copy goes through aligned 32-bit cells. This leaves its user **one rule**, since Rust does not define a
//! race between atomics of different sizes: a 64-bit word that is written meanwhile must not at the same time be
//! accessed as 32-bit words or copied as bytes. (A peer that breaks the rule is outside of every model there.)
//!
//! # What orders what
//!
//! [`load`] acquires, [`store`] releases, copies and [`load_relaxed`] order nothing. [`store_seq_cst`] and every
//! read-modify-write operation is sequentially consistent and a full fence besides: what follows it, a relaxed load
//! included, happens after it on every processor. [`core::sync::atomic::fence`] acts on all of these accesses as it acts
//! on relaxed atomics (a seqlock's reader needs one after its copy): it emits the processor's barrier, and the compiler moves neither it nor a block of assembly
//! past the other.
//!
//! # What is where
//!
//! [`access`] is what the rest of the crate calls, [`contract`] what each processor's file has to provide.
#![allow(
    dead_code,
    reason = "every implementation is compiled and tested; a build uses one of them"
)]

pub(crate) mod access;
mod contract;

#[cfg(target_arch = "aarch64")]
mod aarch64;
#[cfg(any(target_arch = "x86_64", target_arch = "x86", target_arch = "aarch64"))]
mod blocks;
mod portable;
#[cfg(any(target_arch = "x86_64", all(target_arch = "x86", target_feature = "sse2")))]
mod x86;

#[cfg(test)]
mod tests;

pub(crate) use access::*;
pub(crate) use contract::Word;

core::cfg_select! {
    any(coview_portable, miri) => {
        use portable::Portable as Native;
    }
    any(target_arch = "x86_64", all(target_arch = "x86", target_feature = "sse2")) => {
        use x86::X86 as Native;
    }
    target_arch = "aarch64" => {
        use aarch64::Aarch64 as Native;
    }
    _ => {
        use portable::Portable as Native;
    }
}
