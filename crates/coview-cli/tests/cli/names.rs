//! Names: odd ones work, bad ones are refused.

use crate::harness::{assert_nothing_left, coview, name, theirs};

#[test]
fn odd_names_are_names() {
    for odd in [
        "a b",
        "../up",
        "a/b",
        "50%",
        "*?\"'",
        "a:b",
        "共享-🦀",
        ".hidden",
        "$HOME",
        "%PATH%",
        "a&b|c",
    ] {
        let name = format!("{odd}{}", name("odd"));
        let (_mapping, _view) = theirs(&name, b"\0");
        coview!("write", &name).run_with(b"odd, but mine\n").is(0, "");
        coview!("read", &name).run().is(0, "odd, but mine\n");
    }
}

#[test]
fn a_dash_at_the_beginning_needs_two_before_it() {
    let name = format!("-{}", name("dash"));
    coview!("read", &name).run().is(2, "");
    coview!("read", "--", &name)
        .run()
        .is(3, "")
        .says([&format!("coview write -- {name}")]);
}

#[test]
fn scopes_are_prefixes() {
    let name = name("scope");
    let (_mapping, _view) = theirs(&name, b"mine\0");
    coview!("read", format!(r"Local\{name}")).run().is(0, "mine\n");
    coview!("read", format!(r"Global\{name}")).run().is(3, "");
}

#[test]
fn the_right_scope_is_hinted_at() {
    let name = name("hint");
    let (_mapping, _view) = theirs(&format!(r"Global\{name}"), b"everyone's\0");
    coview!("read", format!(r"Global\{name}")).run().is(0, "everyone's\n");
    coview!("read", &name).run().is(3, "").says([r"Global\"]);
}

#[test]
fn bad_names_are_a_mistake_in_the_command_line() {
    for bad in [r"a\b", r"local\x", r"Local\", r"Session\1\x", ""] {
        for verb in ["read", "write"] {
            let ended = coview!(verb, bad).run_with(b"x\n");
            assert_eq!(ended.code, Some(2), "{bad:?}: {ended:?}");
            assert!(
                !ended.stderr.is_empty() && ended.stdout.is_empty(),
                "{bad:?}: {ended:?}"
            );
        }
    }
    coview!("read", r"a\b", "--wait").run().is(2, "").says(["backslash"]);
    // A command line of Windows is no longer than the longest name.
    #[cfg(unix)]
    coview!("read", "x".repeat(32_000) + &"y".repeat(1000))
        .run()
        .is(2, "")
        .says(["UTF-16"]);
}

#[test]
fn a_long_name_is_a_name() {
    let name = name(&"long".repeat(1000));
    let (_mapping, _view) = theirs(&name, b"long\0");
    coview!("read", &name).run().is(0, "long\n");
    drop((_mapping, _view));
    assert_nothing_left(&name);
}
