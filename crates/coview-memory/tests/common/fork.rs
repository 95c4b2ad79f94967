//! fork without exec, which Rust's library does not have.

use rustix::process::{Pid, WaitOptions, WaitStatus, waitpid};

/// A child that does `part` with all that this process has, and ends without cleaning up.
pub(crate) fn fork_child(part: impl FnOnce()) -> Pid {
    // SAFETY: the child goes on in this thread alone. What it may call is what this library promises to work there
    // (allocating, locking, opening), and the C library keeps its own locks usable across fork.
    let pid = unsafe { libc::fork() };
    if pid == 0 {
        // A panic must not run into the parent's stack frames: the child would play the parent.
        let done = std::panic::catch_unwind(std::panic::AssertUnwindSafe(part));
        exit_at_once(i32::from(done.is_err()));
    }
    Pid::from_raw(pid).unwrap_or_else(|| panic!("fork: {}", std::io::Error::last_os_error()))
}

/// Ends this process without running a destructor.
pub(crate) fn exit_at_once(code: i32) -> ! {
    // SAFETY: ends the process.
    unsafe { libc::_exit(code) }
}

/// Waits for a child's end.
pub(crate) fn reap(pid: Pid) -> WaitStatus {
    loop {
        match waitpid(Some(pid), WaitOptions::empty()) {
            Ok(Some((_, status))) => return status,
            Ok(None) | Err(rustix::io::Errno::INTR) => {}
            Err(os) => panic!("waiting for {pid:?}: {os}"),
        }
    }
}

/// It ended of a fault. AddressSanitizer reports that, and then ends it with an exit code.
#[track_caller]
pub(crate) fn assert_killed(status: WaitStatus) {
    let sanitized = option_env!("RUSTFLAGS").is_some_and(|flags| flags.contains("sanitizer=address"));
    if sanitized {
        assert_eq!(status.exit_status(), Some(1), "{status:?}");
    } else {
        assert_eq!(status.terminating_signal(), Some(libc::SIGSEGV), "{status:?}");
    }
}
