//! Handles: what they are numbers of, the table, how they are closed and duplicated, and how other processes reach them.

mod close;
mod duplicate;
mod exchange;
mod heirloom;
mod object;
mod remote;
mod table;

pub use close::CloseHandle;
pub use duplicate::DuplicateHandle;

pub(crate) use object::{Entry, Object, granted, granted_of_file, granted_of_process};
pub(crate) use table::{all, get, insert, process_of};

pub(crate) use table::{Table, lock};
