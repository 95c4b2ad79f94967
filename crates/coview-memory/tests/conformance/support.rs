//! What the rows' tests share: names, files that go away, and how to say which error is meant.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};

use coview_memory::{ErrorKind, Result};

/// A name that no other test and no other run has.
pub(crate) fn unique(what: &str) -> String {
    format!("test-conformance-{what}-{}", std::process::id())
}

/// The kind of an error where one is expected.
#[track_caller]
pub(crate) fn refused<T: std::fmt::Debug>(result: Result<T>) -> ErrorKind {
    result.expect_err("this is to be refused").kind()
}

/// Whether the suite runs under Wine, as its runner says. Only the tests may know: Wine's own deviations are recorded
/// apart from ours.
pub(crate) fn under_wine() -> bool {
    cfg!(windows) && std::env::var_os("COVIEW_WINE").is_some()
}

/// A file that is removed when dropped. It lies beside the test program, where executing is allowed.
pub(crate) struct TempFile {
    path: PathBuf,
}

impl TempFile {
    pub(crate) fn new(what: &str, content: &[u8]) -> Self {
        let exe = std::env::current_exe().unwrap();
        let path = exe.with_file_name(unique(what));
        std::fs::write(&path, content).unwrap();
        Self { path }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// For reading and writing, and on Windows for executing, so that every protection is possible.
    pub(crate) fn open(&self) -> File {
        let mut options = File::options();
        options.read(true).write(true);
        with_execute(&mut options, 0xE000_0000).open(&self.path).unwrap()
    }

    /// For reading, and on Windows for executing.
    pub(crate) fn open_to_read(&self) -> File {
        let mut options = File::options();
        options.read(true);
        with_execute(&mut options, 0xA000_0000).open(&self.path).unwrap()
    }

    pub(crate) fn content(&self) -> Vec<u8> {
        std::fs::read(&self.path).unwrap()
    }

    pub(crate) fn len(&self) -> u64 {
        self.path.metadata().unwrap().len()
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.path);
    }
}

/// Windows opens a file for executing only when told (`GENERIC_EXECUTE` among the rights).
#[cfg_attr(not(windows), expect(unused_variables, reason = "other systems know no such right"))]
fn with_execute(options: &mut OpenOptions, rights: u32) -> &mut OpenOptions {
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::access_mode(options, rights);
    options
}
