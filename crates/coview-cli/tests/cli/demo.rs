//! `coview demo` comes to its verdict.

use crate::harness::coview;

#[test]
fn the_demo_works() {
    let ended = coview!("demo").run();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    ended.says_nothing();
    let shown = String::from_utf8_lossy(&ended.stdout);
    for word in [
        "is killed",
        "reader 1  received 300 of 300",
        "killed",
        "0 left",
        "All 300 messages",
    ] {
        assert!(shown.contains(word), "no {word:?}: {ended:?}");
    }
}

/// Whoever closes the output ends the demo, and its processes.
#[test]
fn the_demo_ends_with_its_audience() {
    use std::io::{BufRead, BufReader};
    use std::process::{Command, Stdio};
    let mut child = Command::new(env!("CARGO_BIN_EXE_coview"))
        .arg("demo")
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let name = format!("coview-demo-{}", child.id());
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    assert!(first.contains("named mapping"), "{first}");
    crate::harness::until("its end", || child.try_wait().unwrap().is_some());
    assert_eq!(child.wait().unwrap().code(), Some(0));
    crate::harness::until_there(&name, false);
    crate::harness::assert_nothing_left(&name);
}
