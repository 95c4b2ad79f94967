//! Processes that are waited for.

use std::time::{Duration, Instant, SystemTime};

use coview_memory::ErrorKind;
use coview_memory::sync::{Event, Mutex, Process, Reset, wait_any};

use crate::harness::{listen, say, spawn, watchdog};

/// Lives until it is told to end, or killed.
pub(crate) fn listener(_words: &[&str]) {
    say("ready");
    listen();
}

#[test]
fn a_process_is_waited_for_until_it_is_killed() {
    let _watchdog = watchdog();
    for round in 0..20 {
        let mut actor = spawn("listener", &[]);
        let process = Process::open(actor.id()).unwrap();
        assert_eq!(process.id(), actor.id());
        assert!(!process.try_wait().unwrap());
        assert!(!process.wait_timeout(Duration::from_millis(2)).unwrap());
        if round % 2 == 0 {
            actor.kill();
            process.wait().unwrap();
        } else {
            // Waiting already when it happens.
            std::thread::scope(|threads| {
                threads.spawn(move || actor.kill());
                process.wait().unwrap();
            });
        }
        assert!(process.try_wait().unwrap() && process.try_clone().unwrap().try_wait().unwrap());
    }
}

#[test]
fn one_that_ends_by_itself_is_noticed_too() {
    let _watchdog = watchdog();
    let mut actor = spawn("listener", &[]);
    actor.expect("ready");
    let process = Process::open(actor.id()).unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| actor.finish());
        assert!(process.wait_timeout(Duration::from_secs(60)).unwrap());
    });
}

/// J04.
#[test]
fn j04_processes_and_other_objects_are_waited_for_at_once() {
    let _watchdog = watchdog();
    let mut actors = [(); 2].map(|()| spawn("listener", &[]));
    let [one, other] = actors.each_mut().map(|actor| Process::open(actor.id()).unwrap());
    let news = Event::unnamed(Reset::Auto, false).unwrap();
    let mutex = Mutex::unnamed().unwrap();
    let index = |timeout| wait_any(&[&one, &news, &other], timeout).unwrap().map(|got| got.index);
    assert_eq!(index(Some(Duration::from_millis(25))), None);
    news.set().unwrap();
    assert_eq!(index(None), Some(1));
    std::thread::scope(|threads| {
        let waits = threads.spawn(|| index(None));
        actors[1].kill();
        assert_eq!(waits.join().unwrap(), Some(2));
    });
    assert_eq!(wait_any(&[&one, &other], None).unwrap().map(|got| got.index), Some(1));
    assert_eq!(wait_any(&[&other, &mutex], None).unwrap().map(|got| got.index), Some(0));
    assert_eq!(wait_any(&[&one, &mutex], None).unwrap().map(|got| got.index), Some(1));
    mutex.release().unwrap();
    std::thread::scope(|threads| {
        let waits = threads.spawn(|| wait_any(&[&one, &news], None).unwrap().map(|got| got.index));
        actors[0].kill();
        assert_eq!(waits.join().unwrap(), Some(0));
    });
    news.set().unwrap();
    assert_eq!(index(None), Some(0), "the first of those that are ready");
    assert!(news.try_wait().unwrap());
}

#[test]
fn a_wait_for_processes_alone_lasts_as_long_as_was_asked() {
    let _watchdog = watchdog();
    let [me, again] = [(); 2].map(|()| Process::current().unwrap());
    for milliseconds in [0, 1, 20, 60] {
        let (begin, time) = (Instant::now(), Duration::from_millis(milliseconds));
        assert!(!me.wait_timeout(time).unwrap());
        assert_eq!(wait_any(&[&me, &again], Some(time)).unwrap(), None);
        assert!(begin.elapsed() + Duration::from_millis(if cfg!(windows) { 32 } else { 0 }) >= time * 2);
    }
}

/// J06.
#[test]
fn j06_two_processes_are_told_apart_by_when_they_were_started() {
    let _watchdog = watchdog();
    let before = SystemTime::now() - Duration::from_secs(1);
    let mut first = spawn("listener", &[]);
    // Longer than the clock that starts are told by.
    std::thread::sleep(Duration::from_millis(40));
    let second = spawn("listener", &[]);
    let [one, two, me] = [first.id(), second.id(), std::process::id()].map(|id| Process::open(id).unwrap());
    let started = one.started().unwrap();
    assert!(me.started().unwrap() <= started && started < two.started().unwrap());
    assert_eq!(Process::open(first.id()).unwrap().started().unwrap(), started);
    let at = one.started_at().unwrap();
    assert!(
        before <= at && at <= SystemTime::now() + Duration::from_secs(1),
        "{at:?}"
    );
    first.kill();
    assert_eq!(one.started().unwrap(), started, "also when it has ended");
}

/// J07.
#[test]
fn j07_that_a_process_can_be_opened_does_not_say_that_it_lives() {
    let _watchdog = watchdog();
    let mut actor = spawn("listener", &[]);
    let id = actor.id();
    let held = Process::open(id).unwrap();
    actor.kill();
    match Process::open(id) {
        Ok(dead) => assert!(dead.try_wait().unwrap() && dead.started().unwrap() == held.started().unwrap()),
        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound),
    }
}

#[test]
fn an_id_that_nobody_has_is_not_found() {
    // More than any system gives out.
    for id in [0, 0x7fff_fff0, u32::MAX - 3] {
        let refused = Process::open(id).unwrap_err();
        assert_eq!(refused.kind(), ErrorKind::NotFound, "{refused}");
        assert!(refused.to_string().contains(&id.to_string()), "{refused}");
    }
}
