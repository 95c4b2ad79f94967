//! B01 to B23, B26: names, in one process.

use std::collections::BTreeSet;

use coview_memory::{Access, ErrorKind, Mapping, Protection, ViewOptions};

use crate::support::{TempFile, refused, under_wine, unique};

/// Win32: `ERROR_ALREADY_EXISTS`.
#[test]
fn b01_the_same_name_is_the_same_object() {
    let name = unique("b01");
    let first = Mapping::create(&name, 4096).unwrap();
    let second = Mapping::open_or_create(&name, 4096).unwrap();
    assert!(!second.created());
    first.view().unwrap().write(0, b"one").unwrap();
    assert_eq!(second.view().unwrap().read_vec(0, 3).unwrap(), b"one");
    assert_eq!(refused(Mapping::create(&name, 4096)), ErrorKind::AlreadyExists);
}

/// Win32: `ERROR_ACCESS_DENIED` for the view.
#[test]
fn b02_the_second_size_is_ignored() {
    let name = unique("b02");
    let first = Mapping::create(&name, 4096).unwrap();
    for size in [1, 1 << 20] {
        let second = Mapping::open_or_create(&name, size).unwrap();
        assert_eq!((second.created(), second.size()), (false, first.size()));
    }
    let second = Mapping::open_or_create(&name, 1 << 20).unwrap();
    let larger = ViewOptions::new().range(0, 1 << 20).map(&second);
    assert_eq!(refused(larger), ErrorKind::OutOfRange);
}

#[test]
fn b03_the_second_file_is_ignored() {
    let name = unique("b03");
    let (one, two) = (TempFile::new("b03-one", b"one"), TempFile::new("b03-two", b"other"));
    let _first = Mapping::options().file(&one.open()).create(&name, 0).unwrap();
    let second = Mapping::options().file(&two.open()).open_or_create(&name, 0).unwrap();
    let third = Mapping::open_or_create(&name, 4096).unwrap();
    for again in [second, third] {
        assert!(!again.created() && again.is_file());
        again.view().unwrap().write(0, b"ONE").unwrap();
    }
    assert_eq!((one.content(), two.content()), (b"ONE".to_vec(), b"other".to_vec()));
}

/// Win32: `ERROR_INVALID_PARAMETER` for the view, from `STATUS_SECTION_PROTECTION`.
#[test]
fn b04_the_second_protection_is_ignored() {
    let name = unique("b04");
    let _first = Mapping::options()
        .protection(Protection::ReadOnly)
        .create(&name, 4096)
        .unwrap();
    let second = Mapping::open_or_create(&name, 4096).unwrap();
    assert!(!second.created());
    assert!(ViewOptions::new().access(Access::Read).map(&second).is_ok());
    let writing = ViewOptions::new().access(Access::Write).map(&second);
    if under_wine() {
        assert!(writing.is_ok(), "recorded: Wine forgets the protection");
    } else {
        let kind = refused(writing);
        assert!(
            matches!(kind, ErrorKind::AccessDenied | ErrorKind::InvalidArgument),
            "{kind:?}"
        );
        assert_eq!(second.view().unwrap().access(), Access::Read);
    }
}

#[test]
fn b05_case_matters() {
    let (small, large) = (unique("b05"), unique("B05"));
    let one = Mapping::create(&small, 4096).unwrap();
    assert_eq!(refused(Mapping::open(&large)), ErrorKind::NotFound);
    let two = Mapping::create(&large, 4096).unwrap();
    one.view().unwrap().write(0, &1u8).unwrap();
    assert_eq!(two.view().unwrap().read::<u8>(0).unwrap(), 0);
}

/// Win32: `ERROR_FILE_NOT_FOUND`.
#[test]
fn b08_a_name_that_nobody_holds_is_not_found() {
    let name = unique("b08");
    assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
    assert_eq!(Mapping::identify(&name).unwrap(), None);
}

/// Win32: `ERROR_PATH_NOT_FOUND`.
#[test]
fn b10_no_backslash_after_the_prefix() {
    for name in [r"a\b", r"Local\a\b", r"Global\a\b", r"\a", r"a\"] {
        let name = format!("{name}{}", unique("b10"));
        assert_eq!(refused(Mapping::create(&name, 1)), ErrorKind::InvalidName, "{name}");
        assert_eq!(refused(Mapping::open(&name)), ErrorKind::InvalidName, "{name}");
    }
}

#[test]
fn b11_local_in_front_changes_nothing() {
    let name = unique("b11");
    let plain = Mapping::create(&name, 4096).unwrap();
    let prefixed = Mapping::open(&format!(r"Local\{name}")).unwrap();
    plain.view().unwrap().write(0, b"same").unwrap();
    assert_eq!(prefixed.view().unwrap().read_vec(0, 4).unwrap(), b"same");
}

#[test]
fn b12_global_in_front_is_another_name() {
    let name = unique("b12");
    let plain = Mapping::create(&name, 4096).unwrap();
    let global = format!(r"Global\{name}");
    assert_eq!(refused(Mapping::open(&global)), ErrorKind::NotFound);
    let other = Mapping::create(&global, 4096).unwrap();
    plain.view().unwrap().write(0, b"mine").unwrap();
    assert_eq!(other.view().unwrap().read_vec(0, 4).unwrap(), [0; 4]);
}

/// Win32: `ERROR_PATH_NOT_FOUND`.
#[test]
fn b13_prefixes_are_case_sensitive() {
    for prefix in ["local", "LOCAL", "global", "GLOBAL", "Other"] {
        let name = format!(r"{prefix}\{}", unique("b13"));
        assert_eq!(refused(Mapping::create(&name, 1)), ErrorKind::InvalidName, "{name}");
        assert_eq!(refused(Mapping::open(&name)), ErrorKind::InvalidName, "{name}");
    }
}

/// Win32: `ERROR_ACCESS_DENIED` without the privilege; the suite's user has it.
#[test]
fn b14_the_global_scope_can_be_created_in_and_opened() {
    let name = format!(r"Global\{}", unique("b14"));
    let mapping = Mapping::create(&name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"all").unwrap();
    assert_eq!(
        Mapping::open(&name).unwrap().view().unwrap().read_vec(0, 3).unwrap(),
        b"all"
    );
}

#[test]
fn b15_session_is_reserved() {
    for name in [r"Session\1\b15", r"Session\b15"] {
        assert_eq!(refused(Mapping::create(name, 1)), ErrorKind::InvalidName);
        assert_eq!(refused(Mapping::open(name)), ErrorKind::InvalidName);
    }
}

#[test]
fn b16_every_other_character_is_legal() {
    let odd = [
        "/", " ", ".", "..", ":", "*", "?", "\"", "<|>", "\t", "\u{1}", "%41", "共享", "🦀", "e\u{301}",
    ];
    let mut objects = BTreeSet::new();
    let mut held = Vec::new();
    for (number, odd) in odd.into_iter().enumerate() {
        // At the beginning, inside, at the end.
        for name in [format!("{odd}{}", unique("b16")), format!("{}{odd}", unique("b16"))] {
            let mapping = Mapping::create(&name, 4096).unwrap();
            mapping.view().unwrap().write(0, &[number as u8 + 1]).unwrap();
            let opened = Mapping::open(&name).unwrap().view().unwrap();
            assert_eq!(opened.read::<u8>(0).unwrap(), number as u8 + 1, "{name:?}");
            objects.insert(name);
            held.push(mapping);
        }
    }
    assert_eq!(objects.len(), 2 * odd.len());
}

/// Win32: `ERROR_INVALID_HANDLE` for opening.
#[test]
fn b17_the_empty_name_is_no_name() {
    let (one, two) = (
        Mapping::open_or_create("", 1).unwrap(),
        Mapping::open_or_create("", 1).unwrap(),
    );
    assert!(one.created() && two.created());
    assert_eq!(refused(Mapping::open("")), ErrorKind::NotAMapping);
}

#[test]
fn b18_the_longest_name() {
    const LONGEST: usize = 32_766;
    let begin = unique("b18");
    for filler in ["x", "🦀"] {
        let room = LONGEST - begin.len();
        let units = filler.encode_utf16().count();
        let longest = format!("{begin}{}{}", filler.repeat(room / units), "y".repeat(room % units));
        let mapping = Mapping::create(&longest, 4096).unwrap();
        mapping.view().unwrap().write(0, b"long").unwrap();
        assert_eq!(
            Mapping::open(&longest).unwrap().view().unwrap().read_vec(0, 4).unwrap(),
            b"long"
        );
        // One unit more is too long, one fewer is another name.
        assert_eq!(
            refused(Mapping::create(&format!("{longest}z"), 1)),
            ErrorKind::InvalidName
        );
        let shorter = longest.strip_suffix(filler).or(longest.strip_suffix('y')).unwrap();
        assert_eq!(refused(Mapping::open(shorter)), ErrorKind::NotFound);
    }
}

#[test]
fn b20_no_nul_in_a_name() {
    for name in ["\0", "b20\0", "b\x0020"] {
        assert_eq!(refused(Mapping::create(name, 1)), ErrorKind::InvalidName, "{name:?}");
        assert_eq!(refused(Mapping::open(name)), ErrorKind::InvalidName, "{name:?}");
    }
}

#[test]
fn b21_the_name_goes_with_the_last_handle_although_views_remain() {
    let name = unique("b21");
    let first = Mapping::create(&name, 4096).unwrap();
    let second = Mapping::open(&name).unwrap();
    let view = ViewOptions::new().keep_handle(false).map(&first).unwrap();
    drop(first);
    assert!(Mapping::open(&name).is_ok());
    drop(second);
    assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
    view.write(0, b"still mapped").unwrap();
}

#[test]
fn b22_creating_again_gives_a_new_object() {
    let name = unique("b22");
    let mapping = Mapping::create(&name, 4096).unwrap();
    let old = ViewOptions::new().keep_handle(false).map(&mapping).unwrap();
    old.write(0, b"old").unwrap();
    drop(mapping);
    let again = Mapping::open_or_create(&name, 8192).unwrap();
    assert!(again.created());
    let new = again.view().unwrap();
    assert_eq!(new.compare(0, &[0; 4096]).unwrap(), None);
    new.write(0, b"new").unwrap();
    assert_eq!(old.read_vec(0, 3).unwrap(), b"old");
}

#[test]
fn b23_the_same_of_a_named_mapping_of_a_file() {
    let name = unique("b23");
    let (one, two) = (TempFile::new("b23-one", b"one"), TempFile::new("b23-two", b"two"));
    let mapping = Mapping::options().file(&one.open()).create(&name, 0).unwrap();
    let view = ViewOptions::new().keep_handle(false).map(&mapping).unwrap();
    drop(mapping);
    assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
    let again = Mapping::options().file(&two.open()).open_or_create(&name, 0).unwrap();
    assert!(again.created());
    view.write(0, b"ONE").unwrap();
    assert_eq!(again.view().unwrap().read_vec(0, 3).unwrap(), b"two");
    assert_eq!(one.content(), b"ONE");
}

#[test]
fn b26_unnamed_objects_are_distinct() {
    let (one, two) = (Mapping::unnamed(4096).unwrap(), Mapping::unnamed(4096).unwrap());
    one.view().unwrap().write(0, b"one").unwrap();
    assert_eq!(two.view().unwrap().read_vec(0, 3).unwrap(), [0; 3]);
}
