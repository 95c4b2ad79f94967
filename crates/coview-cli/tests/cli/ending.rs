//! Ends that nobody asked for.

use std::io::Read;
use std::process::{Command, Stdio};

use crate::harness::{assert_nothing_left, coview, name, theirs, until, until_there};

/// `coview read ... | head -0`: the other end of stdout is closed before anything is printed, or after the first
/// print, depending on who is faster; so a follower is given something to print until it notices.
#[test]
fn a_closed_pipe_ends_it_quietly() {
    for flag in ["--raw", "--follow"] {
        let name = name("pipe");
        let (_mapping, view) = theirs(&name, b"nobody reads this\0");
        let mut child = Command::new(env!("CARGO_BIN_EXE_coview"))
            .args(["read", &name, flag])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let mut letters = (b'a'..=b'z').cycle();
        until("its end", || {
            view.write(0, &letters.next().unwrap()).unwrap();
            child.try_wait().unwrap().is_some()
        });
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((child.wait().unwrap().code(), &*said), (Some(0), ""), "{flag}");
    }
}

#[test]
fn after_kill_nothing_is_left_and_the_name_is_free() {
    let name = name("kill");
    let mut writer = coview!("write", &name).start();
    until_there(&name, true);
    writer.kill();
    assert_nothing_left(&name);
    let (_mapping, view) = theirs(&name, b"");
    assert_eq!(view.read_vec(0, 1).unwrap(), [0]);
}

/// Ctrl-C.
#[cfg(unix)]
#[test]
fn an_interrupt_leaves_nothing() {
    let name = name("interrupt");
    let mut child = Command::new(env!("CARGO_BIN_EXE_coview"))
        .args(["write", &name])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    until_there(&name, true);
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    if kill.is_ok_and(|status| status.success()) {
        until("its end", || child.try_wait().unwrap().is_some());
    } else {
        child.kill().unwrap();
    }
    child.wait().unwrap();
    assert_nothing_left(&name);
}
