//! What only Linux has: fork, and kernels that lack a call.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use coview_memory::ErrorKind;
use coview_memory::sync::{Event, Mutex, Process, Reset, Semaphore, wait_any};

use crate::harness::{listen, say, spawn, unique, watchdog};
use crate::seccomp::forbid_waitv;

/// Runs `child` in a forked process, and returns that process's id.
fn fork(child: impl FnOnce() -> bool) -> libc::pid_t {
    // SAFETY: the child calls what it needs (the C library makes its allocator ready for it) and ends by `_exit`.
    let pid = unsafe { libc::fork() };
    assert!(pid >= 0);
    if pid == 0 {
        let well = std::panic::catch_unwind(std::panic::AssertUnwindSafe(child)).unwrap_or(false);
        // SAFETY: ends this process at once.
        unsafe { libc::_exit(if well { 0 } else { 1 }) };
    }
    pid
}

fn ended_well(pid: libc::pid_t) -> bool {
    let mut status = -1;
    // SAFETY: writes to `status`.
    assert_eq!(unsafe { libc::waitpid(pid, &mut status, 0) }, pid);
    libc::WIFEXITED(status) && libc::WEXITSTATUS(status) == 0
}

/// In a process of its own: fork copies the thread that calls it and no other.
pub(crate) fn forks(words: &[&str]) {
    let locked = |name: &str| {
        let mutex = Mutex::create(name).unwrap();
        std::mem::forget(mutex.lock().unwrap());
        mutex
    };
    let created = |name: &str| Mutex::create_owned(name).unwrap();
    let other = format!("{}-other", words[0]);
    for mutex in [locked(words[0]), locked(""), created(&other), created("")] {
        let child = fork(|| {
            let refused = mutex.release().unwrap_err().kind() == ErrorKind::NotOwner;
            refused && mutex.try_lock().unwrap().is_none()
        });
        assert!(ended_well(child), "a child owns nothing of its parent's");
        mutex.release().unwrap();
        // The child releases what it has acquired itself; one that does not is a dead owner.
        let child = fork(|| {
            drop(mutex.lock().unwrap());
            std::mem::forget(mutex.lock().unwrap());
            true
        });
        assert!(ended_well(child));
        assert!(mutex.lock().unwrap().was_abandoned());

        let asks = Event::unnamed(Reset::Auto, false).unwrap();
        let count = Semaphore::unnamed(0, 5).unwrap();
        let child = fork(|| {
            let got = mutex.lock().unwrap();
            asks.set().unwrap();
            count.wait().unwrap();
            drop(got);
            true
        });
        asks.wait().unwrap();
        assert!(mutex.try_lock().unwrap().is_none(), "the child owns it");
        count.release(1).unwrap();
        assert!(!mutex.lock().unwrap().was_abandoned());
        assert!(ended_well(child));
    }
    say("well");
    listen();
}

#[test]
fn a_forked_child_owns_no_mutex_of_its_parents() {
    let _watchdog = watchdog();
    let mut actor = spawn("fork", &[&unique("fork")]);
    actor.expect("well");
    actor.finish();
}

/// Owns a mutex, and leaves a child behind that was forked meanwhile.
pub(crate) fn forks_and_stays(words: &[&str]) {
    let mutex = Mutex::open(words[0]).unwrap();
    let _guard = mutex.lock().unwrap();
    let child = fork(|| {
        loop {
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    say(child);
    listen();
}

#[test]
fn a_child_that_survives_a_killed_owner_does_not_keep_the_mutex() {
    let _watchdog = watchdog();
    let name = unique("survivor");
    let mutex = Mutex::create(&name).unwrap();
    let mut owner = spawn("fork and stay", &[&name]);
    let child = owner.number() as libc::pid_t;
    assert!(mutex.try_lock().unwrap().is_none());
    owner.kill();
    assert!(mutex.lock().unwrap().was_abandoned());
    // SAFETY: the child of the process killed above; it only sleeps.
    assert_eq!(unsafe { libc::kill(child, libc::SIGKILL) }, 0, "it lived until now");
}

const MEANWHILE: usize = 40;

/// Creates mutexes and releases them while another thread forks, and says how many children are left behind.
pub(crate) fn forks_meanwhile(words: &[&str]) {
    let enough = AtomicBool::new(false);
    let (_mutexes, children) = std::thread::scope(|threads| {
        let forks = threads.spawn(|| {
            let mut children = Vec::new();
            while !enough.load(Ordering::Relaxed) && children.len() < 400 {
                // SAFETY: the child does nothing but wait to be killed.
                let pid = unsafe { libc::fork() };
                if pid == 0 {
                    loop {
                        // SAFETY: sleeps.
                        unsafe { libc::pause() };
                    }
                }
                children.push(pid);
            }
            children
        });
        let create = |number| {
            let mutex = Mutex::create_owned(&format!("{}-{number}", words[0])).unwrap();
            mutex.release().unwrap();
            mutex
        };
        let mutexes: Vec<_> = (0..MEANWHILE).map(create).collect();
        enough.store(true, Ordering::Relaxed);
        (mutexes, forks.join().unwrap())
    });
    say("ready");
    listen();
    for child in children {
        // SAFETY: a child of this process, which has not been waited for.
        assert_eq!(unsafe { libc::kill(child, libc::SIGKILL) }, 0, "it lived until now");
    }
    say("killed");
    listen();
}

#[test]
fn children_that_are_forked_while_a_mutex_is_created_do_not_hold_it() {
    let _watchdog = watchdog();
    let base = unique("meanwhile");
    let mut actor = spawn("fork meanwhile", &[&base]);
    actor.expect("ready");
    for number in 0..MEANWHILE {
        let mutex = Mutex::open(&format!("{base}-{number}")).unwrap();
        assert!(mutex.try_lock().unwrap().is_some(), "{number}");
    }
    actor.tell("kill them");
    actor.expect("killed");
    actor.finish();
}

/// A zombie has ended, and can be opened.
#[test]
fn a_process_that_its_parent_has_not_waited_for_has_ended() {
    let _watchdog = watchdog();
    // In a process of its own: this one's threads and a child of fork do not go together.
    let mut actor = spawn("zombie", &[]);
    let zombie = Process::open(actor.number() as u32).unwrap();
    zombie.wait().unwrap();
    assert!(Process::open(zombie.id()).unwrap().try_wait().unwrap());
    let started = zombie.started().unwrap();
    actor.tell("wait for it");
    actor.expect("waited");
    assert_eq!(Process::open(zombie.id()).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(zombie.try_wait().unwrap() && zombie.started().unwrap() == started);
    actor.finish();
}

/// Has a child that ends at once.
pub(crate) fn has_a_zombie(_words: &[&str]) {
    let child = fork(|| true);
    say(child);
    listen();
    assert!(ended_well(child));
    say("waited");
    listen();
}

/// The same waits as ever, where futex_waitv cannot be had.
pub(crate) fn waits_without_waitv(words: &[&str]) {
    forbid_waitv(words[0].parse().unwrap());
    let [one, two, answer, owned] = [(); 4].map(|()| Event::unnamed(Reset::Auto, false).unwrap());
    let mutex = Mutex::unnamed().unwrap();
    let wait = |timeout| wait_any(&[&one, &two, &mutex], timeout).unwrap().map(|got| got.index);
    std::thread::scope(|threads| {
        let owner = threads.spawn(|| {
            let guard = mutex.lock().unwrap();
            owned.set().unwrap();
            for event in [&one, &two, &two, &one] {
                event.set().unwrap();
                answer.wait().unwrap();
            }
            std::mem::forget(guard);
        });
        owned.wait().unwrap();
        for index in [0, 1, 1, 0] {
            assert_eq!(wait(None), Some(index));
            assert_eq!(wait(Some(Duration::from_millis(12))), None);
            answer.set().unwrap();
        }
        owner.join().unwrap();
        assert_eq!(wait(None), Some(2));
    });
    mutex.release().unwrap();
    say("well");
    listen();
}

#[test]
fn without_futex_waitv_several_are_waited_for_as_well() {
    let _watchdog = watchdog();
    for error in [libc::ENOSYS, libc::EPERM] {
        let mut actor = spawn("no waitv", &[&error.to_string()]);
        actor.expect("well");
        actor.finish();
    }
}
