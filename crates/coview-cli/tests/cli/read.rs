//! `coview read`: once, waiting, and as JSON.

use crate::harness::{assert_nothing_left, coview, name, theirs, until_there};

#[test]
fn it_prints_up_to_the_nul() {
    let name = name("content");
    let (_mapping, view) = theirs(&name, b"3:1\0behind the NUL");
    coview!("read", &name).run().is(0, "3:1\n").says_nothing();
    coview!("read", &name, "--raw").run().is(0, "3:1\n");
    view.write(0, b"\0").unwrap();
    coview!("read", &name).run().is(0, "\n");
}

#[test]
fn without_a_nul_it_prints_the_whole_view() {
    let name = name("whole");
    let (_mapping, view) = theirs(&name, b"");
    view.fill(0, view.len(), b'x').unwrap();
    coview!("read", &name).run().is(0, &("x".repeat(view.len()) + "\n"));
}

#[test]
fn bytes_are_printed_as_they_are() {
    let name = name("bytes");
    let (_mapping, _view) = theirs(&name, b"\xff\r\n\xfe\0");
    assert_eq!(coview!("read", &name).run().stdout, b"\xff\r\n\xfe\n");
}

#[test]
fn no_such_mapping_is_exit_code_3_and_says_how_to_start_a_writer() {
    let name = name("nobody");
    let ended = coview!("read", &name).run();
    ended
        .is(3, "")
        .says([&name, "no such object", &format!("coview write {name}"), "--wait"]);
    coview!("read", &name, "--follow")
        .run()
        .is(3, "")
        .says(["coview write"]);
    coview!("read", &name, "--json").run().is(3, "");
    assert_nothing_left(&name);
}

#[test]
fn waiting_has_an_end_if_asked() {
    let name = name("in-vain");
    coview!("read", &name, "--wait=50ms")
        .run()
        .is(3, "")
        .says(["waited in vain", "coview write"]);
    coview!("read", &name, "--wait=0s").run().is(3, "");
    coview!("read", &name, "--wait=20ms", "--follow").run().is(3, "");
}

#[test]
fn waiting_ends_when_a_writer_comes() {
    for flag in ["--wait", "--wait=10m"] {
        let name = name("wait");
        let reader = coview!("read", &name, flag).start();
        let mut writer = coview!("write", &name, "--linger", "1h").start();
        writer.type_in(b"here I am\n");
        reader.end().is(0, "here I am\n").says_nothing();
        writer.kill();
        assert_nothing_left(&name);
    }
}

#[test]
fn waiting_for_what_is_there_does_not_wait() {
    let name = name("there");
    let (_mapping, view) = theirs(&name, b"at once\0");
    coview!("read", &name, "--wait").run().is(0, "at once\n");
    // Not even if it is empty: nobody said that it will be filled.
    view.write(0, b"\0").unwrap();
    coview!("read", "--wait", &name).run().is(0, "\n");
}

#[test]
fn waiting_for_an_empty_mapping_ends_too() {
    let name = name("empty");
    let reader = coview!("read", &name, "--wait").start();
    let writer = coview!("write", &name).start();
    until_there(&name, true);
    reader.end().is(0, "\n");
    writer.end().is(0, "");
}

#[test]
fn json_is_one_object_per_line_and_loses_no_byte() {
    let name = name("json");
    let (_mapping, view) = theirs(&name, b"say \"3:1\"\t\0");
    let json = |rest: &str| format!("{{\"name\":\"{name}\",{rest}}}\n");
    coview!("read", &name, "--json")
        .run()
        .is(0, &json(r#""bytes":10,"text":"say \"3:1\"\t""#));
    view.write(0, b"\xff\x00").unwrap();
    coview!("read", &name, "--json")
        .run()
        .is(0, &json(r#""bytes":1,"hex":"ff""#));
    view.write(0, "3:1 ⚽\0".as_bytes()).unwrap();
    coview!("read", &name, "--json", "--raw")
        .run()
        .is(0, &json(r#""bytes":7,"text":"3:1 ⚽""#));
}

#[test]
fn a_reader_keeps_nothing_alive() {
    let name = name("alive");
    let mut follower = coview!("read", &name, "--wait", "--follow").start();
    let (mapping, view) = theirs(&name, b"seen\0");
    assert_eq!(follower.line(), "seen");
    drop((view, mapping));
    follower.end().is(0, "seen\n");
    assert_nothing_left(&name);
}
