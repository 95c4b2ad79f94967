//! D01 to D10, D13, D17, D18, D20, D24, D25: views.

use coview_memory::{Access, AccessError, ErrorKind, Mapping, Protection, ViewOptions};

use crate::faults;
use crate::support::{TempFile, refused};

/// Win32's bits of a view's access.
const COPY: u32 = 1;
const WRITE: u32 = 2;
const READ: u32 = 4;
const EXECUTE: u32 = 0x20;
const ALL_ACCESS: u32 = 0xF_001F;

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn d01_which_protection_admits_which_view() {
    let file = TempFile::new("d01", &[0; 4096]);
    let (writable, readable) = (file.open(), file.open_to_read());
    for protection in Protection::ALL {
        let options = Mapping::options().protection(protection);
        let mut mappings = vec![options.create("", 4096).unwrap()];
        mappings.push(options.clone().file(&writable).create("", 0).unwrap());
        if !protection.writes() {
            mappings.push(options.clone().file(&readable).create("", 0).unwrap());
        }
        for (mapping, access) in mappings.iter().flat_map(|m| Access::ALL.map(|access| (m, access))) {
            let writes = matches!(access, Access::Write | Access::ExecuteWrite);
            let executes = matches!(access, Access::ExecuteRead | Access::ExecuteWrite | Access::ExecuteCopy);
            let expected = (!writes || protection.writes()) && (!executes || protection.executes());
            match ViewOptions::new().access(access).map(mapping) {
                Ok(view) => {
                    assert!(expected, "{protection:?} {access:?}");
                    let touched = if access.writes() { view.write(0, b"x") } else { Ok(()) };
                    let read = if access.reads() {
                        view.read::<u8>(0).map(drop)
                    } else {
                        Ok(())
                    };
                    assert_eq!((touched, read), (Ok(()), Ok(())), "{protection:?} {access:?}");
                }
                Err(error) => {
                    assert!(!expected, "{protection:?} {access:?}: {error}");
                    assert_eq!(error.kind(), ErrorKind::AccessDenied, "{protection:?} {access:?}");
                }
            }
        }
    }
}

#[test]
fn d02_a_view_without_access() {
    use coview_memory::Rights;
    let mapping = Mapping::unnamed(4096).unwrap();
    let options = ViewOptions::new().access(Access::from_file_map(0));
    let view = options.map(&mapping).unwrap();
    assert_eq!((view.access(), view.len()), (Access::None, 4096));
    assert_eq!(view.read::<u8>(0).unwrap_err(), AccessError::NoAccess);
    assert_eq!(view.write(0, b"x").unwrap_err(), AccessError::NoAccess);
    let writer = mapping.duplicate(Rights::WRITE).unwrap();
    assert_eq!(refused(options.map(&writer)), ErrorKind::AccessDenied);
    assert!(!faults::survives("view without access"));
}

#[test]
fn d03_read_and_write_is_write() {
    let mapping = Mapping::unnamed(4096).unwrap();
    for bits in [READ | WRITE, WRITE, ALL_ACCESS] {
        let view = ViewOptions::new()
            .access(Access::from_file_map(bits))
            .map(&mapping)
            .unwrap();
        let value = bits as u8;
        view.write(0, &value).unwrap();
        assert_eq!(mapping.view().unwrap().read::<u8>(0).unwrap(), value);
    }
}

#[test]
fn d04_only_copy_alone_copies() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let map = |bits| {
        ViewOptions::new()
            .access(Access::from_file_map(bits))
            .map(&mapping)
            .unwrap()
    };
    map(WRITE | COPY).write(0, b"shared").unwrap();
    assert_eq!(mapping.view().unwrap().read_vec(0, 6).unwrap(), b"shared");
    assert_eq!(map(READ | COPY).write(0, b"x").unwrap_err(), AccessError::ReadOnly);
    map(COPY).write(0, b"copied").unwrap();
    assert_eq!(mapping.view().unwrap().read_vec(0, 6).unwrap(), b"shared");
}

#[test]
fn d05_execute_adds_to_the_others() {
    for (bits, access) in [
        (EXECUTE, Access::None),
        (EXECUTE | READ, Access::ExecuteRead),
        (EXECUTE | COPY, Access::ExecuteCopy),
        (EXECUTE | WRITE, Access::ExecuteWrite),
        (EXECUTE | ALL_ACCESS, Access::ExecuteWrite),
    ] {
        assert_eq!(Access::from_file_map(bits), access);
        let executable = Mapping::options()
            .protection(Protection::ExecuteReadWrite)
            .create("", 4096)
            .unwrap();
        assert!(ViewOptions::new().access(access).map(&executable).is_ok(), "{access:?}");
    }
}

#[test]
fn d06_to_the_end_of_the_mapping() {
    let mapping = Mapping::unnamed(3 << 16).unwrap();
    for offset in [0, 1 << 16, 2 << 16, 4097, (3 << 16) - 1] {
        let view = ViewOptions::new().offset(offset).map(&mapping).unwrap();
        assert_eq!((view.offset(), view.len() as u64), (offset, (3 << 16) - offset));
    }
}

/// Win32: `ERROR_ACCESS_DENIED`, from `STATUS_INVALID_VIEW_SIZE`.
#[test]
fn d08_one_byte_beyond_the_mapping() {
    let file = TempFile::new("d08", &[7; 0x3452]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    assert!(ViewOptions::new().range(0, 0x3452).map(&mapping).is_ok());
    assert_eq!(
        refused(ViewOptions::new().range(0, 0x3453).map(&mapping)),
        ErrorKind::OutOfRange
    );
    let memory = Mapping::unnamed(1 << 17).unwrap();
    let beyond = ViewOptions::new().range(1 << 16, (1 << 16) + 1).map(&memory);
    assert_eq!(refused(beyond), ErrorKind::OutOfRange);
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn d09_an_offset_at_or_beyond_the_end() {
    let mapping = Mapping::unnamed(1 << 16).unwrap();
    for offset in [1 << 16, 1 << 20, u64::MAX] {
        assert_eq!(
            refused(ViewOptions::new().offset(offset).map(&mapping)),
            ErrorKind::OutOfRange
        );
        assert_eq!(
            refused(ViewOptions::new().range(offset, 1).map(&mapping)),
            ErrorKind::OutOfRange
        );
    }
}

/// Win32: `ERROR_INVALID_PARAMETER`.
#[test]
fn d10_an_absurd_length() {
    let mapping = Mapping::unnamed(1 << 17).unwrap();
    for offset in [0, 1 << 16] {
        let absurd = ViewOptions::new().range(offset, u64::MAX).map(&mapping);
        assert_eq!(refused(absurd), ErrorKind::OutOfRange);
    }
}

#[test]
fn d13_what_lies_behind_the_files_end_never_reaches_it() {
    let file = TempFile::new("d13", b"hundred");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    // The page reaches further than the file, the view does not.
    assert_eq!(
        view.write(7, b"behind").unwrap_err(),
        AccessError::OutOfRange {
            offset: 7,
            len: 6,
            view: 7
        }
    );
    view.flush().unwrap();
    drop((view, mapping));
    assert_eq!(file.content(), b"hundred");
    let longer = Mapping::options().file(&file.open()).create("", 4096).unwrap();
    assert_eq!(longer.view().unwrap().compare(7, &[0; 4089]).unwrap(), None);
}

#[test]
fn d17_two_views_of_one_object() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let (one, two) = (mapping.view().unwrap(), mapping.view().unwrap());
    assert_ne!(one.trusted().as_ptr(), two.trusted().as_ptr());
    one.store_u32(0, 7).unwrap();
    assert_eq!(two.load_u32(0).unwrap(), 7);
    two.store_u32(0, 8).unwrap();
    assert_eq!(one.load_u32(0).unwrap(), 8);
}

#[test]
fn d18_two_mappings_of_one_file() {
    let file = TempFile::new("d18", &[0; 4096]);
    let one = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let two = Mapping::options().file(&file.open()).create("", 0).unwrap();
    one.view().unwrap().write(100, b"one").unwrap();
    assert_eq!(two.view().unwrap().read_vec(100, 3).unwrap(), b"one");
}

/// Win32: `EXCEPTION_ACCESS_VIOLATION`.
#[test]
fn d20_writing_to_a_view_to_read() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let view = ViewOptions::new().access(Access::Read).map(&mapping).unwrap();
    assert_eq!(view.write(0, b"x").unwrap_err(), AccessError::ReadOnly);
    assert_eq!(view.fill(0, 1, 1).unwrap_err(), AccessError::ReadOnly);
    assert_eq!(view.store_u32(0, 1).unwrap_err(), AccessError::ReadOnly);
    assert!(!faults::survives("reading view"));
}

#[test]
fn d24_unmapping_one_view_leaves_the_others() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let (one, two) = (mapping.view().unwrap(), mapping.view().unwrap());
    one.write(0, b"kept").unwrap();
    drop(one);
    assert_eq!(two.read_vec(0, 4).unwrap(), b"kept");
}

#[test]
fn d25_a_view_outlives_the_handles() {
    let file = TempFile::new("d25", b"content");
    let opened = file.open();
    let mapping = Mapping::options().file(&opened).create("", 0).unwrap();
    let view = ViewOptions::new().keep_handle(false).map(&mapping).unwrap();
    drop((mapping, opened));
    view.write(0, b"CONTENT").unwrap();
    assert_eq!(view.read_vec(0, 7).unwrap(), b"CONTENT");
    drop(view);
    assert_eq!(file.content(), b"CONTENT");
}
