//! Duplicating a handle: in this process, and out of another one into this.

use std::sync::Arc;

use coview::sync::Process;

use super::object::{Entry, Object, granted};
use super::{remote, table};
use crate::abi::{BOOL, HANDLE, INVALID_HANDLE_VALUE};
use crate::caller;
use crate::codes::{access, error};
use crate::failure::{Answer, as_bool, refuse};
use crate::mapping::{access_of, rights_of};

const CLOSE_SOURCE: u32 = 1;
const SAME_ACCESS: u32 = 2;

/// What is asked of the new handle.
#[derive(Clone, Copy)]
pub(super) struct Wanted {
    /// `None`: as the source has it.
    pub(super) access: Option<u32>,
    pub(super) inherit: bool,
}

/// Makes another handle to an object, with fewer rights or the same (row I05). The target must be this process; the
/// source may be another one of this user's. Win32: `DuplicateHandle`.
///
/// Giving a handle to another process is not possible on Linux unless that process takes it: `ERROR_NOT_SUPPORTED`.
///
/// # Safety
/// `target` is NULL or leads to a place for a handle.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn DuplicateHandle(
    source_process: HANDLE,
    source: HANDLE,
    target_process: HANDLE,
    target: *mut HANDLE,
    access: u32,
    inherit: BOOL,
    options: u32,
) -> BOOL {
    let wanted = Wanted {
        access: (options & SAME_ACCESS == 0).then_some(access),
        inherit: inherit != 0,
    };
    let close = options & CLOSE_SOURCE != 0;
    as_bool((|| {
        if options & !(CLOSE_SOURCE | SAME_ACCESS) != 0 {
            return refuse(error::INVALID_PARAMETER);
        }
        let other = other_process(source_process)?;
        // Closing it there would take that process's help.
        if other.is_some() && close {
            return refuse(error::NOT_SUPPORTED);
        }
        // SAFETY: the caller's promise.
        let done = unsafe { into(target_process, target, source, other.as_ref(), wanted, close) };
        if close {
            // Whatever became of the rest. This process is no handle and is never closed.
            let _ = table::remove(source);
        }
        done
    })())
}

/// # Safety
/// As [`DuplicateHandle`].
unsafe fn into(
    target_process: HANDLE,
    target: *mut HANDLE,
    source: HANDLE,
    other: Option<&Process>,
    wanted: Wanted,
    close: bool,
) -> Answer<()> {
    if target_process.is_null() && close {
        // Nobody wants another one: it is only to be closed.
        return table::get(source).map(drop);
    }
    if other_process(target_process)?.is_some() {
        return refuse(error::NOT_SUPPORTED);
    }
    let entry = match other {
        None => duplicate(source, wanted)?,
        Some(process) => remote::take(process, source, wanted)?,
    };
    let handle = table::insert(entry)?;
    // SAFETY: the caller's promise.
    let told = unsafe { caller::write_if_wanted(target, handle) };
    if told.is_err() {
        let _ = table::remove(handle);
    }
    told
}

/// A process that is not this one.
fn other_process(handle: HANDLE) -> Answer<Option<Process>> {
    if handle != INVALID_HANDLE_VALUE {
        table::get(handle)?.needs(access::PROCESS_DUP_HANDLE)?;
    }
    let process = table::process_of(handle)?;
    Ok(Some(process).filter(|process| process.id() != std::process::id()))
}

fn duplicate(source: HANDLE, wanted: Wanted) -> Answer<Entry> {
    let entry = if source == INVALID_HANDLE_VALUE {
        // What is only a number here becomes a handle.
        Arc::new(crate::process::entry_of_self()?)
    } else {
        table::get(source)?
    };
    let object = match &entry.object {
        Object::Mapping(mapping) => return of_mapping(mapping, wanted),
        Object::File(file) => Object::File(crate::file::another(file, wanted.inherit)?),
        Object::Event(event) => Object::Event(event.try_clone()?),
        Object::Semaphore(semaphore) => Object::Semaphore(semaphore.try_clone()?),
        Object::Mutex(mutex) => Object::Mutex(mutex.try_clone()?),
        Object::Process(process) => Object::Process(process.try_clone()?),
    };
    let access = wanted
        .access
        .map_or(entry.access, |asked| granted(&entry.object, asked));
    if access & !entry.access != 0 {
        return refuse(error::ACCESS_DENIED);
    }
    Ok(Entry {
        object,
        access,
        inherit: wanted.inherit,
    })
}

/// A handle to the mapping, as wanted.
pub(super) fn of_mapping(mapping: &coview::Mapping, wanted: Wanted) -> Answer<Entry> {
    let rights = wanted.access.map_or(mapping.rights(), rights_of);
    let mapping = coview::Mapping::options()
        .inherit(wanted.inherit)
        .rights(rights)
        .duplicate(mapping)?;
    Ok(Entry {
        access: access_of(rights),
        object: Object::Mapping(mapping),
        inherit: wanted.inherit,
    })
}
