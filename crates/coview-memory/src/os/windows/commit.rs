//! Pages of a reserved mapping: committing them, and seeing which ones are.
//!
//! A page belongs to the section: committed through one view it is there in all, in every process (conformance rows
//! E03, E05). Microsoft: "CreateFileMappingW" on `SEC_RESERVE`.

use windows_sys::Win32::Foundation::ERROR_INVALID_ADDRESS;
use windows_sys::Win32::System::Memory::{MEM_COMMIT, PAGE_EXECUTE_READWRITE, PAGE_READWRITE, VirtualAlloc};

use super::{errors, query};
use crate::error::Result;
use crate::rights::Access;

/// Commits the pages of a range of a reserved view that writes. Twice is fine (conformance row E04).
pub(super) fn commit(at: *mut u8, len: usize, access: Access) -> Result<()> {
    if len == 0 {
        return Ok(());
    }
    let protection = if access.executes() {
        PAGE_EXECUTE_READWRITE
    } else {
        PAGE_READWRITE
    };
    // SAFETY: the range is part of a reserved view (MAPPED) whose access is that protection: pages become touchable,
    // and those that are keep their bytes.
    if !unsafe { VirtualAlloc(at.cast(), len, MEM_COMMIT, protection) }.is_null() {
        return Ok(());
    }
    let os = errors::last();
    Err(match errors::code(&os) {
        ERROR_INVALID_ADDRESS => errors::advised("commit", os, format!("{len} bytes are not all in the view")),
        _ => errors::system("commit", os),
    })
}

/// Reports which bytes of a reserved view are committed by now, in bytes from `base` on.
pub(super) fn committed(base: *mut u8, len: usize, found: &mut dyn FnMut(usize, usize)) -> Result<()> {
    let (start, end) = (base.addr(), base.addr() + len);
    for run in query::runs(start, len) {
        let run = run.map_err(|os| errors::system("look at the pages", os))?;
        if run.state == MEM_COMMIT {
            let (from, to) = (run.start.max(start), run.end().min(end));
            found(from - start, to - from);
        }
    }
    Ok(())
}
