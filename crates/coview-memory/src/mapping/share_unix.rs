//! Handing a mapping to another process on Unix: descriptors, and what others made.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::Mapping;
use crate::os::{Handle, imp};
use crate::rights::Rights;

/// What others made, and what they can do with ours.
impl Mapping {
    /// Opens a POSIX object that another program made with `shm_open(3)`: `"/frames"`. It lives until somebody unlinks
    /// it: Coview never does. Its size is what it is at this moment.
    ///
    /// Its maker need not have given it memory. A handle that writes does so here, for all of it; through one that
    /// only reads, touching a page that never was written ends this process if the memory is full then (SIGBUS).
    ///
    /// # Errors
    /// `NoMemory` (for all of it),
    /// `NotFound`, `AccessDenied`, `FileInvalid` (its maker has not given it a size yet), `InvalidName`.
    pub fn open_posix(name: &str, rights: Rights) -> Result<Self> {
        const ACTION: &str = "open the POSIX object";
        let file = name.strip_prefix('/').unwrap_or(name);
        if file.is_empty() || file == "." || file == ".." || file.contains(['/', '\0']) {
            let detail = "a POSIX object's name is one slash and then no other (shm_open(3))";
            return Err(Error::new(ErrorKind::InvalidName, ACTION, detail).with_name(name));
        }
        let handle = Handle::open_path(ACTION, &Path::new("/dev/shm").join(file), rights);
        handle
            .map(|handle| Self::from_handle(handle, false))
            .map_err(|error| error.with_name(name))
    }

    /// Opens a file by its path and maps all of it: a file of another program's, or its memfd, as
    /// `/proc/PID/fd/N`. Its size is what it is at this moment. For memory, what
    /// [`open_posix`](Self::open_posix) says of pages that were never written; a file with holes on a disk that is full
    /// ends this process where one is written.
    pub fn open_path(path: impl AsRef<Path>, rights: Rights) -> Result<Self> {
        let path = path.as_ref();
        let handle = Handle::open_path("open the file", path, rights);
        handle
            .map(|handle| Self::from_handle(handle, false))
            .map_err(|error| error.with_name(path.display()))
    }

    /// Where the mapping's bytes lie as a file, the first at offset 0, for programs that do not know Coview; `None`
    /// for an unnamed one. The file goes with the last handle.
    pub fn data_path(&self) -> Option<PathBuf> {
        self.handle.data_path()
    }

    /// The directory in which names are kept: `/dev/shm`, or what the environment variable `COVIEW_DIR` said when it
    /// was first needed. Processes share names only if they agree on it.
    pub fn directory() -> &'static Path {
        imp::root()
    }
}

/// The descriptor of the bytes: for `SCM_RIGHTS`, `mmap`, inheritance. It keeps the memory, not the name.
impl AsFd for Mapping {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.handle.as_fd()
    }
}

/// A descriptor of the bytes that outlives the mapping. It keeps the memory, not the name.
impl TryFrom<Mapping> for OwnedFd {
    type Error = Error;

    fn try_from(mapping: Mapping) -> Result<Self> {
        mapping.handle.to_fd()
    }
}

/// A mapping of what a descriptor was received for: memory of another process, or a file. Its rights follow from how
/// the descriptor was opened, its size is what it is at this moment. Pages that its maker never wrote may have no
/// memory: touching one ends this process if there is none then (SIGBUS). A reserved mapping's descriptor does not say what
/// of it is committed: hand that over by inheritance or by name.
impl TryFrom<OwnedFd> for Mapping {
    type Error = Error;

    fn try_from(fd: OwnedFd) -> Result<Self> {
        Ok(Self::from_handle(
            Handle::from_data("take over the descriptor", fd)?,
            false,
        ))
    }
}
