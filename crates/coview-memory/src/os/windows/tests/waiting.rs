//! Events, semaphores, mutexes, processes, and waiting for them.

use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use super::support::*;
use crate::os::{Waitable, WaitableContract, WaitableKind, Waited};

const AUTO: WaitableKind = WaitableKind::Event {
    manual: false,
    set: false,
};
const MUTEX: WaitableKind = WaitableKind::Mutex { owned: false };
const OWNED: WaitableKind = WaitableKind::Mutex { owned: true };
const MANUAL: WaitableKind = WaitableKind::Event {
    manual: true,
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
    let mutex = new(MUTEX);
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
    let mutex = new(MUTEX);
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
    let kinds = [AUTO, WaitableKind::Semaphore { initial: 0, maximum: 1 }, MUTEX];
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
            WaitableKind::Mutex { .. } => {}
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

#[test]
fn whoever_creates_a_mutex_owned_owns_it_and_whoever_opens_it_does_not() {
    let name = name("owned");
    let (mutex, created) = named(OWNED, Some(&name));
    assert!(created);
    thread::scope(|scope| {
        scope.spawn(|| {
            let (again, created) = named(OWNED, Some(&name));
            assert!(!created && !through(&again));
            assert_eq!(refused(again.release_mutex()), ErrorKind::NotOwner);
            let opened = Waitable::open(OWNED, &name).unwrap_or_else(|e| panic!("{e}"));
            assert!(!through(&opened));
            let strict = Waitable::create(OWNED, Some(&name), &PRIVATE, Existing::Refuse);
            assert_eq!(refused(strict), ErrorKind::AlreadyExists);
        });
    });
    mutex.release_mutex().unwrap();
    assert_eq!(refused(mutex.release_mutex()), ErrorKind::NotOwner, "it was owned once");
    let unnamed = new(OWNED);
    unnamed.release_mutex().unwrap();
    assert_eq!(refused(unnamed.release_mutex()), ErrorKind::NotOwner);
}

#[test]
fn j04_all_of_several_are_taken_at_once_or_none() {
    let objects = [new(AUTO), new(MUTEX), new(MANUAL)];
    let all: Vec<&Waitable> = objects.iter().collect();
    let [auto, mutex, manual] = &objects;
    auto.set().unwrap();
    assert_eq!(Waitable::wait_all(&all, Some(Duration::from_millis(5))).unwrap(), None);
    assert_eq!(refused(mutex.release_mutex()), ErrorKind::NotOwner);
    manual.set().unwrap();
    assert_eq!(Waitable::wait_all(&all, None).unwrap(), Some(false));
    assert!(!through(auto) && through(manual));
    mutex.release_mutex().unwrap();

    thread::scope(|scope| {
        scope.spawn(|| assert!(through(mutex)));
    });
    auto.set().unwrap();
    assert_eq!(Waitable::wait_all(&all, None).unwrap(), Some(true), "it was abandoned");
    mutex.release_mutex().unwrap();
    assert_eq!(refused(Waitable::wait_all(&[], NOW)), ErrorKind::InvalidArgument);
    assert_eq!(
        refused(Waitable::wait_all(&[manual; 65], NOW)),
        ErrorKind::InvalidArgument
    );
}

#[test]
fn j06_a_process_is_known_by_its_id_and_its_start() {
    let id = std::process::id();
    let [me, again] = [(); 2].map(|()| Waitable::open_process(id).unwrap_or_else(|e| panic!("{e}")));
    assert!(!through(&me));
    assert_eq!(me.started().unwrap(), again.started().unwrap());
    assert!(me.started().unwrap().time <= std::time::SystemTime::now());
    // Windows itself takes these for the same process.
    for near in [id + 1, id + 3] {
        assert_eq!(refused(Waitable::open_process(near)), ErrorKind::NotFound);
    }
    assert_eq!(refused(Waitable::open_process(0)), ErrorKind::NotFound);
    assert_eq!(refused(me.release_mutex()), ErrorKind::NotAMapping, "it is no mutex");
}
