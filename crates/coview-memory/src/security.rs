//! Who else may open a named object: nobody but its user, unless asked.

use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;

/// Who may open a named object. The default is private: this user, and the system's administrator.
///
/// Wider access must be asked for, and is then possible in `Global\` alone: on Linux the objects of `Local\` lie in
/// a directory that only their user may enter; on Windows the rule is the same so that a program behaves the same.
///
/// On Windows the default is an explicit DACL of two entries, the user and SYSTEM, and never a null DACL.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub struct Security(pub(crate) Grant);

#[derive(Debug, Clone, PartialEq, Eq, Hash, Default)]
pub(crate) enum Grant {
    #[default]
    Private,
    #[cfg_attr(windows, allow(dead_code, reason = "refused on Windows"))]
    Mode { mode: u32, group: Option<u32> },
    #[cfg_attr(unix, allow(dead_code, reason = "refused on Unix"))]
    Sddl(String),
}

impl Security {
    /// This user alone: mode 0600 on Linux; the user and SYSTEM on Windows.
    pub fn private() -> Self {
        Self(Grant::Private)
    }

    /// Linux: permission bits as `chmod` takes them (`0o640`: the group may read), not reduced by the umask.
    /// Refused are execute bits, which mean nothing here, and writing without reading, which no view can do.
    /// On Windows creating with it answers `Unsupported`.
    pub fn mode(mode: u32) -> Self {
        Self(Grant::Mode { mode, group: None })
    }

    /// Linux: as [`mode`](Self::mode), and the object belongs to that group, which the caller must be in.
    pub fn mode_and_group(mode: u32, group: u32) -> Self {
        Self(Grant::Mode {
            mode,
            group: Some(group),
        })
    }

    /// Windows: a security descriptor in Microsoft's SDDL (`"D:(A;;GR;;;BU)(A;;GA;;;OW)"`). One without a DACL is
    /// refused, since it would let everyone in. On Linux creating with it answers `Unsupported`.
    pub fn sddl(descriptor: impl Into<String>) -> Self {
        Self(Grant::Sddl(descriptor.into()))
    }

    /// Whether anybody but the user is let in.
    pub(crate) fn is_wider(&self) -> bool {
        match &self.0 {
            Grant::Private => false,
            Grant::Mode { mode, .. } => mode & 0o077 != 0,
            Grant::Sddl(_) => true,
        }
    }

    /// The rules that hold on both systems.
    pub(crate) fn check(&self, action: &'static str, scope: Option<Scope>) -> Result<()> {
        let refuse = |detail: &str| Err(Error::new(ErrorKind::InvalidArgument, action, detail));
        if self.is_wider() && scope == Some(Scope::Local) {
            return refuse(r"only a name in Global\ can be opened by others; put Global\ before the name");
        }
        if let Grant::Mode { mode, .. } = self.0 {
            if mode & !0o666 != 0 {
                return refuse("a mode has read and write bits only, as in 0o640");
            }
            if mode & 0o600 != 0o600 {
                return refuse("the owner reads and writes: the mode begins with 0o6, as in 0o640");
            }
            // Every view reads: whoever may write alone could not map it, but could cut it short.
            if mode & 0o022 & !(mode >> 1) != 0 {
                return refuse("group and others may write only what they may read, as in 0o660");
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wider_than_the_user_needs_the_global_scope_and_sensible_bits() {
        let kind = |s: Security, scope| s.check("create", scope).unwrap_err().kind();
        assert!(Security::private().check("create", Some(Scope::Local)).is_ok());
        assert!(Security::mode(0o600).check("create", Some(Scope::Local)).is_ok());
        assert!(Security::mode(0o640).check("create", Some(Scope::Global)).is_ok());
        assert_eq!(
            kind(Security::mode(0o640), Some(Scope::Local)),
            ErrorKind::InvalidArgument
        );
        assert_eq!(
            kind(Security::sddl("D:"), Some(Scope::Local)),
            ErrorKind::InvalidArgument
        );
        assert_eq!(
            kind(Security::mode(0o755), Some(Scope::Global)),
            ErrorKind::InvalidArgument
        );
        assert_eq!(
            kind(Security::mode(0o066), Some(Scope::Global)),
            ErrorKind::InvalidArgument
        );
        for write_alone in [0o620, 0o602, 0o622, 0o624, 0o642] {
            assert_eq!(
                kind(Security::mode(write_alone), Some(Scope::Global)),
                ErrorKind::InvalidArgument,
                "{write_alone:o}"
            );
        }
        for sensible in [0o600, 0o640, 0o644, 0o660, 0o664, 0o646, 0o666] {
            let checked = Security::mode(sensible).check("create", Some(Scope::Global));
            assert!(checked.is_ok(), "{sensible:o}");
        }
    }
}
