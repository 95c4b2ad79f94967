//! Which pages of a reserved view may be touched: a private set of pages that only grows.
//!
//! The set is this process's own, never the shared one: what a peer writes cannot make us touch a missing page.

use std::ops::RangeInclusive;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::page;

/// One bit per page that the view touches. Its bits are set after the pages became touchable (Release) and read
/// before they are touched (Acquire).
pub(super) struct Commits {
    /// The view's first byte within its first page.
    skew: usize,
    words: Box<[AtomicU64]>,
}

impl Commits {
    pub(super) fn new(base: usize, len: usize) -> Self {
        let skew = base % page::size();
        let pages = (skew + len).div_ceil(page::size());
        Self {
            skew,
            words: (0..pages.div_ceil(64)).map(|_| AtomicU64::new(0)).collect(),
        }
    }

    fn pages(&self, offset: usize, len: usize) -> RangeInclusive<usize> {
        let first = (self.skew + offset) / page::size();
        let last = (self.skew + offset + len.saturating_sub(1)) / page::size();
        first..=last
    }

    /// The range lies within the view.
    pub(super) fn add(&self, offset: usize, len: usize) {
        if len == 0 {
            return;
        }
        for page in self.pages(offset, len) {
            self.words[page / 64].fetch_or(1 << (page % 64), Ordering::Release);
        }
    }

    /// The range lies within the view; the empty one touches nothing.
    pub(super) fn contains(&self, offset: usize, len: usize) -> bool {
        len == 0
            || self
                .pages(offset, len)
                .all(|page| self.words[page / 64].load(Ordering::Acquire) & (1 << (page % 64)) != 0)
    }
}

impl Commits {
    /// Whether the page of that byte of the view is touchable, and where the pages end that are so as well, or not
    /// either: in bytes of the view, at most `len`, which is its length.
    pub(super) fn run(&self, offset: usize, len: usize) -> (bool, usize) {
        let first = (self.skew + offset) / page::size();
        let last = (self.skew + len - 1) / page::size();
        let bits = |word: usize| self.words[word].load(Ordering::Acquire);
        let same = bits(first / 64) & (1 << (first % 64)) != 0;
        let mut end = first;
        while end <= last {
            // The pages of this word from there on that are otherwise.
            let others = (if same { !bits(end / 64) } else { bits(end / 64) }) >> (end % 64);
            let left = 64 - end % 64;
            let alike = (others.trailing_zeros() as usize).min(left);
            end += alike;
            if alike < left {
                break;
            }
        }
        (
            same,
            (end.min(last + 1) * page::size()).saturating_sub(self.skew).min(len),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_is_touchable_when_every_page_of_it_is() {
        let page = page::size();
        let commits = Commits::new(page * 3 + 100, page * 200);
        assert!(commits.contains(0, 0) && !commits.contains(0, 1));
        commits.add(0, page);
        assert!(commits.contains(0, page * 2 - 100) && !commits.contains(0, page * 2 - 99));
        commits.add(page * 150, page * 50);
        assert!(commits.contains(page * 150, page * 50) && !commits.contains(page * 149 - 101, 2 * page));
    }

    #[test]
    fn a_run_ends_where_the_pages_are_otherwise() {
        let (page, len) = (page::size(), page::size() * 200 - 100);
        let commits = Commits::new(page * 3 + 100, len);
        assert_eq!(commits.run(0, len), (false, len));
        commits.add(page * 10 - 100, page * 120);
        assert_eq!(commits.run(0, len), (false, page * 10 - 100));
        assert_eq!(commits.run(page * 10 - 100, len), (true, page * 130 - 100));
        assert_eq!(commits.run(page * 129, len), (true, page * 130 - 100));
        assert_eq!(commits.run(page * 130 - 100, len), (false, len));
        commits.add(0, len);
        assert_eq!(commits.run(page * 77, len), (true, len));
    }
}
