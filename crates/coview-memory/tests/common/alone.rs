//! Tests with a name space of their own, in a process of their own, that must leave it empty.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use coview_memory::Mapping;

const ALONE: &str = "COVIEW_TEST_ALONE";

/// Ends the process if the test hangs: longer than any machine takes.
pub(crate) struct Watchdog(#[expect(dead_code, reason = "its end is the message")] mpsc::Sender<()>);

pub(crate) fn watchdog() -> Watchdog {
    let (alive, ended) = mpsc::channel::<()>();
    let test = std::thread::current().name().unwrap_or("?").to_owned();
    std::thread::spawn(move || {
        if ended.recv_timeout(Duration::from_secs(240)) == Err(RecvTimeoutError::Timeout) {
            eprintln!("{test} hangs");
            std::process::abort();
        }
    });
    Watchdog(alive)
}

/// A directory that goes with this value.
pub(crate) struct Folder(PathBuf);

impl Folder {
    /// Open to all and sticky on Unix, as /dev/shm is.
    pub(crate) fn new(what: &str) -> Self {
        let parent = if cfg!(target_os = "linux") {
            PathBuf::from("/dev/shm")
        } else {
            std::env::temp_dir()
        };
        let path = parent.join(format!("coview-test-{}-{what}", std::process::id()));
        std::fs::create_dir(&path).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o1777)).unwrap();
        }
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// In the directory of the names; elsewhere there is none.
pub(crate) fn assert_nothing_left() {
    #[cfg(target_os = "linux")]
    assert_eq!(leftovers(Mapping::directory()), Vec::<String>::new(), "left behind");
}

/// Runs the test of that path in a process with names of its own; then, after one further call in each scope, nothing
/// of it may be left.
pub(crate) fn alone(path: &str, body: fn()) {
    if std::env::var_os(ALONE).is_some() {
        let _watchdog = watchdog();
        body();
        one_further_call();
        assert_nothing_left();
        return;
    }
    let (_, test) = path.split_once("::").unwrap();
    let folder = Folder::new(&test.replace("::", "-"));
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(ALONE, "1")
        .env("COVIEW_DIR", folder.path())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let (out, err) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{test}: {}\n{out}\n{err}", output.status);
    assert!(out.contains("1 passed"), "{test} is no test's path\n{out}");
    for skipped in out.lines().filter(|line| line.contains("SKIPPED")) {
        println!("{skipped}");
    }
}

/// Waits until it is so; the watchdog says if it never is.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    while !is_so() {
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// One call in each scope, of a name that nobody has.
pub(crate) fn one_further_call() {
    for nobody in [r"Local\nobody", r"Global\nobody"] {
        assert_eq!(Mapping::identify(nobody).unwrap(), None);
    }
}

/// Files other than the lock files, which stay.
pub(crate) fn leftovers(folder: &Path) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            found.extend(leftovers(&entry.path()));
        } else if !name.ends_with(".lock") {
            found.push(name);
        }
    }
    found
}

/// Tests that run `alone`.
macro_rules! tests_alone {
    ($($(#[$meta:meta])* fn $name:ident() $body:block)*) => { $(
        $(#[$meta])*
        #[test]
        fn $name() {
            fn body() $body
            $crate::common::alone(concat!(module_path!(), "::", stringify!($name)), body);
        }
    )* };
}
pub(crate) use tests_alone;
