//! `coview write --file`: the content stays in a file.

use crate::harness::{Dir, assert_nothing_left, coview, name, theirs, until};

#[test]
fn a_new_file_has_the_default_size_and_the_content_stays_in_it() {
    let (dir, name) = (Dir::new(), name("new"));
    let path = dir.path("notes.bin");
    coview!("write", &name, "--file", &path)
        .run_with(b"first\nstays\n")
        .is(0, "")
        .says_nothing();
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((bytes.len(), &bytes[..6]), (5 * 1024, &b"stays\0"[..]));
    assert_nothing_left(&name);
}

#[test]
fn an_existing_file_keeps_its_length_and_its_content_is_read() {
    let (dir, name) = (Dir::new(), name("there"));
    let path = dir.path("notes.bin");
    std::fs::write(&path, b"0123456789").unwrap();
    let writer = coview!("write", &name, "--file", &path).start();
    coview!("read", &name, "--wait").run().is(0, "0123456789\n");
    writer.end().is(0, "");
    // Nine bytes and the NUL are the most: byte-exact, not rounded to pages.
    coview!("write", &name, "--file", &path)
        .run_with(b"abcdefghij\n")
        .is(4, "")
        .says(["10 bytes", "room for 9"]);
    coview!("write", &name, "--file", &path)
        .run_with(b"abcdefghi\n")
        .is(0, "");
    assert_eq!(std::fs::read(&path).unwrap(), b"abcdefghi\0");
}

#[test]
fn a_larger_size_grows_the_file_and_a_smaller_one_does_not_shrink_it() {
    let (dir, name) = (Dir::new(), name("grow"));
    let path = dir.path("notes.bin");
    std::fs::write(&path, b"0123456789").unwrap();
    coview!("write", &name, "--file", &path, "--size", "100")
        .run_with(b"x\n")
        .is(0, "");
    assert_eq!(std::fs::read(&path).unwrap().len(), 100);
    coview!("write", &name, "--file", &path, "--size", "5")
        .run_with(b"12345\n")
        .is(4, "")
        .says(["room for 4"]);
    let bytes = std::fs::read(&path).unwrap();
    assert_eq!((bytes.len(), &bytes[..10]), (100, &b"x\x0023456789"[..]));
}

#[test]
fn an_empty_file_is_a_new_one() {
    let (dir, name) = (Dir::new(), name("empty"));
    let path = dir.path("notes.bin");
    std::fs::write(&path, b"").unwrap();
    coview!("write", &name, "--file", &path).run_with(b"x\n").is(0, "");
    assert_eq!(std::fs::read(&path).unwrap().len(), 5 * 1024);
}

#[test]
fn a_file_is_left_alone_if_the_mapping_exists() {
    let (dir, name) = (Dir::new(), name("alone"));
    let path = dir.path("notes.bin");
    let (_mapping, _view) = theirs(&name, b"\0");
    coview!("write", &name, "--file", &path)
        .run_with(b"x\n")
        .is(0, "")
        .says(["exists already", "--file is ignored"]);
    assert!(!path.exists());
}

#[test]
fn a_file_that_cannot_be_had_is_said_with_its_path() {
    let (dir, name) = (Dir::new(), name("cannot"));
    coview!("write", &name, "--file", dir.path("no/such/folder"))
        .run()
        .is(1, "")
        .says(["folder"]);
    coview!("write", &name, "--file", dir.path(""))
        .run()
        .is(1, "")
        .says(["coview: "]);
    assert_nothing_left(&name);
}

#[test]
fn what_a_killed_writer_wrote_is_in_the_file() {
    let (dir, name) = (Dir::new(), name("killed"));
    let path = dir.path("notes.bin");
    let mut writer = coview!("write", &name, "--file", &path).start();
    writer.type_in(b"not flushed by anybody\n");
    until("content", || {
        coview!("read", &name).run().stdout == b"not flushed by anybody\n"
    });
    writer.kill();
    assert_nothing_left(&name);
    assert!(std::fs::read(&path).unwrap().starts_with(b"not flushed by anybody\0"));
}
