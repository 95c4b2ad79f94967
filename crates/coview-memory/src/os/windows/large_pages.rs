//! What large pages ask of their creator. Microsoft: "Large-Page Support", "GetLargePageMinimum".

use std::io;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::ptr;

use windows_sys::Win32::Foundation::LUID;
use windows_sys::Win32::Security::{
    AdjustTokenPrivileges, LUID_AND_ATTRIBUTES, LookupPrivilegeValueW, SE_LOCK_MEMORY_NAME, SE_PRIVILEGE_ENABLED,
    TOKEN_ADJUST_PRIVILEGES, TOKEN_PRIVILEGES,
};
use windows_sys::Win32::System::Memory::GetLargePageMinimum;
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

use super::errors;
use crate::error::{Error, ErrorKind, Result};

/// What to do when the privilege is missing.
pub(super) const ADVICE: &str = "large pages need the privilege \"Lock pages in memory\" (SeLockMemoryPrivilege): an \
                                 administrator grants it in secpol.msc under User Rights Assignment; then log on anew";

/// The size of a large page, 0 if there are none.
pub(super) fn size() -> u64 {
    // SAFETY: it takes no argument and cannot fail.
    (unsafe { GetLargePageMinimum() }) as u64
}

/// Checks the size (conformance row A15), and enables the privilege, which an administrator may have granted but
/// which nobody has enabled. If that fails Windows says so when the mapping is created.
pub(super) fn prepare(bytes: u64) -> Result<()> {
    let large = size();
    if large == 0 {
        let detail = "this processor has no large pages; use Pages::Commit";
        return Err(Error::new(ErrorKind::Unsupported, "create", detail));
    }
    if !bytes.is_multiple_of(large) {
        let detail = format!("{bytes} bytes are no multiple of a large page, which has {large}");
        return Err(Error::new(ErrorKind::InvalidArgument, "create", detail));
    }
    let _ = enable_privilege();
    Ok(())
}

/// For the whole process, from now on. `AdjustTokenPrivileges` also succeeds when it changed nothing.
fn enable_privilege() -> io::Result<()> {
    let mut luid = LUID::default();
    // SAFETY: both texts end with a NUL or are null, and the answer goes to a place of our own.
    if unsafe { LookupPrivilegeValueW(ptr::null(), SE_LOCK_MEMORY_NAME, &mut luid) } == 0 {
        return Err(errors::last());
    }
    // SAFETY: it returns a constant that is always open.
    let process = unsafe { GetCurrentProcess() };
    let mut token = ptr::null_mut();
    // SAFETY: the process is this one, and the answer goes to a place of our own.
    if unsafe { OpenProcessToken(process, TOKEN_ADJUST_PRIVILEGES, &mut token) } == 0 {
        return Err(errors::last());
    }
    // SAFETY: it has just been opened, and nobody else has it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let wanted = TOKEN_PRIVILEGES {
        PrivilegeCount: 1,
        Privileges: [LUID_AND_ATTRIBUTES {
            Luid: luid,
            Attributes: SE_PRIVILEGE_ENABLED,
        }],
    };
    // SAFETY: the token is open, the list has the one entry that it says, and nothing is asked back.
    let done = unsafe { AdjustTokenPrivileges(token.as_raw_handle(), 0, &wanted, 0, ptr::null_mut(), ptr::null_mut()) };
    if done == 0 { Err(errors::last()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_that_is_no_multiple_of_a_large_page_is_refused_with_both_numbers() {
        let large = size();
        let error = prepare(large + 4096).unwrap_err();
        if large == 0 {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            return;
        }
        assert_eq!(error.kind(), ErrorKind::InvalidArgument);
        assert!(error.to_string().contains(&large.to_string()), "{error}");
        prepare(large * 2).unwrap();
        enable_privilege().unwrap();
    }
}
