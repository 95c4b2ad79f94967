//! What lies at an address: `VirtualQuery`, as a walk over runs of pages that are alike.

use std::io;

use windows_sys::Win32::System::Memory::{MEMORY_BASIC_INFORMATION, VirtualQuery};

use super::errors;

/// A run of pages with one state and one protection.
pub(super) struct Run {
    pub start: usize,
    pub len: usize,
    /// Where the view begins that the run is a part of; 0 if nothing is there.
    pub view: usize,
    /// `MEM_COMMIT`, `MEM_RESERVE` or `MEM_FREE`.
    pub state: u32,
    /// A `PAGE_` constant of a committed run.
    pub protection: u32,
}

impl Run {
    pub(super) fn end(&self) -> usize {
        self.start + self.len
    }
}

/// The rest of the run that the page of `address` is in, from that page on. Touches nothing.
pub(super) fn run(address: usize) -> io::Result<Run> {
    let mut info = MEMORY_BASIC_INFORMATION::default();
    let at = std::ptr::without_provenance(address);
    // SAFETY: any address may be asked about, and the struct has the length that is passed.
    if unsafe { VirtualQuery(at, &mut info, size_of_val(&info)) } == 0 {
        return Err(errors::last());
    }
    Ok(Run {
        start: info.BaseAddress.addr(),
        len: info.RegionSize,
        view: info.AllocationBase.addr(),
        state: info.State,
        protection: info.Protect,
    })
}

/// All runs that have a page in the range, from its beginning to its end.
pub(super) fn runs(start: usize, len: usize) -> impl Iterator<Item = io::Result<Run>> {
    let mut at = start;
    std::iter::from_fn(move || {
        if at >= start + len {
            return None;
        }
        let run = run(at);
        // After an error nothing follows.
        at = run.as_ref().map_or(start + len, Run::end);
        Some(run)
    })
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Memory::MEM_COMMIT;

    use super::*;

    #[test]
    fn a_walk_covers_the_range_without_gaps() {
        let bytes = vec![0_u8; 300_000];
        let start = bytes.as_ptr().addr();
        let mut at = start;
        for run in runs(start, bytes.len()) {
            let run = run.unwrap();
            assert!(run.start <= at && run.end() > at && run.view <= at && run.state == MEM_COMMIT);
            at = run.end();
        }
        assert!(at >= start + bytes.len());
        assert_eq!(runs(start, 0).count(), 0);
    }
}
