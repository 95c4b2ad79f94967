//! A22 to A31: sizes, of files and of memory.

use coview_memory::{ErrorKind, Mapping, Protection, ViewOptions};

use crate::support::{TempFile, refused, under_wine};

/// Win32: `ERROR_FILE_INVALID`.
#[test]
fn a22_an_empty_file_needs_a_size() {
    let file = TempFile::new("a22", b"");
    for protection in Protection::ALL {
        let made = Mapping::options()
            .protection(protection)
            .file(&file.open())
            .create("", 0);
        assert_eq!(refused(made), ErrorKind::FileInvalid, "{protection:?}");
    }
}

#[test]
fn a23_a_shorter_file_grows_at_once() {
    for content in [&b""[..], b"some"] {
        let file = TempFile::new("a23", content);
        let mapping = Mapping::options().file(&file.open()).create("", 10_001).unwrap();
        assert_eq!((file.len(), mapping.size()), (10_001, 10_001));
        mapping.view().unwrap().write(10_000, b"!").unwrap();
    }
}

#[test]
fn a24_what_a_file_grows_by_is_zero() {
    let file = TempFile::new("a24", b"some");
    let mapping = Mapping::options().file(&file.open()).create("", 20_000).unwrap();
    assert_eq!(mapping.view().unwrap().compare(4, &[0; 19_996]).unwrap(), None);
    assert_eq!(mapping.view().unwrap().read_vec(0, 4).unwrap(), b"some");
}

/// Win32: `ERROR_NOT_ENOUGH_MEMORY`, from `STATUS_SECTION_TOO_BIG`.
#[test]
fn a25_what_cannot_write_cannot_grow() {
    let file = TempFile::new("a25", b"some");
    for protection in Protection::ALL.into_iter().filter(|protection| !protection.writes()) {
        let made = Mapping::options()
            .protection(protection)
            .file(&file.open())
            .create("", 5);
        assert_eq!(refused(made), ErrorKind::NoMemory, "{protection:?}");
    }
    assert_eq!(file.len(), 4);
}

/// Win32: `ERROR_DISK_FULL`. So large that no disk has it, and not so large that no file can be.
#[test]
fn a26_a_file_grows_no_larger_than_its_disk() {
    let file = TempFile::new("a26", b"some");
    let made = Mapping::options().file(&file.open()).create("", 15 << 40);
    if under_wine() {
        assert!(made.is_ok(), "recorded: Wine makes the file longer without room for it");
        return;
    }
    assert_eq!(refused(made), ErrorKind::DiskFull);
    assert_eq!(file.content(), b"some");
}

/// Win32: `ERROR_NOT_ENOUGH_MEMORY` or `ERROR_INVALID_PARAMETER`.
#[test]
fn a27_an_absurd_size_leaves_the_file_alone() {
    let file = TempFile::new("a27", b"some");
    let made = Mapping::options().file(&file.open()).create("", 1 << 59);
    assert_eq!(refused(made), ErrorKind::DiskFull);
    assert_eq!(refused(Mapping::unnamed(1 << 59)), ErrorKind::NoMemory);
    assert_eq!(file.content(), b"some");
}

#[test]
fn a28_a_smaller_mapping_is_the_files_beginning() {
    let file = TempFile::new("a28", b"beginning and end");
    let mapping = Mapping::options().file(&file.open()).create("", 9).unwrap();
    let view = mapping.view().unwrap();
    assert_eq!((mapping.size(), view.len(), file.len()), (9, 9, 17));
    assert_eq!(view.read_vec(0, 9).unwrap(), b"beginning");
}

#[test]
fn a29_size_zero_is_the_files_length() {
    let file = TempFile::new("a29", &[7; 0x3456]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    assert_eq!((mapping.size(), mapping.view().unwrap().len()), (0x3456, 0x3456));
}

#[test]
fn a30_exact_of_a_file_and_whole_pages_of_memory() {
    let file = TempFile::new("a30", &[7; 0x4000]);
    let of_file = Mapping::options().file(&file.open()).create("", 0x3452).unwrap();
    assert_eq!(of_file.size(), 0x3452);
    let page = Mapping::unnamed(1).unwrap().size();
    let memory = Mapping::unnamed(0x3452).unwrap();
    assert_eq!(memory.size(), 0x3452_u64.next_multiple_of(page));
    assert_eq!(memory.view().unwrap().len() as u64, memory.size());
}

#[test]
fn a31_the_size_stays_when_the_file_grows() {
    let file = TempFile::new("a31", b"some");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    file.open().set_len(9_000).unwrap();
    assert_eq!((mapping.size(), mapping.view().unwrap().len()), (4, 4));
    let beyond = ViewOptions::new().range(0, 5).map(&mapping);
    assert_eq!(refused(beyond), ErrorKind::OutOfRange);
}
