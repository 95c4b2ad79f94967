//! Files beside mappings: what goes wrong is said, and what is no regular file is treated as what it is.
#![cfg(target_os = "linux")]

#[path = "common/alone.rs"]
mod alone;

use std::ffi::{CString, c_void};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use alone::alone;
use coview_win32::abi::{HANDLE, INVALID_HANDLE_VALUE, OVERLAPPED};
use coview_win32::*;

const READ: u32 = 0x8000_0000;
const WRITE: u32 = 0x4000_0000;
const APPEND_DATA: u32 = 4;
const CREATE_ALWAYS: u32 = 2;
const OPEN_EXISTING: u32 = 3;
const OPEN_ALWAYS: u32 = 4;
const DELETE_ON_CLOSE: u32 = 0x0400_0000;

fn open_with(path: &Path, access: u32, how: u32, flags: u32) -> HANDLE {
    let path = CString::new(path.as_os_str().as_bytes()).unwrap();
    let none: HANDLE = std::ptr::null_mut();
    // SAFETY: the path is this test's.
    unsafe { CreateFileA(path.as_ptr().cast(), access, 7, none.cast(), how, flags, none) }
}

fn open(path: &Path, access: u32, how: u32) -> HANDLE {
    open_with(path, access, how, 0)
}

/// The answer, and how much was moved.
fn write(file: HANDLE, from: *const c_void, count: u32, overlapped: *mut OVERLAPPED) -> (i32, u32) {
    let mut moved = 77;
    // SAFETY: the kernel checks what is written, and the rest is this test's.
    let answer = unsafe { WriteFile(file, from, count, &mut moved, overlapped) };
    (answer, moved)
}

fn write_text(file: HANDLE, text: &str) -> (i32, u32) {
    write(file, text.as_ptr().cast(), text.len() as u32, std::ptr::null_mut())
}

fn read(file: HANDLE, most: u32) -> (i32, String) {
    let (mut bytes, mut moved) = (vec![0u8; most as usize], 0);
    // SAFETY: the buffer has that many bytes.
    let answer = unsafe { ReadFile(file, bytes.as_mut_ptr().cast(), most, &mut moved, std::ptr::null_mut()) };
    bytes.truncate(moved as usize);
    (answer, String::from_utf8(bytes).unwrap())
}

fn make_pipe(path: &Path) {
    rustix::fs::mknodat(
        rustix::fs::CWD,
        path,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
        0,
    )
    .unwrap();
}

#[test]
fn a_pipe_gives_what_is_there_and_one_without_a_reader_is_an_error() {
    alone(
        "a_pipe_gives_what_is_there_and_one_without_a_reader_is_an_error",
        |folder| {
            let path = folder.join("pipe");
            make_pipe(&path);
            // For both, so that opening waits for nobody.
            let both = open(&path, READ | WRITE, OPEN_EXISTING);
            let writer = open(&path, WRITE, OPEN_EXISTING);
            assert_eq!(write_text(writer, "five."), (1, 5));
            assert_eq!(read(both, 100), (1, "five.".to_owned()));
            // SAFETY: no address is given.
            let moved = unsafe { SetFilePointer(both, 0, std::ptr::null_mut(), 1) };
            assert_eq!((moved, GetLastError()), (u32::MAX, 132));
            assert_eq!(CloseHandle(both), 1);
            // SIGPIPE would end this process: Rust ignores it, C programs do not.
            // SAFETY: the default for a signal that nobody else here sends.
            unsafe { libc::signal(libc::SIGPIPE, libc::SIG_DFL) };
            assert_eq!((write_text(writer, "lost"), GetLastError()), ((0, 0), 109));
            assert_eq!(CloseHandle(writer), 1);
        },
    );
}

#[test]
fn less_than_all_is_a_failure() {
    alone("less_than_all_is_a_failure", |folder| {
        let file = open(&folder.join("file"), READ | WRITE, CREATE_ALWAYS);
        let memory = VirtualAlloc(std::ptr::null_mut(), 2 * 4096, 0x2000, 4);
        assert!(!VirtualAlloc(memory, 4096, 0x1000, 4).is_null());
        assert_eq!(write(file, memory, 2 * 4096, std::ptr::null_mut()), (0, 4096));
        assert_eq!(GetLastError(), 998);
        // SAFETY: nothing touches it from now on.
        assert_eq!(unsafe { VirtualFree(memory, 0, 0x8000) }, 1);
        assert_eq!(CloseHandle(file), 1);
    });
}

#[test]
fn an_event_says_that_a_transfer_is_done_and_an_offset_where_it_goes() {
    alone(
        "an_event_says_that_a_transfer_is_done_and_an_offset_where_it_goes",
        |folder| {
            let path = folder.join("file");
            let file = open(&path, READ | WRITE, CREATE_ALWAYS);
            // SAFETY: no address is given.
            let event = unsafe { CreateEventA(std::ptr::null(), 1, 0, std::ptr::null()) };
            let mut at = OVERLAPPED {
                Internal: 1,
                InternalHigh: 1,
                Offset: 3,
                OffsetHigh: 0,
                hEvent: event,
            };
            assert_eq!(write(file, c"middle".as_ptr().cast(), 6, &mut at), (1, 6));
            assert_eq!((WaitForSingleObject(event, 0), at.Internal, at.InternalHigh), (0, 0, 6));
            (at.Offset, at.OffsetHigh) = (u32::MAX, u32::MAX);
            assert_eq!(write(file, c"end".as_ptr().cast(), 3, &mut at), (1, 3));
            assert_eq!(std::fs::read(&path).unwrap(), b"\0\0\0middleend");
            at.hEvent = std::ptr::without_provenance_mut(4444);
            assert_eq!(
                (write(file, c"x".as_ptr().cast(), 1, &mut at).0, GetLastError()),
                (0, 6)
            );
            assert_eq!((CloseHandle(file), CloseHandle(event)), (1, 1));
            let appender = open(&path, APPEND_DATA, OPEN_EXISTING);
            assert_eq!(write_text(appender, "ing"), (1, 3));
            assert_eq!(CloseHandle(appender), 1);
            assert_eq!(std::fs::read(&path).unwrap(), b"\0\0\0middleending");
        },
    );
}

#[test]
fn opening_what_is_there_or_not_or_leads_nowhere() {
    alone("opening_what_is_there_or_not_or_leads_nowhere", |folder| {
        let path = folder.join("file");
        std::fs::write(&path, "content").unwrap();
        let place = open(&path, 0, CREATE_ALWAYS);
        assert_eq!((place != INVALID_HANDLE_VALUE, GetLastError()), (true, 183));
        assert_eq!((CloseHandle(place), std::fs::read(&path).unwrap().len()), (1, 0));
        let device = open(Path::new("/dev/null"), WRITE, CREATE_ALWAYS);
        assert_eq!((write_text(device, "gone"), CloseHandle(device)), ((1, 4), 1));
        let link = folder.join("link");
        std::os::unix::fs::symlink(folder.join("nowhere"), &link).unwrap();
        assert_eq!(
            (open(&link, READ, OPEN_ALWAYS), GetLastError()),
            (INVALID_HANDLE_VALUE, 2)
        );
        let missing = CString::new(folder.join("no/file").as_os_str().as_bytes()).unwrap();
        // SAFETY: the path is this test's.
        let deleted = unsafe { DeleteFileA(missing.as_ptr().cast()) };
        assert_eq!((deleted, GetLastError()), (0, 3));
        let most = open(&path, 0x0200_0000, OPEN_EXISTING);
        assert_eq!((write_text(most, "more"), CloseHandle(most)), ((1, 4), 1));
    });
}

#[test]
fn what_is_deleted_when_closed_goes_with_its_own_processs_last_handle() {
    alone(
        "what_is_deleted_when_closed_goes_with_its_own_processs_last_handle",
        |folder| {
            let path = folder.join("file");
            let file = open_with(&path, READ | WRITE, CREATE_ALWAYS, DELETE_ON_CLOSE);
            let (me, mut twin) = (GetCurrentProcess(), std::ptr::null_mut());
            // SAFETY: a place of this test's.
            assert_eq!(unsafe { DuplicateHandle(me, file, me, &mut twin, 0, 0, 2) }, 1);
            // SAFETY: the child ends at once.
            let child = unsafe { libc::fork() };
            if child == 0 {
                let closed = CloseHandle(file) == 1 && CloseHandle(twin) == 1;
                // SAFETY: ends this process.
                unsafe { libc::_exit(i32::from(!closed)) };
            }
            let mut status = 0;
            // SAFETY: waits for the child above.
            unsafe { libc::waitpid(child, &mut status, 0) };
            assert_eq!((status, path.exists()), (0, true), "a child's copies are its own");
            assert_eq!((CloseHandle(file), path.exists()), (1, true));
            assert_eq!((CloseHandle(twin), path.exists()), (1, false));
        },
    );
}

#[test]
fn who_may_only_append_appends_and_a_link_leads_to_what_is_deleted() {
    alone(
        "who_may_only_append_appends_and_a_link_leads_to_what_is_deleted",
        |folder| {
            let (path, link) = (folder.join("file"), folder.join("link"));
            let file = open(&path, READ | WRITE, CREATE_ALWAYS);
            assert_eq!(write_text(file, "12345"), (1, 5));
            let (me, mut only) = (GetCurrentProcess(), std::ptr::null_mut());
            // SAFETY: this test's pointer.
            let made = unsafe { DuplicateHandle(me, file, me, &mut only, APPEND_DATA, 0, 0) };
            assert_eq!(made, 1);
            // SAFETY: no address is given.
            assert_eq!(unsafe { SetFilePointer(file, 1, std::ptr::null_mut(), 0) }, 1);
            assert_eq!(write_text(only, "67"), (1, 2));
            // At the end, and the position stays; and a handle that is no event is none to set.
            let mut at = OVERLAPPED {
                Internal: 0,
                InternalHigh: 0,
                Offset: u32::MAX,
                OffsetHigh: u32::MAX,
                hEvent: std::ptr::null_mut(),
            };
            assert_eq!(write(file, c"89".as_ptr().cast(), 2, &mut at), (1, 2));
            assert_eq!(std::fs::read_to_string(&path).unwrap(), "123456789");
            at.hEvent = file;
            assert_eq!(write(file, c"89".as_ptr().cast(), 2, &mut at).0, 0);
            assert_eq!(GetLastError(), 6);
            assert_eq!(CloseHandle(only), 1);
            assert_eq!(CloseHandle(file), 1);
            std::os::unix::fs::symlink(&path, &link).unwrap();
            let file = open_with(&link, READ, OPEN_EXISTING, DELETE_ON_CLOSE);
            assert_eq!(CloseHandle(file), 1);
            assert!(!path.exists() && link.is_symlink());
        },
    );
}
