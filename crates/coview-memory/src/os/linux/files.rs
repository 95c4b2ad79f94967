//! This user's files, and the size of a page.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, CWD, Mode, OFlags, fstat, linkat};

use super::Handle;

/// The size of the system's pages in bytes.
pub(crate) fn page_size() -> usize {
    rustix::param::page_size()
}

/// Where this user's persistent state lies (XDG Base Directory Specification).
pub(crate) fn state_folder() -> Option<PathBuf> {
    let variable = |name: &str| {
        std::env::var_os(name)
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
    };
    let state = variable("XDG_STATE_HOME").or_else(|| variable("HOME").map(|home| home.join(".local/state")))?;
    Some(state.join("coview"))
}

pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Files made with these options are this user's alone, and a link in their place is not followed.
pub(crate) fn private_file(options: &mut OpenOptions) {
    options.mode(0o600).custom_flags(libc::O_NOFOLLOW);
}

/// A file in that folder without a name, which goes with its last descriptor; `None` where the file system has no such.
pub(crate) fn nameless_file(folder: &Path) -> io::Result<Option<File>> {
    let flags = OFlags::TMPFILE | OFlags::RDWR | OFlags::CLOEXEC;
    match rustix::fs::open(folder, flags, Mode::RUSR | Mode::WUSR) {
        Ok(file) => Ok(Some(file.into())),
        // The second: of kernels and file systems that do not know the flag, and then see a directory.
        Err(rustix::io::Errno::OPNOTSUPP | rustix::io::Errno::ISDIR) => Ok(None),
        Err(os) => Err(os.into()),
    }
}

/// Gives a nameless file its name, unless something has that name already.
pub(crate) fn name_file(file: &File, path: &Path) -> io::Result<()> {
    let nameless = format!("/proc/self/fd/{}", file.as_raw_fd());
    Ok(linkat(CWD, nameless, CWD, path, AtFlags::SYMLINK_FOLLOW)?)
}

/// Whether the mapping's bytes are that file's.
pub(crate) fn is_over(handle: &Handle, file: &File) -> bool {
    match (fstat(handle.as_fd()), fstat(file)) {
        (Ok(data), Ok(file)) => (data.st_dev, data.st_ino) == (file.st_dev, file.st_ino),
        _ => false,
    }
}

/// Whether that file is what the path leads to now.
pub(crate) fn is_at(file: &File, path: &Path) -> bool {
    match (file.metadata(), fs::symlink_metadata(path)) {
        (Ok(file), Ok(there)) => (file.dev(), file.ino()) == (there.dev(), there.ino()),
        _ => false,
    }
}
