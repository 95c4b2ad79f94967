//! Many who want one place: one gets it.

use std::sync::atomic::{AtomicU32, Ordering};

use crate::common::{listen, say, tests_alone, until};
use crate::spot::Spot;

const THREADS: u32 = 4;

/// When told so, takes in many threads what places it can get, and says how many they are.
pub(crate) fn racer(words: &[&str]) {
    let spot = Spot::from_words(words);
    let places: u32 = words[2].parse().unwrap();
    say("ready");
    listen();
    let next = AtomicU32::new(0);
    let mut all = Vec::new();
    std::thread::scope(|threads| {
        let takers: Vec<_> = (0..THREADS)
            .map(|_| {
                threads.spawn(|| {
                    // Each place is wanted by all threads of all processes, at about the same time.
                    let wanted = std::iter::repeat_with(|| next.fetch_add(1, Ordering::Relaxed) / THREADS);
                    let wanted = wanted.take_while(|place| *place < places);
                    wanted.filter_map(|place| spot.take(place)).collect::<Vec<_>>()
                })
            })
            .collect();
        for taker in takers {
            all.extend(taker.join().unwrap());
        }
    });
    say(all.len());
    listen();
}

#[track_caller]
fn race(spot: &Spot, places: u32, racers: usize) {
    let mut racers: Vec<_> = (0..racers)
        .map(|_| spot.spawn("racer", &[&places.to_string()]))
        .collect();
    racers.iter_mut().for_each(|racer| racer.expect("ready"));
    racers.iter_mut().for_each(|racer| racer.tell("go"));
    let taken = racers
        .iter_mut()
        .map(|racer| racer.hear().unwrap().parse::<u32>().unwrap());
    assert_eq!(taken.sum::<u32>(), places, "each place by exactly one");
    assert!((0..places).all(|place| spot.is_taken(place)));
    for (at, mut racer) in racers.into_iter().enumerate() {
        if at % 2 == 0 {
            racer.kill();
        } else {
            racer.tell("end");
            racer.finish();
        }
    }
    until(|| (0..places).all(|place| !spot.is_taken(place)));
}

tests_alone! {
    fn one_place_goes_to_one() {
        let spot = Spot::new("one");
        for _ in 0..if cfg!(windows) { 5 } else { 50 } {
            race(&spot, 1, 3);
        }
    }

    fn a_thousand_places_go_to_one_each() {
        race(&Spot::new("thousand"), 1000, 4);
    }
}
