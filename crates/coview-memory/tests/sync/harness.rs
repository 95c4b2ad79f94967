//! Processes that play a part in a test, and talk with it line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

const PART: &str = "COVIEW_TEST_PART";
const WORDS: &str = "COVIEW_TEST_WORDS";
/// Marks our lines among those of the test program.
const MARK: &str = "> ";

/// A name that no other test has, nor another run of this one.
pub(crate) fn unique(name: &str) -> String {
    format!("coview-test-{}-{name}", std::process::id())
}

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

/// A process that plays a part; killed when dropped.
pub(crate) struct Actor {
    process: Child,
    says: BufReader<ChildStdout>,
    hears: Option<ChildStdin>,
}

pub(crate) fn spawn(part: &str, words: &[&str]) -> Actor {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "part", "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .env(WORDS, words.join("\n"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let says = BufReader::new(process.stdout.take().unwrap());
    let hears = process.stdin.take();
    Actor { process, says, hears }
}

impl Actor {
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// The next line it says; `None` when it has ended.
    pub(crate) fn hear(&mut self) -> Option<String> {
        loop {
            let mut line = String::new();
            if self.says.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            // The test program does not end its own line before ours.
            if let Some((_, said)) = line.trim_end().split_once(MARK) {
                return Some(said.to_owned());
            }
        }
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.hear().as_deref(), Some(line));
    }

    #[track_caller]
    pub(crate) fn number(&mut self) -> u64 {
        self.hear().expect("a number").parse().unwrap()
    }

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.hears.as_mut().unwrap(), "{line}").unwrap();
    }

    /// SIGKILL, TerminateProcess; returns when it is dead.
    pub(crate) fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Its part ends well.
    #[track_caller]
    pub(crate) fn finish(mut self) {
        drop(self.hears.take());
        assert_eq!(self.hear(), None);
        assert!(self.process.wait().unwrap().success());
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a spawned process does with its words.
pub(crate) type Part = fn(&[&str]);

/// In a spawned process: plays the part that it was given.
pub(crate) fn play(parts: &[(&str, Part)]) {
    let Ok(wanted) = std::env::var(PART) else { return };
    let words = std::env::var(WORDS).unwrap();
    let words: Vec<&str> = words.split('\n').collect();
    let _watchdog = watchdog();
    let (_, part) = parts
        .iter()
        .find(|(part, _)| *part == wanted)
        .expect("a part of that name");
    part(&words);
}

/// To the test that spawned this process.
pub(crate) fn say(line: impl std::fmt::Display) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{line}").unwrap();
    out.flush().unwrap();
}

/// From the test that spawned this process; empty at its end.
pub(crate) fn listen() -> String {
    let mut line = String::new();
    std::io::stdin().read_line(&mut line).unwrap();
    line.trim_end().to_owned()
}
