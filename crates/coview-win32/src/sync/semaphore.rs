//! Semaphores.

use coview::sync::Semaphore;

use crate::abi::{BOOL, HANDLE, SECURITY_ATTRIBUTES};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::{access, error};
use crate::failure::{Answer, as_bool, as_created, as_handle, refuse};
use crate::handles::{self, Entry, Object, granted};
use crate::security::Attributes;

in_three_forms! {
    /// Creates a semaphore, or opens the one of that name, which keeps its count and maximum. Win32: `CreateSemaphore`.
    CreateSemaphoreA, CreateSemaphoreW, coview_CreateSemaphoreW_wide32:
        fn(attributes: *const SECURITY_ATTRIBUTES, initial: i32, maximum: i32, @) -> HANDLE = create_semaphore
}

/// # Safety
/// As the functions above.
unsafe fn create_semaphore(attributes: *const SECURITY_ATTRIBUTES, initial: i32, maximum: i32, name: Text) -> HANDLE {
    as_created((|| {
        // SAFETY: the caller's promise.
        let (attributes, name) = unsafe { Attributes::read_with_name(attributes, name) }?;
        let (Ok(initial), Ok(maximum)) = (u32::try_from(initial), u32::try_from(maximum)) else {
            return refuse(error::INVALID_PARAMETER);
        };
        let security = attributes.security(name.as_deref())?;
        let semaphore = Semaphore::open_or_create_with(&name.unwrap_or_default(), initial, maximum, &security)?;
        let created = semaphore.created();
        let handle = handles::insert(Entry {
            object: Object::Semaphore(semaphore),
            access: access::SYNC_ALL_ACCESS,
            inherit: attributes.inherit,
        })?;
        Ok((handle, created))
    })())
}

in_three_forms! {
    /// Opens a semaphore by its name. Win32: `OpenSemaphore`.
    OpenSemaphoreA, OpenSemaphoreW, coview_OpenSemaphoreW_wide32:
        fn(access: u32, inherit: BOOL, @) -> HANDLE = open_semaphore
}

/// # Safety
/// As the functions above.
unsafe fn open_semaphore(access: u32, inherit: BOOL, name: Text) -> HANDLE {
    as_handle((|| {
        // SAFETY: the caller's promise.
        let name = unsafe { caller::needed_name(name) }?;
        let object = Object::Semaphore(Semaphore::open(&name)?);
        handles::insert(Entry {
            access: granted(&object, access),
            object,
            inherit: inherit != 0,
        })
    })())
}

/// Adds to a semaphore's count; beyond its maximum nothing, and `ERROR_TOO_MANY_POSTS` (row J03). Win32:
/// `ReleaseSemaphore`.
///
/// # Safety
/// `before` is NULL or leads to a place for the count that there was.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn ReleaseSemaphore(semaphore: HANDLE, count: i32, before: *mut i32) -> BOOL {
    as_bool((|| {
        let there = release(semaphore, count)?;
        // SAFETY: the caller's promise.
        unsafe { caller::write_if_wanted(before, there as i32) }
    })())
}

fn release(semaphore: HANDLE, count: i32) -> Answer<u32> {
    let entry = handles::get(semaphore)?;
    let Object::Semaphore(semaphore) = &entry.object else {
        return refuse(error::INVALID_HANDLE);
    };
    entry.needs(access::MODIFY_STATE)?;
    match u32::try_from(count) {
        Ok(count) if count > 0 => Ok(semaphore.release(count)?),
        _ => refuse(error::INVALID_PARAMETER),
    }
}
