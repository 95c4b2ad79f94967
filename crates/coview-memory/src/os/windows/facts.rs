//! The facts of a mapping, whoever made it: its size to the byte, how its memory came to be, whether a file is there.

use std::os::windows::io::RawHandle;

use windows_sys::Win32::System::Memory::{SEC_FILE, SEC_IMAGE, SEC_LARGE_PAGES, SEC_RESERVE};

use super::{image, ntdll};
use crate::os::{Facts, Pages};
use crate::rights::Protection;

/// Asks the section. What it does not tell is its protection.
pub(super) fn of(section: RawHandle, protection: Option<Protection>) -> std::io::Result<Facts> {
    let (flags, size) = ntdll::section(section)?;
    let file = flags & SEC_FILE != 0;
    let pages = pages(flags);
    // The section's own number is that of the file in some versions, and that of the image in others.
    let size = if pages == Pages::Image {
        image::size(section).unwrap_or(size)
    } else {
        size
    };
    Ok(Facts {
        size,
        protection,
        pages,
        file,
    })
}

fn pages(flags: u32) -> Pages {
    if flags & SEC_IMAGE != 0 {
        Pages::Image
    } else if flags & SEC_LARGE_PAGES != 0 {
        Pages::Large
    } else if flags & SEC_RESERVE != 0 && flags & SEC_FILE == 0 {
        // Of files the flag means nothing (conformance row E08).
        Pages::Reserve
    } else {
        Pages::Commit
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Memory::SEC_COMMIT;

    use super::*;

    #[test]
    fn a_reserved_file_is_committed() {
        assert_eq!(pages(SEC_RESERVE), Pages::Reserve);
        assert_eq!(pages(SEC_RESERVE | SEC_FILE), Pages::Commit);
        assert_eq!(pages(SEC_COMMIT), Pages::Commit);
        assert_eq!(pages(SEC_COMMIT | SEC_LARGE_PAGES), Pages::Large);
        assert_eq!(pages(SEC_FILE | SEC_IMAGE), Pages::Image);
    }
}
