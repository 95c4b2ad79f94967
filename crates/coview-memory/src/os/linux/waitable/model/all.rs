//! Waiting for all of several manual-reset events: never through unless all were set at one instant, and never asleep
//! when they are.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::super::all::wait_all;
use super::*;

fn event(page: &Arc<ModelPage>) -> Thing<Take> {
    Thing {
        page: Arc::clone(page),
        kind: EVENT,
    }
}

fn wait_for(events: &[&Thing<Take>], timeout: Option<Duration>) -> bool {
    let kernel = Arc::clone(&events[0].page.kernel);
    let sleep = |_, place: Option<(&ModelPage, u32)>, _| {
        kernel.sleep(place.as_slice());
        Ok(())
    };
    wait_all(events, timeout, sleep).unwrap()
}

/// Enough for the other thread to run between any two looks.
const IN_TURNS: usize = 6;

/// First one, then the other, and so once more: at no instant both.
fn set_in_turns([one, other]: [Arc<ModelPage>; 2]) {
    for page in [&one, &other, &one, &other] {
        protocol::set_manual(&**page).unwrap();
        protocol::reset_manual(&**page).unwrap();
    }
}

#[test]
fn events_that_are_never_set_at_once_let_nobody_through() {
    for order in [[0, 1], [1, 0]] {
        model(IN_TURNS, move || {
            let pages: [_; 2] = pages();
            let turns = pages.clone();
            let sets = thread::spawn(move || set_in_turns(turns));
            let events = order.map(|index: usize| event(&pages[index]));
            assert!(!wait_for(&[&events[0], &events[1]], Some(Duration::ZERO)));
            sets.join().unwrap();
        });
    }
}

/// The control: two looks at whether they are set, and not at whether they have been reset in between.
#[test]
fn the_model_finds_that_two_looks_are_not_enough() {
    let fooled = std::sync::Arc::new(AtomicBool::new(false));
    let told = std::sync::Arc::clone(&fooled);
    model(IN_TURNS, move || {
        let pages: [_; 2] = pages();
        let turns = pages.clone();
        let sets = thread::spawn(move || {
            for page in [0, 0, 1, 1, 0, 0, 1] {
                turns[page].add(Word::Value, 1);
            }
        });
        let looks = [(); 2].map(|()| pages.iter().all(|page| protocol::mark_of_event(&**page).is_some()));
        if looks == [true; 2] {
            told.store(true, std::sync::atomic::Ordering::Relaxed);
        }
        sets.join().unwrap();
    });
    assert!(fooled.load(std::sync::atomic::Ordering::Relaxed));
}

#[test]
fn who_waits_for_all_gets_through_when_they_are_set() {
    model(3, || {
        let pages: [_; 2] = pages();
        let both = pages.clone();
        let waits = thread::spawn(move || wait_for(&[&event(&both[0]), &event(&both[1])], None));
        let second = Arc::clone(&pages[1]);
        let sets = thread::spawn(move || protocol::set_manual(&*second).unwrap());
        protocol::set_manual(&*pages[0]).unwrap();
        sets.join().unwrap();
        assert!(waits.join().unwrap());
        assert_eq!(pages.map(|page| page.load(Word::Waiters)), [0; 2]);
    });
}

#[test]
fn who_waits_for_all_is_not_left_behind_by_one_that_comes_and_goes() {
    model(3, || {
        let pages: [_; 2] = pages();
        let both = pages.clone();
        let waits = thread::spawn(move || wait_for(&[&event(&both[0]), &event(&both[1])], None));
        protocol::set_manual(&*pages[0]).unwrap();
        protocol::reset_manual(&*pages[0]).unwrap();
        protocol::set_manual(&*pages[1]).unwrap();
        protocol::set_manual(&*pages[0]).unwrap();
        assert!(waits.join().unwrap());
    });
}
