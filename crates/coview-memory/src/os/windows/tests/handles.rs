//! Duplicates with fewer rights, and handles that a child inherits.

use std::process::Command;

use super::support::*;
use crate::rights::Rights;

#[test]
fn i05_a_duplicate_has_fewer_rights_and_never_more() {
    let handle = unnamed(4096);
    let reading = handle.duplicate(Rights::READ, false).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((reading.rights(), reading.facts()), (Rights::READ, handle.facts()));
    assert!(reading.map(Access::Read, 0, 1, Place::Anywhere).is_ok());
    // The kernel enforces it, whatever the caller has checked.
    assert_eq!(
        refused(reading.map(Access::Write, 0, 1, Place::Anywhere)),
        ErrorKind::AccessDenied
    );
    assert_eq!(refused(reading.duplicate(Rights::ALL, false)), ErrorKind::AccessDenied);
    let nothing = handle.duplicate(Rights::NONE, false).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(
        refused(nothing.map(Access::Read, 0, 1, Place::Anywhere)),
        ErrorKind::AccessDenied
    );
    assert_eq!(
        refused(nothing.map(Access::None, 0, 1, Place::Anywhere)),
        ErrorKind::AccessDenied
    );
}

#[test]
fn what_is_no_token_is_refused() {
    for token in ["", "x", "0", "3", "fffffffc", "-4", "4.6", "4.", "4.1.1", "123456789"] {
        // SAFETY: nothing is taken over, as none of them is one.
        let taken = unsafe { Handle::from_inherited(token) };
        assert_eq!(refused(taken), ErrorKind::InvalidArgument, "{token}");
    }
    // SAFETY: no handle has this value.
    let taken = unsafe { Handle::from_inherited("7ffffffc.1") };
    assert_eq!(refused(taken), ErrorKind::AccessDenied);
}

const TOKEN: &str = "COVIEW_TEST_TOKEN";

fn child_finds(handle: &Handle) -> bool {
    let child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "os::windows::tests::handles::i07_in_the_child",
            "--nocapture",
        ])
        .env(TOKEN, handle.to_inherited())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout);
    assert!(child.status.success(), "{text}");
    text.contains("child: found")
}

#[test]
fn i07_a_child_inherits_what_was_made_so() {
    for inherit in [true, false] {
        let handle = made(&CreateRequest {
            inherit,
            ..request(None, 5000)
        });
        let region = map(&handle, Access::Write);
        write(&region, 0, b"parent");
        assert_eq!(child_finds(&handle), inherit);
        assert_eq!(read(&region, 0, 6), if inherit { b"child!" } else { b"parent" });
    }
    let name = name("inherited");
    let _handle = made(&request(Some(&name), 5000));
    let opened = Handle::open(&name, Rights::ALL, true).unwrap_or_else(|e| panic!("{e}"));
    let region = map(&opened, Access::Write);
    write(&region, 0, b"parent");
    assert!(child_finds(&opened));
    // A duplicate is nobody's inheritance.
    assert!(!child_finds(
        &opened.duplicate(Rights::ALL, false).unwrap_or_else(|e| panic!("{e}"))
    ));
}

#[test]
fn i07_in_the_child() {
    let Ok(token) = std::env::var(TOKEN) else {
        return;
    };
    // SAFETY: the parent made the token of its handle, and this is the only place that takes it.
    let Ok(handle) = (unsafe { Handle::from_inherited(&token) }) else {
        return;
    };
    assert_eq!((handle.facts().size, handle.rights()), (8192, Rights::ALL));
    assert_eq!(handle.facts().protection.is_some(), token.contains('.'));
    let region = map(&handle, Access::Write);
    if read(&region, 0, 6) == b"parent" {
        write(&region, 0, b"child!");
        println!("child: found");
    }
}
