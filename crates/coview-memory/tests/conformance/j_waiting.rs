//! J03 to J07: what can be waited for.

use std::time::Duration;

use coview_memory::ErrorKind;
use coview_memory::sync::{Event, Mutex, Process, Reset, Semaphore, Waitable, wait_any};

use crate::roles::Role;
use crate::support::{refused, unique};

/// Long enough for anything that comes at all.
const LONG: Option<Duration> = Some(Duration::from_secs(60));

/// Win32: `ERROR_TOO_MANY_POSTS`.
#[test]
fn j03_a_semaphore_counts_up_to_its_maximum() {
    let name = unique("j03");
    let semaphore = Semaphore::create(&name, 1, 3).unwrap();
    let other = Semaphore::open(&name).unwrap();
    assert_eq!(other.release(2).unwrap(), 1);
    assert_eq!(refused(semaphore.release(1)), ErrorKind::TooManyPosts);
    let taken = [semaphore.try_wait(), other.try_wait(), semaphore.try_wait()].map(Result::unwrap);
    assert_eq!((taken, other.try_wait().unwrap()), ([true; 3], false));
    // More than there is room for: nothing of it is added.
    assert_eq!(refused(semaphore.release(4)), ErrorKind::TooManyPosts);
    assert_eq!(semaphore.release(3).unwrap(), 0);
}

/// Win32: `ERROR_INVALID_PARAMETER` for 65.
#[test]
fn j04_64_objects_can_be_waited_for() {
    let events: Vec<_> = (0..65).map(|_| Event::unnamed(Reset::Auto, false).unwrap()).collect();
    let objects: Vec<&dyn Waitable> = events.iter().map(|event| event as &dyn Waitable).collect();
    assert_eq!(wait_any(&objects[..64], Some(Duration::ZERO)).unwrap(), None);
    for set in [63, 0, 17] {
        events[set].set().unwrap();
        let through = wait_any(&objects[..64], LONG).unwrap().unwrap();
        assert_eq!((through.index, through.abandoned), (set, false));
    }
    let other = Role::Create.start(&[&unique("j04")]);
    let process = Process::open(other.id()).unwrap();
    let mixed: Vec<_> = objects[..63]
        .iter()
        .copied()
        .chain([&process as &dyn Waitable])
        .collect();
    events[62].set().unwrap();
    assert_eq!(wait_any(&mixed, LONG).unwrap().map(|through| through.index), Some(62));
    assert_eq!(wait_any(&mixed, Some(Duration::ZERO)).unwrap(), None);
    other.kill();
    assert_eq!(wait_any(&mixed, LONG).unwrap().map(|through| through.index), Some(63));
    assert_eq!(
        refused(wait_any(&objects, Some(Duration::ZERO))),
        ErrorKind::InvalidArgument
    );
    assert_eq!(refused(wait_any(&[], Some(Duration::ZERO))), ErrorKind::InvalidArgument);
}

/// Win32: `WAIT_ABANDONED`.
#[test]
fn j05_a_mutex_whose_owner_died_says_so_once() {
    let name = unique("j05");
    let mutex = Mutex::create(&name).unwrap();
    let owner = Role::Lock.start(&[&name]);
    assert_eq!(owner.said(), "owned");
    assert!(mutex.try_lock().unwrap().is_none());
    owner.kill();
    let guard = mutex.lock_timeout(LONG.unwrap()).unwrap().unwrap();
    assert!(guard.was_abandoned());
    drop(guard);
    assert!(!mutex.lock_timeout(LONG.unwrap()).unwrap().unwrap().was_abandoned());
}

/// Win32: `GetProcessTimes`, and `WaitForSingleObject` with the process.
#[test]
fn j06_a_process_has_a_start_and_an_end() {
    let first = Role::Create.start(&[&unique("j06-first")]);
    // Longer than a tick of the clock by which Linux tells it.
    std::thread::sleep(Duration::from_millis(40));
    let second = Role::Create.start(&[&unique("j06-second")]);
    let [one, two] = [&first, &second].map(|other| Process::open(other.id()).unwrap());
    let started = one.started().unwrap();
    assert!(started < two.started().unwrap());
    assert_eq!(Process::open(first.id()).unwrap().started().unwrap(), started);
    assert!(!one.try_wait().unwrap() && !two.try_wait().unwrap());
    first.kill();
    assert!(one.wait_timeout(LONG.unwrap()).unwrap() && !two.try_wait().unwrap());
    assert_eq!(one.started().unwrap(), started, "also of a dead one");
}

/// Win32: `OpenProcess`. On Linux a zombie can be opened, and nothing once its parent has waited for it.
#[test]
fn j07_a_dead_process_can_be_opened() {
    let mut other = Role::Create.start(&[&unique("j07")]);
    let held = Process::open(other.id()).unwrap();
    other.kill_and_keep();
    held.wait().unwrap();
    let dead = Process::open(other.id()).unwrap();
    assert!(dead.try_wait().unwrap());
    assert_eq!(dead.started().unwrap(), held.started().unwrap());
    if cfg!(target_os = "linux") {
        let id = other.id();
        drop(other);
        assert_eq!(refused(Process::open(id)), ErrorKind::NotFound);
    }
}
