//! Handles taken out of another process that lives.
#![cfg(target_os = "linux")]

mod common;

use common::{Actor, Puppet, listen, say, spawn, tests_alone};
use coview_memory::{ErrorKind, Mapping, Pages, Protection, Rights};

#[test]
fn part() {
    common::play(&[("owner", owner)]);
}

/// Makes a mapping of its first word's kind with its second word's name, says its token, and then does as it is told.
fn owner(words: &[&str]) {
    let (kind, name) = (words[0], words[1]);
    let options = match kind {
        "read-only" => Mapping::options().protection(Protection::ReadOnly),
        "reserved" => Mapping::options().pages(Pages::Reserve),
        _ => Mapping::options(),
    };
    let mut mapping = match kind {
        // A file that has no path any more when others look for it.
        "file" => {
            let path = Mapping::directory().join("a-file");
            std::fs::write(&path, [0; 8192]).unwrap();
            let file = std::fs::File::options().read(true).write(true).open(&path).unwrap();
            let mapping = options.file(&file).create(name, 0).unwrap();
            std::fs::remove_file(&path).unwrap();
            mapping
        }
        "reader" => options.create(name, 8192).unwrap().duplicate(Rights::READ).unwrap(),
        _ => options.create(name, 8192).unwrap(),
    };
    if kind == "reserved" {
        mapping.view().unwrap().commit(4096, 1).unwrap();
    }
    if mapping.rights().contains(Rights::WRITE) {
        mapping.view().unwrap().write(4096, b"theirs").unwrap();
    }
    say(mapping.to_inherited());
    loop {
        match listen().as_str() {
            "replace" => {
                // Another one under the same numbers.
                drop(mapping);
                mapping = options_of(kind).create(name, 8192).unwrap();
            }
            "read" => say(String::from_utf8(mapping.view().unwrap().read_vec(4096, 6).unwrap()).unwrap()),
            _ => return,
        }
        say("done");
    }
}

fn options_of(kind: &str) -> coview_memory::MappingOptions<'static> {
    match kind {
        "reserved" => Mapping::options().pages(Pages::Reserve),
        _ => Mapping::options(),
    }
}

fn of(kind: &str, name: &str) -> (Actor, String) {
    let mut owner = spawn("owner", &[kind, name]);
    let token = owner.hear().unwrap();
    (owner, token)
}

#[track_caller]
fn refused(process: u32, token: &str) -> ErrorKind {
    let error = Mapping::from_remote(process, token).unwrap_err();
    println!("{error}");
    error.kind()
}

tests_alone! {
    fn unnamed_memory_is_one_and_outlives_its_owner() {
        let (mut owner, token) = of("plain", "");
        let mapping = Mapping::from_remote(owner.id(), &token).unwrap();
        assert_eq!((mapping.size(), mapping.rights(), mapping.created()), (8192, Rights::ALL, false));
        let view = mapping.view().unwrap();
        assert_eq!(view.read::<[u8; 6]>(4096).unwrap(), *b"theirs");
        view.write(4096, b"mine!!").unwrap();
        owner.tell("read");
        owner.expect("mine!!");
        owner.expect("done");
        owner.kill();
        assert_eq!(mapping.view().unwrap().read::<[u8; 6]>(4096).unwrap(), *b"mine!!");
    }

    fn who_reads_is_taken_over_to_read() {
        for kind in ["read-only", "reader"] {
            for name in ["", kind] {
                let (owner, token) = of(kind, name);
                let mapping = Mapping::from_remote(owner.id(), &token).unwrap();
                assert_eq!(mapping.rights(), Rights::READ);
                let flags = rustix::fs::fcntl_getfl(&mapping).unwrap();
                assert_eq!(flags & rustix::fs::OFlags::RWMODE, rustix::fs::OFlags::RDONLY);
                assert!(mapping.view().unwrap().write(0, b"no").is_err());
            }
        }
    }

    fn what_was_committed_of_a_reserved_one_is_known() {
        for name in ["", "reserved"] {
            let (owner, token) = of("reserved", name);
            let mapping = Mapping::from_remote(owner.id(), &token).unwrap();
            assert_eq!(mapping.pages(), Pages::Reserve);
            let view = mapping.view().unwrap();
            assert_eq!(view.read::<[u8; 6]>(4096).unwrap(), *b"theirs");
            assert!(view.read::<u8>(0).is_err());
            view.commit(0, 1).unwrap();
        }
    }

    fn a_name_lives_on_with_the_new_handle() {
        for (kind, name) in [("plain", "heirless"), ("plain", r"Global\heirless"), ("file", "pathless")] {
            let (owner, token) = of(kind, name);
            let mapping = Mapping::from_remote(owner.id(), &token).unwrap();
            assert_eq!(Mapping::identify(name).unwrap(), Some(mapping.identity()));
            owner.kill();
            let again = Mapping::open(name).unwrap();
            assert_eq!(again.view().unwrap().read::<[u8; 6]>(4096).unwrap(), *b"theirs");
            drop(again);
            // Not a child that nobody meant to have it.
            let child = Puppet::new(|strings| strings.stop_here());
            child.until_it_stops();
            drop(mapping);
            assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::NotFound);
            child.kill();
        }
    }

    fn what_has_gone_is_not_found_and_neither_is_what_took_its_place() {
        for (kind, name) in [("plain", ""), ("plain", "stale"), ("reserved", "stale")] {
            let (mut owner, token) = of(kind, name);
            let id = owner.id();
            owner.tell("replace");
            owner.expect("done");
            assert_eq!(refused(id, &token), ErrorKind::NotFound);
            if !name.is_empty() {
                assert!(Mapping::open(name).is_ok());
            }
            owner.kill();
            assert_eq!(refused(id, &token), ErrorKind::NotFound);
        }
        let here = Mapping::unnamed(4096).unwrap();
        assert_eq!(refused(u32::MAX, &here.to_inherited()), ErrorKind::NotFound);
        assert_eq!(refused(0, &here.to_inherited()), ErrorKind::NotFound);
    }

    fn a_lying_token_is_refused_in_words() {
        let me = std::process::id();
        for name in ["", "true", "b"] {
            let mapping = Mapping::create(name, 8192).unwrap();
            let token = mapping.to_inherited();
            assert_eq!(Mapping::from_remote(me, &token).unwrap().identity(), mapping.identity());
            let fields: Vec<&str> = token.split(' ').collect();
            for at in 0..fields.len() {
                for lie in ["", "0", "1", "7", "18446744073709551615", "-1", "../x", "Global", "/"] {
                    let mut lying = fields.clone();
                    lying[at] = lie;
                    // Whatever it is taken for: no panic, and nothing that can be touched beyond what is there.
                    let taken = Mapping::from_remote(me, &lying.join(" "));
                    if let Ok(view) = taken.and_then(|taken| taken.view()) {
                        view.read_vec(0, view.len()).ok();
                    }
                }
            }
            for cut in 0..token.len() {
                let _ = Mapping::from_remote(me, &token[..cut]);
            }
            assert_eq!(refused(me, "no token"), ErrorKind::InvalidArgument);
            let larger = token.replacen(" 8192 ", " 81920 ", 1);
            match name {
                // A named object's registry file says the size.
                "" => assert_eq!(refused(me, &larger), ErrorKind::Corrupted),
                _ => assert_eq!(Mapping::from_remote(me, &larger).unwrap().size(), 8192),
            }
        }
    }

    fn another_users_process_is_not_looked_into() {
        if !rustix::process::geteuid().is_root() {
            println!("SKIPPED: needs root, to become somebody else");
            return;
        }
        let mapping = Mapping::unnamed(4096).unwrap();
        let (process, token) = (std::process::id(), mapping.to_inherited());
        let stranger = Puppet::as_user(65534, move |_| {
            assert_eq!(refused(process, &token), ErrorKind::AccessDenied);
        });
        stranger.finish();
    }
}
