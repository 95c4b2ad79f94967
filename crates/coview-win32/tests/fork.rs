//! The library after fork: a child finds the tables free and whole, keeps what it inherited, and holds no name that it
//! was not to inherit.
#![cfg(target_os = "linux")]

#[path = "common/alone.rs"]
mod alone;

use std::sync::atomic::{AtomicBool, Ordering};

use alone::alone;
use coview_win32::abi::{HANDLE, INVALID_HANDLE_VALUE, SECURITY_ATTRIBUTES};
use coview_win32::*;

const READWRITE: u32 = 4;
const ALL_ACCESS: u32 = 0xF_001F;

fn create(name: &std::ffi::CStr, inherit: bool) -> HANDLE {
    let attributes = SECURITY_ATTRIBUTES::new(std::ptr::null_mut(), inherit.into());
    // SAFETY: the text and the attributes are this test's.
    unsafe {
        CreateFileMappingA(
            INVALID_HANDLE_VALUE,
            &attributes,
            READWRITE,
            0,
            4096,
            name.as_ptr().cast(),
        )
    }
}

/// Whether the name is there.
fn opens(name: &std::ffi::CStr) -> bool {
    // SAFETY: the text is this test's.
    let opened = unsafe { OpenFileMappingA(ALL_ACCESS, 0, name.as_ptr().cast()) };
    !opened.is_null() && CloseHandle(opened) == 1
}

/// Runs `body` in a forked child, and tells whether it said yes.
fn in_child(body: impl FnOnce() -> bool) -> bool {
    // SAFETY: the child ends below, without running anything of the parent's.
    let child = unsafe { libc::fork() };
    assert!(child >= 0, "{}", std::io::Error::last_os_error());
    if child == 0 {
        // A child that hangs is killed by this, and has not said yes.
        // SAFETY: sets a timer of this process alone.
        unsafe { libc::alarm(60) };
        let code = if body() { 0 } else { 1 };
        // SAFETY: ends this process.
        unsafe { libc::_exit(code) };
    }
    let mut status = 0;
    // SAFETY: waits for the child above.
    let reaped = unsafe { libc::waitpid(child, &mut status, 0) };
    if status != 0 {
        eprintln!("the child ended with {status:#x}");
    }
    reaped == child && status == 0
}

#[test]
fn a_child_has_its_parents_handles_and_views() {
    alone("a_child_has_its_parents_handles_and_views", |_| {
        let (kept, lost) = (create(c"kept", true), create(c"lost", false));
        let view = MapViewOfFile(kept, ALL_ACCESS, 0, 0, 0).cast::<u32>();
        // SAFETY: a view of this test's alone.
        unsafe { view.write_volatile(1) };
        assert!(in_child(|| {
            // SAFETY: as above; the parent waits.
            let seen = unsafe { view.read_volatile() } == 1;
            // SAFETY: as above.
            unsafe { view.write_volatile(2) };
            let another = MapViewOfFile(lost, ALL_ACCESS, 0, 0, 0);
            // SAFETY: nothing touches it.
            let unmapped = unsafe { UnmapViewOfFile(another) } == 1;
            seen && unmapped && CloseHandle(lost) == 1 && CloseHandle(lost) == 0 && CloseHandle(kept) == 1
        }));
        // SAFETY: as above.
        let seen = unsafe { view.read_volatile() };
        assert_eq!(seen, 2, "the child's view was the same memory");
        assert!(
            opens(c"kept") && opens(c"lost"),
            "what the child closed is still open here"
        );
        assert_eq!((CloseHandle(kept), CloseHandle(lost)), (1, 1));
        assert!(!opens(c"kept") && !opens(c"lost"));
        // SAFETY: nothing touches it from now on.
        assert_eq!(unsafe { UnmapViewOfFile(view.cast()) }, 1);
    });
}

/// Not a test: what `a_started_program_has_what_there_was_when_it_was_started` starts.
#[test]
fn heir() {
    let Ok(number) = std::env::var("COVIEW_TEST_HEIR") else {
        return;
    };
    let handle = std::ptr::without_provenance_mut(number.parse().unwrap());
    // Its parent closes the handle, and goes on to others.
    std::io::stdin().read_line(&mut String::new()).unwrap();
    let view = MapViewOfFile(handle, ALL_ACCESS, 0, 0, 0).cast::<u32>();
    assert!(!view.is_null(), "error {}", GetLastError());
    // SAFETY: a view of 4096 bytes.
    let seen = unsafe { view.read_volatile() };
    println!("heir saw {seen}");
}

#[test]
fn a_started_program_has_what_there_was_when_it_was_started() {
    alone("a_started_program_has_what_there_was_when_it_was_started", |_| {
        let kept = create(c"kept", true);
        let view = MapViewOfFile(kept, ALL_ACCESS, 0, 0, 0).cast::<u32>();
        // SAFETY: a view of this test's alone.
        unsafe { view.write_volatile(7) };
        // Not forked: the standard library spawns it, and no handler runs.
        let mut heir = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "heir", "--nocapture", "--test-threads=1"])
            .env("COVIEW_TEST_HEIR", kept.addr().to_string())
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        assert_eq!(CloseHandle(kept), 1);
        let others: Vec<_> = (0..8).map(|_| create(c"other", true)).collect();
        drop(heir.stdin.take());
        let output = heir.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && said.contains("heir saw 7"), "{said}");
        assert!(others.into_iter().all(|other| CloseHandle(other) == 1));
        // SAFETY: nothing touches it from now on.
        assert_eq!(unsafe { UnmapViewOfFile(view.cast()) }, 1);
        assert!(!opens(c"kept"));
    });
}

#[test]
fn a_child_of_a_program_that_only_has_memory_finds_it_free() {
    alone("a_child_of_a_program_that_only_has_memory_finds_it_free", |_| {
        let take = || VirtualAlloc(std::ptr::null_mut(), 65536, 0x3000, READWRITE);
        // SAFETY: nothing touches it.
        let give_back = |memory| unsafe { VirtualFree(memory, 0, 0x8000) == 1 };
        assert!(give_back(take()));
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    assert!(give_back(take()));
                }
            });
            let all_said_yes = (0..100).all(|_| in_child(|| give_back(take())));
            stop.store(true, Ordering::Relaxed);
            assert!(all_said_yes);
        });
    });
}

#[test]
fn forking_while_others_create_map_and_close_finds_everything_free() {
    alone(
        "forking_while_others_create_map_and_close_finds_everything_free",
        |_| {
            // A fork that has begun before there was a handle knows nothing of the library: that is a documented limit.
            assert_eq!(CloseHandle(create(c"first", false)), 1);
            let stop = AtomicBool::new(false);
            std::thread::scope(|scope| {
                for name in [c"first", c"second"] {
                    let stop = &stop;
                    scope.spawn(move || {
                        while !stop.load(Ordering::Relaxed) {
                            let mapping = create(name, false);
                            let view = MapViewOfFile(mapping, ALL_ACCESS, 0, 0, 0);
                            assert_eq!(CloseHandle(mapping), 1);
                            // SAFETY: nothing touches it.
                            assert_eq!(unsafe { UnmapViewOfFile(view) }, 1);
                        }
                    });
                }
                for _ in 0..100 {
                    assert!(in_child(|| {
                        let mapping = create(c"child", false);
                        let view = MapViewOfFile(mapping, ALL_ACCESS, 0, 0, 0);
                        // SAFETY: nothing touches it.
                        let unmapped = unsafe { UnmapViewOfFile(view) } == 1;
                        opens(c"child") && unmapped && CloseHandle(mapping) == 1 && !opens(c"child")
                    }));
                }
                stop.store(true, Ordering::Relaxed);
            });
        },
    );
}
