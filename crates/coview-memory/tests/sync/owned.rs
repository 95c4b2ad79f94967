//! Mutexes that whoever creates them owns from the first moment.

use std::time::Duration;

use coview_memory::sync::{Mutex, Process};
use coview_memory::{ErrorKind, Mapping, Security};

use crate::harness::{listen, say, spawn, unique, watchdog};

const ROUNDS: usize = 20;
const THREADS: usize = 2;

fn round_name(base: &str, round: usize) -> String {
    format!("{base}-{round}")
}

/// Opens or creates one mutex after the other, and counts those that it created. Whoever creates one makes what it
/// protects, and everybody else finds that made.
pub(crate) fn racer(words: &[&str]) {
    let [base, mapping] = words else { panic!("{words:?}") };
    let view = Mapping::open(mapping).unwrap().view().unwrap();
    say("ready");
    listen();
    let enter = |round: usize| {
        let mutex = Mutex::open_or_create_owned(&round_name(base, round)).unwrap();
        let made = if mutex.created() {
            view.write(round, b"m").unwrap();
            mutex.release().unwrap();
            1
        } else {
            let guard = mutex.lock().unwrap();
            assert!(!guard.was_abandoned());
            assert_eq!(view.read_vec(round, 1).unwrap(), b"m", "{round}");
            drop(guard);
            0
        };
        assert_eq!(mutex.release().unwrap_err().kind(), ErrorKind::NotOwner);
        (mutex, made)
    };
    // Kept to the end, so that each name is created once.
    let (_mutexes, made): (Vec<_>, Vec<usize>) = std::thread::scope(|threads| {
        let all = [(); THREADS].map(|()| threads.spawn(|| (0..ROUNDS).map(enter).collect::<Vec<_>>()));
        all.into_iter().flat_map(|thread| thread.join().unwrap()).unzip()
    });
    say(made.iter().sum::<usize>());
    listen();
}

#[test]
fn of_many_who_create_it_one_owns_it_and_nobody_gets_it_first() {
    let _watchdog = watchdog();
    let (base, mapping_name) = (unique("owned"), unique("owned-made"));
    let _mapping = Mapping::create(&mapping_name, ROUNDS as u64).unwrap();
    let mut racers: Vec<_> = (0..3).map(|_| spawn("racer", &[&base, &mapping_name])).collect();
    racers.iter_mut().for_each(|racer| racer.expect("ready"));
    racers.iter_mut().for_each(|racer| racer.tell("go"));
    let made: u64 = racers.iter_mut().map(|racer| racer.number()).sum();
    assert_eq!(made, ROUNDS as u64);
    racers.into_iter().for_each(|racer| racer.finish());
}

/// Tries to get in first, as soon as there is something to get into.
pub(crate) fn opener(words: &[&str]) {
    let opened = loop {
        match Mutex::open(words[0]) {
            Ok(mutex) => break mutex,
            Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
        }
    };
    say(opened.try_lock().unwrap().is_some());
    let guard = opened.lock().unwrap();
    say(guard.was_abandoned());
    drop(guard);
    listen();
}

#[test]
fn whoever_opens_it_finds_it_owned() {
    let _watchdog = watchdog();
    for round in 0..10 {
        let name = unique(&format!("found-owned-{round}"));
        let mut openers = [(); 2].map(|()| spawn("opener", &[&name]));
        let mutex = match round % 2 {
            0 => Mutex::create_owned(&name),
            _ => Mutex::open_or_create_owned_with(&name, &Security::private()),
        };
        let mutex = mutex.unwrap();
        assert!(mutex.created());
        openers.iter_mut().for_each(|opener| opener.expect("false"));
        mutex.release().unwrap();
        openers.iter_mut().for_each(|opener| opener.expect("false"));
        openers.into_iter().for_each(|opener| opener.finish());
    }
}

/// Owns a mutex from the first moment to its end.
pub(crate) fn creator(words: &[&str]) {
    let mutex = Mutex::create_owned(words[0]).unwrap();
    say(mutex.created());
    listen();
}

#[test]
fn a_creator_that_is_killed_abandons_it() {
    let _watchdog = watchdog();
    for round in 0..10 {
        let name = unique(&format!("killed-creator-{round}"));
        let mut creator = spawn("creator", &[&name]);
        creator.expect("true");
        let mutex = Mutex::open_or_create_owned(&name).unwrap();
        assert!(!mutex.created() && mutex.try_lock().unwrap().is_none());
        let process = Process::open(creator.id()).unwrap();
        creator.kill();
        assert!(process.try_wait().unwrap());
        assert!(mutex.lock().unwrap().was_abandoned());
        assert!(!mutex.lock().unwrap().was_abandoned());
    }
}

#[test]
fn it_is_acquired_once_and_again_by_its_owner_alone() {
    let _watchdog = watchdog();
    for name in ["", &unique("owned-once")] {
        let mutex = Mutex::create_owned(name).unwrap();
        let elsewhere = || {
            std::thread::scope(|threads| {
                let tried = threads.spawn(|| mutex.lock_timeout(Duration::from_millis(2)).unwrap().is_some());
                tried.join().unwrap()
            })
        };
        assert!(mutex.created() && !elsewhere());
        drop(mutex.lock().unwrap());
        assert!(!elsewhere(), "acquired twice, released once");
        mutex.release().unwrap();
        assert!(elsewhere());
        assert_eq!(mutex.release().unwrap_err().kind(), ErrorKind::NotOwner);
    }
}

#[test]
fn what_exists_keeps_its_owner() {
    let _watchdog = watchdog();
    let name = unique("kept");
    let mutex = Mutex::create(&name).unwrap();
    let again = Mutex::open_or_create_owned(&name).unwrap();
    assert!(!again.created());
    assert_eq!(again.release().unwrap_err().kind(), ErrorKind::NotOwner);
    assert_eq!(Mutex::create_owned(&name).unwrap_err().kind(), ErrorKind::AlreadyExists);
    assert_eq!(mutex.release().unwrap_err().kind(), ErrorKind::NotOwner);
    let given = Mutex::create_owned_with(&unique("kept-with"), &Security::private()).unwrap();
    given.release().unwrap();
}

#[test]
fn a_creating_thread_that_ends_abandons_it() {
    let _watchdog = watchdog();
    let name = unique("ended-creator");
    let created = std::thread::scope(|threads| threads.spawn(|| Mutex::create_owned(&name).unwrap()).join());
    let mutex = created.unwrap();
    assert!(mutex.lock().unwrap().was_abandoned());
    assert!(!mutex.lock().unwrap().was_abandoned());
}
