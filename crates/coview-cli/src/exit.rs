//! How the program ends: its exit codes, and the words on stderr that go with them.

use std::fmt::Display;
use std::io::{self, Write};
use std::process::ExitCode;

use coview::ErrorKind;

/// The exit codes, as `--help` documents them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    Success = 0,
    /// Anything that has no code of its own.
    Failed = 1,
    /// The command line makes no sense. The same number as clap's own.
    Usage = 2,
    NoSuchMapping = 3,
    /// All went well but for a line or more that could not be taken.
    LineRefused = 4,
}

/// Why a command ended early.
#[derive(Debug)]
pub(crate) enum Failure {
    /// To be said on stderr.
    Said { exit: Exit, words: String },
    /// Whoever read our output has enough (`| head -1`): no error, and nobody is left to tell.
    OutputClosed,
}

impl Failure {
    pub(crate) fn new(exit: Exit, words: impl Into<String>) -> Self {
        Self::Said {
            exit,
            words: words.into(),
        }
    }

    /// An error of the system's, and what it was about.
    pub(crate) fn system(about: impl Display, error: &io::Error) -> Self {
        Self::new(Exit::Failed, format!("{about}: {error}"))
    }

    /// An error while content was printed.
    pub(crate) fn output(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::OutputClosed,
            _ => Self::system("cannot print", error),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Said { words, .. } => f.write_str(words),
            Self::OutputClosed => f.write_str("the output is closed"),
        }
    }
}

impl From<coview::Error> for Failure {
    fn from(error: coview::Error) -> Self {
        let exit = match error.kind() {
            ErrorKind::NotFound => Exit::NoSuchMapping,
            ErrorKind::InvalidName => Exit::Usage,
            _ => Exit::Failed,
        };
        Self::new(exit, error.to_string())
    }
}

impl From<coview::AccessError> for Failure {
    fn from(error: coview::AccessError) -> Self {
        coview::Error::from(error).into()
    }
}

/// The end of `main`.
pub(crate) fn code(done: Result<Exit, Failure>) -> ExitCode {
    let exit = match done {
        Ok(exit) => exit,
        Err(Failure::OutputClosed) => Exit::Success,
        Err(Failure::Said { exit, words }) => {
            say(words);
            exit
        }
    };
    ExitCode::from(exit as u8)
}

/// A message for the person in front: on stderr, since stdout is for content alone. Not `eprintln!`, which panics
/// when stderr is closed.
pub(crate) fn say(words: impl Display) {
    let _ = writeln!(io::stderr(), "coview: {words}");
}

/// As [`say`], without a name before it nor an end of line: a prompt.
pub(crate) fn prompt(words: &str) {
    let _ = write!(io::stderr(), "{words}");
}
