//! A handle to a mapping, which is Windows' own: the kernel counts them, and closes those of the dead.

use std::fs::File;
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::ptr;
use std::sync::Arc;

use windows_sys::Win32::Foundation::{
    DuplicateHandle, ERROR_ACCESS_DENIED, ERROR_FILE_NOT_FOUND, HANDLE_FLAG_INHERIT, SetHandleInformation,
};
use windows_sys::Win32::System::Memory::{
    OpenFileMappingW, SECTION_MAP_EXECUTE, SECTION_MAP_READ, SECTION_MAP_WRITE, SECTION_QUERY,
};
use windows_sys::Win32::System::Threading::GetCurrentProcess;

use super::region::Region;
use super::text::WideName;
use super::{create, errors, facts, map, ntdll};
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{CreateRequest, Facts, HandleContract, Place};
use crate::rights::{Access, Protection, Rights};

pub(crate) struct Handle {
    object: OwnedHandle,
    rights: Rights,
    facts: Facts,
    /// The file behind it, where this handle created the mapping: `FlushFileBuffers` wants it. A duplicate, so that
    /// the caller may close theirs.
    file: Option<Arc<File>>,
}

impl Handle {
    pub(super) fn new(object: OwnedHandle, rights: Rights, facts: Facts, file: Option<Arc<File>>) -> Self {
        Self {
            object,
            rights,
            facts,
            file,
        }
    }

    /// A section from elsewhere; `NotAMapping` if it is something else.
    pub(crate) fn from_object(object: OwnedHandle) -> Result<Self> {
        Self::adopt("take over", object, None)
    }

    pub(crate) fn into_object(self) -> OwnedHandle {
        self.object
    }

    pub(crate) fn object(&self) -> BorrowedHandle<'_> {
        self.object.as_handle()
    }

    /// Another handle of the same rights, in another process; its value there.
    pub(crate) fn duplicate_into(&self, process: BorrowedHandle<'_>) -> Result<usize> {
        duplicate(
            self.object.as_raw_handle(),
            process.as_raw_handle(),
            self.mask(self.rights)?,
            false,
        )
        .map(|handle| handle.addr())
        .map_err(|os| {
            errors::advised(
                "hand over",
                os,
                "the process must live and be opened with PROCESS_DUP_HANDLE",
            )
        })
    }

    fn adopt(action: &'static str, object: OwnedHandle, protection: Option<Protection>) -> Result<Self> {
        let facts = facts::of(object.as_raw_handle(), protection).map_err(|os| {
            let advice = if errors::code(&os) == ERROR_ACCESS_DENIED {
                "the handle must have the right SECTION_QUERY"
            } else {
                "this is no handle to a file mapping"
            };
            errors::advised(action, os, advice)
        })?;
        let granted = ntdll::granted(object.as_raw_handle()).map_err(|os| errors::system(action, os))?;
        Ok(Self::new(object, rights_of(granted), facts, None))
    }

    /// The bits of some rights, and those of ours that are about the object itself.
    fn mask(&self, rights: Rights) -> Result<u32> {
        const VIEWS: u32 = SECTION_MAP_READ | SECTION_MAP_WRITE | SECTION_MAP_EXECUTE;
        let granted = ntdll::granted(self.object.as_raw_handle()).map_err(|os| errors::system("duplicate", os))?;
        Ok(granted & !VIEWS | mask_of(rights))
    }
}

impl HandleContract for Handle {
    fn create(request: &CreateRequest<'_>) -> Result<(Self, bool)> {
        create::create(request)
    }

    fn open(name: &Name, rights: Rights, inherit: bool) -> Result<Self> {
        const ACTION: &str = "open";
        let object =
            open_object(name, mask_of(rights) | SECTION_QUERY, inherit).map_err(|os| not_opened(ACTION, name, os))?;
        let facts = facts::of(object.as_raw_handle(), None).map_err(|os| errors::system(ACTION, os))?;
        Ok(Self::new(object, rights, facts, None))
    }

    fn duplicate(&self, rights: Rights, inherit: bool) -> Result<Self> {
        const ACTION: &str = "duplicate";
        if !self.rights.contains(rights) {
            let detail = format!("the handle has the rights {}, and {rights} were asked for", self.rights);
            return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
        }
        // SAFETY: it returns a constant that is always open.
        let here = unsafe { GetCurrentProcess() };
        let object = duplicate(self.object.as_raw_handle(), here, self.mask(rights)?, inherit)
            .map_err(|os| errors::system(ACTION, os))?;
        // SAFETY: it has just been made in this process, and nobody else has it.
        let object = unsafe { OwnedHandle::from_raw_handle(object) };
        Ok(Self::new(object, rights, self.facts, self.file.clone()))
    }

    fn facts(&self) -> Facts {
        self.facts
    }

    fn rights(&self) -> Rights {
        self.rights
    }

    fn map(&self, access: Access, offset: u64, len: usize, place: Place) -> Result<Region> {
        let wanted = map::Wanted {
            access,
            offset,
            len,
            place,
        };
        map::map(self.object(), self.facts, self.file.clone(), &wanted)
    }

    /// A handle has the same value in the child that inherits it. Microsoft: "Handle Inheritance".
    fn to_inherited(&self) -> String {
        let value = self.object.as_raw_handle().addr();
        match self
            .facts
            .protection
            .and_then(|known| Protection::ALL.iter().position(|one| *one == known))
        {
            Some(index) => format!("{value:x}.{index}"),
            None => format!("{value:x}"),
        }
    }

    unsafe fn from_inherited(token: &str) -> Result<Self> {
        const ACTION: &str = "take over";
        let Some((value, protection)) = parse_token(token) else {
            let detail = format!("{token:?} is nothing that to_inherited makes");
            return Err(Error::new(ErrorKind::InvalidArgument, ACTION, detail));
        };
        // A handle that was not inherited is not open here, or is one of another object: it must not be closed.
        ntdll::section(value).map_err(|os| {
            let detail = "no such mapping was inherited; make it with inherit(true) before the child is started";
            Error::new(ErrorKind::AccessDenied, ACTION, detail).with_os(os)
        })?;
        // SAFETY: it is open, and the caller has promised that it was inherited and that nobody else claims it.
        let object = unsafe { OwnedHandle::from_raw_handle(value) };
        // The wish to inherit was for one generation. SAFETY: the handle is open.
        if unsafe { SetHandleInformation(object.as_raw_handle(), HANDLE_FLAG_INHERIT, 0) } == 0 {
            return Err(errors::system(ACTION, errors::last()));
        }
        Self::adopt(ACTION, object, protection)
    }

    fn identify(name: &Name) -> Result<Option<u128>> {
        match open_object(name, SECTION_QUERY, false) {
            Ok(_) => Ok(Some(0)),
            Err(os) => match errors::code(&os) {
                ERROR_FILE_NOT_FOUND => Ok(None),
                // There is one, and it is not for us.
                ERROR_ACCESS_DENIED => Ok(Some(0)),
                _ => Err(errors::system("look up", os)),
            },
        }
    }

    /// Windows has no number for it.
    fn identity(&self) -> u128 {
        0
    }
}

/// The `SECTION_` bits of some rights. Microsoft: "File-mapping security and access rights".
fn mask_of(rights: Rights) -> u32 {
    [
        (Rights::READ, SECTION_MAP_READ),
        (Rights::WRITE, SECTION_MAP_WRITE),
        (Rights::EXECUTE, SECTION_MAP_EXECUTE),
    ]
    .into_iter()
    .filter(|(right, _)| rights.contains(*right))
    .fold(0, |mask, (_, bit)| mask | bit)
}

fn rights_of(mask: u32) -> Rights {
    [Rights::READ, Rights::WRITE, Rights::EXECUTE]
        .into_iter()
        .filter(|right| mask & mask_of(*right) != 0)
        .fold(Rights::NONE, |rights, right| rights | right)
}

/// A name that is missing in one scope may have been meant in the other.
fn not_opened(action: &'static str, name: &Name, os: std::io::Error) -> Error {
    let elsewhere = name.elsewhere();
    if errors::code(&os) == ERROR_FILE_NOT_FOUND && matches!(Handle::identify(&elsewhere), Ok(Some(_))) {
        return errors::advised(action, os, format!("but {elsewhere:?} exists; open that one"));
    }
    errors::system(action, os)
}

fn open_object(name: &Name, mask: u32, inherit: bool) -> std::io::Result<OwnedHandle> {
    let name = WideName::new(Some(name));
    // SAFETY: the name lives until the call returns.
    let object = unsafe { OpenFileMappingW(mask, inherit.into(), name.as_ptr()) };
    if object.is_null() {
        return Err(errors::last());
    }
    // SAFETY: it has just been opened, and nobody else has it.
    Ok(unsafe { OwnedHandle::from_raw_handle(object) })
}

/// A handle that belongs to `process`.
fn duplicate(object: RawHandle, process: RawHandle, mask: u32, inherit: bool) -> std::io::Result<RawHandle> {
    // SAFETY: it returns a constant that is always open.
    let here = unsafe { GetCurrentProcess() };
    let mut made = ptr::null_mut();
    // SAFETY: the object and both processes are open, and the answer goes to a place of our own.
    if unsafe { DuplicateHandle(here, object, process, &mut made, mask, inherit.into(), 0) } == 0 {
        return Err(errors::last());
    }
    Ok(made)
}

/// Only what can be the value of a handle: small multiples of four, and not the pseudo handles, which are negative.
/// Microsoft: "Kernel Objects" on the values, "Interprocess Communication Between 32-bit and 64-bit Applications".
fn parse_token(token: &str) -> Option<(RawHandle, Option<Protection>)> {
    let (value, protection) = match token.split_once('.') {
        Some((value, index)) => (value, Some(*Protection::ALL.get(index.parse::<usize>().ok()?)?)),
        None => (token, None),
    };
    let value = u32::from_str_radix(value, 16)
        .ok()
        .filter(|value| *value != 0 && value.is_multiple_of(4))?;
    (value <= i32::MAX as u32).then(|| (ptr::without_provenance_mut(value as usize), protection))
}
