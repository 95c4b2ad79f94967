//! Windows, natively: the kernel's own sections, events, semaphores and mutexes, which need no protocol of ours.
//!
//! The kernel closes a dead process's handles, so names and memory go exactly when they should. What these files add
//! is what Win32 leaves to its caller: alignment, the facts of an opened mapping, checks that Windows and Wine make
//! at different moments, and errors in words.

mod bell;
mod commit;
mod create;
mod errors;
mod facts;
mod file;
mod folders;
mod handle;
mod image;
mod large_pages;
mod map;
mod ntdll;
mod presence;
mod process;
mod query;
mod region;
mod security;
mod system;
mod text;
mod waitable;

#[cfg(test)]
mod tests;

pub(crate) use bell::{Bells, Signal};
pub(crate) use folders::{create_private_folder, is_at, is_over, name_file, nameless_file, private_file, state_folder};
pub(crate) use handle::Handle;
pub(crate) use presence::Presence;
pub(crate) use region::Region;
pub(crate) use system::page_size;
pub(crate) use waitable::Waitable;
