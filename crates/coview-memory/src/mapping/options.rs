//! Everything that a mapping can be asked for, and the checks that are the same on every system.

use std::fs::File;

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::name::Name;
use crate::os::{CreateRequest, Existing, Handle, HandleContract, Pages};
use crate::page;
use crate::rights::{Protection, Rights};
use crate::security::Security;

/// How long a named mapping lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lifetime {
    /// Until the last handle to it in any process is closed, also by a crash. What Windows does.
    #[default]
    Handles,
    /// The content outlives all handles and the machine's restarts, in a file of this user's:
    /// under `$XDG_STATE_HOME/coview` (or `~/.local/state/coview`), on Windows under `%LOCALAPPDATA%\Coview`.
    /// [`Mapping::remove_persistent`] removes it.
    Persistent,
}

/// Creates and opens mappings with every choice there is; [`Mapping`]'s own functions are the short forms.
///
/// ```
/// use coview_memory::{Mapping, Pages, Protection};
/// let mapping = Mapping::options().protection(Protection::ReadOnly).create("", 4096)?;
/// assert!(mapping.view()?.write(0, b"refused").is_err());
/// # Ok::<(), coview_memory::Error>(())
/// ```
#[derive(Debug, Clone)]
#[must_use = "options do nothing until they create or open"]
pub struct MappingOptions<'a> {
    protection: Protection,
    pages: Pages,
    file: Option<&'a File>,
    security: Security,
    inherit: bool,
    lifetime: Lifetime,
    rights: Option<Rights>,
}

impl Default for MappingOptions<'_> {
    fn default() -> Self {
        Self {
            protection: Protection::ReadWrite,
            pages: Pages::Commit,
            file: None,
            security: Security::private(),
            inherit: false,
            lifetime: Lifetime::Handles,
            rights: None,
        }
    }
}

impl<'a> MappingOptions<'a> {
    /// The most that any view may ever do. Default: [`Protection::ReadWrite`].
    pub fn protection(mut self, protection: Protection) -> Self {
        self.protection = protection;
        self
    }

    /// How the memory comes to be. Default: [`Pages::Commit`].
    pub fn pages(mut self, pages: Pages) -> Self {
        self.pages = pages;
        self
    }

    /// Backs the mapping by an open file instead of memory. The file must be open for reading, and for writing if
    /// the protection is to write (conformance rows A06 to A10). With size 0 the mapping has the file's length;
    /// a larger size makes the file grow now (A23); a smaller one maps its beginning (A28).
    pub fn file(mut self, file: &'a File) -> Self {
        self.file = Some(file);
        self
    }

    /// Who else may open the name. Default: nobody. An existing object keeps its own.
    pub fn security(mut self, security: Security) -> Self {
        self.security = security;
        self
    }

    /// Whether child processes inherit the handle. Default: no. See [`Mapping::to_inherited`].
    pub fn inherit(mut self, inherit: bool) -> Self {
        self.inherit = inherit;
        self
    }

    /// How long the named mapping lives. Default: as long as a handle.
    pub fn lifetime(mut self, lifetime: Lifetime) -> Self {
        self.lifetime = lifetime;
        self
    }

    /// The rights that [`open`](Self::open) asks for; refused ones are an `AccessDenied` there.
    /// Default: reading and writing. Creating ignores it: the handle has what the protection gives (row A35).
    pub fn rights(mut self, rights: Rights) -> Self {
        self.rights = Some(rights);
        self
    }

    /// Creates a new mapping of `size` bytes; `AlreadyExists` if the name is taken. The empty name makes an unnamed
    /// one. Memory is zero, and all there. Does not block, but for another process creating or closing the same name.
    ///
    /// # Errors
    /// `AlreadyExists`, `InvalidName`, `InvalidArgument`, `AccessDenied`, `NotAMapping` (the name is an event's, say),
    /// `NoMemory`, `DiskFull`, `FileInvalid`, `BadImage`, `Unsupported`, `PrivilegeNotHeld`, `Busy`.
    pub fn create(&self, name: &str, size: u64) -> Result<Mapping> {
        self.make(name, size, Existing::Refuse)
    }

    /// As [`create`](Self::create), or opens what exists, whose size, protection and backing then stay as they are
    /// (conformance rows B01 to B04). [`Mapping::created`] tells which. Win32: `CreateFileMapping`.
    pub fn open_or_create(&self, name: &str, size: u64) -> Result<Mapping> {
        self.make(name, size, Existing::Open)
    }

    /// Opens an existing mapping by its name. Never creates. Win32: `OpenFileMapping`.
    ///
    /// # Errors
    /// `NotFound`, `AccessDenied`, `NotAMapping`, `InvalidName`, `Corrupted`, `Busy`.
    pub fn open(&self, name: &str) -> Result<Mapping> {
        const ACTION: &str = "open";
        let parsed = Name::parse_needed(ACTION, name)?;
        let rights = self.rights.unwrap_or(Rights::ALL);
        if rights.is_none() {
            return Err(Error::new(
                ErrorKind::AccessDenied,
                ACTION,
                "no right was asked for; ask for Rights::READ",
            )
            .with_name(name));
        }
        if self.lifetime == Lifetime::Persistent {
            return super::persistent::open(self, &parsed, rights).map_err(|e| e.with_name(name));
        }
        let handle = Handle::open(&parsed, rights, self.inherit).map_err(|e| e.with_name(name))?;
        Ok(Mapping::from_handle(handle, false))
    }

    /// Another handle to a mapping, with the rights of these options (default: its own) and inherited by child processes
    /// if they say so; `AccessDenied` for rights that it does not have. Does not block. Win32: `DuplicateHandle`.
    ///
    /// ```
    /// use coview_memory::{Mapping, Rights};
    /// let mapping = Mapping::unnamed(4096)?;
    /// let reader = Mapping::options().rights(Rights::READ).inherit(true).duplicate(&mapping)?;
    /// assert_eq!(reader.rights(), Rights::READ);
    /// # Ok::<(), coview_memory::Error>(())
    /// ```
    pub fn duplicate(&self, mapping: &Mapping) -> Result<Mapping> {
        let rights = self.rights.unwrap_or(mapping.rights());
        let handle = mapping.shared_handle().duplicate(rights, self.inherit)?;
        Ok(Mapping::from_handle(handle, false))
    }

    fn make(&self, name: &str, size: u64, existing: Existing) -> Result<Mapping> {
        const ACTION: &str = "create";
        let parsed = Name::parse(ACTION, name)?;
        let made = if self.lifetime == Lifetime::Persistent {
            super::persistent::make(self, parsed.as_ref(), size, existing)
        } else {
            self.make_checked(parsed.as_ref(), size, existing)
        };
        made.map_err(|error| if name.is_empty() { error } else { error.with_name(name) })
    }

    pub(super) fn make_checked(&self, name: Option<&Name>, size: u64, existing: Existing) -> Result<Mapping> {
        self.check(name, size)?;
        let request = CreateRequest {
            name,
            size,
            protection: self.protection,
            pages: self.pages,
            file: self.file,
            security: &self.security,
            inherit: self.inherit,
            existing,
        };
        let (handle, created) = Handle::create(&request)?;
        Ok(Mapping::from_handle(handle, created))
    }

    /// Conformance rows A01, A14, A16, and the rules of `Security`.
    pub(super) fn check(&self, name: Option<&Name>, size: u64) -> Result<()> {
        let invalid = |detail: &str| Err(Error::new(ErrorKind::InvalidArgument, "create", detail));
        if size == 0 && self.file.is_none() && self.pages != Pages::Image {
            return invalid("a size of 0 is for files; memory needs its size in bytes");
        }
        if page::round_up(size).is_none_or(|size| size > i64::MAX as u64) {
            return Err(Error::new(
                ErrorKind::NoMemory,
                "create",
                format!("{size} bytes are more than any system has"),
            ));
        }
        if self.pages == Pages::Large && self.file.is_some() {
            return invalid("large pages are for memory, not for files");
        }
        if self.pages == Pages::Image && self.file.is_none() {
            return Err(Error::new(
                ErrorKind::BadImage,
                "create",
                "an image is made from a file; give one",
            ));
        }
        self.security.check("create", name.map(Name::scope))
    }
}

/// For `persistent.rs`, which is a file-backed mapping under a name.
impl<'a> MappingOptions<'a> {
    pub(super) fn with_file<'b>(&self, file: &'b File) -> MappingOptions<'b> {
        MappingOptions {
            protection: self.protection,
            pages: self.pages,
            file: Some(file),
            security: self.security.clone(),
            inherit: self.inherit,
            lifetime: Lifetime::Handles,
            rights: self.rights,
        }
    }

    pub(super) fn has_file(&self) -> bool {
        self.file.is_some()
    }

    pub(super) fn asked_pages(&self) -> Pages {
        self.pages
    }

    pub(super) fn asked_protection(&self) -> Protection {
        self.protection
    }

    pub(super) fn inherits(&self) -> bool {
        self.inherit
    }
}
