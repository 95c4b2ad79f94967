//! What can go wrong with an object: one type that says what happened, to which name, and what to do next.
//!
//! Touching bytes has an error of its own, [`AccessError`](crate::AccessError), small enough for a hot path.

use std::{fmt, io};

/// The result of a call on a mapping, a view or a synchronisation object.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of thing went wrong; match on this, print the [`Error`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// No object of that name exists (any more). Win32: `ERROR_FILE_NOT_FOUND`.
    NotFound,
    /// An object of that name exists and the call was to make a new one. Win32: `ERROR_ALREADY_EXISTS`.
    AlreadyExists,
    /// The system, the object's security or the handle's rights forbid it. Win32: `ERROR_ACCESS_DENIED`.
    AccessDenied,
    /// The name breaks a rule. Win32: `ERROR_PATH_NOT_FOUND`, `ERROR_INVALID_NAME`.
    InvalidName,
    /// An argument, or a combination of them, makes no sense. Win32: `ERROR_INVALID_PARAMETER`.
    InvalidArgument,
    /// The name belongs to an object of another kind. Win32: `ERROR_INVALID_HANDLE`.
    NotAMapping,
    /// A range lies outside of the mapping. Win32: `ERROR_ACCESS_DENIED` for a view too large.
    OutOfRange,
    /// Something lies at the address that was asked for, or no process can have that address.
    /// Win32: `ERROR_INVALID_ADDRESS`.
    AddressInUse,
    /// There is not enough memory for it now. Win32: `ERROR_COMMITMENT_LIMIT`, `ERROR_NOT_ENOUGH_MEMORY`.
    NoMemory,
    /// The file system is full, or the file cannot be that large. Win32: `ERROR_DISK_FULL`.
    DiskFull,
    /// The file cannot be mapped: it is empty, or is no regular file. Win32: `ERROR_FILE_INVALID`.
    FileInvalid,
    /// The file is no executable image. Win32: `ERROR_BAD_EXE_FORMAT`.
    BadImage,
    /// This system cannot do it, or must be set up for it first. Win32: `ERROR_NOT_SUPPORTED`.
    Unsupported,
    /// A privilege is missing. Win32: `ERROR_PRIVILEGE_NOT_HELD`.
    PrivilegeNotHeld,
    /// Somebody else holds what the call needs, and did not let go of it in time.
    Busy,
    /// What lies under that name was not written by a working Coview.
    Corrupted,
    /// Releasing a semaphore would exceed its maximum. Win32: `ERROR_TOO_MANY_POSTS`.
    TooManyPosts,
    /// A mutex was released by a thread that does not own it. Win32: `ERROR_NOT_OWNER`.
    NotOwner,
    /// Anything else that the system answered.
    Os,
}

impl ErrorKind {
    fn words(self) -> &'static str {
        match self {
            Self::NotFound => "no such object",
            Self::AlreadyExists => "it exists already",
            Self::AccessDenied => "access denied",
            Self::InvalidName => "invalid name",
            Self::InvalidArgument => "invalid argument",
            Self::NotAMapping => "the name belongs to an object of another kind",
            Self::OutOfRange => "out of range",
            Self::AddressInUse => "the address is not free",
            Self::NoMemory => "not enough memory",
            Self::DiskFull => "not enough room in the file system",
            Self::FileInvalid => "the file cannot be mapped",
            Self::BadImage => "not an executable image",
            Self::Unsupported => "not supported here",
            Self::PrivilegeNotHeld => "a privilege is missing",
            Self::Busy => "busy",
            Self::Corrupted => "corrupted object",
            Self::TooManyPosts => "the semaphore would exceed its maximum",
            Self::NotOwner => "this thread does not own the mutex",
            Self::Os => "the system refused",
        }
    }
}

/// What happened, to which name, and what the operating system said.
///
/// ```
/// use coview_memory::{ErrorKind, Mapping};
/// let error = Mapping::open("coview-doc-nobody-made-this").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::NotFound);
/// assert_eq!(error.name(), Some("coview-doc-nobody-made-this"));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    action: &'static str,
    name: Option<String>,
    detail: String,
    os: Option<io::Error>,
}

impl Error {
    /// `detail` says the numbers and what to do next; it may be empty.
    pub(crate) fn new(kind: ErrorKind, action: &'static str, detail: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            action,
            name: None,
            detail: detail.into(),
            os: None,
        }))
    }

    pub(crate) fn with_os(mut self, os: impl Into<io::Error>) -> Self {
        self.0.os = Some(os.into());
        self
    }

    /// Names the object, unless a deeper layer already did.
    pub(crate) fn with_name(mut self, name: impl fmt::Display) -> Self {
        self.0.name.get_or_insert_with(|| name.to_string());
        self
    }

    /// What kind of error this is.
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The name that was asked for, as the caller wrote it; none for unnamed objects.
    pub fn name(&self) -> Option<&str> {
        self.0.name.as_deref()
    }

    /// The operating system's own error, where one was behind it.
    pub fn os_error(&self) -> Option<&io::Error> {
        self.0.os.as_ref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner {
            kind,
            action,
            name,
            detail,
            os,
        } = &*self.0;
        write!(f, "cannot {action}")?;
        if let Some(name) = name {
            write!(f, " {name:?}")?;
        }
        write!(f, ": {}", kind.words())?;
        if !detail.is_empty() {
            write!(f, ": {detail}")?;
        }
        if let Some(os) = os {
            write!(f, " ({os})")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?}: {self})", self.kind())
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.os.as_ref().map(|os| os as _)
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> Self {
        let kind = match error.kind() {
            ErrorKind::NotFound => io::ErrorKind::NotFound,
            ErrorKind::AlreadyExists => io::ErrorKind::AlreadyExists,
            ErrorKind::AccessDenied | ErrorKind::PrivilegeNotHeld => io::ErrorKind::PermissionDenied,
            ErrorKind::NoMemory => io::ErrorKind::OutOfMemory,
            ErrorKind::DiskFull => io::ErrorKind::StorageFull,
            ErrorKind::Unsupported => io::ErrorKind::Unsupported,
            ErrorKind::Busy => io::ErrorKind::ResourceBusy,
            ErrorKind::InvalidName | ErrorKind::InvalidArgument | ErrorKind::OutOfRange => io::ErrorKind::InvalidInput,
            ErrorKind::Corrupted | ErrorKind::FileInvalid | ErrorKind::BadImage => io::ErrorKind::InvalidData,
            _ => io::ErrorKind::Other,
        };
        io::Error::new(kind, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_says_what_happened_to_which_name_and_what_the_system_said() {
        let error = Error::new(ErrorKind::NoMemory, "create", "5 bytes asked, 4 free")
            .with_name("scoreboard")
            .with_name("a shallower layer does not overwrite it")
            .with_os(io::Error::from_raw_os_error(12));
        let text = error.to_string();
        assert!(
            text.starts_with("cannot create \"scoreboard\": not enough memory: 5 bytes asked, 4 free ("),
            "{text}"
        );
        assert_eq!(error.os_error().unwrap().raw_os_error(), Some(12));
        assert_eq!(io::Error::from(error).kind(), io::ErrorKind::OutOfMemory);
    }
}
