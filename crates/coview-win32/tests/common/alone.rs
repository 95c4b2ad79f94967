//! Tests with a name space of their own, in a process of their own, that must leave it empty.

use std::path::{Path, PathBuf};
use std::process::Command;

const ALONE: &str = "COVIEW_TEST_ALONE";

/// Runs `body` in a process with names of its own, and a folder beside them; then, after one further call in each
/// scope, nothing of it may be left.
pub(crate) fn alone(test: &str, body: fn(&Path)) {
    if let Some(files) = std::env::var_os(ALONE) {
        body(Path::new(&files));
        for nobody in [r"Local\nobody", r"Global\nobody"] {
            assert_eq!(coview::Mapping::identify(nobody).unwrap(), None);
        }
        let left = leftovers(coview::Mapping::directory());
        assert!(left.is_empty(), "left behind: {left:?}");
        return;
    }
    let names = Folder::new(Path::new("/dev/shm"), test);
    let files = Folder::new(&std::env::temp_dir(), test);
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ALONE, &files.0)
        .env("COVIEW_DIR", &names.0)
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{test}: {}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "{test} is no test's name\n{out}");
}

struct Folder(PathBuf);

impl Folder {
    fn new(parent: &Path, test: &str) -> Self {
        let path = parent.join(format!("coview-test-{}-{test}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn leftovers(folder: &Path) -> Vec<PathBuf> {
    let mut left = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            left.extend(leftovers(&entry.path()));
        } else if !entry.file_name().as_encoded_bytes().ends_with(b".lock") {
            left.push(entry.path());
        }
    }
    left
}
