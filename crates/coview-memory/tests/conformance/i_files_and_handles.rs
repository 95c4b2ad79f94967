//! I01 to I08: files under a mapping, handles, processes.

use std::io::{Read, Seek, Write};
use std::process::Stdio;

use coview_memory::{Access, ErrorKind, Mapping, Rights, ViewOptions};

use crate::roles::Role;
use crate::support::{TempFile, refused, under_wine};

/// Win32: `ERROR_USER_MAPPED_FILE`.
#[test]
fn i01_a_mapped_file_can_only_grow() {
    let file = TempFile::new("i01", &[7; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 5000).unwrap();
    file.open().set_len(10_000).unwrap();
    let shrink = [9_999, 5_000, 4_000].map(|length| file.open().set_len(length).is_ok());
    if cfg!(windows) {
        assert_eq!(shrink, [false; 3]);
        drop(mapping);
        file.open().set_len(100).unwrap();
    } else {
        assert_eq!(shrink, [true; 3], "recorded: any program may cut a file");
        assert_eq!(refused(mapping.view()), ErrorKind::Corrupted);
        assert!(ViewOptions::new().range(0, 4_000).map(&mapping).is_ok());
    }
}

/// Win32: `ERROR_USER_MAPPED_FILE`.
#[test]
fn i02_a_mapped_file_can_be_truncated_by_nobody() {
    let file = TempFile::new("i02", b"content");
    let _mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let truncated = std::fs::File::create(file.path()).is_ok();
    assert_eq!(truncated, !cfg!(windows), "recorded: any program may truncate a file");
    assert_eq!(file.len() == 0, truncated);
}

/// Win32: `ERROR_ACCESS_DENIED`, from `STATUS_CANNOT_DELETE`.
#[test]
fn i03_deleting_a_mapped_file() {
    let file = TempFile::new("i03", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let deleted = std::fs::remove_file(file.path()).is_ok();
    assert_eq!(
        deleted,
        !cfg!(windows) || under_wine(),
        "recorded: names of files are free to go"
    );
    let view = mapping.view().unwrap();
    view.write(0, b"still here").unwrap_err();
    view.write(0, b"CONTENT").unwrap();
    assert_eq!(view.read_vec(0, 7).unwrap(), b"CONTENT");
}

#[test]
fn i04_a_mapped_file_is_shared_with_everybody() {
    let file = TempFile::new("i04", b"content");
    let opened = file.open();
    let mapping = Mapping::options().file(&opened).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    drop(opened);
    file.open().write_all(b"WRITTEN").unwrap();
    assert_eq!(view.read_vec(0, 7).unwrap(), b"WRITTEN");
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn i05_a_duplicate_has_no_more_than_its_rights() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let allowed = |rights: Rights| {
        let duplicate = mapping.duplicate(rights).unwrap();
        assert_eq!(duplicate.rights(), rights);
        [Access::None, Access::Read, Access::Copy, Access::Write]
            .map(|access| ViewOptions::new().access(access).map(&duplicate).is_ok())
    };
    assert_eq!(allowed(Rights::READ), [true, true, true, false]);
    assert_eq!(allowed(Rights::WRITE), [false, false, false, true]);
    assert_eq!(allowed(Rights::ALL), [true; 4]);
    assert_eq!(allowed(Rights::NONE), [false; 4]);
    let reader = mapping.duplicate(Rights::READ).unwrap();
    assert_eq!(refused(reader.duplicate(Rights::ALL)), ErrorKind::AccessDenied);
}

#[test]
fn i06_an_unnamed_object_can_be_given_away() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let view = mapping.view().unwrap();
    view.write(0, b"gift").unwrap();
    #[cfg(unix)]
    let handle = std::os::fd::OwnedFd::try_from(mapping).unwrap();
    #[cfg(windows)]
    let handle = std::os::windows::io::OwnedHandle::try_from(mapping).unwrap();
    let other = Role::Given.start_with(&[], Stdio::from(handle));
    assert_eq!(other.said(), "gift");
    assert!(other.finish().1);
    assert_eq!(view.read_vec(0, 4).unwrap(), b"back");
}

/// Win32: `ERROR_INVALID_HANDLE` in the child for the handle that is not inherited.
#[test]
fn i07_a_child_has_the_handles_that_are_inheritable() {
    let inherited = Mapping::options().inherit(true).create("", 4096).unwrap();
    inherited.view().unwrap().write(0, b"heir").unwrap();
    assert_eq!(Role::Inherited.start(&[&inherited.to_inherited()]).said(), "heir");
    let kept = Mapping::unnamed(4096).unwrap();
    assert_eq!(Role::Inherited.start(&[&kept.to_inherited()]).said(), "AccessDenied");
}

#[test]
fn i08_views_and_files_see_the_same_bytes() {
    let file = TempFile::new("i08", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    let mut opened = file.open();
    opened.write_all(b"file").unwrap();
    assert_eq!(view.read_vec(0, 7).unwrap(), b"fileent");
    view.write(0, b"view").unwrap();
    let mut text = String::new();
    opened.rewind().unwrap();
    opened.read_to_string(&mut text).unwrap();
    assert_eq!(text, "viewent");
}
