//! The types of the C interface, as `include/windows.h` declares them: a test holds the two against each other.

use std::ffi::c_void;

/// Win32: `HANDLE`. A number, never an address.
pub type HANDLE = *mut c_void;
/// Win32: `BOOL`. Zero, or anything else.
pub type BOOL = i32;

/// Win32: `TRUE`.
pub const TRUE: BOOL = 1;
/// Win32: `FALSE`.
pub const FALSE: BOOL = 0;
/// No handle: what `CreateFile` answers on failure. Where a process is asked for, it is this process.
pub const INVALID_HANDLE_VALUE: HANDLE = std::ptr::without_provenance_mut(usize::MAX);

/// Plain data of the caller's, copied in and out: any bytes are a value, and there is no padding.
///
/// # Safety
/// Both must be so.
pub(crate) unsafe trait Plain: Copy {}

/// Win32: `SECURITY_ATTRIBUTES`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "Microsoft documents them")]
pub struct SECURITY_ATTRIBUTES {
    pub nLength: u32,
    /// Of the compiler on 64-bit systems; named so that no byte is unknown.
    #[cfg(target_pointer_width = "64")]
    pub padding: u32,
    pub lpSecurityDescriptor: *mut c_void,
    pub bInheritHandle: BOOL,
    #[cfg(target_pointer_width = "64")]
    pub padding2: u32,
}

impl SECURITY_ATTRIBUTES {
    /// As a C program fills it in.
    pub const fn new(descriptor: *mut c_void, inherit: BOOL) -> Self {
        Self {
            nLength: size_of::<Self>() as u32,
            #[cfg(target_pointer_width = "64")]
            padding: 0,
            lpSecurityDescriptor: descriptor,
            bInheritHandle: inherit,
            #[cfg(target_pointer_width = "64")]
            padding2: 0,
        }
    }
}

/// Win32: `OVERLAPPED`. Its offset says where, its event is set when the call is done: before it returns.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "Microsoft documents them")]
pub struct OVERLAPPED {
    pub Internal: usize,
    pub InternalHigh: usize,
    pub Offset: u32,
    pub OffsetHigh: u32,
    pub hEvent: HANDLE,
}

/// Win32: `SYSTEM_INFO`.
#[repr(C)]
#[derive(Debug, Clone, Copy)]
#[expect(missing_docs, reason = "Microsoft documents them")]
pub struct SYSTEM_INFO {
    pub wProcessorArchitecture: u16,
    pub wReserved: u16,
    pub dwPageSize: u32,
    pub lpMinimumApplicationAddress: usize,
    pub lpMaximumApplicationAddress: usize,
    pub dwActiveProcessorMask: usize,
    pub dwNumberOfProcessors: u32,
    pub dwProcessorType: u32,
    pub dwAllocationGranularity: u32,
    pub wProcessorLevel: u16,
    pub wProcessorRevision: u16,
}

/// Win32: `MEMORY_BASIC_INFORMATION`.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default)]
#[expect(missing_docs, reason = "Microsoft documents them")]
pub struct MEMORY_BASIC_INFORMATION {
    pub BaseAddress: usize,
    pub AllocationBase: usize,
    pub AllocationProtect: u32,
    #[cfg(target_pointer_width = "64")]
    pub PartitionId: u16,
    #[cfg(target_pointer_width = "64")]
    pub padding: u16,
    pub RegionSize: usize,
    pub State: u32,
    pub Protect: u32,
    pub Type: u32,
    #[cfg(target_pointer_width = "64")]
    pub padding2: u32,
}

/// Win32: `FILETIME`: tenths of microseconds since 1601.
#[repr(C)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "Microsoft documents them")]
pub struct FILETIME {
    pub dwLowDateTime: u32,
    pub dwHighDateTime: u32,
}

macro_rules! plain {
    ($($type:ty),*) => { $(
        // SAFETY: integers and addresses in C's order, without padding: the sizes are asserted below.
        unsafe impl Plain for $type {}
    )* };
}

plain!(
    u8,
    u16,
    u32,
    i32,
    u64,
    i64,
    usize,
    SECURITY_ATTRIBUTES,
    OVERLAPPED,
    SYSTEM_INFO,
    MEMORY_BASIC_INFORMATION
);
plain!(FILETIME);
// SAFETY: an address is a value whatever it is, and nobody here follows one.
unsafe impl Plain for HANDLE {}

const _: () = {
    let word = size_of::<usize>();
    assert!(size_of::<SECURITY_ATTRIBUTES>() == 3 * word);
    assert!(size_of::<OVERLAPPED>() == 3 * word + 8);
    assert!(size_of::<SYSTEM_INFO>() == 24 + 3 * word);
    assert!(size_of::<MEMORY_BASIC_INFORMATION>() == if word == 8 { 48 } else { 28 });
    assert!(size_of::<FILETIME>() == 8);
};
