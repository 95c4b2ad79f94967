//! Closing a handle.

use super::table;
use crate::abi::{BOOL, HANDLE};
use crate::failure::as_bool;

/// This process and this thread are no handles, and closing them does nothing.
const PSEUDO: std::ops::RangeInclusive<usize> = usize::MAX - 5..=usize::MAX;

/// Closes a handle of any kind; with the last handle of all processes a name goes, views or not (row B21).
/// Win32: `CloseHandle`.
#[unsafe(no_mangle)]
pub extern "C" fn CloseHandle(handle: HANDLE) -> BOOL {
    if PSEUDO.contains(&handle.addr()) {
        return as_bool(Ok(()));
    }
    // Dropped without the table's lock: closing takes a moment, and may be a mutex's.
    as_bool(table::remove(handle).map(drop))
}
