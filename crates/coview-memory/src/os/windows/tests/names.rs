//! Names: one object each, of one kind, as long as a handle is open.

use super::support::*;
use crate::os::{Waitable, WaitableContract, WaitableKind};
use crate::rights::Rights;

#[test]
fn b01_b02_the_second_call_opens_what_exists_and_its_numbers_are_ignored() {
    let name = name("twice");
    let first = made(&request(Some(&name), 5000));
    let (second, created) = Handle::create(&request(Some(&name), 50_000)).unwrap_or_else(|e| panic!("{e}"));
    assert!(!created);
    assert_eq!((second.facts().size, second.facts().protection), (8192, None));
    assert_eq!(first.facts().protection, Some(Protection::ReadWrite));
    write(&map(&first, Access::Write), 0, b"shared");
    assert_eq!(read(&map(&second, Access::Read), 0, 6), b"shared");

    let again = CreateRequest {
        existing: Existing::Refuse,
        ..request(Some(&name), 1)
    };
    assert_eq!(refused(Handle::create(&again)), ErrorKind::AlreadyExists);
}

#[test]
fn b21_b22_the_name_goes_with_the_last_handle_and_the_memory_with_the_view() {
    let name = name("last");
    let handle = made(&request(Some(&name), 4096));
    let other = Handle::open(&name, Rights::READ, false).unwrap_or_else(|e| panic!("{e}"));
    let view = map(&handle, Access::Write);
    write(&view, 0, b"old");
    drop(handle);
    assert_eq!(Handle::identify(&name).unwrap(), Some(0));
    drop(other);
    assert_eq!(Handle::identify(&name).unwrap(), None);
    assert_eq!(refused(Handle::open(&name, Rights::READ, false)), ErrorKind::NotFound);

    let fresh = made(&request(Some(&name), 4096));
    assert_eq!(read(&map(&fresh, Access::Read), 0, 3), [0; 3]);
    assert_eq!(read(&view, 0, 3), b"old");
}

#[test]
fn b06_b07_one_name_space_for_all_kinds() {
    let name = name("kinds");
    let kind = WaitableKind::Event {
        manual: false,
        set: false,
    };
    let event = Waitable::create(kind, Some(&name), &PRIVATE, Existing::Open)
        .map_err(|e| panic!("{e}"))
        .unwrap();
    assert_eq!(
        refused(Handle::create(&request(Some(&name), 4096))),
        ErrorKind::NotAMapping
    );
    assert_eq!(
        refused(Handle::open(&name, Rights::READ, false)),
        ErrorKind::NotAMapping
    );
    assert_eq!(refused(Handle::identify(&name)), ErrorKind::NotAMapping);
    drop(event);
    let _mapping = made(&request(Some(&name), 4096));
    assert_eq!(
        refused(Waitable::create(kind, Some(&name), &PRIVATE, Existing::Open)),
        ErrorKind::NotAMapping
    );
}

#[test]
fn b11_b12_local_is_plain_and_global_is_another_name() {
    let base = name("scopes");
    let parse = |prefix: &str| Name::parse_needed("open", &format!("{prefix}{base}")).unwrap();
    let handle = made(&request(Some(&base), 4096));
    assert_eq!(Handle::identify(&parse(r"Local\")).unwrap(), Some(0));
    assert_eq!(Handle::identify(&parse(r"Global\")).unwrap(), None);
    let error = Handle::open(&parse(r"Global\"), Rights::READ, false).err().unwrap();
    assert!(
        error.kind() == ErrorKind::NotFound && error.to_string().contains(&format!("but {base:?} exists")),
        "{error}"
    );
    drop(handle);
    let global = made(&request(Some(&parse(r"Global\")), 4096));
    assert_eq!(Handle::identify(&base).unwrap(), None);
    drop(global);
}

#[test]
fn b16_b18_odd_and_long_names() {
    let long = "x".repeat(30_000);
    for odd in ["/", " ", ".", "..", "a:b", "*", "?", "\"", "\t", "共享", "🦀", &long] {
        let base = format!("{odd}{}", name("odd"));
        let name = Name::parse_needed("create", &base).unwrap();
        let _handle = made(&request(Some(&name), 4096));
        assert_eq!(Handle::identify(&name).unwrap(), Some(0), "{odd}");
    }
}

#[test]
fn c01_an_opened_handle_has_the_rights_asked_for_and_no_others() {
    let name = name("rights");
    let _handle = made(&CreateRequest {
        protection: Protection::ExecuteReadWrite,
        ..request(Some(&name), 4096)
    });
    for rights in [Rights::READ, Rights::WRITE, Rights::ALL, Rights::READ | Rights::EXECUTE] {
        let opened = Handle::open(&name, rights, false).unwrap_or_else(|e| panic!("{rights}: {e}"));
        assert_eq!(opened.rights(), rights);
        for access in Access::ALL {
            let mapped = opened.map(access, 0, 4096, Place::Anywhere);
            assert_eq!(mapped.is_ok(), rights.contains(access.needs()), "{rights} {access:?}");
            assert!(mapped.is_ok() || refused(mapped) == ErrorKind::AccessDenied);
        }
    }
}

#[test]
fn b28_the_dacl_decides_who_opens() {
    let name = name("dacl");
    // What the user may do is decided by the entry for everyone: reading.
    let reading = Security::sddl("D:P(A;;GR;;;WD)");
    let _handle = made(&CreateRequest {
        security: &reading,
        ..request(Some(&name), 4096)
    });
    assert!(Handle::open(&name, Rights::READ, false).is_ok());
    assert_eq!(
        refused(Handle::open(&name, Rights::ALL, false)),
        ErrorKind::AccessDenied
    );
    assert_eq!(Handle::identify(&name).unwrap(), Some(0));
}
