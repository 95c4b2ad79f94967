//! Processes that play a part in a test, and talk with it line by line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};

use super::watchdog;

const PART: &str = "COVIEW_TEST_PART";
const WORDS: &str = "COVIEW_TEST_WORDS";
/// Marks our lines among those of the test program.
const MARK: &str = "> ";

/// A process that plays a part; killed when dropped.
pub(crate) struct Actor {
    process: Child,
    says: BufReader<ChildStdout>,
    hears: Option<ChildStdin>,
}

/// This program, about to play a part; for those who want to start it their own way.
pub(crate) fn command(part: &str, words: &[&str]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "part", "--nocapture", "--test-threads=1"])
        .env(PART, part)
        .env(WORDS, words.join("\n"));
    command
}

pub(crate) fn spawn(part: &str, words: &[&str]) -> Actor {
    start(&mut command(part, words))
}

pub(crate) fn start(command: &mut Command) -> Actor {
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
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

    pub(crate) fn tell(&mut self, line: &str) {
        writeln!(self.hears.as_mut().unwrap(), "{line}").unwrap();
    }

    /// SIGKILL, TerminateProcess; returns when it is dead.
    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// As `kill`, and whoever inherited its voice goes on talking.
    pub(crate) fn kill_only(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Whoever listens to us hears that we have nothing more to say.
    pub(crate) fn hang_up(&mut self) {
        drop(self.hears.take());
    }

    /// Its own end.
    pub(crate) fn wait(mut self) -> ExitStatus {
        drop(self.hears.take());
        assert_eq!(self.hear(), None, "it had more to say");
        self.process.wait().unwrap()
    }

    #[track_caller]
    pub(crate) fn finish(self) {
        let ended = self.wait();
        assert!(ended.success(), "{ended}");
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// What a spawned process may do, with its words.
pub(crate) type Part = (&'static str, fn(&[&str]));

/// In a spawned process: plays the part that it was given.
pub(crate) fn play(parts: &[Part]) {
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
