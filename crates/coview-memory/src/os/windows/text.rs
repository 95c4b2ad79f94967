//! Text as the W functions want it: UTF-16 with a NUL at its end.

use std::ffi::OsStr;
use std::os::windows::ffi::OsStrExt;
use std::ptr;

use crate::name::{Name, Scope};

/// The text holds no NUL, or what follows the first one is not seen.
pub(super) fn wide(text: impl AsRef<OsStr>) -> Vec<u16> {
    text.as_ref().encode_wide().chain([0]).collect()
}

/// The name as a kernel object's. `Local\x` is `x`, and a checked name holds no other backslash: the short form
/// leaves all 32 766 units, which are the most of a whole path, to the name itself. Microsoft: "Kernel object
/// namespaces".
pub(super) struct WideName(Option<Vec<u16>>);

impl WideName {
    pub(super) fn new(name: Option<&Name>) -> Self {
        Self(name.map(|name| match name.scope() {
            Scope::Local => wide(name.base()),
            Scope::Global => wide(format!(r"Global\{}", name.base())),
        }))
    }

    /// Null for no name; otherwise valid as long as this lives.
    pub(super) fn as_ptr(&self) -> *const u16 {
        self.0.as_ref().map_or(ptr::null(), |units| units.as_ptr())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_local_name_is_its_base_and_no_name_is_null() {
        let name = |text| {
            WideName::new(Some(&Name::parse_needed("open", text).unwrap()))
                .0
                .unwrap()
        };
        assert_eq!(name(r"Local\x"), [u16::from(b'x'), 0]);
        assert_eq!(name("x"), name(r"Local\x"));
        assert_eq!(name(r"Global\x"), wide(r"Global\x"));
        assert!(WideName::new(None).as_ptr().is_null());
    }
}
