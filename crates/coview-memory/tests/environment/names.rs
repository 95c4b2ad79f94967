//! Ten thousand odd names: each works or is refused, no two are one, and none leads out of the directory.

use std::collections::VecDeque;

use coview_memory::{ErrorKind, Mapping};

use crate::common::{Random, leftovers, tests_alone};

/// How many are alive at a time.
const ALIVE: usize = 200;

/// An odd name that no other number has, if it is legal at all.
fn odd(random: &mut Random, number: usize) -> String {
    const PIECES: [&str; 24] = [
        "..", ".", "/", "//", "../", "\\", "%", "%2F", "%00", "\0", "\n", "\u{7f}", " ", "~", "*", "?", "\"", "'",
        "$(id)", "-", ".object", ".data", ".new", ".lock",
    ];
    let mut name = String::new();
    name.push_str(["", "", r"Local\", r"Global\", "local/", r"Session\1\", r"Global\Local\"][random.below(7)]);
    for _ in 0..random.below(6) {
        match random.below(4) {
            0 => name.push_str(PIECES[random.below(PIECES.len())]),
            1 => name.push(char::from_u32(random.next() as u32 % 0x11_0000).unwrap_or('\u{fffd}')),
            2 => name.push((random.next() % 128) as u8 as char),
            _ => name.push_str(&"長".repeat(random.below(120))),
        }
    }
    if random.one_in(200) {
        name.push_str(&"x".repeat(random.below(40_000)));
    }
    // Pieces repeat; the number tells names apart, also behind a prefix of more than a file name's length.
    name + &number.to_string()
}

/// The same object by Coview's rules: a plain name is `Local\`.
fn meaning(name: &str) -> &str {
    name.strip_prefix(r"Local\").unwrap_or(name)
}

tests_alone! {
    fn ten_thousand_odd_names() {
        let mut random = Random::new(7);
        let mut alive: VecDeque<(String, Mapping)> = VecDeque::new();
        let (mut made, mut refused) = (0, 0);
        for number in 0..10_000 {
            // Now and then without the number's digits at the end, so that some are each other's beginnings.
            let digits = if random.one_in(3) { number % 10 } else { number };
            let name = odd(&mut random, digits);
            let known = alive.iter().find(|(other, _)| meaning(other) == meaning(&name));
            match Mapping::create(&name, 4096) {
                Ok(mapping) => {
                    assert!(known.is_none(), "{name:?} exists");
                    mapping.view().unwrap().write(0, &(number as u64)).unwrap();
                    assert_eq!(Mapping::open(&name).unwrap().identity(), mapping.identity(), "{name:?}");
                    alive.push_back((name, mapping));
                    made += 1;
                }
                Err(error) if known.is_some() => assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}"),
                Err(error) => {
                    assert_eq!(error.kind(), ErrorKind::InvalidName, "{error}");
                    assert!(name.contains(['\\', '\0']) || name.encode_utf16().count() > 32_766, "{error}");
                    refused += 1;
                }
            }
            if alive.len() > ALIVE {
                let (name, mapping) = alive.pop_front().unwrap();
                drop(mapping);
                assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound, "{name:?}");
            }
        }
        assert!(made > 6000 && refused > 500, "{made} made, {refused} refused");
        // Two files each, in the two places where they belong, and with names that are file names anywhere.
        let files = leftovers(Mapping::directory());
        assert_eq!(files.len(), alive.len() * 2);
        for file in &files {
            assert!(file.len() <= 255 && file.ends_with(".object") | file.ends_with(".data"), "{file}");
            assert!(file.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.%~".contains(&byte)), "{file}");
        }
        let mut identities: Vec<_> = alive.iter().map(|(_, mapping)| mapping.identity()).collect();
        identities.sort_unstable();
        identities.dedup();
        assert_eq!(identities.len(), alive.len());
    }
}
