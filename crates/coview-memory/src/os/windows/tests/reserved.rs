//! Reserved mappings: pages come by commit, for all views, and others learn of it.

use super::super::system::page_size;
use super::support::*;

fn reserved(size: u64) -> Handle {
    made(&CreateRequest {
        pages: Pages::Reserve,
        ..request(None, size)
    })
}

/// Which bytes are committed, page by page.
fn committed(region: &Region) -> Vec<bool> {
    let mut bytes = vec![false; region.len()];
    region
        .sync_commits(&mut |offset, len| bytes[offset..offset + len].fill(true))
        .unwrap();
    bytes
}

#[test]
fn e01_e03_e04_a_page_committed_in_one_view_is_there_in_all() {
    let page = page_size();
    let handle = reserved(10 * page as u64);
    assert_eq!(handle.facts().pages, Pages::Reserve);
    let (one, other) = (map(&handle, Access::Write), map(&handle, Access::Read));
    assert!(one.is_reserved() && !committed(&one).contains(&true));

    // Two bytes on two pages.
    one.commit(3 * page - 1, 2).unwrap();
    one.commit(3 * page - 1, 2).unwrap();
    write(&one, 3 * page, b"there");
    assert_eq!(read(&other, 3 * page, 5), b"there");
    let expected: Vec<bool> = (0..10 * page).map(|at| (2 * page..4 * page).contains(&at)).collect();
    assert!(committed(&other) == expected);
    one.commit(0, 0).unwrap();
    assert!(committed(&one) == expected);
}

#[test]
fn e05_a_later_view_at_an_odd_offset_sees_what_is_committed() {
    let page = page_size();
    let handle = reserved(64 * page as u64);
    map(&handle, Access::Write).commit(20 * page, page).unwrap();
    let late = handle
        .map(Access::Write, 20 * page as u64 - 5, 3 * page, Place::Anywhere)
        .unwrap_or_else(|e| panic!("{e}"));
    let expected: Vec<bool> = (0..3 * page).map(|at| (5..page + 5).contains(&at)).collect();
    assert!(committed(&late) == expected);
    late.commit(page + 5, 1).unwrap();
    write(&late, page + 5, b"x");
    assert!(committed(&map(&handle, Access::Read))[21 * page]);
}

#[test]
fn e07_committing_keeps_bytes_and_works_for_executable_views() {
    let handle = made(&CreateRequest {
        pages: Pages::Reserve,
        protection: Protection::ExecuteReadWrite,
        ..request(None, 1 << 20)
    });
    let region = map(&handle, Access::ExecuteWrite);
    region.commit(0, 10).unwrap();
    write(&region, 0, b"kept");
    region.commit(0, 1 << 20).unwrap();
    assert_eq!(read(&region, 0, 4), b"kept");
    assert!(!committed(&region).contains(&false));
}
