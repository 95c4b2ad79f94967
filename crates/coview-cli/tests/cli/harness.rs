//! Names and files that no other test has, and commands that never outlive their test.

use std::ffi::OsStr;
use std::fmt;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle, sleep};
use std::time::{Duration, Instant};

use coview::{Mapping, View};

/// The watchdog: far more than anything here takes on a loaded machine, and less than a CI job's limit.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

/// A number of its own for each name and folder of this process.
fn fresh(tag: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    format!(
        "coview-cli-test-{tag}-{}-{}",
        std::process::id(),
        NEXT.fetch_add(1, Ordering::Relaxed)
    )
}

/// A name that nobody else uses.
pub(crate) fn name(tag: &str) -> String {
    fresh(tag)
}

/// A folder that is gone with its test.
pub(crate) struct Dir(PathBuf);

impl Dir {
    pub(crate) fn new() -> Self {
        let path = std::env::temp_dir().join(fresh("dir"));
        std::fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }
}

impl Drop for Dir {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A mapping of this process's with these bytes at its beginning: what another program would have made.
pub(crate) fn theirs(name: &str, bytes: &[u8]) -> (Mapping, View) {
    let mapping = Mapping::create(name, 8192).unwrap();
    let view = mapping.view().unwrap();
    view.write(0, bytes).unwrap();
    (mapping, view)
}

/// Waits until something is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !so() {
        assert!(start.elapsed() < LONGEST, "watchdog: {what}");
        sleep(Duration::from_millis(1));
    }
}

/// Waits until a mapping of that name is there, or is not.
pub(crate) fn until_there(name: &str, there: bool) {
    until(&format!("{name:?} there: {there}"), || {
        Mapping::identify(name).unwrap().is_some() == there
    });
}

/// The content that C would print.
pub(crate) fn content(view: &View) -> Vec<u8> {
    let bytes = view.read_vec(0, view.len()).unwrap();
    bytes.split(|byte| *byte == 0).next().unwrap().to_vec()
}

/// Asserts that nothing of that name is left: no name, from now on, and on Linux no file. Whoever calls Coview next
/// clears the files of a killed process away; here that may also be another test, which is then in the middle of it.
pub(crate) fn assert_nothing_left(name: &str) {
    assert_eq!(Mapping::identify(name).unwrap(), None, "{name:?} is left");
    if cfg!(target_os = "linux") {
        let folder = std::env::var_os("COVIEW_DIR").map_or_else(|| "/dev/shm".into(), PathBuf::from);
        until(&format!("a file of {name:?} is left"), || {
            assert_eq!(Mapping::identify(name).unwrap(), None);
            files(&folder, name).is_empty()
        });
    }
}

fn files(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.file_name().to_string_lossy().contains(name) {
            found.push(entry.path());
        }
        found.extend(files(&entry.path(), name));
    }
    found
}

/// A command line of `coview`.
pub(crate) struct Coview {
    command: Command,
}

impl Coview {
    pub(crate) fn new<I: IntoIterator<Item: AsRef<OsStr>>>(args: I) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_coview"));
        command
            .args(args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        Self { command }
    }

    /// Runs it to its end with nothing to read.
    pub(crate) fn run(self) -> Ended {
        self.run_with(b"")
    }

    /// Runs it to its end with that on stdin.
    pub(crate) fn run_with(self, input: &[u8]) -> Ended {
        let mut running = self.start();
        // One that ends before it has read all is one of the things to test.
        let _ = running.stdin.as_mut().unwrap().write_all(input);
        running.end()
    }

    /// Starts it, with its stdin open.
    pub(crate) fn start(mut self) -> Running {
        Running::new(self.command.spawn().unwrap())
    }
}

/// `coview` with these words as arguments.
macro_rules! coview {
    ($($arg:expr),* $(,)?) => { $crate::harness::Coview::new([$(::std::convert::AsRef::<::std::ffi::OsStr>::as_ref(&$arg)),*]) };
}
pub(crate) use coview;

/// A running `coview`. Dropping it kills it.
pub(crate) struct Running {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<Vec<u8>>,
    printed: Vec<u8>,
    stderr: Option<JoinHandle<Vec<u8>>>,
}

impl Running {
    fn new(mut child: Child) -> Self {
        let stdin = child.stdin.take();
        let (out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
        let (send, lines) = channel();
        thread::spawn(move || {
            let mut out = BufReader::new(out);
            loop {
                let mut line = Vec::new();
                let read = out.read_until(b'\n', &mut line).unwrap();
                if read == 0 || send.send(line).is_err() {
                    return;
                }
            }
        });
        let stderr = thread::spawn(move || {
            let mut all = Vec::new();
            err.read_to_end(&mut all).unwrap();
            all
        });
        Self {
            child,
            stdin,
            lines,
            printed: Vec::new(),
            stderr: Some(stderr),
        }
    }

    pub(crate) fn type_in(&mut self, input: &[u8]) {
        self.stdin.as_mut().unwrap().write_all(input).unwrap();
    }

    /// The next line on stdout, without its end.
    #[track_caller]
    pub(crate) fn line(&mut self) -> String {
        let line = self
            .lines
            .recv_timeout(LONGEST)
            .expect("watchdog or end: no further line");
        self.printed.extend_from_slice(&line);
        String::from_utf8(line).unwrap().trim_end_matches('\n').to_owned()
    }

    /// kill -9.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Ends its input, and waits for its end.
    #[track_caller]
    pub(crate) fn end(mut self) -> Ended {
        self.stdin = None;
        let start = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(start.elapsed() < LONGEST, "watchdog: it does not end");
            sleep(Duration::from_millis(1));
        };
        let mut stdout = std::mem::take(&mut self.printed);
        stdout.extend(self.lines.iter().flatten());
        let stderr = self.stderr.take().unwrap().join().unwrap();
        Ended {
            code: status.code(),
            stdout,
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// How it ended, and everything that it said.
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Ended {
    /// Asserts the exit code and the whole output.
    #[track_caller]
    pub(crate) fn is(&self, code: i32, stdout: &str) -> &Self {
        assert_eq!(
            (self.code, String::from_utf8_lossy(&self.stdout)),
            (Some(code), stdout.into()),
            "{self:?}"
        );
        self
    }

    /// Asserts that all of these are somewhere on stderr.
    #[track_caller]
    pub(crate) fn says<const N: usize>(&self, words: [&str; N]) -> &Self {
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?}: {self:?}");
        }
        self
    }

    #[track_caller]
    pub(crate) fn says_nothing(&self) -> &Self {
        assert_eq!(self.stderr, "", "{self:?}");
        self
    }
}

impl fmt::Debug for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, stdout, stderr } = self;
        write!(
            f,
            "exit {code:?}\n--- stdout\n{}\n--- stderr\n{stderr}",
            String::from_utf8_lossy(stdout)
        )
    }
}
