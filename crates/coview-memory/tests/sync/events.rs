//! Events between processes.

use std::time::{Duration, Instant};

use coview_memory::sync::{Event, Reset, Semaphore, wait_any};

use crate::harness::{listen, say, spawn, unique, watchdog};

const PROCESSES: usize = 3;
const THREADS: usize = 3;

/// Three threads that wait for an event, each acknowledging each time it gets through, until they are stopped.
pub(crate) fn waiter(words: &[&str]) {
    let [event, through, stop] = words else {
        panic!("{words:?}")
    };
    let passed: u64 = std::thread::scope(|threads| {
        let all: Vec<_> = (0..THREADS)
            .map(|_| {
                threads.spawn(|| {
                    let event = Event::open(event).unwrap();
                    let stop = Event::open(stop).unwrap();
                    let through = Semaphore::open(through).unwrap();
                    let mut passed = 0;
                    while wait_any(&[&stop, &event], None).unwrap().unwrap().index == 1 {
                        passed += 1;
                        through.release(1).unwrap();
                    }
                    passed
                })
            })
            .collect();
        say("ready");
        all.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    say(passed);
    listen();
}

#[test]
fn each_set_of_an_auto_reset_event_lets_exactly_one_through() {
    let _watchdog = watchdog();
    let names = [unique("auto"), unique("auto-through"), unique("auto-stop")];
    let event = Event::create(&names[0], Reset::Auto, false).unwrap();
    let through = Semaphore::create(&names[1], 0, 1000).unwrap();
    let stop = Event::create(&names[2], Reset::Manual, false).unwrap();
    let words = names.each_ref().map(String::as_str);
    let mut waiters: Vec<_> = (0..PROCESSES).map(|_| spawn("event waiter", &words)).collect();
    for waiter in &mut waiters {
        waiter.expect("ready");
    }
    const SETS: u64 = 200;
    for _ in 0..SETS {
        event.set().unwrap();
        through.wait().unwrap();
    }
    stop.set().unwrap();
    assert_eq!(waiters.iter_mut().map(|waiter| waiter.number()).sum::<u64>(), SETS);
    assert!(!through.try_wait().unwrap() && !event.try_wait().unwrap());
    waiters.into_iter().for_each(|waiter| waiter.finish());
}

#[test]
fn a_manual_reset_event_lets_all_through_until_it_is_reset() {
    let _watchdog = watchdog();
    let name = unique("manual");
    let event = Event::create(&name, Reset::Manual, false).unwrap();
    std::thread::scope(|threads| {
        let all: Vec<_> = (0..8)
            .map(|_| threads.spawn(|| Event::open(&name).unwrap().wait()))
            .collect();
        event.set().unwrap();
        all.into_iter().for_each(|thread| thread.join().unwrap().unwrap());
    });
    assert!(event.try_wait().unwrap() && event.try_wait().unwrap());
    event.reset().unwrap();
    assert!(!event.try_wait().unwrap());
    // Who opens it knows how it is reset, whatever was asked.
    let again = Event::open_or_create(&name, Reset::Auto, true).unwrap();
    assert!(!again.created() && !again.try_wait().unwrap());
    event.set().unwrap();
    assert!(again.try_wait().unwrap() && again.try_wait().unwrap());
}

#[test]
fn a_wait_ends_at_its_deadline_and_not_before() {
    let _watchdog = watchdog();
    let event = Event::unnamed(Reset::Auto, false).unwrap();
    for milliseconds in [0, 1, 20, 60] {
        let (begin, time) = (Instant::now(), Duration::from_millis(milliseconds));
        assert!(!event.wait_timeout(time).unwrap());
        // Windows counts in ticks of its own clock.
        assert!(begin.elapsed() + Duration::from_millis(if cfg!(windows) { 16 } else { 0 }) >= time);
    }
    event.set().unwrap();
    assert!(
        event.wait_timeout(Duration::MAX).unwrap(),
        "a time that no clock reaches is no error"
    );
}

#[test]
fn a_clone_is_the_same_event_and_is_created_set_if_asked() {
    let event = Event::unnamed(Reset::Auto, true).unwrap();
    let clone = event.try_clone().unwrap();
    assert!(event.created() && !clone.created());
    assert!(clone.try_wait().unwrap() && !event.try_wait().unwrap());
    event.set().unwrap();
    event.set().unwrap();
    drop(event);
    assert!(clone.try_wait().unwrap() && !clone.try_wait().unwrap());
}
