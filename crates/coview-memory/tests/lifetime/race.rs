//! Several at the same name at the same time.

use std::sync::atomic::{AtomicBool, Ordering};

use coview_memory::{ErrorKind, Mapping};

use crate::common::{listen, say, spawn, tests_alone};

/// Creates what it is told to, and says whether it did.
pub(crate) fn racer(_: &[&str]) {
    let mut held = Vec::new();
    say("ready");
    loop {
        let name = listen();
        if name.is_empty() {
            return;
        }
        let mapping = Mapping::open_or_create(&name, 4096).unwrap();
        say(if mapping.created() { "created" } else { "opened" });
        held.push(mapping);
    }
}

fn unique(name: &str) -> String {
    format!("coview-test-{}-{name}", std::process::id())
}

tests_alone! {
    fn of_several_that_create_a_name_at_once_exactly_one_does() {
        let mut racers: Vec<_> = (0..4).map(|_| spawn("racer", &[])).collect();
        racers.iter_mut().for_each(|racer| racer.expect("ready"));
        for round in 0..200 {
            let name = unique(&format!("race-{round}"));
            racers.iter_mut().for_each(|racer| racer.tell(&name));
            let said: Vec<_> = racers.iter_mut().map(|racer| racer.hear().unwrap()).collect();
            assert_eq!(said.iter().filter(|word| *word == "created").count(), 1, "{said:?}");
        }
        racers.into_iter().for_each(|racer| racer.finish());
    }

    fn threads_that_create_and_close_one_name_find_it_or_not_and_nothing_else() {
        let name = unique("threads");
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for round in 0..500 {
                        let mapping = Mapping::open_or_create(&name, 4096).unwrap();
                        assert_eq!(Mapping::identify(&name).unwrap(), Some(mapping.identity()));
                        if round % 3 == 0 {
                            assert_eq!(Mapping::create(&name, 1).unwrap_err().kind(), ErrorKind::AlreadyExists);
                        }
                    }
                });
            }
        });
        assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
    }

    fn who_only_tried_to_create_it_does_not_keep_what_is_closed_meanwhile() {
        // Trying takes hold of an existing object for a moment; its last holder may close it in that moment.
        let (name, stop) = (unique("tried"), AtomicBool::new(false));
        let mut other = spawn("racer", &[]);
        other.expect("ready");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    let _ = Mapping::create(&name, 4096);
                }
            });
            for _ in 0..300 {
                other.tell(&name);
                assert!(other.hear().is_some());
            }
            stop.store(true, Ordering::Relaxed);
        });
        other.finish();
    }
}
