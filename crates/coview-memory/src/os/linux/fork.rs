//! What crosses fork(2), and how.
//!
//! A forked child gets a copy of every descriptor, and a copy shares its description's locks: the child would keep
//! names alive, or hold a mutex, that it never asked for; and a parent that let go of a lock would take it from the
//! child as well. So in the child, before anything else runs there, each descriptor that holds a lock is replaced,
//! under the same number, by a description of the child's own: with the lock if it was to be inherited, else without.
//!
//! The handlers run around fork() of the C library. A raw clone(2) bypasses them; spawning a program (posix_spawn,
//! `std::process::Command`) does, too, and closes the descriptors at once.

use std::cell::{Cell, UnsafeCell};
use std::os::fd::{BorrowedFd, RawFd};
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicBool, Ordering};

use super::lineage;
use super::lock::{Lock, try_lock};
use super::space::{self, Spaces};

/// What a forked child does with its copy of a descriptor.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Crossing {
    /// Its copy holds the object as well, by a lock of its own on byte 0.
    Holds,
    /// Its copy is a descriptor and nothing more.
    Idle,
}

/// The lock over all name spaces, held by the forking thread from just before fork until just after.
struct Held(UnsafeCell<Option<MutexGuard<'static, Spaces>>>);

// SAFETY: the cell is touched by the handlers alone, which run one at a time: `prepare` fills it while it holds the
// lock that the guard is of, and the others empty it before that lock is free.
unsafe impl Sync for Held {}

static HELD: Held = Held(UnsafeCell::new(None));

thread_local! {
    /// How often the handlers are installed, as far as this thread's fork has come through them.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Installs the handlers; a child keeps them. Without waiting for another thread that does so: a child that is forked
/// meanwhile would wait for a thread that it does not have. They may therefore be there more than once, and then the
/// outermost of them act.
pub(super) fn install() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.load(Ordering::Acquire) {
        return;
    }
    // SAFETY: three functions of the right type that live for ever. The only failure is a lack of memory, and
    // then a fork shares descriptors as it would without us.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    INSTALLED.store(true, Ordering::Release);
}

unsafe extern "C" fn prepare() {
    if DEPTH.replace(DEPTH.get() + 1) > 0 {
        return;
    }
    let guard = space::lock_all();
    // SAFETY: see `Held`: this thread has the lock.
    unsafe { *HELD.0.get() = Some(guard) };
}

/// Whether this was the last of the handlers after a fork.
fn was_last() -> bool {
    DEPTH.set(DEPTH.get() - 1);
    DEPTH.get() == 0
}

unsafe extern "C" fn parent() {
    if !was_last() {
        return;
    }
    // SAFETY: see `Held`: this thread has the lock, since `prepare`.
    let guard = unsafe { (*HELD.0.get()).take() };
    drop(guard);
}

unsafe extern "C" fn child() {
    if !was_last() {
        return;
    }
    lineage::start_child();
    // SAFETY: see `Held`: this is the only thread of the child, and continues the one that has the lock.
    let guard = unsafe { (*HELD.0.get()).take() };
    if let Some(mut spaces) = guard {
        spaces.start_child();
    }
}

/// Replaces the copy of a descriptor in a child that has one thread only.
pub(super) fn replace_in_child(fd: RawFd, crossing: Crossing) {
    if replace(fd, crossing) {
        return;
    }
    // No /proc, or no descriptor left: the number must stay taken, and the parent's description must not stay ours.
    // SAFETY: the number is a handle's of this child, and gets another descriptor below.
    unsafe { libc::close(fd) };
    // SAFETY: `path` ends in a NUL.
    let empty = unsafe { libc::open(c"/dev/null".as_ptr(), libc::O_RDONLY | libc::O_CLOEXEC) };
    if empty >= 0 && empty != fd {
        // SAFETY: puts our own descriptor under the number of our own copy.
        unsafe { libc::dup3(empty, fd, libc::O_CLOEXEC) };
        // SAFETY: opened above, and nobody else knows of it.
        unsafe { libc::close(empty) };
    }
}

/// Replaces what is behind `fd` by a description of its own of the same file; false if that cannot be had, and
/// nothing has changed. Async-signal-safe: system calls alone.
pub(super) fn replace(fd: RawFd, crossing: Crossing) -> bool {
    // SAFETY: asks for flags only.
    let flags = unsafe { libc::fcntl(fd, libc::F_GETFL) };
    // SAFETY: asks for flags only.
    let close_on_exec = unsafe { libc::fcntl(fd, libc::F_GETFD) } & libc::FD_CLOEXEC;
    let mode = (flags & libc::O_ACCMODE) | libc::O_CLOEXEC | libc::O_NONBLOCK;
    let path = path_of(fd);
    // SAFETY: `path` ends in a NUL.
    let fresh = unsafe { libc::open(path.as_ptr().cast(), mode) };
    if fresh < 0 {
        return false;
    }
    if crossing == Crossing::Holds {
        // SAFETY: `fresh` was opened above and is closed below.
        let fresh = unsafe { BorrowedFd::borrow_raw(fresh) };
        // It cannot be in anybody's way: exclusive locks are never taken on this byte.
        let _ = try_lock(fresh, Lock::Shared, 0);
    }
    let keep = if close_on_exec != 0 { libc::O_CLOEXEC } else { 0 };
    // SAFETY: puts our own description under the number of our own copy.
    let done = unsafe { libc::dup3(fresh, fd, keep) };
    // SAFETY: opened above, and nobody else knows of it.
    unsafe { libc::close(fresh) };
    done == fd
}

/// `/proc/self/fd/N` with its NUL, without allocating.
fn path_of(fd: RawFd) -> [u8; 26] {
    let mut path = *b"/proc/self/fd/\0\0\0\0\0\0\0\0\0\0\0\0";
    let (mut digits, mut rest, mut count) = ([0u8; 10], fd.unsigned_abs(), 0);
    loop {
        digits[count] = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    for (slot, digit) in path[14..].iter_mut().zip(digits[..count].iter().rev()) {
        *slot = *digit;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::path_of;

    #[test]
    fn the_path_of_a_descriptor_ends_in_its_number() {
        for fd in [0, 7, 10, 255, 1_048_576, i32::MAX] {
            let path = path_of(fd);
            let text = std::ffi::CStr::from_bytes_until_nul(&path).unwrap();
            assert_eq!(text.to_str().unwrap(), format!("/proc/self/fd/{fd}"));
        }
    }
}
