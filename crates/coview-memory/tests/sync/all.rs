//! Waiting for all of several.

use std::time::{Duration, Instant};

use coview_memory::ErrorKind;
use coview_memory::sync::{AcquiredAll, Event, Mutex, Process, Reset, Semaphore, Waitable, wait_all};

use crate::harness::{listen, say, spawn, unique, watchdog};

const NOW: Option<Duration> = Some(Duration::ZERO);
const WELL: Option<AcquiredAll> = Some(AcquiredAll { abandoned: false });

fn events<const N: usize>() -> [Event; N] {
    std::array::from_fn(|_| Event::unnamed(Reset::Manual, false).unwrap())
}

#[test]
fn it_lasts_until_the_last_one_is_set_and_changes_nothing() {
    let _watchdog = watchdog();
    let all: [Event; 5] = events();
    let objects = all.each_ref().map(|event| event as &dyn Waitable);
    std::thread::scope(|threads| {
        let waits = threads.spawn(|| wait_all(&objects, None).unwrap());
        for event in [4, 0, 2, 1] {
            all[event].set().unwrap();
            assert_eq!(wait_all(&objects, NOW).unwrap(), None);
        }
        assert!(!waits.is_finished());
        all[3].set().unwrap();
        assert_eq!(waits.join().unwrap(), WELL);
    });
    assert_eq!(wait_all(&objects, NOW).unwrap(), WELL);
    all[2].reset().unwrap();
    let begin = Instant::now();
    assert_eq!(wait_all(&objects, Some(Duration::from_millis(40))).unwrap(), None);
    assert!(begin.elapsed() >= Duration::from_millis(if cfg!(windows) { 24 } else { 40 }));
}

/// Sets two events in turns, never both, until it is told to stop; then both.
pub(crate) fn alternator(words: &[&str]) {
    let [one, other] = [words[0], words[1]].map(|name| Event::open(name).unwrap());
    say("ready");
    for _ in 0..2000 {
        for event in [&one, &other] {
            event.set().unwrap();
            event.reset().unwrap();
        }
    }
    say("done");
    listen();
    one.set().unwrap();
    other.set().unwrap();
    listen();
}

#[test]
fn what_was_never_set_at_once_lets_nobody_through() {
    let _watchdog = watchdog();
    let names = [unique("all-one"), unique("all-other")];
    let [one, other] = names
        .each_ref()
        .map(|name| Event::create(name, Reset::Manual, false).unwrap());
    let mut alternator = spawn("alternator", &names.each_ref().map(String::as_str));
    std::thread::scope(|threads| {
        let waits = threads.spawn(|| wait_all(&[&other, &one], None).unwrap());
        alternator.expect("ready");
        alternator.expect("done");
        assert!(!waits.is_finished());
        alternator.tell("go on");
        assert_eq!(waits.join().unwrap(), WELL);
    });
    alternator.finish();
}

#[test]
fn one_alone_is_an_ordinary_wait() {
    let _watchdog = watchdog();
    let auto = Event::unnamed(Reset::Auto, true).unwrap();
    assert_eq!(wait_all(&[&auto], None).unwrap(), WELL);
    assert_eq!(wait_all(&[&auto], NOW).unwrap(), None);
    let count = Semaphore::unnamed(1, 1).unwrap();
    assert_eq!(wait_all(&[&count], None).unwrap(), WELL);
    assert_eq!(wait_all(&[&count], Some(Duration::from_millis(5))).unwrap(), None);
    let mutex = Mutex::unnamed().unwrap();
    std::thread::scope(|threads| threads.spawn(|| std::mem::forget(mutex.lock())).join().unwrap());
    assert_eq!(
        wait_all(&[&mutex], None).unwrap(),
        Some(AcquiredAll { abandoned: true })
    );
    mutex.release().unwrap();
}

#[test]
fn one_that_changes_is_taken_when_all_processes_have_ended_and_not_before() {
    let _watchdog = watchdog();
    let mut actors = [(); 2].map(|()| spawn("listener", &[]));
    let ended = actors.each_mut().map(|actor| Process::open(actor.id()).unwrap());
    let count = Semaphore::unnamed(1, 1).unwrap();
    let objects: [&dyn Waitable; 3] = [&ended[0], &count, &ended[1]];
    assert_eq!(wait_all(&objects, Some(Duration::from_millis(5))).unwrap(), None);
    actors[0].kill();
    assert_eq!(wait_all(&objects, Some(Duration::from_millis(5))).unwrap(), None);
    assert!(count.try_wait().unwrap(), "nothing was taken");
    std::thread::scope(|threads| {
        let waits = threads.spawn(|| wait_all(&objects, None).unwrap());
        actors[1].kill();
        assert!(!waits.is_finished());
        count.release(1).unwrap();
        assert_eq!(waits.join().unwrap(), WELL);
    });
    assert!(!count.try_wait().unwrap(), "it was taken");
    let [set] = events();
    set.set().unwrap();
    assert_eq!(wait_all(&[&ended[0], &set, &ended[1]], None).unwrap(), WELL);
    set.reset().unwrap();
    assert_eq!(wait_all(&[&ended[0], &set, &ended[1]], NOW).unwrap(), None);
}

#[test]
fn each_object_is_given_once_and_at_most_64() {
    let all: [Event; 65] = events();
    let objects = all.each_ref().map(|event| event as &dyn Waitable);
    let refused = |objects: &[&dyn Waitable]| wait_all(objects, NOW).unwrap_err().kind();
    for bad in [&objects[..], &[], &[&all[0], &all[1], &all[0]]] {
        assert_eq!(refused(bad), ErrorKind::InvalidArgument);
    }
    all.iter().for_each(|event| event.set().unwrap());
    assert_eq!(wait_all(&objects[1..], NOW).unwrap(), WELL);
    // Windows itself knows two handles of one object by the object, and refuses them; Wine does not look.
    if cfg!(target_os = "linux") {
        let again = all[0].try_clone().unwrap();
        assert_eq!(wait_all(&[&all[0], &again], NOW).unwrap(), WELL);
    }
}

/// Windows takes any objects together; Linux says why it does not.
#[test]
fn several_that_change_are_taken_together_or_refused() {
    let _watchdog = watchdog();
    let [set] = events();
    set.set().unwrap();
    let (auto, count) = (
        Event::unnamed(Reset::Auto, true).unwrap(),
        Semaphore::unnamed(0, 1).unwrap(),
    );
    for objects in [&[&auto as &dyn Waitable, &count][..], &[&set, &count]] {
        let waited = wait_all(objects, NOW);
        if cfg!(target_os = "linux") {
            let refused = waited.unwrap_err();
            assert_eq!(refused.kind(), ErrorKind::Unsupported);
            assert!(refused.to_string().contains("one after the other"), "{refused}");
        } else {
            assert_eq!(waited.unwrap(), None);
        }
    }
    assert!(auto.try_wait().unwrap(), "nothing was taken");
    if cfg!(windows) {
        auto.set().unwrap();
        count.release(1).unwrap();
        assert_eq!(wait_all(&[&auto, &count, &set], None).unwrap(), WELL);
        assert!(!auto.try_wait().unwrap() && !count.try_wait().unwrap());
    }
}
