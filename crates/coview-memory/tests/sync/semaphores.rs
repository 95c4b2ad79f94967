//! Semaphores between processes.

use coview_memory::ErrorKind;
use coview_memory::sync::{Event, Reset, Semaphore, wait_any};

use crate::harness::{listen, say, spawn, unique, watchdog};

const EACH: u64 = 2000;

/// Takes until there is nothing and the end is told.
pub(crate) fn taker(words: &[&str]) {
    let [semaphore, end] = words else { panic!("{words:?}") };
    let (semaphore, end) = (Semaphore::open(semaphore).unwrap(), Event::open(end).unwrap());
    say("ready");
    let mut taken = 0u64;
    // The semaphore comes first: the end counts only when there is none left.
    while wait_any(&[&semaphore, &end], None).unwrap().unwrap().index == 0 {
        taken += 1;
    }
    say(taken);
    listen();
}

/// Gives ones and threes, `EACH` in all.
pub(crate) fn giver(words: &[&str]) {
    let semaphore = Semaphore::open(words[0]).unwrap();
    for _ in 0..EACH / 4 {
        semaphore.release(1).unwrap();
        semaphore.release(3).unwrap();
    }
    say("done");
    listen();
}

#[test]
fn what_many_give_many_take_and_nothing_is_lost_or_doubled() {
    let _watchdog = watchdog();
    let (name, end_name) = (unique("count"), unique("count-end"));
    let semaphore = Semaphore::create(&name, 0, 1_000_000).unwrap();
    let end = Event::create(&end_name, Reset::Manual, false).unwrap();
    let mut takers: Vec<_> = (0..3).map(|_| spawn("semaphore taker", &[&name, &end_name])).collect();
    takers.iter_mut().for_each(|taker| taker.expect("ready"));
    let mut givers: Vec<_> = (0..3).map(|_| spawn("semaphore giver", &[&name])).collect();
    givers.iter_mut().for_each(|giver| giver.expect("done"));
    end.set().unwrap();
    assert_eq!(takers.iter_mut().map(|taker| taker.number()).sum::<u64>(), 3 * EACH);
    assert!(!semaphore.try_wait().unwrap());
    takers.into_iter().chain(givers).for_each(|actor| actor.finish());
}

const FEW: u32 = 3;

/// Gives and takes without waiting, and says by how much it gave more than it took.
pub(crate) fn juggler(words: &[&str]) {
    let semaphore = Semaphore::open(words[0]).unwrap();
    let mut balance = 0i64;
    for round in 0..EACH {
        if round % 2 == std::process::id() as u64 % 2 {
            match semaphore.release(1) {
                Ok(before) => {
                    assert!(before < FEW);
                    balance += 1;
                }
                Err(error) => assert_eq!(error.kind(), ErrorKind::TooManyPosts),
            }
        } else if semaphore.try_wait().unwrap() {
            balance -= 1;
        }
    }
    say(balance + i64::try_from(EACH).unwrap());
    listen();
}

#[test]
fn the_count_stays_within_its_bounds_under_load() {
    let _watchdog = watchdog();
    let name = unique("bounds");
    let semaphore = Semaphore::create(&name, 1, FEW).unwrap();
    let mut jugglers: Vec<_> = (0..4).map(|_| spawn("semaphore juggler", &[&name])).collect();
    let balances = jugglers.iter_mut().map(|juggler| juggler.number() as i64 - EACH as i64);
    let expected = 1 + balances.sum::<i64>();
    let mut left = 0;
    while semaphore.try_wait().unwrap() {
        left += 1;
    }
    assert_eq!(left, expected);
    assert!((0..=i64::from(FEW)).contains(&left));
    jugglers.into_iter().for_each(|juggler| juggler.finish());
}

/// J03.
#[test]
fn j03_a_release_beyond_the_maximum_is_refused_and_changes_nothing() {
    let name = unique("j03");
    let semaphore = Semaphore::create(&name, 2, 5).unwrap();
    let other = Semaphore::open(&name).unwrap();
    assert_eq!(other.release(2).unwrap(), 2);
    for too_many in [2, 6, i32::MAX as u32, i32::MAX as u32 + 1, u32::MAX] {
        assert_eq!(
            other.release(too_many).unwrap_err().kind(),
            ErrorKind::TooManyPosts,
            "{too_many}"
        );
    }
    assert_eq!(semaphore.release(0).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(semaphore.release(1).unwrap(), 4);
    // An existing one keeps its maximum and its count.
    let again = Semaphore::open_or_create(&name, 0, 100).unwrap();
    assert!(!again.created());
    assert_eq!(again.release(1).unwrap_err().kind(), ErrorKind::TooManyPosts);
    assert_eq!((0..10).filter(|_| again.try_wait().unwrap()).count(), 5);
}

#[test]
fn a_count_that_makes_no_sense_is_refused() {
    for (initial, maximum) in [(0, 0), (1, 0), (2, 1), (0, i32::MAX as u32 + 1), (u32::MAX, u32::MAX)] {
        let error = Semaphore::create(&unique("senseless"), initial, maximum).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidArgument, "{initial} of {maximum}");
        assert!(error.name().is_some());
    }
    let most = i32::MAX as u32;
    let semaphore = Semaphore::unnamed(most, most).unwrap();
    assert_eq!(semaphore.release(1).unwrap_err().kind(), ErrorKind::TooManyPosts);
    assert!(semaphore.try_wait().unwrap());
    assert_eq!(semaphore.release(1).unwrap(), most - 1);
}

/// Takes one each time it is told to, and says so.
pub(crate) fn one(words: &[&str]) {
    let semaphore = Semaphore::open(words[0]).unwrap();
    say("ready");
    while listen() == "take" {
        say("taking");
        semaphore.wait().unwrap();
        say("taken");
    }
}

#[test]
fn a_waiter_that_is_killed_asleep_leaves_nobody_standing() {
    let _watchdog = watchdog();
    let name = unique("asleep");
    let semaphore = Semaphore::create(&name, 0, 10).unwrap();
    let mut ones: Vec<_> = (0..3).map(|_| spawn("semaphore one", &[&name])).collect();
    for one in &mut ones {
        one.expect("ready");
        one.tell("take");
        one.expect("taking");
    }
    ones.remove(1).kill();
    semaphore.release(2).unwrap();
    ones.iter_mut().for_each(|one| one.expect("taken"));
    assert!(!semaphore.try_wait().unwrap());
    ones.into_iter().for_each(|one| one.finish());
}

#[test]
fn a_waiter_that_is_killed_as_it_wakes_takes_nobodys_wake_up_along() {
    let _watchdog = watchdog();
    let name = unique("woken");
    let semaphore = Semaphore::create(&name, 0, 10).unwrap();
    let mut survivor = spawn("semaphore one", &[&name]);
    survivor.expect("ready");
    for round in 0..50 {
        let mut victim = spawn("semaphore one", &[&name]);
        victim.expect("ready");
        // Sometimes one is first in the kernel's queue, sometimes the other.
        let (first, second) = if round % 2 == 0 {
            (&mut victim, &mut survivor)
        } else {
            (&mut survivor, &mut victim)
        };
        for one in [first, second] {
            one.tell("take");
            one.expect("taking");
        }
        for _ in 0..round * 20 {
            std::hint::spin_loop();
        }
        // The victim takes one of them, or none; one is left in any case.
        semaphore.release(1).unwrap();
        semaphore.release(1).unwrap();
        victim.kill();
        survivor.expect("taken");
        let _ = semaphore.try_wait().unwrap();
    }
    survivor.finish();
}
