//! What a call answers when it fails: a value that says so, and a number for `GetLastError`.

use std::cell::Cell;
use std::ffi::c_void;

use coview::{AccessError, Error, ErrorKind};

use crate::abi::{BOOL, FALSE, HANDLE, TRUE};
use crate::codes::error;

/// A number of Win32's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Code(pub(crate) u32);

pub(crate) type Answer<T> = std::result::Result<T, Code>;

pub(crate) fn refuse<T>(code: u32) -> Answer<T> {
    Err(Code(code))
}

thread_local! {
    static LAST: Cell<u32> = const { Cell::new(0) };
}

/// The number of this thread's last failure, or what a successful call said beside its success. Win32: `GetLastError`.
#[unsafe(no_mangle)]
pub extern "C" fn GetLastError() -> u32 {
    // While a thread ends its number may be gone; nobody can have set one since.
    LAST.try_with(Cell::get).unwrap_or(0)
}

/// Sets what [`GetLastError`] answers. Win32: `SetLastError`.
#[unsafe(no_mangle)]
pub extern "C" fn SetLastError(code: u32) {
    let _ = LAST.try_with(|last| last.set(code));
}

/// TRUE, or FALSE and the number.
pub(crate) fn as_bool(answer: Answer<()>) -> BOOL {
    answer.map_or_else(|code| failed(code, FALSE), |()| TRUE)
}

/// The handle, or NULL and the number.
pub(crate) fn as_handle(answer: Answer<HANDLE>) -> HANDLE {
    answer.unwrap_or_else(|code| failed(code, std::ptr::null_mut()))
}

/// The address, or NULL and the number.
pub(crate) fn as_address(answer: Answer<usize>) -> *mut c_void {
    match answer {
        Ok(address) => std::ptr::with_exposed_provenance_mut(address),
        Err(code) => failed(code, std::ptr::null_mut()),
    }
}

/// As [`as_handle`] for those who create: the number also says whether it was there already (rows A02, B01).
pub(crate) fn as_created(answer: Answer<(HANDLE, bool)>) -> HANDLE {
    as_handle(answer.map(|(handle, created)| {
        SetLastError(if created { error::SUCCESS } else { error::ALREADY_EXISTS });
        handle
    }))
}

/// `value`, which says that the call failed.
pub(crate) fn failed<T>(code: Code, value: T) -> T {
    SetLastError(code.0);
    value
}

impl From<Error> for Code {
    fn from(error: Error) -> Self {
        Self(match error.kind() {
            ErrorKind::NotFound => error::FILE_NOT_FOUND,
            ErrorKind::AlreadyExists => error::ALREADY_EXISTS,
            ErrorKind::AccessDenied => error::ACCESS_DENIED,
            ErrorKind::InvalidName => error::INVALID_NAME,
            ErrorKind::InvalidArgument => error::INVALID_PARAMETER,
            ErrorKind::NotAMapping => error::INVALID_HANDLE,
            ErrorKind::OutOfRange => error::ACCESS_DENIED,
            ErrorKind::AddressInUse => error::INVALID_ADDRESS,
            ErrorKind::NoMemory => error::NOT_ENOUGH_MEMORY,
            ErrorKind::DiskFull => error::DISK_FULL,
            ErrorKind::FileInvalid => error::FILE_INVALID,
            ErrorKind::BadImage => error::BAD_EXE_FORMAT,
            ErrorKind::Unsupported => error::NOT_SUPPORTED,
            ErrorKind::PrivilegeNotHeld => error::PRIVILEGE_NOT_HELD,
            ErrorKind::Busy => error::BUSY,
            ErrorKind::Corrupted => error::INVALID_DATA,
            ErrorKind::TooManyPosts => error::TOO_MANY_POSTS,
            ErrorKind::NotOwner => error::NOT_OWNER,
            _ => return error.os_error().map_or(Self(error::GEN_FAILURE), Self::from),
        })
    }
}

impl From<AccessError> for Code {
    fn from(_: AccessError) -> Self {
        Self(error::INVALID_ADDRESS)
    }
}

impl From<&std::io::Error> for Code {
    fn from(error: &std::io::Error) -> Self {
        Self(match error.raw_os_error().unwrap_or(0) {
            libc::ENOENT => error::FILE_NOT_FOUND,
            libc::ENOTDIR | libc::ELOOP => error::PATH_NOT_FOUND,
            libc::EMFILE | libc::ENFILE => error::TOO_MANY_OPEN_FILES,
            libc::EACCES | libc::EPERM | libc::EISDIR | libc::ETXTBSY => error::ACCESS_DENIED,
            libc::EROFS => error::WRITE_PROTECT,
            libc::EBADF => error::INVALID_HANDLE,
            libc::ENOMEM => error::NOT_ENOUGH_MEMORY,
            libc::EEXIST => error::FILE_EXISTS,
            libc::EINVAL => error::INVALID_PARAMETER,
            libc::ENOSPC | libc::EDQUOT | libc::EFBIG => error::DISK_FULL,
            libc::ENAMETOOLONG => error::FILENAME_EXCED_RANGE,
            libc::EFAULT => error::NOACCESS,
            libc::EBUSY => error::BUSY,
            libc::EIO => error::IO_DEVICE,
            libc::EPIPE => error::BROKEN_PIPE,
            libc::ESPIPE => error::SEEK_ON_DEVICE,
            libc::EAGAIN => error::NO_DATA,
            libc::ENXIO | libc::ENODEV => error::NOT_READY,
            libc::ENOSYS | libc::EOPNOTSUPP => error::NOT_SUPPORTED,
            _ => error::GEN_FAILURE,
        })
    }
}

impl From<std::io::Error> for Code {
    fn from(error: std::io::Error) -> Self {
        Self::from(&error)
    }
}

impl From<rustix::io::Errno> for Code {
    fn from(error: rustix::io::Errno) -> Self {
        Self::from(&std::io::Error::from(error))
    }
}
