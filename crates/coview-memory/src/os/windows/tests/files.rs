//! Mappings of files: what is checked, how long they are, and that bytes reach the file.

use std::os::windows::fs::OpenOptionsExt;

use windows_sys::Win32::Foundation::{GENERIC_EXECUTE, GENERIC_READ, GENERIC_WRITE};
use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_BACKUP_SEMANTICS;

use super::support::*;

fn of(file: &File, protection: Protection, size: u64) -> CreateRequest<'_> {
    CreateRequest {
        file: Some(file),
        protection,
        ..request(None, size)
    }
}

#[test]
fn a06_to_a10_the_file_must_be_open_for_what_the_mapping_will() {
    let scratch = Scratch::new(&[7; 5000]);
    let open = |access| OpenOptions::new().access_mode(access).open(&scratch.0).unwrap();
    let admitted = |file: &File| {
        Protection::ALL.map(|p| {
            Handle::create(&of(file, p, 0)).map(|_| true).unwrap_or_else(|error| {
                assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
                false
            })
        })
    };
    // In the order of Protection::ALL: ReadOnly, ReadWrite, WriteCopy, then the same with execute.
    assert_eq!(admitted(&open(GENERIC_READ)), [true, false, true, false, false, false]);
    assert_eq!(
        admitted(&open(GENERIC_READ | GENERIC_WRITE)),
        [true, true, true, false, false, false]
    );
    assert_eq!(
        admitted(&open(GENERIC_READ | GENERIC_EXECUTE)),
        [true, false, true, true, false, true]
    );
    assert_eq!(
        admitted(&open(GENERIC_READ | GENERIC_WRITE | GENERIC_EXECUTE)),
        [true; 6]
    );
    assert_eq!(admitted(&open(GENERIC_WRITE)), [false; 6]);
    assert_eq!(admitted(&open(0)), [false; 6]);
}

#[test]
fn a21_folders_and_pipes_are_no_files() {
    let folder = OpenOptions::new()
        .read(true)
        .custom_flags(FILE_FLAG_BACKUP_SEMANTICS)
        .open(std::env::temp_dir());
    assert_eq!(
        refused(Handle::create(&of(&folder.unwrap(), Protection::ReadOnly, 0))),
        ErrorKind::FileInvalid
    );
    let (reader, _writer) = std::io::pipe().unwrap();
    let pipe = File::from(std::os::windows::io::OwnedHandle::from(reader));
    assert_eq!(
        refused(Handle::create(&of(&pipe, Protection::ReadOnly, 4096))),
        ErrorKind::FileInvalid
    );
}

#[test]
fn a22_a25_a_file_too_short() {
    let (empty, short) = (Scratch::new(b""), Scratch::new(b"abc"));
    for protection in Protection::ALL.into_iter().filter(|p| !p.executes()) {
        assert_eq!(
            refused(Handle::create(&of(&empty.open(), protection, 0))),
            ErrorKind::FileInvalid
        );
    }
    for protection in [Protection::ReadOnly, Protection::WriteCopy] {
        assert_eq!(
            refused(Handle::create(&of(&short.open(), protection, 4))),
            ErrorKind::NoMemory
        );
    }
    assert_eq!(short.content(), b"abc");
}

#[test]
fn a23_a28_a29_a30_sizes_of_files_are_exact() {
    let scratch = Scratch::new(b"abc");
    let file = scratch.open();
    let handle = made(&of(&file, Protection::ReadWrite, 0x3456));
    assert!(handle.facts().file && handle.facts().size == 0x3456);
    assert_eq!(scratch.content().len(), 0x3456);
    write(&map(&handle, Access::Write), 0x3455, b"!");
    drop(handle);
    assert_eq!(made(&of(&file, Protection::ReadOnly, 0)).facts().size, 0x3456);
    let part = made(&of(&file, Protection::ReadOnly, 2));
    assert_eq!(
        (part.facts().size, read(&map(&part, Access::Read), 0, 2)),
        (2, b"ab".to_vec())
    );
    assert_eq!(scratch.content()[0x3455], b'!');
}

#[test]
fn a27_an_absurd_size_leaves_the_file_as_it_is() {
    let scratch = Scratch::new(b"abc");
    assert_eq!(
        refused(Handle::create(&of(&scratch.open(), Protection::ReadWrite, 1 << 59))),
        ErrorKind::DiskFull
    );
    assert_eq!(scratch.content(), b"abc");
}

#[test]
fn d21_a_copy_never_reaches_the_file() {
    let scratch = Scratch::new(b"abc");
    let handle = made(&of(&scratch.open(), Protection::WriteCopy, 0));
    let copy = map(&handle, Access::Copy);
    write(&copy, 0, b"X");
    copy.flush(0, 3).unwrap();
    assert_eq!(
        (read(&copy, 0, 3), scratch.content()),
        (b"Xbc".to_vec(), b"abc".to_vec())
    );
}

#[test]
fn e08_reserving_a_file_commits_it() {
    let scratch = Scratch::new(b"abc");
    let file = scratch.open();
    let handle = made(&CreateRequest {
        pages: Pages::Reserve,
        ..of(&file, Protection::ReadWrite, 0)
    });
    assert_eq!(handle.facts().pages, Pages::Commit);
    assert_eq!(read(&map(&handle, Access::Read), 0, 3), b"abc");
}

#[test]
fn g01_flushing_also_after_the_callers_file_is_closed() {
    let scratch = Scratch::new(&[0; 9000]);
    let file = scratch.open();
    let handle = made(&of(&file, Protection::ReadWrite, 0));
    drop(file);
    let region = handle
        .map(Access::Write, 4099, 2000, Place::Anywhere)
        .unwrap_or_else(|e| panic!("{e}"));
    write(&region, 1, b"flushed");
    region.flush(1, 7).unwrap();
    region.flush(5, 0).unwrap();
    region.flush_file().unwrap();
    assert_eq!(&scratch.content()[4100..4107], b"flushed");
    drop(handle);
    region.flush_file().unwrap();
}

#[test]
fn g07_the_file_is_known_where_it_was_given() {
    let (name, scratch) = (name("flush-file"), Scratch::new(&[0; 100]));
    let file = scratch.open();
    let first = made(&CreateRequest {
        name: Some(&name),
        ..of(&file, Protection::ReadWrite, 0)
    });
    let opened = Handle::open(&name, crate::rights::Rights::ALL, false).unwrap_or_else(|e| panic!("{e}"));
    assert!(opened.facts().file && opened.facts().size == 100);
    assert_eq!(
        refused(map(&opened, Access::Write).flush_file()),
        ErrorKind::Unsupported
    );
    let copy = first.duplicate(first.rights(), false).unwrap_or_else(|e| panic!("{e}"));
    map(&copy, Access::Write).flush_file().unwrap();

    let reading = File::open(&scratch.0).unwrap();
    let reading = made(&of(&reading, Protection::ReadOnly, 0));
    assert_eq!(
        refused(map(&reading, Access::Read).flush_file()),
        ErrorKind::AccessDenied
    );
    map(&unnamed(4096), Access::Write).flush_file().unwrap();
}
