//! The one thing that a program has to opt into: touching reserved memory that another process has committed.

use crate::abi::BOOL;
use crate::failure::as_bool;

/// From now on, touching a page of a reserved mapping that another process has committed since works as on Windows:
/// by a handler for SIGSEGV, which passes on every other fault. A program that defines `COVIEW_COMMIT_ON_FAULT` before
/// it includes `windows.h` calls this when it starts. Not of Win32.
#[unsafe(no_mangle)]
pub extern "C" fn CoviewCommitOnFault() -> BOOL {
    as_bool(coview::sync_commits_on_fault().map_err(Into::into))
}
