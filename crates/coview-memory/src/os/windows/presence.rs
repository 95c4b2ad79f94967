//! A place in a mapping that this process has until it is gone: a kernel object of a name that says which place.
//!
//! Whoever creates the object has the place; it exists as long as its one handle, which the system closes once the
//! process's last thread is gone. Nothing is done with the object but to see whether it exists.
//!
//! The name is in `Global\`, whatever the mapping's scope: a handle to the mapping can be had in another session than
//! the mapping's, and one who looked in the wrong one would take the living for dead. Creating there needs a privilege
//! for sections and symbolic links alone. Everybody can list that directory: so the name is a hash, which does not give
//! away the channel's number, and with it the names of its other places.
//!
//! Microsoft: "CreateEventW", "OpenEventW", "Kernel object namespaces", "Terminating a Process".

use std::fmt::Write;
use std::io;
use std::os::windows::io::{FromRawHandle, OwnedHandle};

use sha2::{Digest, Sha256};
use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, ERROR_FILE_NOT_FOUND, ERROR_INVALID_HANDLE,
};
use windows_sys::Win32::System::Threading::{CreateEventW, OpenEventW, SYNCHRONIZATION_SYNCHRONIZE};

use super::security::Descriptor;
use super::{Handle, errors, text};
use crate::error::Result;
use crate::os::PresenceContract;
use crate::security::Security;

pub(crate) struct Presence {
    _object: OwnedHandle,
}

impl PresenceContract for Presence {
    fn take(_handle: &Handle, channel: u128, place: u32) -> Result<Option<Self>> {
        const ACTION: &str = "take a place";
        let name = name(channel, place);
        let descriptor = Descriptor::new(ACTION, &Security::private())?;
        let failed = |os| errors::system(ACTION, os);
        let denied = match create(&descriptor, &name) {
            Ok(created) => return Ok(created.map(|object| Self { _object: object })),
            Err(os) if exists(&os) == Some(true) => os,
            Err(os) => return Err(failed(os)),
        };
        if open(&name).map_err(failed)? {
            return Ok(None);
        }
        // It went in between; or there was none, and it is the directory of the names that denies us one.
        match create(&descriptor, &name) {
            Ok(created) => Ok(created.map(|object| Self { _object: object })),
            Err(_) => Err(failed(denied)),
        }
    }

    fn is_taken(_handle: &Handle, channel: u128, place: u32) -> Result<bool> {
        open(&name(channel, place)).map_err(|os| errors::system("ask who is in a place", os))
    }

    /// Windows has no fork.
    fn is_mine(&self) -> bool {
        true
    }
}

/// With its NUL at the end.
fn name(channel: u128, place: u32) -> Vec<u16> {
    let mut hash = Sha256::new();
    hash.update(channel.to_le_bytes());
    hash.update(place.to_le_bytes());
    let mut name = String::from(r"Global\coview-place-");
    for byte in &hash.finalize()[..16] {
        write!(name, "{byte:02x}").expect("a String takes all");
    }
    text::wide(name)
}

/// `None` if it exists.
fn create(descriptor: &Descriptor, name: &[u16]) -> io::Result<Option<OwnedHandle>> {
    let attributes = descriptor.attributes(false);
    // SAFETY: the attributes and the name, which ends with a NUL, live until the call returns.
    let object = unsafe { CreateEventW(&attributes, 1, 0, name.as_ptr()) };
    // Also of a success.
    let os = errors::last();
    if object.is_null() {
        return Err(os);
    }
    // SAFETY: it has just been created or opened, and nobody else has it.
    let object = unsafe { OwnedHandle::from_raw_handle(object) };
    Ok((errors::code(&os) != ERROR_ALREADY_EXISTS).then_some(object))
}

/// Whether it exists.
fn open(name: &[u16]) -> io::Result<bool> {
    // SAFETY: the name ends with a NUL and lives until the call returns.
    let object = unsafe { OpenEventW(SYNCHRONIZATION_SYNCHRONIZE, 0, name.as_ptr()) };
    if object.is_null() {
        let os = errors::last();
        return exists(&os).ok_or(os);
    }
    // SAFETY: it has just been opened, and nobody else has it.
    drop(unsafe { OwnedHandle::from_raw_handle(object) });
    Ok(true)
}

/// What a failure says of the object's existence. Where it does not say that there is none, there may be one.
fn exists(os: &io::Error) -> Option<bool> {
    match errors::code(os) {
        ERROR_FILE_NOT_FOUND => Some(false),
        // Another user's; or an object of another kind, which somebody has put there.
        ERROR_ACCESS_DENIED | ERROR_INVALID_HANDLE => Some(true),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::System::Threading::CreateSemaphoreW;

    use super::*;

    #[test]
    fn a_name_tells_neither_the_channel_nor_its_other_places() {
        let shown = |channel, place| String::from_utf16(&name(channel, place)).unwrap();
        let one = shown(0xabcd, 1);
        assert!(
            one.starts_with(r"Global\coview-place-") && one.ends_with('\0') && one.len() == 53,
            "{one:?}"
        );
        assert!(!one.contains("abcd"));
        assert!(shown(0xabcd, 2) != one && shown(0xabce, 1) != one && shown(0xabcd, 1) == one);
    }

    #[test]
    fn an_object_of_another_kind_is_in_the_place_and_only_what_is_not_found_is_not() {
        let name = name(u128::from(std::process::id()), 7);
        assert!(!open(&name).unwrap());
        // SAFETY: no attributes, and the name lives until the call returns.
        let other = unsafe { CreateSemaphoreW(std::ptr::null(), 0, 1, name.as_ptr()) };
        assert!(!other.is_null());
        // SAFETY: it has just been created, and nobody else has it.
        let other = unsafe { OwnedHandle::from_raw_handle(other) };
        assert!(open(&name).unwrap());
        let descriptor = Descriptor::new("test", &Security::private()).unwrap();
        let refused = create(&descriptor, &name).unwrap_err();
        assert_eq!(exists(&refused), Some(true), "{refused}");
        drop(other);
        let place = create(&descriptor, &name).unwrap();
        assert!(place.is_some() && open(&name).unwrap());
        assert!(create(&descriptor, &name).unwrap().is_none());
        drop(place);
        assert!(!open(&name).unwrap());
        for (code, known) in [(2, Some(false)), (5, Some(true)), (6, Some(true)), (8, None), (3, None)] {
            assert_eq!(exists(&io::Error::from_raw_os_error(code)), known, "{code}");
        }
    }
}
