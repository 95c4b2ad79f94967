//! Events.

use coview::sync::{Event, Reset};

use crate::abi::{BOOL, HANDLE, SECURITY_ATTRIBUTES};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::access;
use crate::codes::error;
use crate::failure::{Answer, as_bool, as_created, as_handle, refuse};
use crate::handles::{self, Entry, Object, granted};
use crate::security::Attributes;

in_three_forms! {
    /// Creates an event, or opens the one of that name, which keeps its state. Win32: `CreateEvent`.
    CreateEventA, CreateEventW, coview_CreateEventW_wide32:
        fn(attributes: *const SECURITY_ATTRIBUTES, manual: BOOL, set: BOOL, @) -> HANDLE = create_event
}

/// # Safety
/// As the functions above.
unsafe fn create_event(attributes: *const SECURITY_ATTRIBUTES, manual: BOOL, set: BOOL, name: Text) -> HANDLE {
    as_created((|| {
        // SAFETY: the caller's promise.
        let (attributes, name) = unsafe { Attributes::read_with_name(attributes, name) }?;
        let security = attributes.security(name.as_deref())?;
        let reset = if manual != 0 { Reset::Manual } else { Reset::Auto };
        let event = Event::open_or_create_with(&name.unwrap_or_default(), reset, set != 0, &security)?;
        let created = event.created();
        let handle = handles::insert(Entry {
            object: Object::Event(event),
            access: access::SYNC_ALL_ACCESS,
            inherit: attributes.inherit,
        })?;
        Ok((handle, created))
    })())
}

in_three_forms! {
    /// Opens an event by its name. Win32: `OpenEvent`.
    OpenEventA, OpenEventW, coview_OpenEventW_wide32: fn(access: u32, inherit: BOOL, @) -> HANDLE = open_event
}

/// # Safety
/// As the functions above.
unsafe fn open_event(access: u32, inherit: BOOL, name: Text) -> HANDLE {
    as_handle((|| {
        // SAFETY: the caller's promise.
        let name = unsafe { caller::needed_name(name) }?;
        let object = Object::Event(Event::open(&name)?);
        handles::insert(Entry {
            access: granted(&object, access),
            object,
            inherit: inherit != 0,
        })
    })())
}

/// Sets an event. Win32: `SetEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn SetEvent(event: HANDLE) -> BOOL {
    as_bool(with(event, Event::set))
}

/// Resets an event. Win32: `ResetEvent`.
#[unsafe(no_mangle)]
pub extern "C" fn ResetEvent(event: HANDLE) -> BOOL {
    as_bool(with(event, Event::reset))
}

fn with(event: HANDLE, act: impl FnOnce(&Event) -> coview::Result<()>) -> Answer<()> {
    let entry = handles::get(event)?;
    let Object::Event(event) = &entry.object else {
        return refuse(error::INVALID_HANDLE);
    };
    entry.needs(access::MODIFY_STATE)?;
    Ok(act(event)?)
}
