//! A program of somebody else's, which talks line by line.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use coview_memory::Mapping;

use crate::common::{Watchdog, watchdog};

/// A running program; killed when dropped.
pub(crate) struct Program {
    process: Child,
    says: BufReader<ChildStdout>,
    hears: Option<ChildStdin>,
    _watchdog: Watchdog,
}

impl Program {
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        Self {
            says: BufReader::new(process.stdout.take().unwrap()),
            hears: process.stdin.take(),
            process,
            _watchdog: watchdog(),
        }
    }

    pub(crate) fn hear(&mut self) -> String {
        let mut line = String::new();
        self.says.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    }

    #[track_caller]
    pub(crate) fn expect(&mut self, line: &str) {
        assert_eq!(self.hear(), line);
    }

    pub(crate) fn go_on(&mut self) {
        writeln!(self.hears.as_mut().unwrap()).unwrap();
    }

    #[track_caller]
    pub(crate) fn finish(mut self) {
        drop(self.hears.take());
        assert_eq!(self.hear(), "");
        let status = self.process.wait().unwrap();
        assert!(status.success(), "{status}");
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// POSIX objects lie in /dev/shm whatever Coview's directory is: both must be the same place to meet.
pub(crate) fn names_are_in_dev_shm() -> bool {
    let same = Mapping::directory() == Path::new("/dev/shm");
    if !same {
        println!("SKIPPED COVIEW_DIR is not /dev/shm");
    }
    same
}

pub(crate) fn unique(name: &str) -> String {
    format!("coview-test-{}-{name}", std::process::id())
}
