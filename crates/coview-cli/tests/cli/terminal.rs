//! On a terminal the program asks. A pseudo-terminal stands in for one.

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread;

use rustix::fs::{Mode, OFlags};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::harness::{assert_nothing_left, name, theirs, until};

/// `coview` on a terminal of its own, whose screen can be read. Dropping it kills it.
struct Terminal {
    child: Child,
    keyboard: File,
    screen: Arc<Mutex<String>>,
}

impl Terminal {
    fn start(args: &[&str]) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let path = ptsname(&master, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let end = || Stdio::from(rustix::fs::open(&path, flags, Mode::empty()).unwrap());
        let mut command = Command::new(env!("CARGO_BIN_EXE_coview"));
        let child = command
            .args(args)
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        drop(command);

        let keyboard = File::from(master);
        let (mut output, screen) = (keyboard.try_clone().unwrap(), Arc::new(Mutex::new(String::new())));
        let shown = screen.clone();
        thread::spawn(move || {
            let mut chunk = [0; 1024];
            // An error is how a terminal says that nobody is at its other end any more.
            while let Ok(read @ 1..) = output.read(&mut chunk) {
                shown.lock().unwrap().push_str(&String::from_utf8_lossy(&chunk[..read]));
            }
        });
        Self {
            child,
            keyboard,
            screen,
        }
    }

    fn type_in(&mut self, keys: &str) {
        self.keyboard.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until that has been on the screen so many times.
    #[track_caller]
    fn shows(&self, times: usize, words: &str) {
        until(words, || self.screen.lock().unwrap().matches(words).count() >= times);
    }

    fn code(&mut self) -> Option<i32> {
        until("its end", || self.child.try_wait().unwrap().is_some());
        self.child.wait().unwrap().code()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn two_terminals_a_line_typed_in_one_is_read_in_the_other() {
    let name = name("terminals");
    let mut writer = Terminal::start(&["write", &name]);
    writer.shows(1, "> ");
    writer.type_in("3:1\n");
    writer.shows(2, "> ");

    let mut reader = Terminal::start(&["read", &name]);
    reader.shows(1, "(yes, exit)");
    reader.type_in("yes\n");
    reader.shows(1, "3:1\r\n");
    writer.type_in("3:2\n");
    writer.shows(3, "> ");
    reader.type_in("maybe\n");
    reader.shows(1, "please type");
    reader.type_in("yes\n");
    reader.shows(1, "3:2\r\n");

    // The reader keeps nothing alive while it waits for an answer.
    writer.type_in("exit\n");
    assert_eq!(writer.code(), Some(0));
    assert_nothing_left(&name);
    reader.type_in("yes\n");
    reader.shows(1, "Start a writer");
    reader.type_in("exit\n");
    assert_eq!(reader.code(), Some(0));
}

#[test]
fn the_end_of_input_ends_both() {
    let name = name("end");
    let mut writer = Terminal::start(&["write", &name]);
    writer.shows(1, "> ");
    let mut reader = Terminal::start(&["read", &name]);
    reader.shows(1, "(yes, exit)");
    for terminal in [&mut writer, &mut reader] {
        terminal.type_in("\x04");
        assert_eq!(terminal.code(), Some(0));
    }
}

#[test]
fn a_reader_on_a_terminal_without_a_mapping_does_not_ask() {
    let mut reader = Terminal::start(&["read", &name("nobody")]);
    assert_eq!(reader.code(), Some(3));
    reader.shows(1, "Start a writer");
}

#[test]
fn with_a_flag_it_does_not_ask() {
    let name = name("flag");
    let (_mapping, _view) = theirs(&name, b"at once\0");
    for flag in ["--raw", "--wait", "--json"] {
        let mut reader = Terminal::start(&["read", &name, flag]);
        assert_eq!(reader.code(), Some(0));
        reader.shows(1, "at once");
        assert!(!reader.screen.lock().unwrap().contains("(yes, exit)"));
    }
}
