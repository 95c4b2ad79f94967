//! What Win32's numbers mean, in one place: the kinds of the conformance table, and what to do about each.
//!
//! Microsoft: "System Error Codes".

use std::io;

use windows_sys::Win32::Foundation as win;

use crate::error::{Error, ErrorKind};

/// The calling thread's last error; to be asked at once after the call that failed.
pub(super) fn last() -> io::Error {
    io::Error::last_os_error()
}

/// The Win32 number of an error, or 0 for one that did not come from the system.
pub(super) fn code(os: &io::Error) -> u32 {
    os.raw_os_error().map_or(0, i32::cast_unsigned)
}

/// The system's answer as an error with the usual advice.
pub(super) fn system(action: &'static str, os: io::Error) -> Error {
    let kind = kind(code(&os));
    Error::new(kind, action, advice(kind)).with_os(os)
}

/// The system's answer as an error with advice for this call; the kind follows from the number.
pub(super) fn advised(action: &'static str, os: io::Error, advice: impl Into<String>) -> Error {
    Error::new(kind(code(&os)), action, advice).with_os(os)
}

/// The conformance table's reading of a number.
pub(super) fn kind(code: u32) -> ErrorKind {
    match code {
        win::ERROR_FILE_NOT_FOUND => ErrorKind::NotFound,
        win::ERROR_PATH_NOT_FOUND
        | win::ERROR_INVALID_NAME
        | win::ERROR_BAD_PATHNAME
        | win::ERROR_FILENAME_EXCED_RANGE => ErrorKind::InvalidName,
        win::ERROR_ACCESS_DENIED => ErrorKind::AccessDenied,
        win::ERROR_INVALID_HANDLE => ErrorKind::NotAMapping,
        win::ERROR_ALREADY_EXISTS => ErrorKind::AlreadyExists,
        win::ERROR_INVALID_PARAMETER
        | win::ERROR_MAPPED_ALIGNMENT
        | win::ERROR_INVALID_ACL
        | win::ERROR_INVALID_SID
        | win::ERROR_INVALID_SECURITY_DESCR => ErrorKind::InvalidArgument,
        win::ERROR_INVALID_ADDRESS => ErrorKind::OutOfRange,
        win::ERROR_NOT_ENOUGH_MEMORY
        | win::ERROR_OUTOFMEMORY
        | win::ERROR_COMMITMENT_LIMIT
        | win::ERROR_NO_SYSTEM_RESOURCES
        | win::ERROR_WORKING_SET_QUOTA
        | win::ERROR_NOT_ENOUGH_QUOTA => ErrorKind::NoMemory,
        win::ERROR_DISK_FULL | win::ERROR_HANDLE_DISK_FULL | win::ERROR_FILE_TOO_LARGE => ErrorKind::DiskFull,
        win::ERROR_FILE_INVALID => ErrorKind::FileInvalid,
        win::ERROR_BAD_EXE_FORMAT => ErrorKind::BadImage,
        win::ERROR_NOT_SUPPORTED | win::ERROR_CALL_NOT_IMPLEMENTED => ErrorKind::Unsupported,
        win::ERROR_PRIVILEGE_NOT_HELD => ErrorKind::PrivilegeNotHeld,
        win::ERROR_USER_MAPPED_FILE | win::ERROR_LOCK_VIOLATION | win::ERROR_SHARING_VIOLATION | win::ERROR_BUSY => {
            ErrorKind::Busy
        }
        win::ERROR_TOO_MANY_POSTS => ErrorKind::TooManyPosts,
        win::ERROR_NOT_OWNER => ErrorKind::NotOwner,
        _ => ErrorKind::Os,
    }
}

/// What to do next where the call itself knows nothing better.
fn advice(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::NotFound => "start the program that creates it, or check the name",
        ErrorKind::InvalidName => "choose a shorter name, without a backslash",
        ErrorKind::AccessDenied => "ask for fewer rights, or have its creator grant them with Security::sddl",
        ErrorKind::NotAMapping => "choose another name",
        ErrorKind::AlreadyExists => "open it instead, or choose another name",
        ErrorKind::NoMemory => "ask for less, end other programs, or make the page file larger",
        ErrorKind::DiskFull => "make room on the file's disk, or ask for less",
        ErrorKind::FileInvalid => "give a regular file that is not empty, or a size to make it grow",
        ErrorKind::BadImage => "give a PE file: an .exe or a .dll",
        ErrorKind::Busy => "try again when others have let go of it",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_kinds_of_the_conformance_table() {
        for (code, expected) in [
            (2, ErrorKind::NotFound),
            (3, ErrorKind::InvalidName),
            (5, ErrorKind::AccessDenied),
            (6, ErrorKind::NotAMapping),
            (8, ErrorKind::NoMemory),
            (87, ErrorKind::InvalidArgument),
            (112, ErrorKind::DiskFull),
            (183, ErrorKind::AlreadyExists),
            (193, ErrorKind::BadImage),
            (206, ErrorKind::InvalidName),
            (288, ErrorKind::NotOwner),
            (298, ErrorKind::TooManyPosts),
            (487, ErrorKind::OutOfRange),
            (1006, ErrorKind::FileInvalid),
            (1132, ErrorKind::InvalidArgument),
            (1224, ErrorKind::Busy),
            (1314, ErrorKind::PrivilegeNotHeld),
            (1455, ErrorKind::NoMemory),
            (1, ErrorKind::Os),
        ] {
            assert_eq!(kind(code), expected, "{code}");
        }
    }

    #[test]
    fn an_error_says_what_to_do_and_keeps_the_number() {
        let error = system("open", io::Error::from_raw_os_error(2));
        assert_eq!(error.os_error().and_then(io::Error::raw_os_error), Some(2));
        assert!(
            error.to_string().contains("start the program that creates it"),
            "{error}"
        );
        let error = advised("open", io::Error::from_raw_os_error(5), "knock first");
        assert!(
            error.kind() == ErrorKind::AccessDenied && error.to_string().contains("knock first"),
            "{error}"
        );
    }
}
