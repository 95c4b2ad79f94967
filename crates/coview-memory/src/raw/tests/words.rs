//! Words, alone and with copies.

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use super::fixture::{Area, GUARD, Shared, rounds};
use crate::raw::contract::{Copies, Word};

/// Each operation against its meaning.
pub(super) fn word_operations<M, W: Word<M> + TryFrom<u128>>() {
    let of = |value: u128| {
        W::try_from(value & (u128::MAX >> (128 - 8 * size_of::<W>())))
            .ok()
            .unwrap()
    };
    let mut area = Area::new(64);
    let at = area.base().cast::<W>().wrapping_add(1);
    let values = [
        0,
        1,
        0x8000_0000,
        0xffff_ffff,
        0x1_0000_0000,
        0x0123_4567_89ab_cdef,
        u128::MAX,
    ];
    for a in values {
        for b in values {
            let set = || {
                // SAFETY: `at` is the second word of the area, here and below.
                unsafe { W::store(at, of(a)) };
            };
            let get = || {
                // SAFETY: as above.
                let acquired = unsafe { W::load(at) };
                // SAFETY: as above.
                (acquired, unsafe { W::load_relaxed(at) })
            };
            type Modify<W> = unsafe fn(*mut W, W) -> W;
            let modify: [(Modify<W>, u128); 6] = [
                (W::swap, b),
                (W::fetch_add, a.wrapping_add(b)),
                (W::fetch_sub, a.wrapping_sub(b)),
                (W::fetch_and, a & b),
                (W::fetch_or, a | b),
                (W::fetch_xor, a ^ b),
            ];
            for (operation, expected) in modify {
                set();
                assert_eq!(get(), (of(a), of(a)));
                // SAFETY: as above.
                assert_eq!(unsafe { operation(at, of(b)) }, of(a));
                assert_eq!(get(), (of(expected), of(expected)));
            }
            set();
            // SAFETY: as above.
            let result = unsafe { W::compare_exchange(at, of(b), of(!a)) };
            let same = of(a) == of(b);
            assert_eq!(result, if same { Ok(of(a)) } else { Err(of(a)) });
            assert_eq!(get().0, of(if same { !a } else { a }));
            // SAFETY: as above.
            unsafe { W::store_seq_cst(at, of(b)) };
            assert_eq!(get(), (of(b), of(b)));
        }
    }
    let size = size_of::<W>();
    let bytes = area.bytes();
    let kept = bytes[..size]
        .iter()
        .chain(&bytes[2 * size..])
        .all(|&byte| byte == GUARD);
    assert!(kept, "the neighbours of a word are not touched");
}

/// No addition is lost between two threads, whichever operations do it.
pub(super) fn counts_are_exact<M, W: Word<M> + From<u32> + TryInto<usize>>() {
    let mut area = Area::new(64);
    area.bytes().fill(0);
    let shared = Shared(area.base());
    let times = rounds(100_000);
    let one = W::from(1);
    thread::scope(|scope| {
        for bit in [1, 2] {
            scope.spawn(move || {
                let flag = W::from(bit);
                for _ in 0..times {
                    // SAFETY: the words of the area, aligned, here and below.
                    unsafe { W::fetch_add(shared.at(0), one) };
                    // SAFETY: as above.
                    unsafe { W::fetch_sub(shared.at(8), one) };
                    // SAFETY: as above. Each thread inverts its own bit and must find it as it left it.
                    let before = unsafe { W::fetch_or(shared.at(16), flag) };
                    // SAFETY: as above.
                    let after = unsafe { W::fetch_xor(shared.at(16), flag) };
                    let own = |word: W| word.try_into().ok().unwrap() & bit as usize;
                    assert_eq!((own(before), own(after)), (0, bit as usize));
                }
            });
        }
    });
    // SAFETY: as above.
    let added = unsafe { W::load(shared.at(0)) };
    assert_eq!(added.try_into().ok().unwrap(), 2 * times);
    // SAFETY: as above.
    let subtracted = unsafe { W::fetch_add(shared.at(8), added) };
    assert_ne!(subtracted, W::from(0));
    // SAFETY: as above.
    let difference = unsafe { W::load(shared.at(8)) };
    assert_eq!(difference, W::from(0));
}

/// A 64-bit word is read and written whole.
pub(super) fn words_do_not_tear<M>()
where
    u64: Word<M>,
{
    let mut area = Area::new(64);
    area.bytes().fill(0);
    let shared = Shared(area.base());
    let loaded = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while loaded.load(SeqCst) < rounds(100_000) {
                for half in 0..1000_u64 {
                    // SAFETY: the first word of the area.
                    unsafe { u64::store(shared.at(0), half << 32 | half) };
                }
            }
        });
        for _ in 0..rounds(100_000) {
            // SAFETY: as above.
            let word = unsafe { u64::load(shared.at(0)) };
            loaded.fetch_add(1, SeqCst);
            assert_eq!(word >> 32, word & 0xffff_ffff);
        }
    });
}

/// What was copied in before a `store` is copied out after the `load` that saw it.
pub(super) fn messages_arrive_complete<M: Copies, W: Word<M> + From<u32>>() {
    const LEN: usize = 200;
    let mut area = Area::new(LEN + 64);
    area.bytes().fill(0);
    let shared = Shared(area.base());
    let await_word = move |at: usize, value: u32| {
        let mut spins = 0;
        // SAFETY: the words of the area's first line, aligned.
        while unsafe { W::load(shared.at(at)) } != W::from(value) {
            spin(&mut spins);
        }
    };
    let messages = u32::try_from(rounds(20_000)).unwrap();
    thread::scope(|scope| {
        scope.spawn(move || {
            for message in 1..=messages {
                let bytes = [message as u8; LEN];
                // SAFETY: the range lies within the area and does not meet the words; `bytes` is private.
                unsafe { M::copy_in(shared.at(63), bytes.as_ptr(), LEN) };
                // SAFETY: as in `await_word`.
                unsafe { W::store(shared.at(0), W::from(message)) };
                await_word(8, message);
            }
        });
        for message in 1..=messages {
            await_word(0, message);
            let mut bytes = [0; LEN];
            // SAFETY: as above.
            unsafe { M::copy_out(shared.at(63), bytes.as_mut_ptr(), LEN) };
            assert_eq!(bytes, [message as u8; LEN]);
            // SAFETY: as above.
            unsafe { W::store(shared.at(8), W::from(message)) };
        }
    });
}

/// Waits a little, and lets others run after a while.
fn spin(spins: &mut u32) {
    *spins += 1;
    if cfg!(miri) || (*spins).is_multiple_of(256) {
        thread::yield_now()
    } else {
        core::hint::spin_loop()
    }
}

/// Store buffering (Dekker): each of two threads writes its word, then reads the other's. With a full fence between
/// the two, at least one sees the other's write.
pub(super) fn full_fences<M, W: Word<M> + From<u32>>() {
    type Write<W> = unsafe fn(*mut W, W);
    let writes: [Write<W>; 3] = [
        W::store_seq_cst,
        |at, value| {
            // SAFETY: the contract of the pointer's type, here and below.
            unsafe { W::swap(at, value) };
        },
        |at, value| {
            // SAFETY: as above.
            unsafe { W::fetch_or(at, value) };
        },
    ];
    for write in writes {
        assert_eq!(both_read_old(write), 0);
    }
}

/// How often neither thread saw the other's write.
fn both_read_old<M, W: Word<M> + From<u32>>(write: unsafe fn(*mut W, W)) -> usize {
    let count = rounds(20_000);
    // A line for each thread and round.
    let mut area = Area::new(2 * 64 * count);
    area.bytes().fill(0);
    let shared = Shared(area.base());
    let started = AtomicUsize::new(0);
    let run = |own: usize, other: usize| {
        let mut seen = Vec::with_capacity(count);
        for round in 0..count {
            let line = 2 * round;
            // Both start a round together.
            started.fetch_add(1, SeqCst);
            let mut spins = 0;
            while started.load(SeqCst) < 2 * (round + 1) {
                spin(&mut spins);
            }
            // SAFETY: the lines lie within the area, aligned.
            unsafe { write(shared.at((line + own) * 64), W::from(1)) };
            // SAFETY: as above.
            seen.push(unsafe { W::load_relaxed(shared.at((line + other) * 64)) } != W::from(0));
        }
        seen
    };
    thread::scope(|scope| {
        let first = scope.spawn(|| run(0, 1));
        let second = run(1, 0);
        let first = first.join().unwrap();
        first
            .iter()
            .zip(&second)
            .filter(|seen| *seen == (&false, &false))
            .count()
    })
}
