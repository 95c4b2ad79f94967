//! Copies.

use core::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::thread;

use super::fixture::{Area, GUARD, Random, Shared, pattern, rounds, untouched};
use crate::raw::access;
use crate::raw::contract::{Copies, Word};

/// One of the two directions.
#[derive(Clone, Copy, Debug)]
enum Direction {
    Out,
    In,
}

/// Copies `len` bytes from `src` of one area to `dst` of the other, and looks at the whole of the other.
fn copy_and_look<M: Copies>(
    direction: Direction,
    (from, src): (&mut Area, usize),
    (to, dst): (&mut Area, usize),
    len: usize,
) {
    let (source, target) = (from.base().wrapping_add(src), to.base().wrapping_add(dst));
    match direction {
        // SAFETY: both areas are long enough, and nobody else has them.
        Direction::Out => unsafe { M::copy_out(source, target, len) },
        // SAFETY: as above.
        Direction::In => unsafe { M::copy_in(target, source, len) },
    }
    let expected = &from.bytes()[src..src + len];
    let bytes = to.bytes();
    let (before, bytes) = bytes.split_at_mut(dst);
    let (copy, rest) = bytes.split_at_mut(len);
    assert!(copy == expected, "{direction:?} {len} bytes from {src} to {dst} arrive");
    let kept = untouched(before) && untouched(rest);
    assert!(
        kept,
        "{direction:?} {len} bytes from {src} to {dst} keep to their range"
    );
    copy.fill(GUARD);
}

fn areas(len: usize) -> (Area, Area) {
    let (mut from, to) = (Area::new(len), Area::new(len));
    let bytes = from.bytes();
    let pattern = pattern(bytes.len());
    bytes.copy_from_slice(&pattern);
    (from, to)
}

pub(super) fn every_size_and_alignment<M: Copies>(most: usize) {
    let (mut from, mut to) = areas(most + 2 * 64);
    for len in 0..=most {
        for alignments in 0..256 {
            let (src, dst) = (alignments / 16, 16 + alignments % 16);
            copy_and_look::<M>(Direction::Out, (&mut from, src), (&mut to, dst), len);
            copy_and_look::<M>(Direction::In, (&mut from, src), (&mut to, dst), len);
        }
    }
}

pub(super) fn large_sizes<M: Copies>(sizes: &[usize]) {
    let around = |len: usize| [len - 65, len - 64, len - 1, len, len + 1, len + 63, len + 64, len + 65];
    for len in sizes.iter().copied().flat_map(around) {
        let (mut from, mut to) = areas(len + 2 * 64);
        for (src, dst) in [(0, 0), (0, 1), (1, 0), (5, 5), (63, 31)] {
            copy_and_look::<M>(Direction::Out, (&mut from, src), (&mut to, dst), len);
            copy_and_look::<M>(Direction::In, (&mut from, src), (&mut to, dst), len);
        }
    }
}

pub(super) fn random_ranges<M: Copies>() {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let (mut from, mut to) = areas(20_000);
    for _ in 0..rounds(5_000) {
        let most = 1 << random.below(14);
        let len = random.below(most);
        let (src, dst) = (random.below(20_000 - len), random.below(20_000 - len));
        let direction = if random.below(2) == 0 {
            Direction::Out
        } else {
            Direction::In
        };
        copy_and_look::<M>(direction, (&mut from, src), (&mut to, dst), len);
    }
}

/// Two threads write ranges that meet within a cell: each byte keeps what its own writer wrote.
pub(super) fn neighbours_keep_theirs<M: Copies>() {
    let mut area = Area::new(64);
    let shared = Shared(area.base());
    let write = move |dst: usize, len: usize| {
        for round in 0..rounds(100_000) {
            let (value, mut found) = ([round as u8; 16], [0; 16]);
            // SAFETY: the ranges lie within the area and are of two threads; the arrays are private.
            unsafe { M::copy_in(shared.at(dst), value.as_ptr(), len) };
            // SAFETY: as above.
            unsafe { M::copy_out(shared.at(dst), found.as_mut_ptr(), len) };
            assert_eq!(found[..len], value[..len]);
        }
    };
    thread::scope(|scope| {
        scope.spawn(move || write(1, 9));
        scope.spawn(move || write(10, 13));
    });
    let bytes = area.bytes();
    assert_eq!([bytes[0], bytes[23]], [GUARD, GUARD]);
}

/// A copy that races with words yields old and new bytes, nothing else.
pub(super) fn copies_race_with_words<M: Copies, W: Word<M>>(old: W, new: W) {
    const WORDS: usize = 64;
    let len = WORDS * size_of::<W>();
    let mut area = Area::new(len);
    area.bytes().fill(0);
    let shared = Shared(area.base());
    let copied = AtomicUsize::new(0);
    thread::scope(|scope| {
        scope.spawn(|| {
            while copied.load(SeqCst) < rounds(20_000) {
                for value in [new, old] {
                    for word in 0..WORDS {
                        // SAFETY: the words lie within the area, aligned.
                        unsafe { W::store(shared.at(word * size_of::<W>()), value) };
                    }
                }
            }
        });
        let mut found = vec![0x55; len];
        for round in 0..rounds(20_000) {
            let start = round % 16;
            // SAFETY: the range lies within the area, `found` is private.
            unsafe { M::copy_out(shared.at(start), found.as_mut_ptr(), len - start) };
            let clean = found[..len - start].iter().all(|&byte| byte == 0 || byte == 0xff);
            copied.fetch_add(1, SeqCst);
            assert!(clean, "{found:x?}");
        }
    });
}

/// Everything that the crate calls, against a plain array.
#[test]
fn access_follows_a_model() {
    const LEN: usize = 8192;
    let mut random = Random(0x2545_f491_4f6c_dd1d);
    let mut area = Area::new(LEN);
    let base = area.base();
    let mut model = vec![GUARD; LEN];
    for round in 0..rounds(20_000) {
        let most = 1 << random.below(13);
        let len = random.below(most);
        let (dst, src) = (random.below(LEN - len), random.below(LEN - len));
        match random.below(5) {
            0 => {
                let bytes: Vec<u8> = (0..len).map(|_| random.below(256) as u8).collect();
                // SAFETY: `dst + len` is within the area; `bytes` is private.
                unsafe { access::copy_in(base.wrapping_add(dst), bytes.as_ptr(), len) };
                model[dst..dst + len].copy_from_slice(&bytes);
            }
            1 => {
                // SAFETY: `dst + len` is within the area.
                unsafe { access::fill(base.wrapping_add(dst), round as u8, len) };
                model[dst..dst + len].fill(round as u8);
            }
            2 => {
                // SAFETY: both ranges are within the area.
                unsafe { access::copy_within(base.wrapping_add(dst), base.wrapping_add(src), len) };
                model.copy_within(src..src + len, dst);
            }
            3 => {
                let mut bytes = model[src..src + len].to_vec();
                // SAFETY: `src + len` is within the area.
                let found = unsafe { access::compare(base.wrapping_add(src), &bytes) };
                assert_eq!(found, None);
                if len > 0 {
                    let (first, second) = (random.below(len), random.below(len));
                    bytes[first] ^= 1;
                    bytes[second] ^= 2;
                    // SAFETY: as above.
                    let found = unsafe { access::compare(base.wrapping_add(src), &bytes) };
                    assert_eq!(found, Some(first.min(second)));
                }
            }
            _ => {
                let mut bytes = vec![0; len];
                // SAFETY: `src + len` is within the area; `bytes` is private.
                unsafe { access::copy_out(base.wrapping_add(src), bytes.as_mut_ptr(), len) };
                assert_eq!(bytes, model[src..src + len]);
            }
        }
    }
    assert_eq!(area.bytes(), &model[..]);
}
