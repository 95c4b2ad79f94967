//! A signal handler that was there before ours, and how a signal that is not for us comes to it as if ours were not there.

use std::io;
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicPtr, Ordering};

/// A handler that is told all that the kernel knows.
pub(super) type Handler = unsafe extern "C" fn(libc::c_int, *mut libc::siginfo_t, *mut libc::c_void);
type Simple = unsafe extern "C" fn(libc::c_int);

/// What was to be done about SIGSEGV before us; null for the default. What it leads to never goes.
static PREVIOUS: AtomicPtr<libc::sigaction> = AtomicPtr::new(null_mut());

pub(super) struct Previous;

impl Previous {
    /// Puts the handler before what is there.
    pub(super) fn install(handler: Handler) -> io::Result<()> {
        let mut action = unset();
        action.sa_sigaction = handler as *const () as usize;
        // The fault of a stack that is full is somebody else's, and needs another stack. What is passed on blocks what its
        // own handler wants blocked. One that was sent, and is ignored, breaks off no system call.
        action.sa_flags = libc::SA_SIGINFO | libc::SA_ONSTACK | libc::SA_NODEFER | libc::SA_RESTART;
        // First what there is, so that a fault between these two calls finds it.
        let found = change(None)?;
        remember(found);
        let replaced = change(Some(&action))?;
        // Another thread may have changed it in between.
        if (replaced.sa_sigaction, replaced.sa_flags) != (found.sa_sigaction, found.sa_flags) {
            remember(replaced);
        }
        Ok(())
    }
}

fn remember(action: libc::sigaction) {
    let kept = Box::into_raw(Box::new(action));
    // What was remembered before stays, too: a handler may be looking at it. It is once in a process.
    PREVIOUS.store(kept, Ordering::Release);
}

/// An action without a handler, without flags, that blocks nothing.
fn unset() -> libc::sigaction {
    let action = MaybeUninit::<libc::sigaction>::zeroed();
    // SAFETY: zeros are numbers, an empty set of signals, and no function.
    unsafe { action.assume_init() }
}

/// Sets what is done about SIGSEGV, if anything is given, and returns what was done before.
fn change(action: Option<&libc::sigaction>) -> io::Result<libc::sigaction> {
    let mut before = unset();
    let action = action.map_or(null(), |action| action as *const _);
    // SAFETY: both are valid or null; a handler of ours keeps to what a handler may do.
    match unsafe { libc::sigaction(libc::SIGSEGV, action, &mut before) } {
        0 => Ok(before),
        _ => Err(io::Error::last_os_error()),
    }
}

/// Does with the signal what would be done if our handler were not there. Async-signal-safe.
///
/// # Safety
/// The arguments are those of a handler that runs now.
pub(super) unsafe fn pass_on(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: null, or from a box that is never freed.
    let previous = unsafe { PREVIOUS.load(Ordering::Acquire).as_ref() };
    // SAFETY: the caller's promise. Positive: the kernel's own; else somebody sent it.
    let is_fault = unsafe { (*info).si_code } > 0;
    let Some(previous) = previous.filter(|previous| previous.sa_sigaction != libc::SIG_DFL) else {
        die(is_fault);
        return;
    };
    if previous.sa_sigaction == libc::SIG_IGN {
        // A fault cannot be ignored, and the kernel does not.
        if is_fault {
            die(is_fault);
        }
        return;
    }
    if previous.sa_flags & libc::SA_RESETHAND != 0 {
        PREVIOUS.store(null_mut(), Ordering::Release);
    }
    let mask = Mask::block(previous);
    if previous.sa_flags & libc::SA_SIGINFO != 0 {
        // SAFETY: the flag says that it is such a function.
        let handler = unsafe { std::mem::transmute::<usize, Handler>(previous.sa_sigaction) };
        // SAFETY: as the kernel would call it.
        unsafe { handler(signal, info, context) };
    } else {
        // SAFETY: neither of the two constants, and without the flag it is such a function.
        let handler = unsafe { std::mem::transmute::<usize, Simple>(previous.sa_sigaction) };
        // SAFETY: as the kernel would call it.
        unsafe { handler(signal) };
    }
    mask.restore();
}

/// The process ends of this very signal: a fault is repeated as soon as we return, and what was sent is sent again.
fn die(is_fault: bool) {
    // It cannot fail: the signal may be changed, as ours was installed.
    let _ = change(Some(&unset()));
    if !is_fault {
        // SAFETY: sends a signal to this thread.
        unsafe { libc::raise(libc::SIGSEGV) };
    }
}

/// The signals that were blocked before a handler was called that blocks some.
struct Mask(libc::sigset_t);

impl Mask {
    fn block(action: &libc::sigaction) -> Self {
        let mut blocked = action.sa_mask;
        if action.sa_flags & libc::SA_NODEFER == 0 {
            // SAFETY: a valid set, and a valid signal.
            unsafe { libc::sigaddset(&mut blocked, libc::SIGSEGV) };
        }
        let mut before = unset().sa_mask;
        // SAFETY: both are valid sets. It is async-signal-safe on Linux, where it is one system call.
        unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &blocked, &mut before) };
        Self(before)
    }

    fn restore(self) {
        // SAFETY: a valid set; nothing is asked for.
        unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &self.0, null_mut()) };
    }
}

/// What the interrupted code may be about to read.
pub(super) fn errno() -> libc::c_int {
    // SAFETY: this thread's own, always there.
    unsafe { errno_place().read() }
}

pub(super) fn set_errno(value: libc::c_int) {
    // SAFETY: as above.
    unsafe { errno_place().write(value) };
}

fn errno_place() -> *mut libc::c_int {
    // SAFETY: it returns an address, and does nothing.
    unsafe { libc::__errno_location() }
}
