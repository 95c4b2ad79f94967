//! Mapped PE files (`SEC_IMAGE`): the kernel gives each part the protection that the file's section headers say, and a
//! view promises one access for all of it.
//!
//! Microsoft: "CreateFileMappingW" on `SEC_IMAGE`, "Memory Protection Constants".

use std::os::windows::io::RawHandle;

use windows_sys::Win32::System::Memory::{
    FILE_MAP_READ, MEM_COMMIT, PAGE_EXECUTE, PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY,
    PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOPY, VirtualProtect,
};

use super::errors;
use super::map::Mapped;
use super::query::{self, Run};
use crate::error::{Error, ErrorKind, Result};
use crate::rights::Access;

/// How many bytes the image takes when it is laid out: mapped to see, since no call tells in all versions. The handle
/// needs the right to read.
pub(super) fn size(section: RawHandle) -> std::io::Result<u64> {
    let mapped = Mapped::new(section, FILE_MAP_READ, 0, 0, 0)?;
    let start = mapped.start().addr();
    let mut end = start;
    loop {
        let run = query::run(end)?;
        if run.view != start {
            return Ok((end - start) as u64);
        }
        end = run.end();
    }
}

/// Gives the pages of a range of a mapped image what the access promises, where the section headers give less, and
/// takes nothing away. Needs to be done before anybody touches them.
pub(super) fn open_up(start: *mut u8, skew: usize, len: usize, access: Access) -> Result<()> {
    if !access.reads() {
        return Ok(());
    }
    let refused = |detail: String| Error::new(ErrorKind::Unsupported, "map a view", detail);
    let first = start.addr() + skew;
    let runs: Vec<Run> = query::runs(first, len)
        .collect::<std::io::Result<_>>()
        .map_err(|os| errors::system("map a view", os))?;
    for run in runs {
        if run.state != MEM_COMMIT || run.view != start.addr() {
            let detail = format!(
                "{} bytes of the image from byte {} on lie in none of its sections",
                run.len,
                run.start - start.addr()
            );
            return Err(refused(detail));
        }
        let Some(protection) = wanted(run.protection, access) else {
            continue;
        };
        let at = start.wrapping_add(run.start - start.addr());
        let mut before = 0;
        // SAFETY: the pages are part of the view that has just been mapped, and nobody has a pointer into it yet.
        if unsafe { VirtualProtect(at.cast(), run.len, protection, &mut before) } == 0 {
            let os = errors::last();
            let detail = format!("a section of the image admits no {access:?}; map a range without it");
            return Err(refused(detail).with_os(os));
        }
    }
    Ok(())
}

/// The protection that a page must be given for the access; `None` if it has it.
fn wanted(has: u32, access: Access) -> Option<u32> {
    let executes = access.executes()
        || has & (PAGE_EXECUTE | PAGE_EXECUTE_READ | PAGE_EXECUTE_READWRITE | PAGE_EXECUTE_WRITECOPY) != 0;
    let (enough, wanted): (&[u32], u32) = match (access.is_copy(), executes) {
        // PAGE_READWRITE is that of a section that all processes share: not a copy.
        (true, true) => (&[PAGE_EXECUTE_WRITECOPY], PAGE_EXECUTE_WRITECOPY),
        (true, false) => (&[PAGE_WRITECOPY], PAGE_WRITECOPY),
        (false, true) => (
            &[PAGE_EXECUTE_READ, PAGE_EXECUTE_READWRITE, PAGE_EXECUTE_WRITECOPY],
            PAGE_EXECUTE_READ,
        ),
        (false, false) => (&[PAGE_READONLY, PAGE_READWRITE, PAGE_WRITECOPY], PAGE_READONLY),
    };
    (!enough.contains(&has)).then_some(wanted)
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Memory::PAGE_NOACCESS;

    use super::*;

    #[test]
    fn a_page_gets_what_the_access_promises_and_keeps_what_it_has() {
        assert_eq!(wanted(PAGE_READONLY, Access::Read), None);
        assert_eq!(wanted(PAGE_WRITECOPY, Access::Read), None);
        assert_eq!(wanted(PAGE_NOACCESS, Access::Read), Some(PAGE_READONLY));
        assert_eq!(wanted(PAGE_EXECUTE, Access::Read), Some(PAGE_EXECUTE_READ));
        assert_eq!(wanted(PAGE_EXECUTE_READ, Access::Copy), Some(PAGE_EXECUTE_WRITECOPY));
        assert_eq!(wanted(PAGE_READWRITE, Access::Copy), Some(PAGE_WRITECOPY));
        assert_eq!(wanted(PAGE_WRITECOPY, Access::Copy), None);
        assert_eq!(wanted(PAGE_READONLY, Access::ExecuteRead), Some(PAGE_EXECUTE_READ));
    }
}
