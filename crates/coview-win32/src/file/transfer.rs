//! Reading and writing a file beside its views, which see the same bytes (row I08).

use std::ffi::c_void;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::sync::Arc;

use crate::abi::{BOOL, HANDLE, OVERLAPPED};
use crate::caller;
use crate::codes::{access, error};
use crate::failure::{Answer, Code, as_bool, refuse};
use crate::handles::{self, Entry, Object};

/// Where a transfer begins, and what is told afterwards.
struct Place {
    /// `None`: at the position, which moves.
    offset: Option<u64>,
    done: *mut u32,
    overlapped: *mut OVERLAPPED,
    /// Set when the transfer is done.
    event: Option<Arc<Entry>>,
}

/// The offset that stands for the end of the file.
const APPEND: u64 = u64::MAX;

impl Place {
    /// # Safety
    /// Both are NULL or the caller's to hand over and to be written.
    unsafe fn read(done: *mut u32, overlapped: *mut OVERLAPPED) -> Answer<Self> {
        if done.is_null() && overlapped.is_null() {
            return refuse(error::INVALID_PARAMETER);
        }
        let mut place = Self {
            offset: None,
            done,
            overlapped,
            event: None,
        };
        if !overlapped.is_null() {
            // SAFETY: the caller's promise.
            let asked = unsafe { caller::read(overlapped) }?;
            place.offset = Some(u64::from(asked.OffsetHigh) << 32 | u64::from(asked.Offset));
            if !asked.hEvent.is_null() {
                let event = handles::get(asked.hEvent)?;
                if !matches!(event.object, Object::Event(_)) {
                    return refuse(error::INVALID_HANDLE);
                }
                event.needs(access::MODIFY_STATE)?;
                place.event = Some(event);
            }
        }
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(done, 0) }?;
        Ok(place)
    }

    /// # Safety
    /// As [`Self::read`].
    unsafe fn tell(&self, moved: usize) -> Answer<()> {
        if !self.overlapped.is_null() {
            // SAFETY: the caller's promise.
            let mut asked = unsafe { caller::read(self.overlapped) }?;
            (asked.Internal, asked.InternalHigh) = (0, moved);
            // SAFETY: the caller's promise.
            unsafe { caller::write(self.overlapped, asked) }?;
        }
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(self.done, moved as u32) }?;
        if let Some(Object::Event(event)) = self.event.as_deref().map(|entry| &entry.object) {
            event.set()?;
        }
        Ok(())
    }
}

/// Reads bytes: at the end of the file fewer, or none. Win32: `ReadFile`.
///
/// # Safety
/// `into` leads to `count` bytes to be written, `done` and `overlapped` are NULL or lead to what their types say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ReadFile(
    file: HANDLE,
    into: *mut c_void,
    count: u32,
    done: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    as_bool((|| {
        let entry = handles::get(file)?;
        let file = entry.file()?;
        entry.needs(access::FILE_READ_DATA)?;
        // SAFETY: the caller's promise.
        let place = unsafe { Place::read(done, overlapped) }?;
        let fd = file.as_raw_fd();
        let transfer = |at, len| {
            let into = into.wrapping_byte_add(at);
            match place.offset {
                // SAFETY: the kernel checks the address; what lies there is the caller's to be written.
                None => unsafe { libc::read(fd, into, len) },
                // SAFETY: as above.
                Some(offset) => unsafe { libc::pread64(fd, into, len, offset.wrapping_add(at as u64) as i64) },
            }
        };
        // A pipe or a terminal gives what is there.
        let (moved, failure) = until_done(count as usize, file.metadata()?.is_file(), transfer);
        if let Some(code) = failure.filter(|_| moved == 0) {
            return Err(code);
        }
        if moved == 0 && count > 0 && place.offset.is_some() {
            return refuse(error::HANDLE_EOF);
        }
        // SAFETY: the caller's promise.
        unsafe { place.tell(moved) }
    })())
}

/// Writes bytes. Win32: `WriteFile`.
///
/// # Safety
/// `from` leads to `count` bytes, `done` and `overlapped` are NULL or lead to what their types say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WriteFile(
    file: HANDLE,
    from: *const c_void,
    count: u32,
    done: *mut u32,
    overlapped: *mut OVERLAPPED,
) -> BOOL {
    as_bool((|| {
        let entry = handles::get(file)?;
        let file = entry.file()?;
        let appends = entry.needs(access::FILE_WRITE_DATA).is_err();
        if appends {
            entry.needs(access::FILE_APPEND_DATA)?;
        }
        // SAFETY: the caller's promise.
        let place = unsafe { Place::read(done, overlapped) }?;
        let is_file = file.metadata()?.is_file();
        let appends = is_file && (appends || place.offset == Some(APPEND));
        let fd = file.as_raw_fd();
        let transfer = |at, len| {
            let from = from.wrapping_byte_add(at);
            if appends {
                return append(fd, from, len, place.offset.is_none());
            }
            match place.offset {
                // SAFETY: the kernel checks the address; what lies there is the caller's to hand over.
                None => unsafe { libc::write(fd, from, len) },
                // SAFETY: as above.
                Some(offset) => unsafe { libc::pwrite64(fd, from, len, offset.wrapping_add(at as u64) as i64) },
            }
        };
        let write = || until_done(count as usize, true, transfer);
        let (moved, failure) = if is_file { write() } else { without_sigpipe(write) };
        // SAFETY: the caller's promise.
        unsafe { place.tell(moved) }?;
        // Less than all is a failure, whose beginning is told.
        failure.map_or(Ok(()), Err)
    })())
}

/// Writes behind the end, wherever that is by then: the kernel finds it, so that nobody who appends too is overwritten.
/// Source: `pwritev2(2)`, `RWF_APPEND`.
fn append(fd: RawFd, from: *const c_void, len: usize, moves_position: bool) -> isize {
    let part = libc::iovec {
        iov_base: from.cast_mut(),
        iov_len: len,
    };
    let offset = if moves_position { -1 } else { 0 };
    // SAFETY: the kernel checks the address and only reads there; what lies there is the caller's to hand over.
    unsafe { libc::pwritev2(fd, &part, 1, offset, libc::RWF_APPEND) }
}

/// Repeats a transfer until all is moved, or no more can be; or, unless it is `all` that is wanted, until anything is.
fn until_done(count: usize, all: bool, transfer: impl Fn(usize, usize) -> isize) -> (usize, Option<Code>) {
    let mut moved = 0;
    while moved < count {
        match usize::try_from(transfer(moved, count - moved)) {
            Ok(0) => break,
            Ok(some) => moved += some,
            Err(_) => {
                let os = io::Error::last_os_error();
                if os.kind() == io::ErrorKind::Interrupted {
                    continue;
                }
                return (moved, Some(os.into()));
            }
        }
        if !all {
            break;
        }
    }
    (moved, None)
}

/// Writing to a pipe that nobody reads is an error, and not the end of the process: the signal is held back, and taken
/// away again if it was ours.
fn without_sigpipe<T>(write: impl FnOnce() -> T) -> T {
    // SAFETY: any bytes are a set of signals, which the next call makes the empty one.
    let mut pipe: libc::sigset_t = unsafe { std::mem::zeroed() };
    // SAFETY: a set of our own.
    unsafe { libc::sigemptyset(&mut pipe) };
    // SAFETY: as above.
    unsafe { libc::sigaddset(&mut pipe, libc::SIGPIPE) };
    let mut before = pipe;
    let mut pending = pipe;
    // SAFETY: a set of our own.
    unsafe { libc::sigpending(&mut pending) };
    // SAFETY: as above; this thread's signals alone.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, &pipe, &mut before) };
    let done = write();
    // SAFETY: a set of our own.
    if unsafe { libc::sigismember(&pending, libc::SIGPIPE) } == 0 {
        let now = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: sets of our own, no answer wanted; it does not wait.
        unsafe { libc::sigtimedwait(&pipe, std::ptr::null_mut(), &now) };
    }
    // SAFETY: what this thread had before.
    unsafe { libc::pthread_sigmask(libc::SIG_SETMASK, &before, std::ptr::null_mut()) };
    done
}
