//! Who may do what: the protection of a mapping, the rights of a handle, the access of a view.
//!
//! The three tables of Windows, as plain data (Microsoft: "CreateFileMappingW", "MapViewOfFile", "File-mapping
//! security and access rights"; the combinations as Wine's tests assert them on real Windows).

use std::{fmt, ops};

/// The protection of a mapping: the most that any view of it may ever do. Win32: `flProtect`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protection {
    /// Views may read, or write a private copy. `PAGE_READONLY`.
    ReadOnly,
    /// Views may read and write. `PAGE_READWRITE`.
    ReadWrite,
    /// As `ReadOnly`; says that copies are what it is for. `PAGE_WRITECOPY`.
    WriteCopy,
    /// `ReadOnly`, and views may execute. `PAGE_EXECUTE_READ`.
    ExecuteRead,
    /// `ReadWrite`, and views may execute. `PAGE_EXECUTE_READWRITE`.
    ExecuteReadWrite,
    /// `WriteCopy`, and views may execute. `PAGE_EXECUTE_WRITECOPY`.
    ExecuteWriteCopy,
}

impl Protection {
    /// All six, in Win32's order of their bits.
    pub const ALL: [Self; 6] = [
        Self::ReadOnly,
        Self::ReadWrite,
        Self::WriteCopy,
        Self::ExecuteRead,
        Self::ExecuteReadWrite,
        Self::ExecuteWriteCopy,
    ];

    /// Whether views may write to what all see.
    pub const fn writes(self) -> bool {
        matches!(self, Self::ReadWrite | Self::ExecuteReadWrite)
    }

    /// Whether views may execute.
    pub const fn executes(self) -> bool {
        matches!(
            self,
            Self::ExecuteRead | Self::ExecuteReadWrite | Self::ExecuteWriteCopy
        )
    }

    /// The rights of the handle that creating a mapping of this protection returns (conformance row A35).
    pub const fn rights(self) -> Rights {
        let mut bits = Rights::READ.0;
        if self.writes() {
            bits |= Rights::WRITE.0;
        }
        if self.executes() {
            bits |= Rights::EXECUTE.0;
        }
        Rights(bits)
    }

    /// Whether a mapping of this protection admits a view of that access (conformance row D01).
    pub const fn admits(self, access: Access) -> bool {
        (!access.writes_shared() || self.writes()) && (!access.executes() || self.executes())
    }
}

/// The rights of a handle: a set. Win32: the access mask of `OpenFileMapping`.
///
/// ```
/// use coview_memory::Rights;
/// let rights = Rights::READ | Rights::WRITE;
/// assert!(rights.contains(Rights::READ) && !rights.contains(Rights::EXECUTE));
/// ```
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Rights(u8);

impl Rights {
    /// No right at all: every view is refused (conformance row I05).
    pub const NONE: Self = Self(0);
    /// Views may read, or write a private copy. `FILE_MAP_READ`, and the same as `FILE_MAP_COPY`.
    pub const READ: Self = Self(1);
    /// Views may write. Alone it admits no reading view (conformance row C02). `FILE_MAP_WRITE`.
    pub const WRITE: Self = Self(2);
    /// Views may execute. `FILE_MAP_EXECUTE`.
    pub const EXECUTE: Self = Self(4);
    /// Reading and writing, not executing. `FILE_MAP_ALL_ACCESS`.
    pub const ALL: Self = Self(1 | 2);

    /// Whether all of `other` is in this set.
    pub const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether it is the empty set.
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}

impl ops::BitOr for Rights {
    type Output = Self;
    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl ops::BitAnd for Rights {
    type Output = Self;
    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl fmt::Debug for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut parts = Vec::new();
        for (right, word) in [(Self::READ, "READ"), (Self::WRITE, "WRITE"), (Self::EXECUTE, "EXECUTE")] {
            if self.contains(right) {
                parts.push(word);
            }
        }
        if parts.is_empty() {
            f.write_str("NONE")
        } else {
            f.write_str(&parts.join("|"))
        }
    }
}

impl fmt::Display for Rights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// The access of a view: what may be done through it. Win32: `dwDesiredAccess` of `MapViewOfFile`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Nothing: the addresses are taken and nothing can be touched (conformance row D02).
    None,
    /// Read what all see.
    Read,
    /// Read and write what all see.
    Write,
    /// Read; a written page becomes private to this view, and nobody else ever sees it.
    Copy,
    /// Read and execute.
    ExecuteRead,
    /// Read, write and execute.
    ExecuteWrite,
    /// Read and execute; written pages become private.
    ExecuteCopy,
}

impl Access {
    /// All seven.
    pub const ALL: [Self; 7] = [
        Self::None,
        Self::Read,
        Self::Write,
        Self::Copy,
        Self::ExecuteRead,
        Self::ExecuteWrite,
        Self::ExecuteCopy,
    ];

    /// Whether bytes can be read through the view.
    pub const fn reads(self) -> bool {
        !matches!(self, Self::None)
    }

    /// Whether bytes can be written through the view, be it to a private copy.
    pub const fn writes(self) -> bool {
        self.writes_shared() || self.is_copy()
    }

    /// Whether what is written is seen by others.
    pub const fn writes_shared(self) -> bool {
        matches!(self, Self::Write | Self::ExecuteWrite)
    }

    /// Whether written pages become private.
    pub const fn is_copy(self) -> bool {
        matches!(self, Self::Copy | Self::ExecuteCopy)
    }

    /// Whether the view may be executed.
    pub const fn executes(self) -> bool {
        matches!(self, Self::ExecuteRead | Self::ExecuteWrite | Self::ExecuteCopy)
    }

    /// The rights a handle must have for such a view. Writing does not ask for the right to read, nor does the
    /// right to write give it (conformance rows C01, C02).
    pub const fn needs(self) -> Rights {
        let base = if self.writes_shared() {
            Rights::WRITE.0
        } else {
            Rights::READ.0
        };
        Rights(if self.executes() {
            base | Rights::EXECUTE.0
        } else {
            base
        })
    }

    /// What the bits of `MapViewOfFile` mean, odd combinations included (conformance rows D03 to D05):
    /// `FILE_MAP_COPY` 1, `FILE_MAP_WRITE` 2, `FILE_MAP_READ` 4, `FILE_MAP_EXECUTE` 0x20.
    /// Other bits are ignored, as Windows ignores them.
    ///
    /// ```
    /// use coview_memory::Access;
    /// assert_eq!(Access::from_file_map(0x4 | 0x2), Access::Write);
    /// assert_eq!(Access::from_file_map(0x2 | 0x1), Access::Write); // only COPY alone is copy-on-write
    /// assert_eq!(Access::from_file_map(0x20), Access::None);
    /// ```
    pub const fn from_file_map(bits: u32) -> Self {
        let (copy, write, read, execute) = (bits & 1 != 0, bits & 2 != 0, bits & 4 != 0, bits & 0x20 != 0);
        match (write, read, copy, execute) {
            (true, _, _, false) => Self::Write,
            (true, _, _, true) => Self::ExecuteWrite,
            (false, true, _, false) => Self::Read,
            (false, true, _, true) => Self::ExecuteRead,
            (false, false, true, false) => Self::Copy,
            (false, false, true, true) => Self::ExecuteCopy,
            (false, false, false, _) => Self::None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_matrix_of_protection_and_access_is_that_of_windows() {
        for protection in Protection::ALL {
            for access in [Access::None, Access::Read, Access::Copy] {
                assert!(protection.admits(access), "{protection:?} {access:?}");
            }
            assert_eq!(protection.admits(Access::Write), protection.writes());
            assert_eq!(protection.admits(Access::ExecuteRead), protection.executes());
            assert_eq!(protection.admits(Access::ExecuteCopy), protection.executes());
            assert_eq!(
                protection.admits(Access::ExecuteWrite),
                protection == Protection::ExecuteReadWrite
            );
        }
    }

    #[test]
    fn a_handle_needs_the_right_of_the_view_and_no_other() {
        assert_eq!(Access::Write.needs(), Rights::WRITE);
        assert_eq!(Access::Copy.needs(), Rights::READ);
        assert_eq!(Access::None.needs(), Rights::READ);
        assert_eq!(Access::ExecuteWrite.needs(), Rights::WRITE | Rights::EXECUTE);
        assert_eq!(Protection::WriteCopy.rights(), Rights::READ);
        assert_eq!(format!("{:?} {:?}", Rights::ALL, Rights::NONE), "READ|WRITE NONE");
    }
}
