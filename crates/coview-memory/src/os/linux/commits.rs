//! The shared set of committed pages of a reserved mapping: one bit per 4 KiB, in the same file behind the last page.
//!
//! A bit is set (and never cleared) after the page got its memory. A peer that lies in it harms itself: who learns
//! of a page from the set first sees to it that the page has memory.

use std::ops::Range;

use crate::os::Pages;

/// What one bit stands for, on every system, whatever its own pages are.
pub(super) const UNIT: u64 = 4096;

/// Where the set lies in the file of a mapping of `size` bytes, in whole pages.
pub(super) fn map_of(size: u64) -> Range<u64> {
    let page = super::page_size() as u64;
    let start = size.next_multiple_of(page);
    let words = start.div_ceil(UNIT).div_ceil(32);
    start..start + (words * 4).next_multiple_of(page)
}

/// How long the file of a mapping of `size` bytes is at least: touching what is missing would end this process.
pub(super) fn file_length(size: u64, pages: Pages) -> u64 {
    match pages {
        Pages::Reserve => map_of(size).end,
        _ => size,
    }
}

/// The bits that a range of bytes touches.
pub(super) fn bits(offset: u64, len: u64) -> Range<u64> {
    offset / UNIT..(offset + len).div_ceil(UNIT)
}

/// For each word of the set that `bits` touches: its index, and the mask of its bits.
pub(super) fn words(bits: Range<u64>) -> impl Iterator<Item = (usize, u32)> {
    let (mut at, end) = (bits.start, bits.end);
    std::iter::from_fn(move || {
        if at >= end {
            return None;
        }
        let (word, first) = (at / 32, at % 32);
        let count = (32 - first).min(end - at);
        at += count;
        let mask = if count == 32 {
            u32::MAX
        } else {
            ((1 << count) - 1) << first
        };
        Some((word as usize, mask))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_bit_of_a_range_is_in_exactly_one_mask() {
        for (start, end) in [(0, 0), (0, 1), (5, 37), (31, 33), (32, 64), (63, 200)] {
            let mut seen = Vec::new();
            for (word, mask) in words(start..end) {
                seen.extend(
                    (0..32)
                        .filter(|bit| mask & (1 << bit) != 0)
                        .map(|bit| word as u64 * 32 + bit),
                );
            }
            assert_eq!(seen, (start..end).collect::<Vec<_>>());
        }
        assert_eq!(bits(4095, 2), 0..2);
        assert_eq!(map_of(8192).start, 8192);
    }
}
