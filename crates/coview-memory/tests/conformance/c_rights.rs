//! C01 to C06: the rights of a handle that is opened.

use coview_memory::{Access, ErrorKind, Mapping, Protection, Rights, ViewOptions};

use crate::support::{TempFile, refused, unique};

fn allows(mapping: &Mapping, access: Access) -> bool {
    match ViewOptions::new().access(access).map(mapping) {
        Ok(view) => {
            assert_eq!(view.access(), access);
            true
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
            false
        }
    }
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn c01_a_handle_to_read() {
    let name = unique("c01");
    let _mapping = Mapping::create(&name, 4096).unwrap();
    let reader = Mapping::options().rights(Rights::READ).open(&name).unwrap();
    assert!(allows(&reader, Access::Read) && allows(&reader, Access::Copy));
    assert!(!allows(&reader, Access::Write));
}

/// Win32: `ERROR_ACCESS_DENIED`, against what `OpenFileMapping`'s page says.
#[test]
fn c02_a_handle_to_write_alone_does_not_read() {
    let name = unique("c02");
    let mapping = Mapping::create(&name, 4096).unwrap();
    let writer = Mapping::options().rights(Rights::WRITE).open(&name).unwrap();
    assert!(!allows(&writer, Access::Read) && !allows(&writer, Access::Copy));
    let view = ViewOptions::new().access(Access::Write).map(&writer).unwrap();
    view.write(0, b"written").unwrap();
    assert_eq!(mapping.view().unwrap().read_vec(0, 7).unwrap(), b"written");
}

#[test]
fn c03_a_handle_to_copy_is_a_handle_to_read() {
    let name = unique("c03");
    let mapping = Mapping::create(&name, 4096).unwrap();
    let reader = Mapping::options().rights(Rights::READ).open(&name).unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&reader).unwrap();
    copy.write(0, b"mine").unwrap();
    assert_eq!(mapping.view().unwrap().read_vec(0, 4).unwrap(), [0; 4]);
}

/// Win32: `ERROR_ACCESS_DENIED` for the view.
#[test]
fn c04_all_access_does_not_execute() {
    let name = unique("c04");
    let file = TempFile::new("c04", &[0; 4096]);
    let options = Mapping::options().protection(Protection::ExecuteReadWrite);
    let _mapping = options.file(&file.open()).create(&name, 0).unwrap();
    let all = Mapping::options().rights(Rights::ALL).open(&name).unwrap();
    assert!(allows(&all, Access::Read) && allows(&all, Access::Write));
    assert!(!allows(&all, Access::ExecuteRead) && !allows(&all, Access::ExecuteWrite));
    let more = Mapping::options()
        .rights(Rights::ALL | Rights::EXECUTE)
        .open(&name)
        .unwrap();
    assert!(allows(&more, Access::ExecuteRead) && allows(&more, Access::ExecuteWrite));
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn c05_no_right_at_all_is_refused() {
    let name = unique("c05");
    let _mapping = Mapping::create(&name, 4096).unwrap();
    let none = Mapping::options().rights(Rights::NONE).open(&name);
    assert_eq!(refused(none), ErrorKind::AccessDenied);
}

#[test]
fn c06_a_view_is_of_the_whole_object() {
    let name = unique("c06");
    let mapping = Mapping::create(&name, 3 * 4096).unwrap();
    let opened = Mapping::open(&name).unwrap();
    assert_eq!(opened.size(), mapping.size());
    assert_eq!(opened.view().unwrap().len() as u64, mapping.size());
}
