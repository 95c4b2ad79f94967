//! Creating in memory: sizes, protections, rights.

use super::support::*;
use crate::rights::Rights;

#[test]
fn a30_a32_memory_is_zero_and_rounded_up_to_pages() {
    let handle = unnamed(0x3452);
    assert_eq!(handle.facts().size, 0x4000);
    assert!(!handle.facts().file && handle.facts().pages == Pages::Commit);
    assert_eq!(read(&map(&handle, Access::Read), 0, 0x4000), vec![0; 0x4000]);
}

#[test]
fn a04_a35_d01_six_protections_with_their_rights_and_views() {
    for protection in Protection::ALL {
        let handle = made(&CreateRequest {
            protection,
            ..request(None, 4096)
        });
        assert_eq!(handle.rights(), protection.rights());
        assert_eq!(handle.facts().protection, Some(protection));
        for access in Access::ALL {
            let mapped = handle.map(access, 0, 4096, Place::Anywhere);
            assert_eq!(mapped.is_ok(), protection.admits(access), "{protection:?} {access:?}");
            assert!(mapped.is_ok() || refused(mapped) == ErrorKind::AccessDenied);
        }
    }
}

#[test]
fn b04_a_view_beyond_the_objects_protection_is_denied() {
    let name = name("weaker");
    // Its DACL grants writing; its protection does not.
    let _handle = made(&CreateRequest {
        protection: Protection::ReadOnly,
        ..request(Some(&name), 4096)
    });
    let opened = Handle::open(&name, Rights::ALL, false).unwrap_or_else(|e| panic!("{e}"));
    // Wine lets memory be written whatever its protection is.
    if !under_wine() {
        assert_eq!(
            refused(opened.map(Access::Write, 0, 4096, Place::Anywhere)),
            ErrorKind::AccessDenied
        );
    }
    assert!(opened.map(Access::Read, 0, 4096, Place::Anywhere).is_ok());
}

#[test]
fn b26_unnamed_objects_are_distinct() {
    let (one, other) = (unnamed(4096), unnamed(4096));
    write(&map(&one, Access::Write), 0, b"x");
    assert_eq!(read(&map(&other, Access::Read), 0, 1), [0]);
    assert_eq!(one.identity(), 0);
}

#[test]
fn a15_large_pages_are_multiples_of_their_size() {
    let large = super::super::large_pages::size();
    let request = |size| CreateRequest {
        pages: Pages::Large,
        ..request(None, size)
    };
    if large == 0 {
        assert_eq!(refused(Handle::create(&request(4096))), ErrorKind::Unsupported);
        return;
    }
    assert_eq!(
        refused(Handle::create(&request(large + 4096))),
        ErrorKind::InvalidArgument
    );
    match Handle::create(&request(2 * large)) {
        Ok((handle, _)) => {
            assert_eq!((handle.facts().pages, handle.facts().size), (Pages::Large, 2 * large));
            let region = handle
                .map(Access::Write, large + 10, 100, Place::Anywhere)
                .unwrap_or_else(|e| panic!("{e}"));
            write(&region, 99, b"z");
            assert_eq!(read(&map(&handle, Access::Read), large as usize + 109, 1), b"z");
        }
        Err(error) => assert!(
            matches!(error.kind(), ErrorKind::PrivilegeNotHeld | ErrorKind::NoMemory),
            "{error}"
        ),
    }
}

#[test]
fn a27_an_absurd_size_is_no_memory() {
    assert_eq!(refused(Handle::create(&request(None, 1 << 59))), ErrorKind::NoMemory);
}
