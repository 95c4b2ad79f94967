//! Mapped ranges: any offset, coherence, and what can be done with their pages.

use super::super::system::{granularity, page_size};
use super::support::*;
use crate::os::Advice;

#[test]
fn d06_d07_any_offset_and_any_length() {
    let handle = unnamed(3 * granularity());
    let whole = map(&handle, Access::Write);
    let end = whole.len();
    for offset in [0, 1, 4095, 4096, 65_535, 65_536, 65_537, 131_000, end - 1] {
        for len in [1, 2, 4096, 70_000] {
            if offset + len > end {
                continue;
            }
            let part = handle
                .map(Access::Write, offset as u64, len, Place::Anywhere)
                .unwrap_or_else(|e| panic!("{e}"));
            assert_eq!(part.len(), len);
            write(&part, len - 1, &[(offset % 251) as u8]);
            assert_eq!(read(&whole, offset + len - 1, 1), [(offset % 251) as u8]);
            assert_eq!(part.base().addr() as u64 % granularity(), offset as u64 % granularity());
        }
    }
}

#[test]
fn d17_d22_views_are_coherent_and_copies_are_private() {
    let handle = unnamed(8192);
    let (one, other, copy) = (
        map(&handle, Access::Write),
        map(&handle, Access::Read),
        map(&handle, Access::Copy),
    );
    write(&one, 0, b"seen");
    assert_eq!(read(&other, 0, 4), b"seen");
    write(&copy, 0, b"mine");
    assert_eq!(read(&other, 0, 4), b"seen");
    write(&one, 4096, b"late");
    assert_eq!(read(&copy, 4096, 4), b"late");
}

#[test]
fn d02_a_view_without_access_takes_addresses() {
    let handle = unnamed(8192);
    let region = handle
        .map(Access::None, 4096, 100, Place::Anywhere)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(region.len(), 100);
    assert!(!region.base().is_null());
}

#[test]
fn d25_a_region_outlives_its_handle() {
    let region = map(&unnamed(4096), Access::Write);
    write(&region, 0, b"alone");
    assert_eq!(read(&region, 0, 5), b"alone");
}

#[test]
fn g03_flushing_memory_does_nothing() {
    let region = map(&unnamed(4096), Access::Write);
    region.flush(10, 100).unwrap();
    region.flush_file().unwrap();
}

#[test]
fn pages_can_be_brought_in_kept_and_let_go() {
    let region = unnamed(200_000)
        .map(Access::Read, 100, 100_000, Place::Anywhere)
        .unwrap_or_else(|e| panic!("{e}"));
    region.prefault(0, region.len()).unwrap();
    region.prefault(5000, 1).unwrap();
    region.prefault(5000, 0).unwrap();
    region.lock(5, page_size()).unwrap();
    region.unlock(5, page_size()).unwrap();
    region.unlock(5, page_size()).unwrap();
    region.lock(0, 0).unwrap();
    region.unlock(0, 0).unwrap();
    for advice in [
        Advice::Normal,
        Advice::Random,
        Advice::Sequential,
        Advice::WillNeed,
        Advice::LargePages,
    ] {
        region.advise(7, 10_000, advice).unwrap();
        region.advise(7, 0, advice).unwrap();
    }
    region.sync_commits(&mut |_, _| panic!("not reserved")).unwrap();
}
