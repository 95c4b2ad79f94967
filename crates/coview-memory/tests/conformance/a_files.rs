//! A06 to A10, A21: which files a mapping can be made of.

use std::fs::File;

use coview_memory::{ErrorKind, Mapping, Protection, Result};

use crate::support::{TempFile, refused};

fn map(file: &File, protection: Protection) -> Result<Mapping> {
    Mapping::options().protection(protection).file(file).create("", 0)
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn a06_a_file_to_read_admits_no_writing() {
    let file = TempFile::new("a06", b"content");
    for protection in [Protection::ReadWrite, Protection::ExecuteReadWrite] {
        assert_eq!(refused(map(&file.open_to_read(), protection)), ErrorKind::AccessDenied);
    }
}

#[test]
fn a07_a_file_to_read_admits_reading_and_copies() {
    let file = TempFile::new("a07", b"content");
    let plain = File::open(file.path()).unwrap();
    for protection in [Protection::ReadOnly, Protection::WriteCopy] {
        let view = map(&plain, protection).unwrap().view().unwrap();
        assert_eq!(view.read_vec(0, 7).unwrap(), b"content");
    }
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn a08_executing_needs_a_file_opened_for_it() {
    let file = TempFile::new("a08", b"content");
    let plain = File::open(file.path()).unwrap();
    for protection in [Protection::ExecuteRead, Protection::ExecuteWriteCopy] {
        map(&file.open_to_read(), protection).unwrap();
        let without = map(&plain, protection);
        if cfg!(windows) {
            assert_eq!(refused(without), ErrorKind::AccessDenied);
        } else {
            assert!(without.is_ok(), "recorded: a descriptor has no right to execute");
        }
    }
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn a09_a_file_without_access_admits_nothing() {
    let file = TempFile::new("a09", b"content");
    let mut options = File::options();
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::access_mode(&mut options, 0);
    #[cfg(target_os = "linux")]
    std::os::unix::fs::OpenOptionsExt::custom_flags(options.read(true), libc::O_PATH);
    let file = options.open(file.path()).unwrap();
    for protection in Protection::ALL {
        assert_eq!(
            refused(map(&file, protection)),
            ErrorKind::AccessDenied,
            "{protection:?}"
        );
    }
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn a10_a_file_to_write_alone_admits_nothing() {
    let file = TempFile::new("a10", b"content");
    let file = File::options().write(true).open(file.path()).unwrap();
    for protection in [Protection::ReadWrite, Protection::ReadOnly] {
        assert_eq!(
            refused(map(&file, protection)),
            ErrorKind::AccessDenied,
            "{protection:?}"
        );
    }
}

/// Win32: `ERROR_BAD_EXE_FORMAT`, from `STATUS_INVALID_FILE_FOR_SECTION`.
#[test]
fn a21_neither_a_folder_nor_a_pipe() {
    let mut options = File::options();
    options.read(true);
    // FILE_FLAG_BACKUP_SEMANTICS: without it Windows opens no folder.
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::custom_flags(&mut options, 0x0200_0000);
    let folder = options.open(std::env::temp_dir()).unwrap();
    let (end, _other) = std::io::pipe().unwrap();
    #[cfg(unix)]
    let pipe = File::from(std::os::fd::OwnedFd::from(end));
    #[cfg(windows)]
    let pipe = File::from(std::os::windows::io::OwnedHandle::from(end));
    for file in [folder, pipe] {
        for size in [0, 4096] {
            let made = Mapping::options()
                .protection(Protection::ReadOnly)
                .file(&file)
                .create("", size);
            assert_eq!(refused(made), ErrorKind::FileInvalid);
        }
    }
}
