//! `coview read --follow`: several followers, and every way in which what they follow can end.

use crate::harness::{Running, assert_nothing_left, coview, name, theirs, until_there};

fn writer(name: &str, first: &str) -> Running {
    let mut writer = coview!("write", name).start();
    writer.type_in(format!("{first}\n").as_bytes());
    until_there(name, true);
    writer
}

#[test]
fn each_new_content_is_printed() {
    let name = name("news");
    let mut writer = writer(&name, "one");
    let mut follower = coview!("read", &name, "--follow").start();
    assert_eq!(follower.line(), "one");
    for news in ["two", "a much longer content", "", "3"] {
        writer.type_in(format!("{news}\n").as_bytes());
        assert_eq!(follower.line(), news);
    }
    writer.end().is(0, "");
    follower
        .end()
        .is(0, "one\ntwo\na much longer content\n\n3\n")
        .says(["is gone"]);
    assert_nothing_left(&name);
}

#[test]
fn two_followers_do_not_keep_each_other_alive() {
    let name = name("two");
    let mut writer = writer(&name, "one");
    let mut followers: Vec<_> = (0..2).map(|_| coview!("read", &name, "--follow").start()).collect();
    for follower in &mut followers {
        assert_eq!(follower.line(), "one");
    }
    writer.kill();
    for follower in followers {
        follower.end().is(0, "one\n").says(["is gone"]);
    }
    assert_nothing_left(&name);
}

#[test]
fn what_was_written_right_before_the_end_is_printed() {
    for round in 0..10 {
        let name = name("last");
        let mut writer = writer(&name, "first");
        let mut follower = coview!("read", &name, "--follow", "--interval", "100ms").start();
        assert_eq!(follower.line(), "first");
        writer.type_in(format!("last {round}\n").as_bytes());
        writer.end().is(0, "");
        follower.end().is(0, &format!("first\nlast {round}\n"));
    }
}

#[test]
fn an_empty_beginning_is_no_content() {
    let name = name("beginning");
    let (mapping, view) = theirs(&name, b"\0");
    let mut follower = coview!("read", &name, "--follow").start();
    // Whether it has looked already or not: the first line is the first content.
    view.write(0, b"now\0").unwrap();
    assert_eq!(follower.line(), "now");
    drop((view, mapping));
    follower.end().is(0, "now\n");
}

/// A follower that looks just while the name is free sees the old mapping gone, which is as true. So it is tried until
/// one sees the new mapping.
#[test]
fn a_replaced_mapping_ends_it() {
    for _ in 0..20 {
        let name = name("replaced");
        let (mapping, view) = theirs(&name, b"the old one\0");
        let mut follower = coview!("read", &name, "--follow", "--interval", "200ms").start();
        assert_eq!(follower.line(), "the old one");
        drop((view, mapping));
        let (_mapping, _view) = theirs(&name, b"the new one\0");
        let ended = follower.end();
        ended.is(0, "the old one\n");
        if ended.stderr.contains("another mapping") {
            return;
        }
        ended.says(["is gone"]);
    }
    panic!("no follower has seen a replacement");
}

#[test]
fn an_object_of_another_size_or_kind_is_a_replacement_too() {
    let name = name("other");
    let (mapping, view) = theirs(&name, b"the old one\0");
    let mut follower = coview!("read", &name, "--follow", "--interval", "300ms").start();
    assert_eq!(follower.line(), "the old one");
    drop((view, mapping));
    let larger = coview::Mapping::create(&name, 1 << 20).unwrap();
    larger.view().unwrap().write(0, b"the old one\0").unwrap();
    follower.end().is(0, "the old one\n");
}

#[test]
fn following_as_json_is_a_line_per_content() {
    let name = name("json");
    let mut writer = writer(&name, "one");
    let mut follower = coview!("read", &name, "--follow", "--json", "--raw").start();
    assert_eq!(
        follower.line(),
        format!(r#"{{"name":"{name}","bytes":3,"text":"one"}}"#)
    );
    writer.type_in(b"\xff\n");
    assert_eq!(follower.line(), format!(r#"{{"name":"{name}","bytes":1,"hex":"ff"}}"#));
    writer.kill();
    assert_eq!(follower.end().code, Some(0));
}
