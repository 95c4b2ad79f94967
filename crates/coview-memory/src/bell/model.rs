//! The protocol of bells in every order that a processor and a scheduler may choose: no news is slept through.
//!
//! `RUSTFLAGS="--cfg coview_loom" cargo test --release -p coview-memory --lib bell::model`
//!
//! The waiter and the ringer do what the module's table says, with the weakest accesses that it allows. They sleep by a
//! futex as Linux has it, or on Windows' one event for all threads of a process, which is `os/sleepers.rs` itself. No
//! sleep ends by itself here: where real ones would be late by a glance, these hang, and loom reports it.

use std::time::Duration;

use loom::sync::atomic::{AtomicU32, Ordering, fence};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use crate::os::{Sleepers, Word};

/// What is left out on purpose, to see that the model finds it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Fault {
    None,
    /// The ringer makes no fence before it looks whether anybody sleeps.
    NoRingersFence,
    /// The waiter makes no fence between its announcement and its look.
    NoWaitersFence,
    /// The waiter reads the bell after it has looked for news.
    BellReadLate,
    /// Waking comes before the bell has changed.
    WokenEarly,
}

/// A word, and another that is touched before each access to it, ordering nothing. Of several threads that have read a
/// word loom keeps the last one in mind, and would not try whether another thread's write comes before the others.
#[derive(Default)]
struct Turned {
    word: AtomicU32,
    turns: AtomicU32,
}

impl std::ops::Deref for Turned {
    type Target = AtomicU32;
    fn deref(&self) -> &AtomicU32 {
        self.turns.fetch_add(1, Ordering::Relaxed);
        &self.word
    }
}

/// A bell, the news, and whether somebody sleeps.
#[derive(Default)]
struct Words {
    bell: Turned,
    news: Turned,
    sleeps: Turned,
}

impl Words {
    fn receive(&self, sleep: impl Fn(u32), fault: Fault) {
        loop {
            self.sleeps.store(1, Ordering::Relaxed);
            if fault != Fault::NoWaitersFence {
                fence(Ordering::SeqCst);
            }
            let mut seen = self.bell.load(Ordering::Acquire);
            if self.news.load(Ordering::Acquire) != 0 {
                return;
            }
            if fault == Fault::BellReadLate {
                seen = self.bell.load(Ordering::Acquire);
            }
            sleep(seen);
        }
    }

    fn send(&self, wake: impl Fn(), fault: Fault) {
        self.news.store(1, Ordering::Release);
        if fault != Fault::NoRingersFence {
            fence(Ordering::SeqCst);
        }
        if self.sleeps.load(Ordering::Relaxed) == 0 {
            return;
        }
        if fault == Fault::WokenEarly {
            wake();
        }
        self.bell.fetch_add(1, Ordering::Release);
        if fault != Fault::WokenEarly {
            wake();
        }
    }
}

/// The kernel's list of those who sleep on one word.
#[derive(Default)]
struct Futex {
    sleepers: Mutex<Vec<bool>>,
    woken: Condvar,
}

impl Futex {
    fn sleep(&self, word: &AtomicU32, expected: u32) {
        let mut sleepers = self.sleepers.lock().unwrap();
        if word.load(Ordering::Relaxed) != expected {
            return;
        }
        let me = sleepers.len();
        sleepers.push(false);
        while !sleepers[me] {
            sleepers = self.woken.wait(sleepers).unwrap();
        }
    }

    fn wake_all(&self) {
        self.sleepers.lock().unwrap().fill(true);
        self.woken.notify_all();
    }
}

/// A process with its event, and its threads.
struct Process {
    event: Mutex<bool>,
    set: Condvar,
    sleepers: Sleepers<Bell>,
}

/// A bell as one of them sleeps on it.
struct Bell(Arc<Words>, u32);

impl Word for Bell {
    fn has_changed(&self) -> bool {
        self.0.bell.load(Ordering::Acquire) != self.1
    }
}

impl Process {
    fn new() -> Arc<Self> {
        Arc::new(Self {
            event: Mutex::new(false),
            set: Condvar::new(),
            sleepers: Sleepers::new(),
        })
    }

    fn sleep(&self, words: &Arc<Words>, seen: u32) {
        let wait_for_event = |_| {
            let mut event = self.event.lock().unwrap();
            while !*event {
                event = self.set.wait(event).unwrap();
            }
            *event = false;
            Ok(())
        };
        let bell = Bell(Arc::clone(words), seen);
        self.sleepers.sleep(vec![bell], Duration::MAX, wait_for_event).unwrap();
    }

    fn set_event(&self) {
        *self.event.lock().unwrap() = true;
        self.set.notify_one();
    }
}

fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn over_a_futex(fault: Fault) {
    model(5, move || {
        let (words, futex) = (Arc::new(Words::default()), Arc::new(Futex::default()));
        let (theirs, kernel) = (Arc::clone(&words), Arc::clone(&futex));
        let waits = thread::spawn(move || theirs.receive(|seen| kernel.sleep(&theirs.bell, seen), fault));
        words.send(|| futex.wake_all(), fault);
        waits.join().unwrap();
    });
}

/// `waiters` threads of one process, each with a bell of its own, and one ringer of all bells.
fn over_an_event(preemptions: usize, waiters: usize, fault: Fault) {
    model(preemptions, move || {
        let process = Process::new();
        let bells: Vec<_> = (0..waiters).map(|_| Arc::new(Words::default())).collect();
        let wait = |words: &Arc<Words>| {
            let (words, process) = (Arc::clone(words), Arc::clone(&process));
            thread::spawn(move || words.receive(|seen| process.sleep(&words, seen), fault))
        };
        let waits: Vec<_> = bells.iter().map(wait).collect();
        for words in &bells {
            words.send(|| process.set_event(), fault);
        }
        for wait in waits {
            wait.join().unwrap();
        }
    });
}

#[test]
fn no_news_is_slept_through_on_a_futex() {
    over_a_futex(Fault::None);
}

#[test]
fn no_news_is_slept_through_on_an_event() {
    over_an_event(4, 1, Fault::None);
}

#[test]
fn several_threads_of_a_process_are_each_woken_by_their_own_bell() {
    over_an_event(4, 2, Fault::None);
}

/// The controls, each in a process of its own, since loom aborts it.
fn finds(test: &str, run: fn(Fault), fault: Fault) {
    const ASKED: &str = "COVIEW_MODEL_CONTROL";
    if std::env::var_os(ASKED).is_some() {
        return run(fault);
    }
    let mut again = std::process::Command::new(std::env::current_exe().unwrap());
    let ended = again
        .args(["--exact", &format!("bell::model::{test}"), "--nocapture"])
        .env(ASKED, "1")
        .output()
        .unwrap();
    assert!(!ended.status.success());
    assert!(String::from_utf8_lossy(&ended.stderr).contains("deadlock"));
}

#[test]
fn the_model_finds_a_ringer_without_a_fence() {
    finds(
        "the_model_finds_a_ringer_without_a_fence",
        over_a_futex,
        Fault::NoRingersFence,
    );
}

#[test]
fn the_model_finds_a_waiter_without_a_fence() {
    finds(
        "the_model_finds_a_waiter_without_a_fence",
        over_a_futex,
        Fault::NoWaitersFence,
    );
}

#[test]
fn the_model_finds_a_bell_that_is_read_too_late() {
    finds(
        "the_model_finds_a_bell_that_is_read_too_late",
        over_a_futex,
        Fault::BellReadLate,
    );
}

#[test]
fn the_model_finds_an_event_that_is_set_too_early() {
    finds(
        "the_model_finds_an_event_that_is_set_too_early",
        |fault| over_an_event(4, 1, fault),
        Fault::WokenEarly,
    );
}
