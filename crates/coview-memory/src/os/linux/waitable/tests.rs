//! What peers do to the page, by dying or by malice, and what the others make of it.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::fs::ftruncate;

use super::core::Core;
use super::handle::{State, Waitable};
use super::page::{Page, SIZE};
use super::protocol::{Object as _, Page as _, Word};
use crate::error::{ErrorKind, Result};
use crate::os::linux::memory;
use crate::os::linux::record::Kind;
use crate::os::{Existing, Pages, WaitableContract, WaitableKind, Waited};
use crate::security::Security;

const MANUAL: WaitableKind = WaitableKind::Event {
    manual: true,
    set: false,
};
const AUTO: WaitableKind = WaitableKind::Event {
    manual: false,
    set: false,
};
const MUTEX: WaitableKind = WaitableKind::Mutex { owned: false };
const COUNT: WaitableKind = WaitableKind::Semaphore { initial: 0, maximum: 5 };

const THROUGH: Waited = Waited::Through {
    index: 0,
    abandoned: false,
};

fn make(kind: WaitableKind) -> Waitable {
    Waitable::create(kind, None, &Security::private(), Existing::Refuse)
        .unwrap()
        .0
}

fn page(object: &Waitable) -> &Page {
    object.page().expect("it has one")
}

/// Waits on a thread of its own for each object, does something when all are about to sleep, and returns how the
/// waits ended.
fn while_waiting(objects: &[&Waitable], act: impl FnOnce()) -> Vec<Waited> {
    std::thread::scope(|threads| {
        let wait = |object| threads.spawn(move || Waitable::wait(&[object], None).unwrap());
        let waits: Vec<_> = objects.iter().map(|object| wait(*object)).collect();
        while objects.iter().any(|object| page(object).load(Word::Waiters) == 0) {
            std::thread::yield_now();
        }
        act();
        waits.into_iter().map(|wait| wait.join().unwrap()).collect()
    })
}

#[test]
fn who_waits_for_a_manual_event_gets_through_however_soon_it_is_reset() {
    let event = make(MANUAL);
    for _ in 0..200 {
        let ended = while_waiting(&[&event], || {
            event.set().unwrap();
            event.reset().unwrap();
        });
        // Either it saw the event set, or it sees that it was.
        assert_eq!(ended, [THROUGH]);
        assert_eq!(
            Waitable::wait(&[&event], Some(Duration::ZERO)).unwrap(),
            Waited::TimedOut
        );
    }
}

#[test]
fn a_signal_whose_sender_died_before_it_woke_anybody_is_noticed() {
    let (event, semaphore) = (make(AUTO), make(COUNT));
    let ended = while_waiting(&[&event, &semaphore], || {
        page(&event).swap(Word::Value, 1);
        page(&semaphore).swap(Word::Value, 1);
    });
    assert_eq!(ended, [THROUGH; 2]);
}

#[test]
fn a_waiter_that_the_page_no_longer_counts_is_late_and_not_lost() {
    let (manual, auto) = (make(MANUAL), make(AUTO));
    let ended = while_waiting(&[&manual, &auto], || {
        for event in [&manual, &auto] {
            page(event).swap(Word::Waiters, 0);
            event.set().unwrap();
        }
    });
    assert_eq!(ended, [THROUGH; 2]);
}

/// A death leaves the count of waiters too high for ever.
#[test]
fn dead_waiters_stand_in_nobodys_way() {
    for left in [1, u32::MAX] {
        let semaphore = make(COUNT);
        page(&semaphore).swap(Word::Waiters, left);
        std::thread::scope(|threads| {
            let waits = [(); 2].map(|()| threads.spawn(|| Waitable::wait(&[&semaphore], None).unwrap()));
            assert!(semaphore.release_count(1).unwrap() <= 1);
            assert!(semaphore.release_count(1).unwrap() <= 1);
            for wait in waits {
                assert_eq!(wait.join().unwrap(), THROUGH);
            }
        });
        assert_eq!(page(&semaphore).load(Word::Waiters), left);
        assert_eq!(page(&semaphore).load(Word::Value), 0);
    }
}

#[test]
fn whatever_bytes_a_peer_writes_every_call_comes_back() {
    let objects = [make(MANUAL), make(AUTO), make(COUNT), make(MUTEX)];
    let stop = AtomicBool::new(false);
    std::thread::scope(|threads| {
        threads.spawn(|| {
            let mut state = 0x9e37_79b9_7f4a_7c15u64;
            while !stop.load(Ordering::Relaxed) {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                for object in &objects {
                    for (word, shift) in [(Word::Value, 20), (Word::Sequence, 28), (Word::Waiters, 32)] {
                        // Small numbers, large ones, zeros and ones.
                        let mask = [0, 1, 7, u32::MAX][(state >> (shift + 8)) as usize % 4];
                        page(object).swap(word, (state >> shift) as u32 & mask);
                    }
                }
            }
        });
        let users = [(); 2].map(|()| threads.spawn(|| (0..300).for_each(|round| use_all(&objects, round))));
        for user in users {
            user.join().unwrap();
        }
        stop.store(true, Ordering::Relaxed);
    });
    // The mutex does not believe the page: nobody owns it, and it can be had.
    let mutex = &objects[3];
    assert!(matches!(
        Waitable::wait(&[mutex], None).unwrap(),
        Waited::Through { .. }
    ));
    mutex.release_mutex().unwrap();
}

fn use_all(objects: &[Waitable; 4], round: u32) {
    let [manual, auto, count, mutex] = objects;
    let time = Some(Duration::from_micros(u64::from(round % 3) * 400));
    let done_or_busy = |done: Result<()>| {
        if let Err(error) = done {
            assert_eq!(error.kind(), ErrorKind::Busy, "{error}");
        }
    };
    done_or_busy(manual.set());
    auto.set().unwrap();
    done_or_busy(manual.reset());
    let bounded = |kind| matches!(kind, ErrorKind::TooManyPosts | ErrorKind::Busy);
    if let Err(error) = count.release_count(1) {
        assert!(bounded(error.kind()), "{error}");
    }
    for object in [manual, auto, count] {
        ended(Waitable::wait(&[object], time));
    }
    if let Err(error) = Waitable::wait_all(&[manual, manual], time) {
        assert_eq!(error.kind(), ErrorKind::Busy, "{error}");
    }
    // Its owner is never in doubt: what is acquired can be released, and only then.
    for waited in [&[mutex][..], &[manual, mutex], &[auto, count, mutex]] {
        let got = ended(Waitable::wait(waited, time));
        let owned = matches!(got, Waited::Through { index, .. } if index + 1 == waited.len());
        assert_eq!(mutex.release_mutex().is_ok(), owned);
    }
}

fn ended(wait: Result<Waited>) -> Waited {
    wait.unwrap_or_else(|error| {
        assert_eq!(error.kind(), ErrorKind::Busy, "{error}");
        Waited::TimedOut
    })
}

/// Whatever number is there: odd is set.
#[test]
fn a_manual_event_counts_its_changes() {
    let event = make(MANUAL);
    let value = || page(&event).load(Word::Value);
    type Change = fn(&Waitable) -> Result<()>;
    let changes: [(Change, u32); 6] = [
        (Waitable::set, 1),
        (Waitable::set, 1),
        (Waitable::reset, 2),
        (Waitable::reset, 2),
        (Waitable::set, 3),
        (Waitable::reset, 4),
    ];
    for (change, expected) in changes {
        change(&event).unwrap();
        assert_eq!(value(), expected);
    }
    page(&event).swap(Word::Value, u32::MAX);
    assert_eq!(Waitable::wait(&[&event], None).unwrap(), THROUGH);
    event.reset().unwrap();
    assert_eq!(value(), 0, "it begins again");
}

#[test]
fn a_wait_for_all_ends_among_events_that_come_and_go() {
    let [first, second] = [make(MANUAL), make(MANUAL)];
    for round in 0..50 {
        std::thread::scope(|threads| {
            let waits = threads.spawn(|| Waitable::wait_all(&[&first, &second], None).unwrap());
            for _ in 0..round {
                first.set().unwrap();
                first.reset().unwrap();
                second.set().unwrap();
                second.reset().unwrap();
            }
            assert!(!waits.is_finished(), "they were never set at once");
            second.set().unwrap();
            first.set().unwrap();
            assert_eq!(waits.join().unwrap(), Some(false));
        });
        first.reset().unwrap();
        assert_eq!(
            Waitable::wait_all(&[&first, &second], Some(Duration::ZERO)).unwrap(),
            None
        );
        second.reset().unwrap();
    }
}

#[test]
fn a_mutex_that_was_created_owned_and_never_published_is_given_up() {
    let data = memory::unnamed("create", SIZE as u64, Pages::Commit).unwrap();
    drop(Core::owned("create", &data).unwrap());
    let State::Mutex(core) = State::of("open", Kind::Mutex, 0, data).unwrap() else {
        unreachable!("it is a mutex");
    };
    std::thread::scope(|threads| {
        threads.spawn(|| assert!(core.take().unwrap().is_some()));
    });
}

#[test]
fn a_number_that_the_kind_cannot_have_or_too_few_bytes_are_refused() {
    let data = || memory::unnamed("open", SIZE as u64, Pages::Commit).unwrap();
    for (kind, params) in [
        (Kind::Event, &[2, u64::MAX][..]),
        (Kind::Semaphore, &[0, 1 << 31, 1 << 32 | 1]),
        (Kind::Mutex, &[1]),
        (Kind::Mapping, &[0]),
    ] {
        for param in params {
            let refused = State::of("open", kind, *param, data()).err().expect("it is refused");
            assert_eq!(refused.kind(), ErrorKind::Corrupted, "{refused}");
        }
    }
    let short = rustix::fs::memfd_create("short", rustix::fs::MemfdFlags::CLOEXEC).unwrap();
    ftruncate(&short, SIZE as u64 - 1).unwrap();
    assert_eq!(Page::map("open", &short).unwrap_err().kind(), ErrorKind::Corrupted);
}
