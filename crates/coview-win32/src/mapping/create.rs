//! Creating a mapping, or opening the one that has the name.

use coview::{Error, ErrorKind, Mapping, Pages, Protection};

use super::kind::{access_of, parse, rights_of};
use crate::abi::{HANDLE, INVALID_HANDLE_VALUE, SECURITY_ATTRIBUTES};
use crate::caller::{Text, in_three_forms};
use crate::codes::{access, error};
use crate::failure::{Answer, Code, as_created, refuse};
use crate::handles::{self, Entry, Object};
use crate::security::Attributes;

in_three_forms! {
    /// Creates a mapping, or opens the one of that name, whose size, file and protection then stay. Win32:
    /// `CreateFileMapping`.
    CreateFileMappingA, CreateFileMappingW, coview_CreateFileMappingW_wide32:
        fn(file: HANDLE, attributes: *const SECURITY_ATTRIBUTES, protect: u32, size_high: u32, size_low: u32, @)
        -> HANDLE = create_file_mapping
}

/// # Safety
/// As the functions above.
unsafe fn create_file_mapping(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    protect: u32,
    size_high: u32,
    size_low: u32,
    name: Text,
) -> HANDLE {
    let size = u64::from(size_high) << 32 | u64::from(size_low);
    as_created((|| {
        // SAFETY: the caller's promise.
        let (attributes, name) = unsafe { Attributes::read_with_name(attributes, name) }?;
        create(file, &attributes, protect, size, name.as_deref(), None)
    })())
}

/// As `CreateFileMapping`, with the rights of the new handle said apart. Only without extended parameters: those place
/// memory on a NUMA node (`ERROR_NOT_SUPPORTED`). Win32: `CreateFileMapping2`.
///
/// # Safety
/// Each address is NULL, where that is allowed, or leads to what its type says.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn CreateFileMapping2(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    wanted: u32,
    protect: u32,
    allocation: u32,
    size: u64,
    name: *const u16,
    extended: *const u64,
    extended_count: u32,
) -> HANDLE {
    let wanted = (wanted, protect, allocation);
    // SAFETY: the caller's promise.
    unsafe {
        create_2(
            file,
            attributes,
            wanted,
            size,
            Text::Wide16(name),
            (extended, extended_count),
        )
    }
}

/// `CreateFileMapping2` where `wchar_t` has 32 bits.
///
/// # Safety
/// As [`CreateFileMapping2`].
#[unsafe(no_mangle)]
pub unsafe extern "C" fn coview_CreateFileMapping2_wide32(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    wanted: u32,
    protect: u32,
    allocation: u32,
    size: u64,
    name: *const u32,
    extended: *const u64,
    extended_count: u32,
) -> HANDLE {
    let wanted = (wanted, protect, allocation);
    // SAFETY: the caller's promise.
    unsafe {
        create_2(
            file,
            attributes,
            wanted,
            size,
            Text::Wide32(name),
            (extended, extended_count),
        )
    }
}

/// # Safety
/// As [`CreateFileMapping2`].
unsafe fn create_2(
    file: HANDLE,
    attributes: *const SECURITY_ATTRIBUTES,
    (wanted, protect, allocation): (u32, u32, u32),
    size: u64,
    name: Text,
    (extended, extended_count): (*const u64, u32),
) -> HANDLE {
    as_created((|| {
        if protect > 0xFF || allocation & 0xFFF != 0 || extended.is_null() != (extended_count == 0) {
            return refuse(error::INVALID_PARAMETER);
        }
        if extended_count != 0 {
            return refuse(error::NOT_SUPPORTED);
        }
        // SAFETY: the caller's promise.
        let (attributes, name) = unsafe { Attributes::read_with_name(attributes, name) }?;
        create(
            file,
            &attributes,
            protect | allocation,
            size,
            name.as_deref(),
            Some(wanted),
        )
    })())
}

fn create(
    file: HANDLE,
    attributes: &Attributes,
    flags: u32,
    size: u64,
    name: Option<&str>,
    wanted: Option<u32>,
) -> Answer<(HANDLE, bool)> {
    let (protection, pages) = parse(flags)?;
    let entry = if file == INVALID_HANDLE_VALUE || file.is_null() {
        None
    } else {
        Some(handles::get(file)?)
    };
    // Also where the name exists: the arguments come first (row A01).
    if size == 0 && entry.is_none() || entry.is_some() && pages == Pages::Large {
        return refuse(error::INVALID_PARAMETER);
    }
    if entry.is_none() && pages == Pages::Image {
        return refuse(error::BAD_EXE_FORMAT);
    }
    let mut options = Mapping::options()
        .protection(protection)
        .pages(pages)
        .security(attributes.security(name)?)
        .inherit(attributes.inherit);
    if let Some(entry) = &entry {
        let file = entry.file()?;
        entry.needs(file_rights(protection))?;
        if !file.metadata()?.is_file() {
            return refuse(error::BAD_EXE_FORMAT);
        }
        options = options.file(file);
    }
    let made = options.open_or_create(name.unwrap_or_default(), size);
    let mapping = made.map_err(|error| refused(error, size, pages, entry.is_some()))?;
    let created = mapping.created();
    let mapping = match wanted.map(rights_of) {
        Some(rights) if rights != mapping.rights() => {
            let fewer = mapping.rights() & rights;
            Mapping::options()
                .inherit(attributes.inherit)
                .rights(fewer)
                .duplicate(&mapping)?
        }
        _ => mapping,
    };
    let handle = handles::insert(Entry {
        access: access_of(mapping.rights()),
        object: Object::Mapping(mapping),
        inherit: attributes.inherit,
    })?;
    Ok((handle, created))
}

/// No file of Windows can be longer, in bytes: what is asked of one then makes no sense (row A27).
const LONGEST_FILE: u64 = 1 << 48;

/// Which shortage it is: of large pages (row A15), of memory (A33), or of the file (A25 to A27).
fn refused(error: Error, size: u64, pages: Pages, of_file: bool) -> Code {
    match error.kind() {
        ErrorKind::NoMemory if pages == Pages::Large => Code(error::NO_SYSTEM_RESOURCES),
        ErrorKind::NoMemory if !of_file => Code(error::COMMITMENT_LIMIT),
        ErrorKind::DiskFull if size > LONGEST_FILE => Code(error::NOT_ENOUGH_MEMORY),
        _ => Code::from(error),
    }
}

/// What the file's handle must allow (rows A06 to A10).
fn file_rights(protection: Protection) -> u32 {
    let mut rights = access::FILE_READ_DATA;
    if protection.writes() {
        rights |= access::FILE_WRITE_DATA;
    }
    if protection.executes() {
        rights |= access::FILE_EXECUTE;
    }
    rights
}
