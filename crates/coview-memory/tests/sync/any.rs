//! Waiting for the first of several.

use std::time::{Duration, Instant};

use coview_memory::ErrorKind;
use coview_memory::sync::{Event, Mutex, Reset, Semaphore, Waitable, wait_any};

use crate::harness::watchdog;

fn index(objects: &[&dyn Waitable]) -> Option<usize> {
    wait_any(objects, Some(Duration::ZERO)).unwrap().map(|got| got.index)
}

#[test]
fn the_first_that_is_ready_is_taken_and_no_other_changes() {
    let _watchdog = watchdog();
    let mutex = Mutex::unnamed().unwrap();
    let auto = Event::unnamed(Reset::Auto, true).unwrap();
    let count = Semaphore::unnamed(1, 1).unwrap();
    let manual = Event::unnamed(Reset::Manual, true).unwrap();
    assert_eq!(index(&[&auto, &count, &manual, &mutex]), Some(0));
    assert_eq!(index(&[&auto, &count, &manual, &mutex]), Some(1));
    assert_eq!(index(&[&auto, &count, &manual, &mutex]), Some(2));
    assert_eq!(index(&[&auto, &count, &manual, &mutex]), Some(2));
    manual.reset().unwrap();
    assert_eq!(index(&[&auto, &count, &manual, &mutex]), Some(3));
    mutex.release().unwrap();
    assert_eq!(index(&[&auto, &count, &manual]), None);
}

/// J04.
#[test]
fn j04_one_to_64_objects_can_be_waited_for() {
    let _watchdog = watchdog();
    let events: Vec<Event> = (0..65).map(|_| Event::unnamed(Reset::Auto, false).unwrap()).collect();
    let all: Vec<&dyn Waitable> = events.iter().map(|event| event as _).collect();
    for bad in [&all[..0], &all[..]] {
        assert_eq!(wait_any(bad, None).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    let begin = Instant::now();
    assert_eq!(wait_any(&all[..64], Some(Duration::from_millis(40))).unwrap(), None);
    assert!(begin.elapsed() >= Duration::from_millis(if cfg!(windows) { 24 } else { 40 }));
    for at in [0, 1, 31, 63] {
        std::thread::scope(|threads| {
            let waiter = threads.spawn(|| wait_any(&all[..64], None).unwrap().unwrap().index);
            events[at].set().unwrap();
            assert_eq!(waiter.join().unwrap(), at);
        });
    }
}

#[test]
fn a_wait_for_several_ends_with_whichever_comes() {
    let _watchdog = watchdog();
    let [request, answer] = [(); 2].map(|()| Event::unnamed(Reset::Auto, false).unwrap());
    let stop = Event::unnamed(Reset::Manual, false).unwrap();
    let count = Semaphore::unnamed(0, 1).unwrap();
    std::thread::scope(|threads| {
        threads.spawn(|| {
            while let Some(got) = wait_any(&[&stop, &request, &count], None).unwrap() {
                if got.index == 0 {
                    break;
                }
                answer.set().unwrap();
            }
        });
        for round in 0..500 {
            if round % 2 == 0 {
                request.set().unwrap();
            } else {
                count.release(1).unwrap();
            }
            answer.wait().unwrap();
        }
        stop.set().unwrap();
    });
}
