//! The mapping: a handle to a file-mapping object.

use std::fmt;
use std::sync::Arc;

use crate::error::Result;
use crate::mapping::{MappingOptions, persistent};
use crate::name::Name;
use crate::os::{Facts, Handle, HandleContract, Pages};
use crate::rights::{Protection, Rights};
use crate::view::{View, ViewOptions};

/// A handle to a mapping: bytes with a name, or without, that any number of processes may look at.
///
/// The name lives as long as a handle to it does in any process: dropping the last one, exiting, or being killed
/// takes the name away at once, on every system. The memory lives as long as a handle or a view does.
///
/// ```
/// use coview_memory::Mapping;
///
/// let mapping = Mapping::create("coview-doc-scoreboard", 5 * 1024)?;
/// mapping.view()?.write(0, b"3:1\0")?;
///
/// // in another process
/// let mut score = [0; 3];
/// Mapping::open("coview-doc-scoreboard")?.view()?.read_to(0, &mut score)?;
/// assert_eq!(&score, b"3:1");
///
/// drop(mapping);
/// assert!(Mapping::open("coview-doc-scoreboard").is_err());
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// Sources: Microsoft, "CreateFileMappingW", "OpenFileMappingW", "Kernel object namespaces".
pub struct Mapping {
    /// Shared with the views that keep the handle: the name goes with the last of them.
    pub(super) handle: Arc<Handle>,
    created: bool,
}

impl Mapping {
    /// Every choice: protection, pages, a file, security, inheritance, lifetime, rights.
    pub fn options<'a>() -> MappingOptions<'a> {
        MappingOptions::default()
    }

    /// Creates a read-write mapping of `size` bytes of zeroed memory, private to this user; `AlreadyExists` if the
    /// name is taken. See [`MappingOptions::create`] for the errors.
    pub fn create(name: &str, size: u64) -> Result<Self> {
        Self::options().create(name, size)
    }

    /// Opens an existing mapping for reading and writing. See [`MappingOptions::open`].
    pub fn open(name: &str) -> Result<Self> {
        Self::options().open(name)
    }

    /// Creates the mapping, or opens it if it exists; [`created`](Self::created) tells which. See
    /// [`MappingOptions::open_or_create`].
    pub fn open_or_create(name: &str, size: u64) -> Result<Self> {
        Self::options().open_or_create(name, size)
    }

    /// Creates a mapping without a name, always a new one. Others reach it by inheritance or by being handed the
    /// handle.
    pub fn unnamed(size: u64) -> Result<Self> {
        Self::options().create("", size)
    }

    /// Whether a live mapping of that name exists now, without becoming one of its holders: `None` if not, else
    /// a number that two objects of one name do not share. Zero where the system knows no such number (Windows).
    pub fn identify(name: &str) -> Result<Option<u128>> {
        let parsed = Name::parse_needed("look up", name)?;
        Handle::identify(&parsed).map_err(|error| error.with_name(name))
    }

    /// Removes the file of a persistent mapping; `NotFound` if there is none. Whoever has it open keeps it on Linux; on
    /// Windows the file cannot be removed while anybody has (conformance row I03): `AccessDenied`.
    pub fn remove_persistent(name: &str) -> Result<()> {
        persistent::remove(&Name::parse_needed("remove", name)?).map_err(|error| error.with_name(name))
    }

    /// The number that [`identify`](Self::identify) gives for this mapping's object.
    pub fn identity(&self) -> u128 {
        self.handle.identity()
    }

    /// Whether the call that returned this handle created the object. Win32: not `ERROR_ALREADY_EXISTS`.
    pub fn created(&self) -> bool {
        self.created
    }

    /// Bytes: exact for a file, rounded up to whole pages for memory (conformance row A30). It never changes.
    pub fn size(&self) -> u64 {
        self.facts().size
    }

    /// The protection it was created with; `None` for one that was opened on Windows, which does not tell.
    pub fn protection(&self) -> Option<Protection> {
        self.facts().protection
    }

    /// How its memory came to be.
    pub fn pages(&self) -> Pages {
        self.facts().pages
    }

    /// Whether a file lies behind it.
    pub fn is_file(&self) -> bool {
        self.facts().file
    }

    /// What this handle may do.
    pub fn rights(&self) -> Rights {
        self.handle.rights()
    }

    /// A view of the whole mapping: for reading and writing if this handle and the mapping allow it, else for
    /// reading. It keeps the handle. Win32: `MapViewOfFile`.
    pub fn view(&self) -> Result<View> {
        ViewOptions::new().map(self)
    }

    /// Another handle with the same rights, which child processes do not inherit. Win32: `DuplicateHandle`.
    pub fn try_clone(&self) -> Result<Self> {
        self.duplicate(self.rights())
    }

    /// Another handle with fewer rights, which child processes do not inherit; `AccessDenied` for more rights
    /// (conformance row I05). Between processes of one user this is a convention on Linux, where a read-only descriptor
    /// can be opened again for writing. [`MappingOptions::duplicate`] makes one to be inherited.
    pub fn duplicate(&self, rights: Rights) -> Result<Self> {
        Ok(Self::from_handle(self.handle.duplicate(rights, false)?, false))
    }

    pub(crate) fn from_handle(handle: Handle, created: bool) -> Self {
        Self {
            handle: Arc::new(handle),
            created,
        }
    }

    pub(super) fn with_created(mut self, created: bool) -> Self {
        self.created = created;
        self
    }

    pub(crate) fn facts(&self) -> Facts {
        self.handle.facts()
    }

    pub(crate) fn shared_handle(&self) -> &Arc<Handle> {
        &self.handle
    }
}

impl fmt::Debug for Mapping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Mapping")
            .field("facts", &self.facts())
            .field("rights", &self.rights())
            .finish()
    }
}
