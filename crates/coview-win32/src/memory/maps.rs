//! What the kernel says of this process's addresses: /proc/self/maps, and /proc/self/pagemap for single pages.

use std::fs::File;
use std::os::unix::fs::FileExt;

use crate::failure::Answer;

/// A line of /proc/self/maps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) read: bool,
    pub(super) write: bool,
    pub(super) execute: bool,
    pub(super) shared: bool,
    /// Whether a file lies behind it.
    pub(super) file: bool,
}

/// All of them, in their order. A snapshot: other threads may map and unmap meanwhile.
pub(super) fn lines() -> Answer<Vec<Line>> {
    let text = std::fs::read("/proc/self/maps")?;
    Ok(String::from_utf8_lossy(&text).lines().filter_map(parse).collect())
}

/// `7f00-7f40 rw-s 00000000 00:01 1234    /path`
fn parse(line: &str) -> Option<Line> {
    let mut fields = line.split_ascii_whitespace();
    let (start, end) = fields.next()?.split_once('-')?;
    let rights = fields.next()?.as_bytes();
    let inode = fields.nth(2)?;
    Some(Line {
        start: usize::from_str_radix(start, 16).ok()?,
        end: usize::from_str_radix(end, 16).ok()?,
        read: *rights.first()? == b'r',
        write: *rights.get(1)? == b'w',
        execute: *rights.get(2)? == b'x',
        shared: *rights.get(3)? == b's',
        file: inode != "0",
    })
}

/// Which of `count` pages from an address on this process has a copy of its own of: they were written in a view that
/// copies (row D23). Nothing is said of pages that the kernel does not tell about.
pub(super) fn own_copies(address: usize, count: usize) -> Vec<bool> {
    // proc(5): a page is present (bit 63) or swapped out (bit 62), and of a file or shared (bit 61), or else our own.
    const THERE: u64 = 1 << 63 | 1 << 62;
    const SHARED: u64 = 1 << 61;
    let mut entries = vec![0; count * 8];
    let first = (address / rustix::param::page_size() * 8) as u64;
    let read = File::open("/proc/self/pagemap").and_then(|file| file.read_exact_at(&mut entries, first));
    if read.is_err() {
        return vec![false; count];
    }
    let (entries, _) = entries.as_chunks::<8>();
    let is_own = |entry: u64| entry & THERE != 0 && entry & SHARED == 0;
    entries.iter().map(|entry| is_own(u64::from_ne_bytes(*entry))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_where_and_what() {
        let line = parse("7f00-7f40 rw-s 00000000 00:01 1234    /dev/shm/a b (deleted)").unwrap();
        let expected = Line {
            start: 0x7f00,
            end: 0x7f40,
            read: true,
            write: true,
            execute: false,
            shared: true,
            file: true,
        };
        assert_eq!(line, expected);
        assert!(!parse("7f00-7f40 ---p 00000000 00:00 0").unwrap().file);
        assert_eq!(parse("nonsense"), None);
    }

    #[test]
    fn our_own_code_is_among_them() {
        let here = our_own_code_is_among_them as fn() as usize;
        let found = lines()
            .unwrap()
            .into_iter()
            .find(|line| (line.start..line.end).contains(&here));
        assert!(found.unwrap().execute);
    }
}
