//! Names: which are legal, what they mean, and nothing about where they are kept.
//!
//! The rules are those of Windows kernel objects on every system (Microsoft: "Kernel object namespaces",
//! "CreateFileMappingW"): case matters; any character but a backslash is legal; `Local\` and `Global\`, spelled
//! exactly so, choose the scope; a name of no scope is `Local\`.

use std::fmt;

use crate::error::{Error, ErrorKind, Result};

/// Who sees a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// This user's: the session's objects on Windows, those of the effective user on Linux.
    Local,
    /// The whole machine's. On Windows creating in it needs `SeCreateGlobalPrivilege`; opening does not.
    Global,
}

/// The longest name in UTF-16 units, prefix included (an NT `UNICODE_STRING` holds 65 534 bytes with its NUL).
const LONGEST: usize = 32_766;

/// A checked name: its scope, and the part after the prefix. Never empty.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    scope: Scope,
    base: String,
}

impl Name {
    /// Checks a name as a caller wrote it; `None` for the empty name, which means no name at all.
    pub(crate) fn parse(action: &'static str, text: &str) -> Result<Option<Self>> {
        if text.is_empty() {
            return Ok(None);
        }
        let refuse = |detail: String| Err(Error::new(ErrorKind::InvalidName, action, detail).with_name(text));
        let (scope, base) = if let Some(base) = text.strip_prefix(r"Local\") {
            (Scope::Local, base)
        } else if let Some(base) = text.strip_prefix(r"Global\") {
            (Scope::Global, base)
        } else {
            (Scope::Local, text)
        };
        if text.starts_with(r"Session\") {
            return refuse(r"the prefix Session\ is reserved by Windows".into());
        }
        if let Some(at) = base.find('\\') {
            return refuse(format!(
                "a backslash at byte {}; only the prefixes Local\\ and Global\\, spelled exactly so, may hold one",
                text.len() - base.len() + at
            ));
        }
        if base.is_empty() {
            return refuse("nothing follows the prefix".into());
        }
        if let Some(at) = base.find('\0') {
            return refuse(format!("a NUL character at byte {}", text.len() - base.len() + at));
        }
        let units = text.encode_utf16().count();
        if units > LONGEST {
            return refuse(format!("it is {units} UTF-16 units long; {LONGEST} are the most"));
        }
        Ok(Some(Self {
            scope,
            base: base.to_owned(),
        }))
    }

    /// As [`parse`](Self::parse) where a name is needed: the empty one names no mapping.
    pub(crate) fn parse_needed(action: &'static str, text: &str) -> Result<Self> {
        Self::parse(action, text)?.ok_or_else(|| {
            Error::new(
                ErrorKind::NotAMapping,
                action,
                "the empty name names nothing; give a name",
            )
            .with_name(text)
        })
    }

    pub(crate) fn scope(&self) -> Scope {
        self.scope
    }

    /// The name without its prefix.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// The same base in the other scope: where a person may have meant to look.
    pub(crate) fn elsewhere(&self) -> Self {
        let scope = match self.scope {
            Scope::Local => Scope::Global,
            Scope::Global => Scope::Local,
        };
        Self {
            scope,
            base: self.base.clone(),
        }
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::Local => f.write_str(&self.base),
            Scope::Global => write!(f, r"Global\{}", self.base),
        }
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (Scope, String) {
        let name = Name::parse_needed("open", text).unwrap();
        (name.scope(), name.base().to_owned())
    }

    fn refused(text: &str) -> ErrorKind {
        Name::parse_needed("open", text).unwrap_err().kind()
    }

    #[test]
    fn prefixes_choose_the_scope_and_plain_is_local() {
        assert_eq!(parsed("x"), (Scope::Local, "x".into()));
        assert_eq!(parsed(r"Local\x"), parsed("x"));
        assert_eq!(parsed(r"Global\x"), (Scope::Global, "x".into()));
        assert_eq!(
            Name::parse_needed("open", "x").unwrap().elsewhere().to_string(),
            r"Global\x"
        );
    }

    #[test]
    fn only_backslash_nul_and_length_are_forbidden() {
        for odd in [
            "/", " ", ".", "..", "a:b", "*", "?", "\"", "\t", "共享", "🦀", "local", "Global",
        ] {
            assert_eq!(parsed(odd).1, odd);
        }
        for bad in [
            r"a\b",
            r"local\x",
            r"GLOBAL\x",
            r"Local\a\b",
            r"Session\1\x",
            r"Local\",
            "a\0b",
        ] {
            assert_eq!(refused(bad), ErrorKind::InvalidName, "{bad}");
        }
        assert_eq!(parsed(&"x".repeat(LONGEST)).1.len(), LONGEST);
        assert_eq!(refused(&"x".repeat(LONGEST + 1)), ErrorKind::InvalidName);
        // Two UTF-16 units each: length is counted as Windows counts it.
        assert_eq!(refused(&"🦀".repeat(LONGEST / 2 + 1)), ErrorKind::InvalidName);
    }

    #[test]
    fn the_empty_name_is_no_name() {
        assert!(Name::parse("create", "").unwrap().is_none());
        assert_eq!(refused(""), ErrorKind::NotAMapping);
    }
}
