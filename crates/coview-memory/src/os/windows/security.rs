//! Who may open a new object: always an explicit DACL, never a null one.
//!
//! Microsoft: "Security Descriptor Definition Language", "Null DACLs and Empty DACLs", "File-mapping security and
//! access rights".

use std::ptr;

use windows_sys::Win32::Foundation::{HANDLE, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSidToStringSidW, ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::{
    GetSecurityDescriptorDacl, GetTokenInformation, PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES, TOKEN_USER, TokenUser,
};

use super::{errors, text};
use crate::error::{Error, ErrorKind, Result};
use crate::security::{Grant, Security};

/// A security descriptor in memory of the system's.
pub(super) struct Descriptor {
    raw: PSECURITY_DESCRIPTOR,
}

impl Descriptor {
    pub(super) fn new(action: &'static str, security: &Security) -> Result<Self> {
        match &security.0 {
            // P: nothing is inherited. GA: all rights that the kind of object has. SY: the system itself.
            Grant::Private => {
                let user = user(action)?;
                Self::parse(action, &format!("D:P(A;;GA;;;{user})(A;;GA;;;SY)"))
            }
            Grant::Sddl(sddl) => Self::parse(action, sddl),
            Grant::Mode { .. } => {
                let detail = "permission bits are Linux's; use Security::sddl on Windows";
                Err(Error::new(ErrorKind::Unsupported, action, detail))
            }
        }
    }

    /// For a folder of the user's own, whose files inherit it. FA: all rights to a file.
    pub(super) fn private_folder(action: &'static str) -> Result<Self> {
        let user = user(action)?;
        Self::parse(action, &format!("D:P(A;OICI;FA;;;{user})(A;OICI;FA;;;SY)"))
    }

    fn parse(action: &'static str, sddl: &str) -> Result<Self> {
        let invalid = |detail: &str| Error::new(ErrorKind::InvalidArgument, action, format!("{detail}: {sddl:?}"));
        if sddl.contains('\0') {
            return Err(invalid("a NUL character in the security descriptor"));
        }
        let (wide, mut raw) = (text::wide(sddl), ptr::null_mut());
        // SAFETY: the text ends with a NUL, and the descriptor's address goes to a place of our own.
        let done = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                wide.as_ptr(),
                SDDL_REVISION_1,
                &mut raw,
                ptr::null_mut(),
            )
        };
        if done == 0 {
            return Err(invalid("this is no security descriptor in SDDL").with_os(errors::last()));
        }
        let descriptor = Self { raw };
        // SAFETY: the conversion has just made it.
        if !unsafe { has_dacl(descriptor.raw) } {
            return Err(invalid(
                "without a DACL everyone would be let in; add D:(A;;GA;;;OW), say",
            ));
        }
        Ok(descriptor)
    }

    /// For one call, while this lives.
    pub(super) fn attributes(&self, inherit: bool) -> SECURITY_ATTRIBUTES {
        SECURITY_ATTRIBUTES {
            nLength: size_of::<SECURITY_ATTRIBUTES>() as u32,
            lpSecurityDescriptor: self.raw,
            bInheritHandle: inherit.into(),
        }
    }
}

/// Absent and null mean the same: no check at all.
///
/// # Safety
/// The security descriptor is valid.
unsafe fn has_dacl(descriptor: PSECURITY_DESCRIPTOR) -> bool {
    let (mut present, mut dacl, mut defaulted) = (0, ptr::null_mut(), 0);
    // SAFETY: the caller says that it is valid, and the answers go to places of our own.
    let done = unsafe { GetSecurityDescriptorDacl(descriptor, &mut present, &mut dacl, &mut defaulted) };
    done != 0 && present != 0 && !dacl.is_null()
}

impl Drop for Descriptor {
    fn drop(&mut self) {
        // SAFETY: the conversion allocated it with LocalAlloc, and nobody else has it.
        unsafe { LocalFree(self.raw) };
    }
}

/// The pseudo handle of whom this thread acts for: its own token while it impersonates somebody, else the process's.
/// Needs no closing. Microsoft: "GetCurrentThreadEffectiveToken", which is an inline function.
const EFFECTIVE_TOKEN: HANDLE = -6_isize as HANDLE;

/// The SID of whom this thread acts for, as text.
fn user(action: &'static str) -> Result<String> {
    let refused = || {
        errors::advised(
            action,
            errors::last(),
            "the system does not tell who this process's user is",
        )
    };
    // A TOKEN_USER and the SID behind it; SECURITY_MAX_SID_SIZE is 68. In words of eight bytes, to be aligned for it.
    let mut buffer = [0_u64; 16];
    let mut written = 0;
    // SAFETY: the buffer has the length that is passed, and the pseudo handle is always open.
    let done = unsafe {
        GetTokenInformation(
            EFFECTIVE_TOKEN,
            TokenUser,
            buffer.as_mut_ptr().cast(),
            size_of_val(&buffer) as u32,
            &mut written,
        )
    };
    if done == 0 {
        return Err(refused());
    }
    // SAFETY: the call has put a TOKEN_USER at the buffer's beginning, and `u64` is aligned at least as strictly.
    let sid = unsafe { buffer.as_ptr().cast::<TOKEN_USER>().read() }.User.Sid;
    let mut wide = ptr::null_mut();
    // SAFETY: the SID lies in the buffer, and the text's address goes to a place of our own.
    if unsafe { ConvertSidToStringSidW(sid, &mut wide) } == 0 {
        return Err(refused());
    }
    let mut units = Vec::new();
    let mut at = wide.cast_const();
    // SAFETY: the text ends with a NUL, and the loop stops there.
    while let unit @ 1.. = unsafe { at.read() } {
        units.push(unit);
        at = at.wrapping_add(1);
    }
    // SAFETY: the conversion allocated it with LocalAlloc, and nobody else has it.
    unsafe { LocalFree(wide.cast()) };
    Ok(String::from_utf16_lossy(&units))
}

#[cfg(test)]
mod tests {
    use windows_sys::Win32::Security::{InitializeSecurityDescriptor, SECURITY_DESCRIPTOR, SetSecurityDescriptorDacl};

    use super::*;

    fn refused(security: &Security) -> ErrorKind {
        let error = Descriptor::new("create", security)
            .err()
            .unwrap_or_else(|| panic!("{security:?} is not refused"));
        error.kind()
    }

    #[test]
    fn the_default_names_the_user_and_always_has_a_dacl() {
        assert!(user("create").unwrap().starts_with("S-1-5-"));
        assert!(Descriptor::private_folder("create").is_ok());
        let private = Descriptor::new("create", &Security::private()).unwrap();
        assert_eq!(private.attributes(true).bInheritHandle, 1);
        assert_eq!(private.attributes(false).lpSecurityDescriptor, private.raw);
    }

    #[test]
    fn a_descriptor_without_a_dacl_is_refused() {
        assert!(Descriptor::new("create", &Security::sddl("D:(A;;GR;;;BU)(A;;GA;;;OW)")).is_ok());
        // An empty DACL lets nobody in, which is not the same as none.
        assert!(Descriptor::new("create", &Security::sddl("D:P")).is_ok());
        for open in ["", "O:SY", "not sddl", "D:(A;;GR;;;BU)\0"] {
            assert_eq!(refused(&Security::sddl(open)), ErrorKind::InvalidArgument, "{open:?}");
        }
        assert_eq!(refused(&Security::mode(0o600)), ErrorKind::Unsupported);
    }

    #[test]
    fn a_null_dacl_is_none() {
        let mut descriptor = SECURITY_DESCRIPTOR::default();
        let raw = (&raw mut descriptor).cast();
        // SAFETY: the struct is one of ours, and 1 is the only revision there is.
        let done = unsafe { InitializeSecurityDescriptor(raw, 1) };
        assert_ne!(done, 0);
        // SAFETY: it has just been initialized, here and below.
        let absent = !unsafe { has_dacl(raw) };
        assert!(absent);
        // SAFETY: as above.
        let done = unsafe { SetSecurityDescriptorDacl(raw, 1, ptr::null(), 0) };
        assert_ne!(done, 0);
        // SAFETY: as above.
        let null = !unsafe { has_dacl(raw) };
        assert!(null);
    }
}
