//! Events, semaphores, mutexes, and waiting for them.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::support::*;
use crate::os::{Waitable, WaitableContract, WaitableKind, Waited};

const AUTO: WaitableKind = WaitableKind::Event {
    manual: false,
    set: false,
};
const NOW: Option<Duration> = Some(Duration::ZERO);

fn new(kind: WaitableKind) -> Waitable {
    named(kind, None).0
}

fn named(kind: WaitableKind, name: Option<&Name>) -> (Waitable, bool) {
    Waitable::create(kind, name, &PRIVATE, Existing::Open).unwrap_or_else(|e| panic!("{e}"))
}

fn through(object: &Waitable) -> bool {
    Waitable::wait(&[object], NOW).unwrap() != Waited::TimedOut
}

#[test]
fn an_event_lets_one_through_or_all_until_it_is_reset() {
    let auto = new(AUTO);
    assert!(!through(&auto));
    auto.set().unwrap();
    assert!(through(&auto) && !through(&auto));
    let manual = new(WaitableKind::Event {
        manual: true,
        set: true,
    });
    assert!(through(&manual) && through(&manual));
    manual.reset().unwrap();
    assert!(!through(&manual));
}

#[test]
fn j03_a_semaphore_counts_up_to_its_maximum() {
    let semaphore = new(WaitableKind::Semaphore { initial: 1, maximum: 3 });
    assert!(through(&semaphore) && !through(&semaphore));
    assert_eq!(semaphore.release_count(2).unwrap(), 0);
    assert_eq!(refused(semaphore.release_count(2)), ErrorKind::TooManyPosts);
    assert_eq!(refused(semaphore.release_count(u32::MAX)), ErrorKind::TooManyPosts);
    assert_eq!(semaphore.release_count(1).unwrap(), 2);
    assert!(through(&semaphore) && through(&semaphore) && through(&semaphore) && !through(&semaphore));
}

#[test]
fn a_mutex_belongs_to_a_thread_as_often_as_it_acquired_it() {
    let mutex = new(WaitableKind::Mutex);
    assert_eq!(refused(mutex.release_mutex()), ErrorKind::NotOwner);
    assert!(through(&mutex) && through(&mutex));
    mutex.release_mutex().unwrap();
    thread::scope(|scope| {
        scope.spawn(|| assert!(!through(&mutex) && refused(mutex.release_mutex()) == ErrorKind::NotOwner));
    });
    mutex.release_mutex().unwrap();
    assert_eq!(refused(mutex.release_mutex()), ErrorKind::NotOwner);
}

#[test]
fn j05_a_mutex_whose_owner_died_says_so_once() {
    let mutex = new(WaitableKind::Mutex);
    thread::scope(|scope| {
        scope.spawn(|| assert!(through(&mutex)));
    });
    let other = new(AUTO);
    let objects = [&other, &mutex];
    assert_eq!(
        Waitable::wait(&objects, None).unwrap(),
        Waited::Through {
            index: 1,
            abandoned: true
        }
    );
    mutex.release_mutex().unwrap();
    assert_eq!(
        Waitable::wait(&objects, None).unwrap(),
        Waited::Through {
            index: 1,
            abandoned: false
        }
    );
    mutex.release_mutex().unwrap();
}

#[test]
fn b01_a_name_is_one_object_and_goes_with_its_last_handle() {
    let kinds = [
        AUTO,
        WaitableKind::Semaphore { initial: 0, maximum: 1 },
        WaitableKind::Mutex,
    ];
    for kind in kinds {
        let name = name("waitable");
        assert_eq!(refused(Waitable::open(kind, &name)), ErrorKind::NotFound);
        let (first, created) = named(kind, Some(&name));
        assert!(created);
        let (second, created) = named(kind, Some(&name));
        assert!(!created);
        assert_eq!(
            refused(Waitable::create(kind, Some(&name), &PRIVATE, Existing::Refuse)),
            ErrorKind::AlreadyExists
        );
        let opened = Waitable::open(kind, &name).unwrap_or_else(|e| panic!("{e}"));
        for other in kinds.into_iter().filter(|other| *other != kind) {
            assert_eq!(refused(Waitable::open(other, &name)), ErrorKind::NotAMapping);
            assert_eq!(
                refused(Waitable::create(other, Some(&name), &PRIVATE, Existing::Open)),
                ErrorKind::NotAMapping
            );
        }
        match kind {
            WaitableKind::Event { .. } => opened.set().unwrap(),
            WaitableKind::Semaphore { .. } => assert_eq!(opened.release_count(1).unwrap(), 0),
            WaitableKind::Mutex => {}
        }
        assert!(through(&second));
        let duplicate = opened.duplicate().unwrap_or_else(|e| panic!("{e}"));
        drop((first, second, opened));
        assert!(Waitable::open(kind, &name).is_ok());
        drop(duplicate);
        assert_eq!(refused(Waitable::open(kind, &name)), ErrorKind::NotFound);
    }
}

#[test]
fn j04_up_to_64_objects_and_the_lowest_index_wins() {
    let events: Vec<Waitable> = (0..65).map(|_| new(AUTO)).collect();
    let all: Vec<&Waitable> = events.iter().collect();
    assert_eq!(refused(Waitable::wait(&all, NOW)), ErrorKind::InvalidArgument);
    assert_eq!(refused(Waitable::wait(&[], NOW)), ErrorKind::InvalidArgument);
    events[63].set().unwrap();
    events[7].set().unwrap();
    assert_eq!(
        Waitable::wait(&all[..64], None).unwrap(),
        Waited::Through {
            index: 7,
            abandoned: false
        }
    );
    assert_eq!(
        Waitable::wait(&all[..64], None).unwrap(),
        Waited::Through {
            index: 63,
            abandoned: false
        }
    );
    assert_eq!(Waitable::wait(&all[..64], NOW).unwrap(), Waited::TimedOut);
}

#[test]
fn a_wait_is_never_shorter_than_asked() {
    let event = new(AUTO);
    for micros in [1, 300, 1500, 20_000] {
        let (timeout, start) = (Duration::from_micros(micros), Instant::now());
        assert_eq!(Waitable::wait(&[&event], Some(timeout)).unwrap(), Waited::TimedOut);
        assert!(start.elapsed() >= timeout);
    }
}

#[test]
fn a_waiter_is_woken_by_another_thread_under_any_timeout() {
    for timeout in [
        None,
        Some(Duration::MAX),
        Some(Duration::from_secs(60 * 86_400)),
        Some(Duration::from_secs(60)),
    ] {
        let event = new(AUTO);
        let (ready, woken) = mpsc::channel();
        thread::scope(|scope| {
            scope.spawn(|| {
                ready.send(()).unwrap();
                Waitable::wait(&[&event], timeout).unwrap()
            });
            woken.recv().unwrap();
            event.set().unwrap();
        });
    }
}
