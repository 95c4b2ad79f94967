//! E01 to E05, E07 to E09: reserved memory, and committing it.

use coview_memory::{AccessError, ErrorKind, Mapping, Pages};

use crate::faults;
use crate::roles::Role;
use crate::support::{TempFile, refused, under_wine, unique};

const SIZE: u64 = 1 << 20;

fn reserve(name: &str) -> Mapping {
    Mapping::options().pages(Pages::Reserve).create(name, SIZE).unwrap()
}

#[test]
fn e01_a_view_of_reserved_memory_has_no_pages() {
    let mapping = reserve("");
    let view = mapping.view().unwrap();
    assert_eq!((mapping.pages(), view.len() as u64), (Pages::Reserve, SIZE));
    let none = AccessError::NotCommitted { offset: 0, len: 1 };
    assert_eq!(view.read::<u8>(0).unwrap_err(), none);
    assert_eq!(view.write(0, b"x").unwrap_err(), none);
    assert_eq!(view.read_vec(0, 0).unwrap(), b"");
}

/// Win32: `EXCEPTION_ACCESS_VIOLATION`.
#[test]
fn e02_touching_a_reserved_page() {
    let mapping = reserve("");
    assert!(mapping.view().unwrap().fill(0, SIZE as usize, 1).is_err());
    assert_eq!(
        faults::survives("reserved page"),
        under_wine(),
        "recorded: Wine gives the page"
    );
}

#[test]
fn e03_committing_commits_for_all() {
    let name = unique("e03");
    let mapping = reserve(&name);
    let (one, two) = (mapping.view().unwrap(), Mapping::open(&name).unwrap().view().unwrap());
    one.commit(0, 4096).unwrap();
    one.write(0, b"news").unwrap();
    two.sync_commits().unwrap();
    assert_eq!(two.read_vec(0, 4).unwrap(), b"news");
    assert!(two.read::<u8>(SIZE as usize - 1).is_err());
    assert_eq!(Role::Open.start(&[&name]).said(), "news");
}

#[test]
fn e04_committing_twice_is_fine() {
    let mapping = reserve("");
    let view = mapping.view().unwrap();
    view.commit(5000, 5000).unwrap();
    view.write(5000, b"kept").unwrap();
    view.commit(5000, 5000).unwrap();
    view.commit(0, SIZE as usize).unwrap();
    assert_eq!(view.read_vec(5000, 4).unwrap(), b"kept");
}

#[test]
fn e05_later_views_see_what_is_committed() {
    let mapping = reserve("");
    let first = mapping.view().unwrap();
    first.commit(0, 4096).unwrap();
    first.write(0, b"first").unwrap();
    drop(first);
    let later = mapping.view().unwrap();
    assert_eq!(later.read_vec(0, 5).unwrap(), b"first");
    assert!(later.read::<u8>(SIZE as usize - 1).is_err());
}

/// Win32: `ERROR_INVALID_ADDRESS`.
#[test]
fn e07_committing_beyond_the_view() {
    let mapping = reserve("");
    let view = mapping.view().unwrap();
    for (offset, len) in [(SIZE as usize, 1), (0, SIZE as usize + 1), (usize::MAX, 1)] {
        assert_eq!(refused(view.commit(offset, len)), ErrorKind::OutOfRange);
    }
}

#[test]
fn e08_reserving_a_file_means_nothing() {
    let file = TempFile::new("e08", b"content");
    let mapping = Mapping::options()
        .pages(Pages::Reserve)
        .file(&file.open())
        .create("", 0)
        .unwrap();
    assert_eq!(mapping.pages(), Pages::Commit);
    assert_eq!(mapping.view().unwrap().read_vec(0, 7).unwrap(), b"content");
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn e09_committing_in_a_files_view() {
    let file = TempFile::new("e09", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    assert_eq!(refused(mapping.view().unwrap().commit(0, 1)), ErrorKind::AccessDenied);
}
