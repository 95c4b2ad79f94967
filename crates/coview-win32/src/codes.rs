//! The numbers of Win32: what callers pass and what they are answered. Facts, from Microsoft's documentation.

pub(crate) mod error {
    //! What `GetLastError` answers.
    pub(crate) const SUCCESS: u32 = 0;
    pub(crate) const FILE_NOT_FOUND: u32 = 2;
    pub(crate) const PATH_NOT_FOUND: u32 = 3;
    pub(crate) const TOO_MANY_OPEN_FILES: u32 = 4;
    pub(crate) const ACCESS_DENIED: u32 = 5;
    pub(crate) const INVALID_HANDLE: u32 = 6;
    pub(crate) const NOT_ENOUGH_MEMORY: u32 = 8;
    pub(crate) const INVALID_DATA: u32 = 13;
    pub(crate) const WRITE_PROTECT: u32 = 19;
    pub(crate) const NOT_READY: u32 = 21;
    pub(crate) const BAD_LENGTH: u32 = 24;
    pub(crate) const GEN_FAILURE: u32 = 31;
    pub(crate) const HANDLE_EOF: u32 = 38;
    pub(crate) const NOT_SUPPORTED: u32 = 50;
    pub(crate) const FILE_EXISTS: u32 = 80;
    pub(crate) const INVALID_PARAMETER: u32 = 87;
    pub(crate) const BROKEN_PIPE: u32 = 109;
    pub(crate) const DISK_FULL: u32 = 112;
    pub(crate) const INVALID_NAME: u32 = 123;
    pub(crate) const NEGATIVE_SEEK: u32 = 131;
    pub(crate) const SEEK_ON_DEVICE: u32 = 132;
    pub(crate) const BUSY: u32 = 170;
    pub(crate) const ALREADY_EXISTS: u32 = 183;
    pub(crate) const BAD_EXE_FORMAT: u32 = 193;
    pub(crate) const FILENAME_EXCED_RANGE: u32 = 206;
    pub(crate) const NO_DATA: u32 = 232;
    pub(crate) const NOT_OWNER: u32 = 288;
    pub(crate) const TOO_MANY_POSTS: u32 = 298;
    pub(crate) const INVALID_ADDRESS: u32 = 487;
    pub(crate) const NOACCESS: u32 = 998;
    pub(crate) const FILE_INVALID: u32 = 1006;
    pub(crate) const NO_UNICODE_TRANSLATION: u32 = 1113;
    pub(crate) const IO_DEVICE: u32 = 1117;
    pub(crate) const MAPPED_ALIGNMENT: u32 = 1132;
    pub(crate) const USER_MAPPED_FILE: u32 = 1224;
    pub(crate) const PRIVILEGE_NOT_HELD: u32 = 1314;
    pub(crate) const UNKNOWN_REVISION: u32 = 1305;
    pub(crate) const INVALID_ACL: u32 = 1336;
    pub(crate) const INVALID_SECURITY_DESCR: u32 = 1338;
    pub(crate) const NO_SYSTEM_RESOURCES: u32 = 1450;
    pub(crate) const COMMITMENT_LIMIT: u32 = 1455;
}

pub(crate) mod access {
    //! Access rights of handles.
    pub(crate) const GENERIC_READ: u32 = 0x8000_0000;
    pub(crate) const GENERIC_WRITE: u32 = 0x4000_0000;
    pub(crate) const GENERIC_EXECUTE: u32 = 0x2000_0000;
    pub(crate) const GENERIC_ALL: u32 = 0x1000_0000;
    pub(crate) const MAXIMUM_ALLOWED: u32 = 0x0200_0000;
    pub(crate) const SYNCHRONIZE: u32 = 0x0010_0000;
    /// `DELETE`, `READ_CONTROL`, `WRITE_DAC`, `WRITE_OWNER`.
    pub(crate) const STANDARD_RIGHTS_REQUIRED: u32 = 0x000F_0000;
    pub(crate) const READ_CONTROL: u32 = 0x0002_0000;

    pub(crate) const SECTION_QUERY: u32 = 0x1;
    pub(crate) const SECTION_MAP_WRITE: u32 = 0x2;
    pub(crate) const SECTION_MAP_READ: u32 = 0x4;
    pub(crate) const SECTION_MAP_EXECUTE: u32 = 0x8;
    pub(crate) const FILE_MAP_EXECUTE: u32 = 0x20;

    pub(crate) const FILE_READ_DATA: u32 = 0x1;
    pub(crate) const FILE_WRITE_DATA: u32 = 0x2;
    pub(crate) const FILE_APPEND_DATA: u32 = 0x4;
    pub(crate) const FILE_EXECUTE: u32 = 0x20;
    pub(crate) const FILE_GENERIC_READ: u32 = 0x0012_0089;
    pub(crate) const FILE_GENERIC_WRITE: u32 = 0x0012_0116;
    pub(crate) const FILE_GENERIC_EXECUTE: u32 = 0x0012_00A0;
    pub(crate) const FILE_ALL_ACCESS: u32 = 0x001F_01FF;

    /// To set, reset or release: `EVENT_MODIFY_STATE`, `SEMAPHORE_MODIFY_STATE`. Mutexes need none.
    pub(crate) const MODIFY_STATE: u32 = 0x2;
    pub(crate) const SYNC_ALL_ACCESS: u32 = 0x001F_0003;
    pub(crate) const MUTEX_ALL_ACCESS: u32 = 0x001F_0001;
    pub(crate) const PROCESS_DUP_HANDLE: u32 = 0x40;
    pub(crate) const PROCESS_QUERY_INFORMATION: u32 = 0x400;
    pub(crate) const PROCESS_QUERY_LIMITED_INFORMATION: u32 = 0x1000;
    pub(crate) const PROCESS_ALL_ACCESS: u32 = 0x001F_FFFF;
}

pub(crate) mod page {
    //! Protections of mappings and pages.
    pub(crate) const NOACCESS: u32 = 0x1;
    pub(crate) const READONLY: u32 = 0x2;
    pub(crate) const READWRITE: u32 = 0x4;
    pub(crate) const WRITECOPY: u32 = 0x8;
    pub(crate) const EXECUTE: u32 = 0x10;
    pub(crate) const EXECUTE_READ: u32 = 0x20;
    pub(crate) const EXECUTE_READWRITE: u32 = 0x40;
    pub(crate) const EXECUTE_WRITECOPY: u32 = 0x80;
}

pub(crate) mod sec {
    //! How a mapping's memory comes to be.
    pub(crate) const IMAGE: u32 = 0x0100_0000;
    pub(crate) const RESERVE: u32 = 0x0400_0000;
    pub(crate) const COMMIT: u32 = 0x0800_0000;
    pub(crate) const NOCACHE: u32 = 0x1000_0000;
    pub(crate) const WRITECOMBINE: u32 = 0x4000_0000;
    pub(crate) const LARGE_PAGES: u32 = 0x8000_0000;
}

pub(crate) mod mem {
    //! `VirtualAlloc`, `VirtualFree`, `VirtualQuery`, `MapViewOfFile3`.
    pub(crate) const COMMIT: u32 = 0x1000;
    pub(crate) const RESERVE: u32 = 0x2000;
    pub(crate) const DECOMMIT: u32 = 0x4000;
    pub(crate) const RELEASE: u32 = 0x8000;
    pub(crate) const FREE: u32 = 0x1_0000;
    pub(crate) const PRIVATE: u32 = 0x2_0000;
    pub(crate) const MAPPED: u32 = 0x4_0000;
    pub(crate) const RESET: u32 = 0x8_0000;
    pub(crate) const TOP_DOWN: u32 = 0x10_0000;
    pub(crate) const IMAGE: u32 = 0x100_0000;
    pub(crate) const RESERVE_PLACEHOLDER: u32 = 0x4_0000;
    pub(crate) const REPLACE_PLACEHOLDER: u32 = 0x4000;
    pub(crate) const PRESERVE_PLACEHOLDER: u32 = 0x2;
    pub(crate) const COALESCE_PLACEHOLDERS: u32 = 0x1;
    pub(crate) const UNMAP_WITH_TRANSIENT_BOOST: u32 = 0x1;
}

pub(crate) mod wait {
    //! How a wait ended.
    pub(crate) const OBJECT_0: u32 = 0;
    pub(crate) const ABANDONED_0: u32 = 0x80;
    pub(crate) const TIMEOUT: u32 = 258;
    pub(crate) const FAILED: u32 = u32::MAX;
    pub(crate) const INFINITE: u32 = u32::MAX;
}

/// Addresses of views, and offsets in mappings, are multiples of this: `dwAllocationGranularity`.
pub(crate) const GRANULARITY: usize = 0x1_0000;
