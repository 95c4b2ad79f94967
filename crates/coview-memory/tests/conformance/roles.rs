//! Other processes: this test program again, in a role that an environment variable names.
//!
//! A process in a role says one line, and then lives until its standard input ends or it is killed.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use coview_memory::{Access, Mapping, Result, Rights, ViewOptions};

const ROLE: &str = "COVIEW_TEST_ROLE";
/// What a line begins with that is not the test harness's.
const MARK: &str = "@role ";

/// What the other process does.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Role {
    /// Opens the name, says its first four bytes, and holds it.
    Open,
    /// Creates the name or opens it, says whether it created and the first four bytes, and holds it.
    Create,
    /// Takes over the handle of the token, and says the first four bytes.
    Inherited,
    /// Takes over the handle that is its standard input, says the first four bytes, and writes over them.
    Given,
    /// Opens the name with the rights (a number), and says them.
    OpenWith,
    /// Becomes the owner of the mutex of that name.
    Lock,
    /// Touches a page that must not be touched. See `faults`.
    Touch,
}

impl Role {
    /// The process, which has said its line.
    pub(crate) fn start(self, arguments: &[&str]) -> Other {
        Other::new(self.command(arguments).stdin(Stdio::piped()))
    }

    /// As [`start`](Self::start), with that as its standard input.
    pub(crate) fn start_with(self, arguments: &[&str], input: Stdio) -> Other {
        Other::new(self.command(arguments).stdin(input))
    }

    pub(crate) fn command(self, arguments: &[&str]) -> Command {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "roles::act", "--nocapture", "--test-threads=1"]);
        command.env(ROLE, format!("{self:?}\n{}", arguments.join("\n")));
        command.stdout(Stdio::piped());
        command
    }
}

/// Another process; killed when dropped.
pub(crate) struct Other {
    process: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
    line: String,
}

impl Other {
    pub(crate) fn new(command: &mut Command) -> Self {
        let mut process = command.spawn().unwrap();
        let input = process.stdin.take();
        let mut output = BufReader::new(process.stdout.take().unwrap());
        let mut line = String::new();
        let said = loop {
            line.clear();
            if output.read_line(&mut line).unwrap() == 0 {
                break String::new();
            }
            if let Some((_, said)) = line.trim_end().split_once(MARK) {
                break said.to_owned();
            }
        };
        Self {
            process,
            input,
            output,
            line: said,
        }
    }

    /// Its line; empty if it ended without one.
    pub(crate) fn said(&self) -> &str {
        &self.line
    }

    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// On Linux it stays a zombie until dropped.
    pub(crate) fn kill_and_keep(&mut self) {
        self.process.kill().unwrap();
    }

    pub(crate) fn kill(mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// Lets it end as programs do, and tells what else it printed and whether it succeeded.
    pub(crate) fn finish(mut self) -> (String, bool) {
        drop(self.input.take());
        let mut rest = String::new();
        self.output.read_to_string(&mut rest).unwrap();
        (rest, self.process.wait().unwrap().success())
    }
}

impl Drop for Other {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) fn say(line: impl std::fmt::Display) {
    println!("\n{MARK}{line}");
}

/// Not a row: what the other processes run. Without a role there is nothing to do.
#[test]
fn act() {
    let Ok(text) = std::env::var(ROLE) else {
        return;
    };
    let (role, arguments) = text.split_once('\n').unwrap();
    let argument = arguments.split('\n').next().unwrap();
    // Held until the end of the process, whichever end that is.
    let _held = match role {
        "Open" => said(Mapping::open(argument), |_| String::new()),
        "Create" => said(Mapping::open_or_create(argument, 4096), |m| format!("{} ", m.created())),
        "Inherited" => {
            // SAFETY: the token is the parent's, and in this process nobody else takes it.
            let taken = unsafe { Mapping::from_inherited(argument) };
            said(taken, |_| String::new())
        }
        "Given" => {
            let taken = said(from_input(), |_| String::new());
            if let Some(mapping) = taken {
                mapping.view().unwrap().write(0, b"back").unwrap();
            }
            return;
        }
        "OpenWith" => open_with(arguments),
        "Lock" => return lock(argument),
        "Touch" => return crate::faults::touch(argument),
        other => panic!("no role {other}"),
    };
    wait_for_the_end();
}

/// Whatever the parent does: closing its end, or ending.
fn wait_for_the_end() {
    let _ = std::io::stdin().read_to_end(&mut Vec::new());
}

fn lock(name: &str) {
    let mutex = coview_memory::sync::Mutex::open(name).unwrap();
    let _guard = mutex.lock().unwrap();
    say("owned");
    wait_for_the_end();
}

/// Says the mapping's first bytes, or why there is none.
fn said(mapping: Result<Mapping>, before: impl Fn(&Mapping) -> String) -> Option<Mapping> {
    match mapping {
        Ok(mapping) => {
            let view = ViewOptions::new()
                .access(Access::Read)
                .keep_handle(false)
                .map(&mapping)
                .unwrap();
            let bytes = view.read_vec(0, 4).unwrap();
            say(format!("{}{}", before(&mapping), String::from_utf8_lossy(&bytes)));
            Some(mapping)
        }
        Err(error) => {
            say(format!("{:?}", error.kind()));
            None
        }
    }
}

fn open_with(arguments: &str) -> Option<Mapping> {
    let (name, rights) = arguments.split_once('\n').unwrap();
    let rights = if rights == "write" { Rights::ALL } else { Rights::READ };
    said(Mapping::options().rights(rights).open(name), |_| String::new())
}

/// The handle that this process was started with as its standard input.
fn from_input() -> Result<Mapping> {
    #[cfg(unix)]
    let handle = std::os::fd::AsFd::as_fd(&std::io::stdin()).try_clone_to_owned();
    #[cfg(windows)]
    let handle = std::os::windows::io::AsHandle::as_handle(&std::io::stdin()).try_clone_to_owned();
    Mapping::try_from(handle.unwrap())
}
