//! Mutexes.

use coview::sync::Mutex;

use crate::abi::{BOOL, HANDLE, SECURITY_ATTRIBUTES};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::{access, error};
use crate::failure::{as_bool, as_created, as_handle, refuse};
use crate::handles::{self, Entry, Object, granted};
use crate::security::Attributes;

in_three_forms! {
    /// Creates a mutex, which this thread then owns from the first moment if asked, or opens the one of that name. Win32:
    /// `CreateMutex`.
    CreateMutexA, CreateMutexW, coview_CreateMutexW_wide32:
        fn(attributes: *const SECURITY_ATTRIBUTES, owned: BOOL, @) -> HANDLE = create_mutex
}

/// # Safety
/// As the functions above.
unsafe fn create_mutex(attributes: *const SECURITY_ATTRIBUTES, owned: BOOL, name: Text) -> HANDLE {
    as_created((|| {
        // SAFETY: the caller's promise.
        let (attributes, name) = unsafe { Attributes::read_with_name(attributes, name) }?;
        let security = attributes.security(name.as_deref())?;
        let name = name.unwrap_or_default();
        let mutex = if owned != 0 {
            Mutex::open_or_create_owned_with(&name, &security)?
        } else {
            Mutex::open_or_create_with(&name, &security)?
        };
        let created = mutex.created();
        let handle = handles::insert(Entry {
            object: Object::Mutex(mutex),
            access: access::MUTEX_ALL_ACCESS,
            inherit: attributes.inherit,
        })?;
        Ok((handle, created))
    })())
}

in_three_forms! {
    /// Opens a mutex by its name. Win32: `OpenMutex`.
    OpenMutexA, OpenMutexW, coview_OpenMutexW_wide32: fn(access: u32, inherit: BOOL, @) -> HANDLE = open_mutex
}

/// # Safety
/// As the functions above.
unsafe fn open_mutex(access: u32, inherit: BOOL, name: Text) -> HANDLE {
    as_handle((|| {
        // SAFETY: the caller's promise.
        let name = unsafe { caller::needed_name(name) }?;
        let object = Object::Mutex(Mutex::open(&name)?);
        handles::insert(Entry {
            access: granted(&object, access),
            object,
            inherit: inherit != 0,
        })
    })())
}

/// Gives up one acquisition of a mutex by this thread; `ERROR_NOT_OWNER` if it has none. Win32: `ReleaseMutex`.
#[unsafe(no_mangle)]
pub extern "C" fn ReleaseMutex(mutex: HANDLE) -> BOOL {
    as_bool((|| {
        let entry = handles::get(mutex)?;
        match &entry.object {
            Object::Mutex(mutex) => Ok(mutex.release()?),
            _ => refuse(error::INVALID_HANDLE),
        }
    })())
}
