//! `coview write`: what it takes, what it refuses, and what others see of it.

use coview::Mapping;

use crate::harness::{assert_nothing_left, content, coview, name, theirs, until};

#[test]
fn a_line_is_bytes_and_a_nul_at_the_beginning() {
    let name = name("layout");
    let (_mapping, view) = theirs(&name, b"##########");
    coview!("write", &name).run_with(b"3:1\n").is(0, "");
    assert_eq!(view.read_vec(0, 10).unwrap(), b"3:1\0######");
}

#[test]
fn each_line_replaces_the_one_before() {
    let name = name("replaces");
    let mut writer = coview!("write", &name, "--raw").start();
    for line in ["a long first line", "short", "", "a longer one than all others before"] {
        writer.type_in(format!("{line}\n").as_bytes());
        until(line, || match Mapping::open(&name) {
            Ok(mapping) => content(&mapping.view().unwrap()) == line.as_bytes(),
            Err(_) => false,
        });
    }
    writer.end().is(0, "").says_nothing();
    assert_nothing_left(&name);
}

#[test]
fn line_endings_go_and_other_bytes_stay() {
    for (input, expected) in [
        (&b"windows\r\n"[..], &b"windows"[..]),
        (b"no end", b"no end"),
        (b"\xff\xfe\x80\n", b"\xff\xfe\x80"),
        (b"inner\rcr\n", b"inner\rcr"),
        (b"first\nlast\r\n", b"last"),
        (b"something\n\n", b""),
    ] {
        let name = name("endings");
        let (_mapping, view) = theirs(&name, b"before\0");
        coview!("write", &name).run_with(input).is(0, "");
        assert_eq!(content(&view), expected, "{input:?}");
    }
}

#[test]
fn exit_alone_ends_it_and_is_no_content() {
    let name = name("exit");
    let (_mapping, view) = theirs(&name, b"\0");
    coview!("write", &name)
        .run_with(b"exit now\nexit\nnever taken\n")
        .is(0, "");
    assert_eq!(content(&view), b"exit now");
}

#[test]
fn empty_input_changes_nothing() {
    let name = name("empty");
    let (_mapping, view) = theirs(&name, b"before\0");
    coview!("write", &name).run().is(0, "");
    assert_eq!(content(&view), b"before");

    let alone = crate::harness::name("alone");
    coview!("write", &alone).run().is(0, "").says_nothing();
    assert_nothing_left(&alone);
}

#[test]
fn a_line_too_long_is_refused_with_both_numbers_and_the_next_is_taken() {
    let name = name("long");
    let (_mapping, view) = theirs(&name, b"before\0");
    let room = view.len() - 1;

    let mut long = vec![b'x'; room + 1];
    long.push(b'\n');
    let ended = coview!("write", &name).run_with(&long);
    ended
        .is(4, "")
        .says([&(room + 1).to_string(), &room.to_string(), "line 1", "as it was"]);
    assert_eq!(content(&view), b"before");

    long.extend_from_slice(b"after\r\n");
    coview!("write", &name).run_with(&long).is(4, "");
    assert_eq!(content(&view), b"after");

    coview!("write", &name).run_with(&long[1..=room + 1]).is(0, "");
    assert_eq!(content(&view), vec![b'x'; room]);
}

#[test]
fn a_line_with_a_nul_is_refused() {
    let name = name("nul");
    let (_mapping, view) = theirs(&name, b"before\0");
    coview!("write", &name)
        .run_with(b"a\0b\n")
        .is(4, "")
        .says(["byte 1", "NUL"]);
    assert_eq!(content(&view), b"before");
    coview!("write", &name).run_with(b"\0\ngood\n").is(4, "");
    assert_eq!(content(&view), b"good");
}

#[test]
fn the_size_is_as_asked_and_five_kib_if_not() {
    for (args, least) in [
        (&["--size", "1MiB"][..], 1 << 20),
        (&["--size=4096"], 4096),
        (&[], 5 * 1024),
    ] {
        let name = name("size");
        let mut command = vec!["write", &name];
        command.extend(args);
        let writer = crate::harness::Coview::new(command).start();
        crate::harness::until_there(&name, true);
        let size = Mapping::open(&name).unwrap().size();
        assert!((least..least + 65536).contains(&size), "{args:?}: {size}");
        writer.end().is(0, "");
    }
}

#[test]
fn an_existing_mapping_is_used_as_it_is_and_that_is_said() {
    let name = name("there");
    let (mapping, view) = theirs(&name, b"\0");
    let size = mapping.size().to_string();
    let ended = coview!("write", &name, "--size", "1MiB").run_with(b"from the program\n");
    ended.is(0, "").says(["exists already", &size, "--size is ignored"]);
    assert_eq!(content(&view), b"from the program");
}

#[test]
fn two_writers_write_to_the_same_mapping() {
    let name = name("two");
    let mut first = coview!("write", &name).start();
    first.type_in(b"from the first\n");
    until("first", || coview!("read", &name).run().stdout == b"from the first\n");
    let mut second = coview!("write", &name).start();
    second.type_in(b"from the second\n");
    until("second", || coview!("read", &name).run().stdout == b"from the second\n");
    // The name is there as long as either is.
    first.end().is(0, "");
    coview!("read", &name).run().is(0, "from the second\n");
    second.end().is(0, "").says(["exists already"]);
    assert_nothing_left(&name);
}

#[test]
fn linger_keeps_it_there_after_the_end_of_input() {
    let name = name("linger");
    let mut writer = coview!("write", &name, "--linger", "1h").start();
    // The end of input, by both of the two ways.
    writer.type_in(b"still there\nexit\n");
    until("content", || coview!("read", &name).run().stdout == b"still there\n");
    writer.kill();
    assert_nothing_left(&name);

    coview!("write", &name, "--linger", "1ms").run_with(b"x\n").is(0, "");
    assert_nothing_left(&name);
}
