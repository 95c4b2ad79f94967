//! Who else may open a name: the part of security descriptors that Linux can keep.
//!
//! A descriptor here grants to its owner and to everybody: that is what mode bits say. What it grants to the system, to
//! administrators and to groups is left out, since on Linux root may anyway. A name in `Local\` is this user's alone,
//! whatever a descriptor says; wider access needs `Global\`.

use std::ffi::c_void;

use coview::Security;

use crate::abi::{BOOL, SECURITY_ATTRIBUTES};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::error;
use crate::failure::{Answer, Code, as_bool, failed, refuse};

/// What a caller hands over as `SECURITY_ATTRIBUTES`.
pub(crate) struct Attributes {
    pub(crate) inherit: bool,
    descriptor: Option<Descriptor>,
}

/// A security descriptor, as [`InitializeSecurityDescriptor`] and its kin lay it out in the caller's memory: what
/// Windows calls opaque. As long as `SECURITY_DESCRIPTOR` is in the header.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Descriptor {
    magic: u32,
    revision: u32,
    /// Mode bits: what the owner and everybody else may do.
    mode: u32,
    /// [`OURS`] if the memory was allocated here, for `LocalFree` to give back.
    origin: u32,
}

// SAFETY: four words, no padding.
unsafe impl crate::abi::Plain for Descriptor {}

const MAGIC: u32 = u32::from_le_bytes(*b"cvSD");
const REVISION: u32 = 1;
const OURS: u32 = u32::from_le_bytes(*b"heap");

impl Descriptor {
    /// A descriptor without a list grants everything to everybody; one that was just initialised has none yet.
    fn new(mode: u32) -> Self {
        Self {
            magic: MAGIC,
            revision: REVISION,
            mode,
            origin: 0,
        }
    }

    /// # Safety
    /// `at` is the caller's to hand over.
    unsafe fn read(at: *const c_void) -> Answer<Self> {
        // SAFETY: the caller's promise.
        let found: Self = unsafe { caller::read(at.cast()) }?;
        let known = [PRIVATE, EVERYBODY, EVERYBODY_READS].contains(&found.mode);
        if found.magic == MAGIC && found.revision == REVISION && known {
            Ok(found)
        } else {
            refuse(error::INVALID_SECURITY_DESCR)
        }
    }
}

const PRIVATE: u32 = 0o600;
const EVERYBODY: u32 = 0o666;
const EVERYBODY_READS: u32 = 0o644;

impl Attributes {
    /// # Safety
    /// `at` is NULL, or the caller's to hand over.
    pub(crate) unsafe fn read(at: *const SECURITY_ATTRIBUTES) -> Answer<Self> {
        if at.is_null() {
            return Ok(Self {
                inherit: false,
                descriptor: None,
            });
        }
        // SAFETY: the caller's promise.
        let attributes = unsafe { caller::read(at) }?;
        let descriptor = attributes.lpSecurityDescriptor;
        Ok(Self {
            inherit: attributes.bInheritHandle != 0,
            descriptor: if descriptor.is_null() {
                None
            } else {
                // SAFETY: the caller's promise.
                Some(unsafe { Descriptor::read(descriptor) }?)
            },
        })
    }

    /// And the name of the object, which they come with.
    ///
    /// # Safety
    /// Both are NULL, or the caller's to hand over.
    pub(crate) unsafe fn read_with_name(at: *const SECURITY_ATTRIBUTES, name: Text) -> Answer<(Self, Option<String>)> {
        // SAFETY: the caller's promise.
        let attributes = unsafe { Self::read(at) }?;
        // SAFETY: as above.
        Ok((attributes, unsafe { caller::name(name) }?))
    }

    /// What it comes to for an object of that name.
    pub(crate) fn security(&self, name: Option<&str>) -> Answer<Security> {
        let global = name.is_some_and(|name| name.starts_with(r"Global\"));
        match self.descriptor {
            Some(descriptor) if global && descriptor.mode != PRIVATE => Ok(Security::mode(descriptor.mode)),
            _ => Ok(Security::private()),
        }
    }
}

/// Starts a descriptor: private, until a list is set. Win32: `InitializeSecurityDescriptor`.
///
/// # Safety
/// `descriptor` leads to a `SECURITY_DESCRIPTOR` to be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn InitializeSecurityDescriptor(descriptor: *mut c_void, revision: u32) -> BOOL {
    if revision != REVISION {
        return as_bool(refuse(error::UNKNOWN_REVISION));
    }
    // SAFETY: the caller's promise.
    as_bool(unsafe { caller::write(descriptor.cast(), Descriptor::new(PRIVATE)) })
}

/// Sets the list of who may: the NULL list lets everybody, none at all is private. Other lists are made from text, by
/// `ConvertStringSecurityDescriptorToSecurityDescriptor`. Win32: `SetSecurityDescriptorDacl`.
///
/// # Safety
/// `descriptor` leads to a `SECURITY_DESCRIPTOR` that was initialised.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn SetSecurityDescriptorDacl(
    descriptor: *mut c_void,
    present: BOOL,
    list: *const c_void,
    _defaulted: BOOL,
) -> BOOL {
    as_bool((|| {
        // SAFETY: the caller's promise.
        let mut changed = unsafe { Descriptor::read(descriptor) }?;
        changed.mode = match (present != 0, list.is_null()) {
            (false, _) => PRIVATE,
            (true, true) => EVERYBODY,
            (true, false) => return refuse(error::INVALID_ACL),
        };
        // SAFETY: the caller's promise.
        unsafe { caller::write(descriptor.cast(), changed) }
    })())
}

in_three_forms! {
    /// Makes a descriptor from SDDL text, to be given back by `LocalFree`: `D:` and entries that allow (`A`) the owner
    /// (`OW`, `CO`), everybody (`WD`, `AU`, `BU`, `IU`) and those who may anyway (`SY`, `BA`). Entries that deny, and
    /// others' SIDs, are `ERROR_NOT_SUPPORTED`. Win32: `ConvertStringSecurityDescriptorToSecurityDescriptor`.
    ConvertStringSecurityDescriptorToSecurityDescriptorA, ConvertStringSecurityDescriptorToSecurityDescriptorW,
    coview_ConvertStringSecurityDescriptorToSecurityDescriptorW_wide32:
        fn(@, revision: u32, descriptor: *mut *mut c_void, size: *mut u32) -> BOOL = convert
}

/// # Safety
/// As the functions above.
unsafe fn convert(text: Text, revision: u32, descriptor: *mut *mut c_void, size: *mut u32) -> BOOL {
    as_bool((|| {
        // SAFETY: the caller's promise.
        let Some(text) = (unsafe { text.get() })? else {
            return refuse(error::INVALID_PARAMETER);
        };
        if revision != REVISION {
            return refuse(error::UNKNOWN_REVISION);
        }
        let made = Descriptor {
            origin: OURS,
            ..Descriptor::new(mode_of(&text)?)
        };
        // SAFETY: allocates, and nothing else.
        let block = unsafe { libc::malloc(size_of::<Descriptor>()) }.cast::<Descriptor>();
        if block.is_null() {
            return refuse(error::NOT_ENOUGH_MEMORY);
        }
        // SAFETY: fresh, and as large as a descriptor.
        unsafe { block.write(made) };
        // SAFETY: the caller's promise.
        let told = unsafe { caller::write_if_wanted(size, size_of::<Descriptor>() as u32) };
        // Last: who gets no answer gets no address of what is freed again.
        // SAFETY: the caller's promise.
        let told = told.and_then(|()| unsafe { caller::write(descriptor, block.cast()) });
        if told.is_err() {
            // SAFETY: allocated above, and nobody was told of it.
            unsafe { libc::free(block.cast()) };
        }
        told
    })())
}

/// Frees a descriptor that a call here has made. NULL on success; what is no such thing comes back. Win32: `LocalFree`.
///
/// # Safety
/// `block` was not freed before, and is not used any more.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn LocalFree(block: *mut c_void) -> *mut c_void {
    // SAFETY: the caller's promise.
    let is_ours = || unsafe { Descriptor::read(block) }.is_ok_and(|found| found.origin == OURS);
    if !block.is_null() && !is_ours() {
        return failed(Code(error::INVALID_HANDLE), block);
    }
    // SAFETY: the caller's promise.
    unsafe { libc::free(block) };
    std::ptr::null_mut()
}

/// The mode bits of a text such as `O:BAG:BAD:P(A;;GA;;;OW)(A;;GR;;;WD)S:(ML;;NW;;;LW)`. Owner, group and what is audited
/// change nothing.
fn mode_of(text: &str) -> Answer<u32> {
    let mut rest = text;
    for part in ["O:", "G:"] {
        if let Some(sid) = rest.strip_prefix(part) {
            rest = after_sid(sid)?;
        }
    }
    let (list, audited) = match rest.split_once("S:") {
        Some((list, audited)) => (list, Some(audited)),
        None => (rest, None),
    };
    let is_list = |audited: &str| {
        let entries = audited.trim_start_matches(|flag: char| flag.is_ascii_uppercase());
        entries.starts_with('(') && entries.ends_with(')')
    };
    if audited.is_some_and(|audited| !is_list(audited)) {
        return refuse(error::INVALID_PARAMETER);
    }
    match list.strip_prefix("D:") {
        Some(list) => mode_of_list(list),
        None if list.is_empty() && !text.is_empty() => Ok(PRIVATE),
        None => refuse(error::INVALID_PARAMETER),
    }
}

/// What follows a SID: nothing, or the next part's letter and its colon.
fn after_sid(text: &str) -> Answer<&str> {
    // The letter before the colon is that part's; text that has none there, or half a character, is no descriptor.
    let end = match text.find(':') {
        Some(colon) => colon.checked_sub(1),
        None => Some(text.len()),
    };
    let split = end.and_then(|end| text.split_at_checked(end));
    let Some((sid, rest)) = split else {
        return refuse(error::INVALID_PARAMETER);
    };
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|digit| digit.is_ascii_digit());
    let is_sid = match sid.strip_prefix("S-1-") {
        Some(numbers) => numbers.split('-').all(is_number),
        None => sid.len() == 2 && sid.bytes().all(|letter| letter.is_ascii_uppercase()),
    };
    if is_sid {
        Ok(rest)
    } else {
        refuse(error::INVALID_PARAMETER)
    }
}

/// Flags, and entries in brackets.
fn mode_of_list(list: &str) -> Answer<u32> {
    let (flags, mut entries) = list.split_at(list.find('(').unwrap_or(list.len()));
    if flags == "NO_ACCESS_CONTROL" && entries.is_empty() {
        return Ok(EVERYBODY);
    }
    if !["", "P", "AI", "AR", "PAI", "PAR", "ARAI", "PARAI"].contains(&flags) {
        return refuse(error::INVALID_PARAMETER);
    }
    let mut everybody = 0;
    while !entries.is_empty() {
        let Some((entry, rest)) = entries.strip_prefix('(').and_then(|entry| entry.split_once(')')) else {
            return refuse(error::INVALID_PARAMETER);
        };
        everybody |= granted_to_all(entry)?;
        entries = rest;
    }
    match everybody {
        0 => Ok(PRIVATE),
        READS => Ok(EVERYBODY_READS),
        // Nobody here can write what he cannot read.
        WRITES => refuse(error::NOT_SUPPORTED),
        _ => Ok(EVERYBODY),
    }
}

/// What an entry such as `A;;GR;;;WD` grants to everybody.
fn granted_to_all(entry: &str) -> Answer<u32> {
    let fields: Vec<_> = entry.split(';').collect();
    let [kind, flags, rights, _, _, who] = fields[..] else {
        return refuse(error::INVALID_PARAMETER);
    };
    let rights = bits_of(rights)?;
    let (flags, odd) = flags.as_bytes().as_chunks::<2>();
    let known: [&[u8; 2]; 5] = [b"CI", b"OI", b"NP", b"IO", b"ID"];
    if !odd.is_empty() || !flags.iter().all(|flag| known.contains(&flag)) {
        return refuse(error::INVALID_PARAMETER);
    }
    match (kind, who) {
        // For what is made inside of it alone.
        ("A", _) if flags.contains(b"IO") => Ok(0),
        ("A", "WD" | "AU" | "BU" | "IU" | "S-1-1-0" | "S-1-5-11") => Ok(rights),
        ("A", "OW" | "CO" | "SY" | "BA" | "S-1-5-18" | "S-1-5-32-544") => Ok(0),
        ("A" | "D", _) => refuse(error::NOT_SUPPORTED),
        _ => refuse(error::INVALID_PARAMETER),
    }
}

const READS: u32 = 1;
const WRITES: u32 = 2;

/// Rights as letters, or as a number.
fn bits_of(rights: &str) -> Answer<u32> {
    if let Some(hex) = rights.strip_prefix("0x") {
        let Ok(number) = u32::from_str_radix(hex, 16) else {
            return refuse(error::INVALID_PARAMETER);
        };
        let rights = crate::mapping::rights_of(number);
        let reads = if rights.contains(coview::Rights::READ) {
            READS
        } else {
            0
        };
        let writes = if rights.contains(coview::Rights::WRITE) {
            WRITES
        } else {
            0
        };
        return Ok(reads | writes);
    }
    let mut bits = 0;
    if !rights.is_ascii() || !rights.len().is_multiple_of(2) {
        return refuse(error::INVALID_PARAMETER);
    }
    for at in (0..rights.len()).step_by(2) {
        bits |= match &rights[at..at + 2] {
            "GA" | "FA" | "KA" => READS | WRITES,
            "GW" | "FW" | "KW" => WRITES,
            "GR" | "FR" | "KR" => READS,
            "GX" | "FX" | "KX" | "RC" | "SD" | "WD" | "WO" => 0,
            _ => return refuse(error::NOT_SUPPORTED),
        };
    }
    Ok(bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_allocated_here_is_freed() {
        let mut own = Descriptor::new(0);
        let at = (&raw mut own).cast();
        // SAFETY: a descriptor of this test's.
        assert_eq!(unsafe { InitializeSecurityDescriptor(at, REVISION) }, 1);
        // SAFETY: what is not freed, which is what this asks.
        assert_eq!(unsafe { LocalFree(at) }, at);
        let mut made = std::ptr::null_mut();
        let text = c"D:(A;;GA;;;WD)".as_ptr().cast();
        // SAFETY: text that ends, and this test's pointer.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorA(text, REVISION, &mut made, std::ptr::null_mut())
        };
        assert_eq!(done, 1);
        // SAFETY: used no more.
        assert_eq!(unsafe { LocalFree(made) }, std::ptr::null_mut());
    }

    #[test]
    fn what_everybody_may_is_what_counts() {
        for (text, mode) in [
            ("D:P(A;;GA;;;OW)(A;;GA;;;SY)", 0o600),
            ("D:(A;;GR;;;WD)", 0o644),
            ("D:(A;;GRGX;;;AU)(A;;GA;;;BA)", 0o644),
            ("O:BAG:BAD:(A;;GA;;;WD)", 0o666),
            ("D:(A;;0xF001F;;;WD)", 0o666),
            ("D:(A;;0x4;;;WD)", 0o644),
            ("D:NO_ACCESS_CONTROL", 0o666),
            ("O:BA", 0o600),
            ("O:S-1-5-21-7-8G:BAD:P(A;;GA;;;WD)S:(ML;;NW;;;LW)", 0o666),
            ("D:(A;IO;GA;;;WD)", 0o600),
            ("D:(A;CIIO;GA;;;WD)", 0o600),
            ("D:(A;CIOI;GR;;;WD)", 0o644),
        ] {
            assert_eq!(mode_of(text), Ok(mode), "{text}");
        }
        assert_eq!(mode_of("D:(D;;GA;;;WD)"), refuse(error::NOT_SUPPORTED));
        assert_eq!(mode_of("D:(A;;0x2;;;WD)"), refuse(error::NOT_SUPPORTED));
        assert_eq!(mode_of("D:(A;;GA;;;S-1-5-21-1)"), refuse(error::NOT_SUPPORTED));
        for bad in [
            "D:(A;;GA",
            "D:(A;GA)",
            "D:(X;;GA;;;WD)",
            "D:(A;;G;;;WD)",
            "D:(A;;0xyz;;;WD)",
            "hello",
            "",
            "D:XX",
            "D:(A;;GA;;;WD)junk",
            "D:(A;;GA;;;WD)S:junk",
            "D:PS:hello)",
            "D:(A;CIO;GA;;;WD)",
            "O::",
            "O:",
            "O:é:",
            "O:junk",
            "O:S-1-G:BA",
        ] {
            assert_eq!(mode_of(bad), refuse(error::INVALID_PARAMETER), "{bad}");
        }
    }
}
