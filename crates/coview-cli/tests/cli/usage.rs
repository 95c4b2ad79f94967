//! Help, and command lines that make no sense.

use crate::harness::coview;

fn help(of: &str) -> String {
    let ended = coview!(of, "--help").run();
    assert_eq!((ended.code, &*ended.stderr), (Some(0), ""));
    String::from_utf8(ended.stdout).unwrap()
}

#[test]
fn help_has_examples_and_the_exit_codes() {
    for of in ["write", "read"] {
        let help = help(of);
        for word in [
            "Examples:\n  ",
            &format!("coview {of}"),
            "Exit codes:",
            "no such mapping",
            "refused",
            "--raw",
        ] {
            assert!(help.contains(word), "{of}: no {word:?} in\n{help}");
        }
    }
    assert!(help("write").contains("its bytes, without the line ending, and a NUL"));
    assert!(help("read").contains(r#"{"name":"scoreboard","bytes":2,"hex":"ff00"}"#));
}

#[test]
fn the_roles_of_the_demo_are_nobodys_business() {
    let ended = coview!("--help").run();
    let help = String::from_utf8(ended.stdout).unwrap();
    assert!(help.contains("Exit codes:") && !help.contains("demo-role"), "{help}");
}

#[test]
fn nonsense_is_exit_code_2() {
    for args in [
        &["write"][..],
        &["read"],
        &["write", "x", "--size", "5 apples"],
        &["write", "x", "--size", "0"],
        &["write", "x", "--linger", "soon"],
        &["read", "x", "--wait=never"],
        &["read", "x", "--interval", "-1"],
        &["read", "x", "--follow", "--interval", "0"],
        &["read", "x", "y"],
        &["wriet", "x"],
        &[],
    ] {
        let ended = crate::harness::Coview::new(args).run();
        assert_eq!(ended.code, Some(2), "{args:?}: {ended:?}");
        assert!(
            ended.stdout.is_empty() && !ended.stderr.is_empty(),
            "{args:?}: {ended:?}"
        );
    }
}

#[test]
fn more_memory_than_there_is_is_an_error() {
    let name = crate::harness::name("huge");
    coview!("write", &name, "--size", "4000PiB")
        .run()
        .is(1, "")
        .says(["not enough memory"]);
}
