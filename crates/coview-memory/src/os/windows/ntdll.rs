//! The two questions that only the layer below Win32 answers: what a section is, and what a handle may do.
//!
//! Microsoft documents both: "ZwQuerySection", "NtQueryObject" (`ObjectBasicInformation`). windows-sys has only the
//! second, behind a large feature; both are declared here.

use std::ffi::c_void;
use std::io;
use std::os::windows::io::RawHandle;

use windows_sys::Win32::Foundation::{NTSTATUS, RtlNtStatusToDosError};

#[cfg_attr(
    target_arch = "x86",
    link(
        name = "ntdll.dll",
        kind = "raw-dylib",
        modifiers = "+verbatim",
        import_name_type = "undecorated"
    )
)]
#[cfg_attr(
    not(target_arch = "x86"),
    link(name = "ntdll.dll", kind = "raw-dylib", modifiers = "+verbatim")
)]
unsafe extern "system" {
    fn NtQuerySection(section: RawHandle, class: i32, into: *mut c_void, len: usize, written: *mut usize) -> NTSTATUS;
    fn NtQueryObject(object: RawHandle, class: i32, into: *mut c_void, len: u32, written: *mut u32) -> NTSTATUS;
}

/// `SectionBasicInformation`, and its struct `SECTION_BASIC_INFORMATION`.
const SECTION_BASIC: i32 = 0;

#[repr(C)]
struct SectionBasic {
    base: *mut c_void,
    attributes: u32,
    size: i64,
}

/// `ObjectBasicInformation`, and its struct `PUBLIC_OBJECT_BASIC_INFORMATION`.
const OBJECT_BASIC: i32 = 0;

#[repr(C)]
#[derive(Default)]
struct ObjectBasic {
    attributes: u32,
    granted: u32,
    handles: u32,
    pointers: u32,
    reserved: [u32; 10],
}

/// The `SEC_` flags of a section and its size in bytes. The handle needs `SECTION_QUERY`; one of another object, and
/// one that is not open, answers `ERROR_INVALID_HANDLE`.
pub(super) fn section(handle: RawHandle) -> io::Result<(u32, u64)> {
    let mut basic = SectionBasic {
        base: std::ptr::null_mut(),
        attributes: 0,
        size: 0,
    };
    let into = (&raw mut basic).cast();
    // SAFETY: a handle that is not open is refused; the struct is of the class's layout and of the length that is passed.
    let status = unsafe {
        NtQuerySection(
            handle,
            SECTION_BASIC,
            into,
            size_of::<SectionBasic>(),
            std::ptr::null_mut(),
        )
    };
    check(status)?;
    Ok((basic.attributes, basic.size.cast_unsigned()))
}

/// The access mask that a handle was opened with. Needs no right.
pub(super) fn granted(handle: RawHandle) -> io::Result<u32> {
    let mut basic = ObjectBasic::default();
    let (into, len) = ((&raw mut basic).cast(), size_of::<ObjectBasic>() as u32);
    // SAFETY: a handle that is not open is refused; the struct is of the class's layout and of the length that is passed.
    let status = unsafe { NtQueryObject(handle, OBJECT_BASIC, into, len, std::ptr::null_mut()) };
    check(status)?;
    Ok(basic.granted)
}

fn check(status: NTSTATUS) -> io::Result<()> {
    if status >= 0 {
        return Ok(());
    }
    // SAFETY: it looks the number up in a table.
    let code = unsafe { RtlNtStatusToDosError(status) };
    Err(io::Error::from_raw_os_error(code.cast_signed()))
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::windows::io::AsRawHandle;

    use windows_sys::Win32::Foundation::ERROR_INVALID_HANDLE;
    use windows_sys::Win32::Storage::FileSystem::{FILE_READ_DATA, FILE_WRITE_DATA};

    use super::*;

    #[test]
    fn a_handle_tells_what_it_may_do_and_that_it_is_no_section() {
        let file = File::open(std::env::current_exe().unwrap()).unwrap();
        let granted = granted(file.as_raw_handle()).unwrap();
        assert_eq!(granted & (FILE_READ_DATA | FILE_WRITE_DATA), FILE_READ_DATA);
        let refused = section(file.as_raw_handle()).unwrap_err();
        assert_eq!(refused.raw_os_error(), Some(ERROR_INVALID_HANDLE.cast_signed()));
    }
}
