//! Where persistent mappings keep their files: this user's `%LOCALAPPDATA%\Coview`.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use windows_sys::Win32::Foundation::ERROR_ALREADY_EXISTS;
use windows_sys::Win32::Storage::FileSystem::CreateDirectoryW;

use super::security::Descriptor;
use super::{Handle, errors, text};
use crate::os::HandleContract;

/// `None` if the environment does not say, as for some services.
pub(crate) fn state_folder() -> Option<PathBuf> {
    let local = PathBuf::from(std::env::var_os("LOCALAPPDATA")?);
    local.is_absolute().then(|| local.join("Coview"))
}

/// Makes the folder, which only this user and the system may enter; its files inherit that. One that exists stays as
/// it is.
pub(crate) fn create_private_folder(folder: &Path) -> io::Result<()> {
    if let Some(parent) = folder.parent() {
        fs::create_dir_all(parent)?;
    }
    let descriptor = Descriptor::private_folder("create the folder of")?;
    let attributes = descriptor.attributes(false);
    let wide = text::wide(folder);
    // SAFETY: the path ends with a NUL, and the attributes point to a live descriptor.
    if unsafe { CreateDirectoryW(wide.as_ptr(), &attributes) } != 0 {
        return Ok(());
    }
    let refused = errors::last();
    if errors::code(&refused) == ERROR_ALREADY_EXISTS && folder.is_dir() {
        Ok(())
    } else {
        Err(refused)
    }
}

/// Nothing is to be asked for: a new file inherits the folder's DACL.
pub(crate) fn private_file(_options: &mut OpenOptions) {}

/// Windows has none.
pub(crate) fn nameless_file(_folder: &Path) -> io::Result<Option<File>> {
    Ok(None)
}

/// Never asked for: there are no nameless files.
pub(crate) fn name_file(_file: &File, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Whether the mapping's bytes are that file's, as far as a section tells: whether a file lies behind it at all.
pub(crate) fn is_over(handle: &Handle, _file: &File) -> bool {
    handle.facts().file
}

/// Whether the path leads to that file now: a mapped file cannot be removed or replaced (conformance row I03), so
/// that any file there is that one.
pub(crate) fn is_at(_file: &File, path: &Path) -> bool {
    path.exists()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_is_made_once_and_holds_files() {
        assert!(state_folder().unwrap().ends_with("Coview"));
        let root = std::env::temp_dir().join(format!("coview-folders-{}", std::process::id()));
        let folder = root.join("inner").join("Coview");
        create_private_folder(&folder).unwrap();
        create_private_folder(&folder).unwrap();
        let file = folder.join("x.data");
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        private_file(&mut options);
        options.open(&file).unwrap();
        // A file is in the way.
        assert_eq!(
            create_private_folder(&file).unwrap_err().kind(),
            io::ErrorKind::AlreadyExists
        );
        fs::remove_dir_all(root).unwrap();
    }
}
