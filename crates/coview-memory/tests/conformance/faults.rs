//! Touching what must not be touched, past all of the library's checks: in another process, which dies of it.

use coview_memory::{Access, Mapping, Pages, ViewOptions};

use crate::roles::{Role, say};

/// Whether a process that touches it survives.
#[track_caller]
pub(crate) fn survives(what: &str) -> bool {
    let other = Role::Touch.start(&[what]);
    assert_eq!(other.said(), "touching");
    let (rest, success) = other.finish();
    assert_eq!(rest.contains("survived"), success, "{rest}");
    success
}

/// In the other process.
pub(crate) fn touch(what: &str) {
    let memory = Mapping::unnamed(4096).unwrap();
    let (mapping, access, write) = match what {
        "reading view" => (memory, Access::Read, true),
        "view without access" => (memory, Access::None, false),
        "reserved page" => (
            Mapping::options().pages(Pages::Reserve).create("", 4096).unwrap(),
            Access::Write,
            true,
        ),
        "writing view" => (memory, Access::Write, true),
        other => panic!("nothing to touch: {other}"),
    };
    let view = ViewOptions::new().access(access).map(&mapping).unwrap();
    let at = view.trusted().as_ptr();
    say("touching");
    if write {
        // SAFETY: the address lies in the view. That the processor refuses, and ends this process, is the point.
        unsafe { at.write_volatile(1) };
    } else {
        // SAFETY: as above.
        unsafe { at.read_volatile() };
    }
    println!("survived");
}

/// Not a row: that dying is not just what every touch leads to.
#[test]
fn a_touch_that_is_allowed_is_survived() {
    assert!(survives("writing view"));
}
