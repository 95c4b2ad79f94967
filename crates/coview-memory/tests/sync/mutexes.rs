//! Mutexes between processes and threads.

use std::time::Duration;

use coview_memory::sync::{Event, Mutex, Reset, wait_any};
use coview_memory::{ErrorKind, Mapping};

use crate::harness::{listen, say, spawn, unique, watchdog};

const ROUNDS: u64 = 150;
const THREADS: u64 = 2;

/// Adds ones to a number, with many instructions between reading and writing it.
pub(crate) fn counter(words: &[&str]) {
    let [mutex, mapping] = words else { panic!("{words:?}") };
    std::thread::scope(|threads| {
        for thread in 0..THREADS {
            threads.spawn(move || {
                let mutex = Mutex::open(mutex).unwrap();
                let view = Mapping::open(mapping).unwrap().view().unwrap();
                for round in 0..ROUNDS {
                    let guard = mutex.lock().unwrap();
                    assert!(!guard.was_abandoned());
                    let mut number = [0; 8];
                    view.read_to(0, &mut number).unwrap();
                    if round % 16 == thread {
                        std::thread::yield_now();
                    }
                    view.write(0, &(u64::from_le_bytes(number) + 1).to_le_bytes()).unwrap();
                }
            });
        }
    });
    say("done");
    listen();
}

#[test]
fn one_thread_of_all_processes_owns_it() {
    let _watchdog = watchdog();
    let (mutex_name, mapping_name) = (unique("one"), unique("one-number"));
    let _mutex = Mutex::create(&mutex_name).unwrap();
    let mapping = Mapping::create(&mapping_name, 8).unwrap();
    let words = [mutex_name.as_str(), &mapping_name];
    let mut all: Vec<_> = (0..3).map(|_| spawn("mutex counter", &words)).collect();
    all.iter_mut().for_each(|actor| actor.expect("done"));
    let mut number = [0; 8];
    mapping.view().unwrap().read_to(0, &mut number).unwrap();
    assert_eq!(u64::from_le_bytes(number), 3 * THREADS * ROUNDS);
    all.into_iter().for_each(|actor| actor.finish());
}

/// Locks it and waits to be killed, or to be told to release it.
pub(crate) fn owner(words: &[&str]) {
    let mutex = Mutex::open(words[0]).unwrap();
    let guard = mutex.lock().unwrap();
    say(guard.was_abandoned());
    listen();
    drop(guard);
    say("released");
    listen();
}

/// J05.
#[test]
fn j05_the_next_after_a_killed_owner_is_told_once() {
    let _watchdog = watchdog();
    let name = unique("j05");
    let mutex = Mutex::create(&name).unwrap();
    for round in 0..50 {
        let mut owner = spawn("mutex owner", &[&name]);
        owner.expect("false");
        assert!(mutex.try_lock().unwrap().is_none(), "it is owned");
        let guard = if round % 2 == 0 {
            owner.kill();
            mutex.lock().unwrap()
        } else {
            // Waiting already when it happens.
            std::thread::scope(|threads| {
                threads.spawn(move || owner.kill());
                mutex.lock().unwrap()
            })
        };
        assert!(guard.was_abandoned(), "{round}");
        drop(guard);
        assert!(!mutex.lock().unwrap().was_abandoned(), "{round}");
    }
}

/// Says whether it found it abandoned.
pub(crate) fn next(words: &[&str]) {
    let mutex = Mutex::open(words[0]).unwrap();
    say("ready");
    let guard = mutex.lock().unwrap();
    say(guard.was_abandoned());
    drop(guard);
    listen();
}

#[test]
fn of_many_who_wait_for_a_killed_owner_one_is_told_and_all_get_it() {
    let _watchdog = watchdog();
    let name = unique("many");
    let _mutex = Mutex::create(&name).unwrap();
    let mut owner = spawn("mutex owner", &[&name]);
    owner.expect("false");
    let mut next: Vec<_> = (0..4).map(|_| spawn("mutex next", &[&name])).collect();
    next.iter_mut().for_each(|actor| actor.expect("ready"));
    owner.kill();
    let told = next.iter_mut().filter_map(|actor| actor.hear()).collect::<Vec<_>>();
    assert_eq!(told.iter().filter(|said| *said == "true").count(), 1, "{told:?}");
    assert_eq!(told.iter().filter(|said| *said == "false").count(), 3, "{told:?}");
    next.into_iter().for_each(|actor| actor.finish());
}

#[test]
fn a_release_passes_it_on_without_a_word() {
    let _watchdog = watchdog();
    let name = unique("passed");
    let mutex = Mutex::create(&name).unwrap();
    let mut owner = spawn("mutex owner", &[&name]);
    owner.expect("false");
    owner.tell("release");
    assert!(!mutex.lock().unwrap().was_abandoned());
    owner.expect("released");
    owner.finish();
}

#[test]
fn a_thread_that_ends_abandons_what_it_owns() {
    let _watchdog = watchdog();
    let mutex = Mutex::unnamed().unwrap();
    let owned = Event::unnamed(Reset::Auto, false).unwrap();
    for _ in 0..50 {
        std::thread::scope(|threads| {
            threads.spawn(|| {
                std::mem::forget(mutex.lock().unwrap());
                owned.set().unwrap();
            });
            owned.wait().unwrap();
            // Its end is near, or was.
            assert!(mutex.lock().unwrap().was_abandoned());
            assert!(!mutex.lock().unwrap().was_abandoned());
        });
    }
    std::thread::scope(|threads| threads.spawn(|| std::mem::forget(mutex.lock())).join().unwrap());
    assert!(mutex.lock().unwrap().was_abandoned());
    assert!(!mutex.lock().unwrap().was_abandoned());
}

#[test]
fn the_owner_acquires_it_again_through_any_handle_and_nobody_else_does() {
    let _watchdog = watchdog();
    let name = unique("again");
    let mutex = Mutex::create(&name).unwrap();
    let (opened, clone) = (Mutex::open(&name).unwrap(), mutex.try_clone().unwrap());
    let elsewhere = |name: &str| {
        let other = Mutex::open(name).unwrap();
        std::thread::scope(|threads| {
            let got = threads.spawn(|| {
                assert_eq!(other.release().unwrap_err().kind(), ErrorKind::NotOwner);
                other.lock_timeout(Duration::from_millis(2)).unwrap().is_some()
            });
            got.join().unwrap()
        })
    };
    let first = mutex.lock().unwrap();
    let second = opened.lock().unwrap();
    let third = clone.try_lock().unwrap().expect("this thread owns it");
    drop(first);
    drop(third);
    assert!(!elsewhere(&name), "acquired thrice, released twice");
    drop(second);
    assert_eq!(clone.release().unwrap_err().kind(), ErrorKind::NotOwner);
    assert!(elsewhere(&name));
}

#[test]
fn a_thread_owns_it_still_when_its_handle_is_closed() {
    let _watchdog = watchdog();
    let name = unique("closed");
    let (kept, dropped) = (Mutex::create(&name).unwrap(), Mutex::open(&name).unwrap());
    let mut next = std::thread::scope(|threads| {
        let owner = threads.spawn(move || {
            std::mem::forget(dropped.lock().unwrap());
            drop(dropped);
            let mut next = spawn("mutex next", &[&name]);
            next.expect("ready");
            next
        });
        owner.join().unwrap()
    });
    next.expect("true");
    assert!(!kept.lock().unwrap().was_abandoned());
    next.finish();
}

#[test]
fn what_wait_any_acquired_is_released_by_hand() {
    let _watchdog = watchdog();
    let name = unique("by-hand");
    let mutex = Mutex::create(&name).unwrap();
    let never = Event::unnamed(Reset::Manual, false).unwrap();
    let mut owner = spawn("mutex owner", &[&name]);
    owner.expect("false");
    let wait = |timeout| {
        wait_any(&[&never, &mutex], timeout)
            .unwrap()
            .map(|got| (got.index, got.abandoned))
    };
    assert_eq!(wait(Some(Duration::from_millis(30))), None);
    owner.kill();
    assert_eq!(wait(None), Some((1, true)));
    assert_eq!(wait(None), Some((1, false)), "again, by its owner");
    mutex.release().unwrap();
    mutex.release().unwrap();
    assert_eq!(mutex.release().unwrap_err().kind(), ErrorKind::NotOwner);
}
