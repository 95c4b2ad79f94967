//! What the numbers for protections, pages and rights mean.

use coview::{Access, Pages, Protection, Rights};

use crate::codes::{access, error, page, sec};
use crate::failure::{Answer, refuse};

/// The bits that say how memory comes to be; the rest of `flProtect` is the protection.
const SEC_BITS: u32 = 0xFFFF_F000;

/// Takes `flProtect` apart, by rows A03 to A05, A11 to A14, A17 and A19.
pub(super) fn parse(flags: u32) -> Answer<(Protection, Pages)> {
    let protection = match flags & !SEC_BITS {
        page::READONLY => Protection::ReadOnly,
        page::READWRITE => Protection::ReadWrite,
        page::WRITECOPY => Protection::WriteCopy,
        page::EXECUTE_READ => Protection::ExecuteRead,
        page::EXECUTE_READWRITE => Protection::ExecuteReadWrite,
        page::EXECUTE_WRITECOPY => Protection::ExecuteWriteCopy,
        _ => return refuse(error::INVALID_PARAMETER),
    };
    let caching = flags & (sec::NOCACHE | sec::WRITECOMBINE);
    let pages = match flags & SEC_BITS & !caching {
        0 if caching == 0 => Pages::Commit,
        sec::COMMIT => Pages::Commit,
        sec::RESERVE => Pages::Reserve,
        sec::IMAGE if caching & sec::WRITECOMBINE == 0 => Pages::Image,
        bits if bits == sec::LARGE_PAGES | sec::COMMIT => Pages::Large,
        _ => return refuse(error::INVALID_PARAMETER),
    };
    if caching != 0 {
        // Pages for device drivers, and images that shall not execute: Linux has neither.
        return refuse(error::NOT_SUPPORTED);
    }
    Ok((protection, pages))
}

/// The access rights of a handle as Windows numbers them.
pub(crate) fn access_of(rights: Rights) -> u32 {
    let mut bits = access::STANDARD_RIGHTS_REQUIRED | access::SECTION_QUERY;
    for (right, bit) in [
        (Rights::READ, access::SECTION_MAP_READ),
        (Rights::WRITE, access::SECTION_MAP_WRITE),
        (Rights::EXECUTE, access::SECTION_MAP_EXECUTE),
    ] {
        if rights.contains(right) {
            bits |= bit;
        }
    }
    bits
}

/// What is asked of a mapping's handle: `FILE_MAP_` bits, section rights, generic ones.
pub(crate) fn rights_of(asked: u32) -> Rights {
    let wants = |bits: u32| asked & (bits | access::GENERIC_ALL | access::MAXIMUM_ALLOWED) != 0;
    let mut rights = Rights::NONE;
    // FILE_MAP_COPY is the bit of the right to query, and stands for reading (row C03).
    if wants(access::SECTION_MAP_READ | access::SECTION_QUERY | access::GENERIC_READ) {
        rights = rights | Rights::READ;
    }
    if wants(access::SECTION_MAP_WRITE | access::GENERIC_WRITE) {
        rights = rights | Rights::WRITE;
    }
    if wants(access::SECTION_MAP_EXECUTE | access::FILE_MAP_EXECUTE | access::GENERIC_EXECUTE) {
        rights = rights | Rights::EXECUTE;
    }
    rights
}

/// The protection that the pages of such a view begin with.
pub(crate) fn protection_of(access: Access) -> u32 {
    match access {
        Access::None => page::NOACCESS,
        Access::Read => page::READONLY,
        Access::Write => page::READWRITE,
        Access::Copy => page::WRITECOPY,
        Access::ExecuteRead => page::EXECUTE_READ,
        Access::ExecuteWrite => page::EXECUTE_READWRITE,
        Access::ExecuteCopy => page::EXECUTE_WRITECOPY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flags_are_those_of_windows() {
        assert_eq!(parse(4), Ok((Protection::ReadWrite, Pages::Commit)));
        assert_eq!(parse(sec::RESERVE | 2), Ok((Protection::ReadOnly, Pages::Reserve)));
        for bad in [
            0,
            1,
            3,
            0x10,
            0x104,
            0x80_0004,
            sec::RESERVE | sec::COMMIT | 4,
            sec::NOCACHE | 4,
            sec::LARGE_PAGES | 4,
        ] {
            assert_eq!(parse(bad), refuse(error::INVALID_PARAMETER), "{bad:x}");
        }
        for with in [sec::COMMIT, sec::RESERVE, sec::LARGE_PAGES, sec::WRITECOMBINE] {
            assert_eq!(
                parse(sec::IMAGE | with | 2),
                refuse(error::INVALID_PARAMETER),
                "{with:x}"
            );
        }
        for device in [sec::NOCACHE, sec::WRITECOMBINE] {
            assert_eq!(parse(device | sec::COMMIT | 4), refuse(error::NOT_SUPPORTED));
        }
    }

    #[test]
    fn rights_go_to_numbers_and_back() {
        let all = [Rights::NONE, Rights::READ, Rights::WRITE, Rights::ALL, Rights::EXECUTE];
        for rights in all.into_iter().filter(|rights| rights.contains(Rights::READ)) {
            assert_eq!(rights_of(access_of(rights)), rights);
        }
        assert_eq!(rights_of(1), Rights::READ);
        assert_eq!(rights_of(0x10_0000), Rights::NONE);
        assert_eq!(rights_of(0x20), Rights::EXECUTE);
    }
}
