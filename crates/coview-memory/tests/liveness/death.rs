//! Who is gone, is gone; who is not, is not.

use std::time::Duration;

use crate::common::{Random, listen, say, tests_alone, until};
use crate::spot::Spot;

/// Takes the places in a thread that ends at once, until it is told how to end.
pub(crate) fn holder(words: &[&str]) {
    let spot = Spot::from_words(words);
    let places: Vec<u32> = words[2..].iter().map(|place| place.parse().unwrap()).collect();
    let taken: Vec<_> = std::thread::scope(|threads| {
        let taking = threads.spawn(|| places.iter().filter_map(|place| spot.take(*place)).collect());
        taking.join().unwrap()
    });
    say(taken.len());
    match listen().as_str() {
        "exit" => std::process::exit(0),
        "abort" => std::process::abort(),
        "panic" => panic!("as the test wants it"),
        _ => {}
    }
}

/// Takes and drops places as fast as it can, and has one all the time.
pub(crate) fn juggler(words: &[&str]) {
    let spot = Spot::from_words(words);
    let _always = spot.take(0).unwrap();
    say("ready");
    std::thread::scope(|threads| {
        for thread in 0..2 {
            let spot = &spot;
            threads.spawn(move || {
                for round in 0.. {
                    let place = 1 + thread * 50 + round % 50;
                    drop(spot.take(place).expect("each has its own"));
                }
            });
        }
    });
}

tests_alone! {
    fn however_a_process_ends_its_places_are_free() {
        let spot = Spot::new("ends");
        for way in ["return", "exit", "abort", "panic", "kill"] {
            let mut holder = spot.spawn("holder", &["1", "2", "300"]);
            holder.expect("3");
            assert!(spot.is_taken(1) && spot.is_taken(2) && spot.is_taken(300), "{way}");
            assert!(spot.take(2).is_none());
            match way {
                "kill" => holder.kill(),
                _ => {
                    holder.tell(way);
                    until(|| holder.hear().is_none());
                }
            }
            until(|| !spot.is_taken(1));
            until(|| !spot.is_taken(2) && !spot.is_taken(300));
            drop(spot.take(2).expect("free again"));
        }
    }

    fn one_that_has_a_place_keeps_another_one_out() {
        let spot = Spot::new("two");
        let mut first = spot.spawn("holder", &["1", "2"]);
        first.expect("2");
        let mut second = spot.spawn("holder", &["2", "3"]);
        second.expect("1");
        first.kill();
        until(|| !spot.is_taken(1) && !spot.is_taken(2));
        assert!(spot.is_taken(3), "who lives stays");
        second.kill();
        until(|| !spot.is_taken(3));
    }

    fn killed_at_any_moment_it_leaves_no_place_taken() {
        let spot = Spot::new("any");
        let mut random = Random::new(7);
        for _ in 0..if cfg!(windows) { 15 } else { 100 } {
            let mut juggler = spot.spawn("juggler", &[]);
            juggler.expect("ready");
            assert!(spot.is_taken(0));
            std::thread::sleep(Duration::from_micros(random.next() % 3000));
            juggler.kill();
            until(|| (0..=100).all(|place| !spot.is_taken(place)));
        }
    }
}
