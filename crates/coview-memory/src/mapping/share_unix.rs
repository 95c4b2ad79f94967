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

    /// A handle that another living process has, by the token that it says of it
    /// ([`to_inherited`](Self::to_inherited), which need not be inheritable for this): with the same rights, and its
    /// own from now on, whatever becomes of that process. Of a named mapping it holds the name. Linux only; Win32:
    /// `DuplicateHandle` out of a process. Does not block.
    ///
    /// A token names descriptors of that process: take it from one that you trust.
    ///
    /// ```
    /// use coview_memory::Mapping;
    /// let mapping = Mapping::unnamed(4096)?;
    /// mapping.view()?.write(0, b"3:1")?;
    /// // In another process, which was told both; here it is this one.
    /// let (process, token) = (std::process::id(), mapping.to_inherited());
    /// let taken = Mapping::from_remote(process, &token)?;
    /// drop(mapping);
    /// assert_eq!(&taken.view()?.read::<[u8; 3]>(0)?, b"3:1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// `InvalidArgument` if it is no token; `NotFound` if the process has ended, has closed the handle, or has something
    /// else under its number now, or keeps its names in another directory; `AccessDenied` if the kernel does not let us
    /// look into the process (another user's, say), or the file's mode is against it; `Corrupted` if the data was cut
    /// short or the registry file damaged.
    pub fn from_remote(process: u32, token: &str) -> Result<Self> {
        Ok(Self::from_handle(Handle::from_remote(process, token)?, false))
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
