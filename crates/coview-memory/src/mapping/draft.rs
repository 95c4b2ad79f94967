//! A file that appears under its path whole, or not at all: made without a name, or under another, and then linked.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use crate::os::imp;

/// A file that nobody else knows of yet, empty at first; gone when dropped, but for the name it was published under.
pub(super) struct Draft {
    file: File,
    /// Where the system knows no files without a name.
    temporary: Option<PathBuf>,
}

impl Draft {
    /// In the folder of `target`, which must be there.
    pub(super) fn begin(target: &Path) -> io::Result<Self> {
        let folder = target.parent().ok_or(io::ErrorKind::InvalidInput)?;
        match imp::nameless_file(folder)? {
            Some(file) => Ok(Self { file, temporary: None }),
            None => Self::begin_named(target),
        }
    }

    fn begin_named(target: &Path) -> io::Result<Self> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let mut options = OpenOptions::new();
        imp::private_file(options.read(true).write(true).create_new(true));
        loop {
            let number = NUMBER.fetch_add(1, Ordering::Relaxed);
            let path = target.with_extension(format!("new-{}-{number}", std::process::id()));
            match options.open(&path) {
                Ok(file) => {
                    return Ok(Self {
                        file,
                        temporary: Some(path),
                    });
                }
                // Of an earlier process of that number, which was killed.
                Err(os) if os.kind() == io::ErrorKind::AlreadyExists => {}
                Err(os) => return Err(os),
            }
        }
    }

    pub(super) fn file(&self) -> &File {
        &self.file
    }

    /// Of all who publish under one path exactly one succeeds, and the others are told `AlreadyExists`.
    pub(super) fn publish(self, target: &Path) -> io::Result<()> {
        match &self.temporary {
            Some(temporary) => fs::hard_link(temporary, target),
            None => imp::name_file(&self.file, target),
        }
    }
}

impl Drop for Draft {
    fn drop(&mut self) {
        if let Some(temporary) = &self.temporary {
            // Best effort: what stays is found by its name, `NAME.new-PID-N`, and is nobody's.
            let _ = fs::remove_file(temporary);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_of_two_is_published_and_nothing_else_stays() {
        let folder = std::env::temp_dir().join(format!("coview-draft-{}", std::process::id()));
        imp::create_private_folder(&folder).unwrap();
        let target = folder.join("x.data");
        for begin in [Draft::begin, Draft::begin_named] {
            let (first, second) = (begin(&target).unwrap(), begin(&target).unwrap());
            first.file().set_len(7).unwrap();
            first.publish(&target).unwrap();
            let refused = second.publish(&target).unwrap_err();
            assert_eq!(refused.kind(), io::ErrorKind::AlreadyExists);
            assert_eq!(fs::metadata(&target).unwrap().len(), 7);
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
            fs::remove_file(&target).unwrap();
        }
        drop(Draft::begin(&target).unwrap());
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
        fs::remove_dir(&folder).unwrap();
    }
}
