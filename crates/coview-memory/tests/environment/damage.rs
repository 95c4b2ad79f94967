//! Files of ours that somebody damaged: a typed error, or it works; never a panic, a signal or a hang.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use coview_memory::{ErrorKind, Mapping};

use crate::common::{Random, tests_alone};

fn folder() -> PathBuf {
    let user = rustix::process::geteuid().as_raw();
    Mapping::directory().join(format!("coview-{user}"))
}

fn edit(file: &Path) -> File {
    OpenOptions::new().read(true).write(true).open(file).unwrap()
}

/// Everything that begins with a name; the library answers for itself if it panics or dies.
fn use_it(name: &str) -> Vec<ErrorKind> {
    let mut errors = Vec::new();
    let found = [
        Mapping::open(name),
        Mapping::open_or_create(name, 4096),
        Mapping::create(name, 4096),
    ];
    for mapping in found {
        let mapping = match mapping {
            Ok(mapping) => mapping,
            Err(error) => {
                errors.push(error.kind());
                continue;
            }
        };
        match mapping.view() {
            Ok(view) => {
                let _ = view.read_vec(0, view.len().min(1 << 20));
                let _ = view.write(view.len() - 1, b"x");
                let _ = view.commit(0, 1);
            }
            Err(error) => errors.push(error.kind()),
        }
    }
    if let Err(error) = Mapping::identify(name) {
        errors.push(error.kind());
    }
    errors
}

tests_alone! {
    fn data_that_was_cut_short_is_refused_when_opened_and_when_mapped() {
        let mapping = Mapping::create("cut", 16 << 10).unwrap();
        edit(&mapping.data_path().unwrap()).set_len(4096).unwrap();
        let error = Mapping::open("cut").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Corrupted);
        assert!(error.to_string().contains("4096") && error.to_string().contains("16384"), "{error}");
        assert_eq!(mapping.view().unwrap_err().kind(), ErrorKind::Corrupted);
        drop(mapping);
        assert_eq!(Mapping::open("cut").unwrap_err().kind(), ErrorKind::NotFound);
        assert!(Mapping::create("cut", 4096).is_ok());
    }

    fn any_other_content_of_a_live_registry_file_is_refused() {
        let mapping = Mapping::create("garbage", 4096).unwrap();
        let path = folder().join("garbage.object");
        let good = fs::read(&path).unwrap();
        let file = edit(&path);
        let mut old = good.clone();
        old[7] ^= 1;
        let mut long = good.clone();
        long.resize(300_000, b'x');
        for content in [&good[..good.len() / 2], &good[..1], b"#!/bin/sh\necho no object\n", &old, &long, &[0xff; 4096]] {
            file.set_len(0).unwrap();
            file.write_all_at(content, 0).unwrap();
            assert_eq!(Mapping::open("garbage").unwrap_err().kind(), ErrorKind::Corrupted);
            assert_eq!(Mapping::create("garbage", 1).unwrap_err().kind(), ErrorKind::Corrupted);
            assert_eq!(Mapping::identify("garbage").unwrap_err().kind(), ErrorKind::Corrupted);
        }
        file.set_len(0).unwrap();
        file.write_all_at(&good, 0).unwrap();
        assert_eq!(Mapping::open("garbage").unwrap().identity(), mapping.identity());
    }

    fn a_dead_registry_file_of_any_content_is_in_nobodys_way() {
        drop(Mapping::create("first", 1).unwrap());
        for content in [&b""[..], b"garbage", &[0; 500]] {
            fs::write(folder().join("dead.object"), content).unwrap();
            fs::write(folder().join("dead.data"), content).unwrap();
            assert_eq!(Mapping::open("dead").unwrap_err().kind(), ErrorKind::NotFound);
            assert!(Mapping::create("dead", 4096).unwrap().created());
        }
    }

    fn two_thousand_live_registry_files_with_flipped_bytes() {
        let mut random = Random::new(3);
        let mapping = Mapping::create("flipped", 4096).unwrap();
        let path = folder().join("flipped.object");
        let good = fs::read(&path).unwrap();
        let file = edit(&path);
        let mut refused = 0;
        for _ in 0..2000 {
            let mut bad = good.clone();
            for _ in 0..=random.below(4) {
                let at = random.below(bad.len());
                bad[at] ^= 1 << random.below(8);
            }
            file.write_all_at(&bad, 0).unwrap();
            let errors = use_it("flipped");
            refused += usize::from(errors.contains(&ErrorKind::Corrupted));
            let typed = [
                ErrorKind::Corrupted,
                ErrorKind::AlreadyExists,
                ErrorKind::NotAMapping,
                ErrorKind::AccessDenied,
                ErrorKind::NoMemory,
                ErrorKind::Unsupported,
            ];
            assert!(errors.iter().all(|kind| typed.contains(kind)), "{errors:?}");
        }
        assert!(refused > 500, "{refused}");
        file.write_all_at(&good, 0).unwrap();
        assert_eq!(Mapping::open("flipped").unwrap().identity(), mapping.identity());
    }

    fn a_lock_file_of_any_content_costs_a_look_and_nothing_else() {
        let mapping = Mapping::create("held", 4096).unwrap();
        let lock = edit(&folder().join(".lock"));
        let mut random = Random::new(5);
        for len in [0, 1, 3, 4096, 100_000] {
            let noise: Vec<u8> = (0..len).map(|_| random.next() as u8).collect();
            lock.set_len(0).unwrap();
            lock.write_all_at(&noise, 0).unwrap();
            fs::write(folder().join("dead.data"), b"x").unwrap();
            assert_eq!(Mapping::identify("held").unwrap(), Some(mapping.identity()));
            drop(Mapping::create("dead", 4096).unwrap());
        }
        lock.set_len(0).unwrap();
    }
}
