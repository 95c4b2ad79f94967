//! The one thread of this process that sleeps on the bells of all its watches.
//!
//! It has a word of its own among the bells, which changes whenever a watch is made, armed or dropped; it sleeps on a
//! copy of what is listed then. Whoever drops a watch waits until that copy is gone, and with it the last use of its views.
//! The tasks' wakers are code of the program's: they are called with no lock held and no bell in hand.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::task::Waker;
use std::time::{Duration, Instant};

use super::sleep::GLANCE;
use super::watch::Kept;
use crate::error::Result;
use crate::name::Scope;
use crate::os::{self, BellsContract, SignalContract, Watched};

/// What `ps` and a debugger show; Linux has room for 15 bytes.
const NAME: &str = "coview-bells";

/// How long it rests when the system does not let it sleep.
const REST: Duration = Duration::from_millis(5);

pub(super) struct Watchman {
    process: u32,
    state: Mutex<State>,
    /// Told when the thread has let go of the words that it slept on.
    let_go: Condvar,
    /// The thread's own bell.
    news: AtomicU32,
}

struct State {
    /// Whether the thread is there, or about to be.
    runs: bool,
    posts: Vec<Post>,
    next: u64,
    /// How often a post was listed, armed or struck.
    changes: u64,
    /// Of what the thread sleeps on, the changes until then.
    sleeps_on: Option<u64>,
}

/// A watch as the thread knows it.
pub(super) struct Post {
    number: u64,
    /// LISTED, see `Watch`.
    kept: *const Kept,
    expected: Vec<u32>,
    /// Until when it is armed; none: it has gone off.
    armed: Option<Instant>,
    wakers: Vec<(u64, Waker)>,
}

// SAFETY: what it points at is views, offsets and a signal, all of which any thread may use.
unsafe impl Send for Post {}

impl Post {
    fn kept(&self) -> &Kept {
        // SAFETY: LISTED: it lives as long as this post is listed, which is as long as this post.
        unsafe { &*self.kept }
    }

    pub(super) fn is_armed(&self) -> bool {
        self.armed.is_some()
    }

    /// Returns the one that it kept before under that number.
    pub(super) fn keep_waker(&mut self, number: u64, waker: Waker) -> Option<Waker> {
        match self.wakers.iter_mut().find(|(other, _)| *other == number) {
            Some((_, kept)) => Some(std::mem::replace(kept, waker)),
            None => {
                self.wakers.push((number, waker));
                None
            }
        }
    }

    pub(super) fn forget_waker(&mut self, number: u64) -> Option<Waker> {
        let at = self.wakers.iter().position(|(other, _)| *other == number)?;
        Some(self.wakers.swap_remove(at).1)
    }

    fn arm(&mut self, expected: &[u32]) {
        self.kept().signal.lower();
        self.expected.clear();
        self.expected.extend_from_slice(expected);
        self.armed = Some(Instant::now() + GLANCE);
    }

    fn is_due(&self, now: Instant) -> bool {
        let news = || self.kept().watched(&self.expected).any(Watched::has_changed);
        self.armed.is_some_and(|until| until <= now || news())
    }

    /// Returns whom to wake.
    fn go_off(&mut self) -> Vec<(u64, Waker)> {
        self.armed = None;
        self.kept().signal.raise();
        std::mem::take(&mut self.wakers)
    }
}

/// That of this process, and in a forked child its parent's until it has made its own.
static CURRENT: AtomicPtr<Watchman> = AtomicPtr::new(ptr::null_mut());

impl Watchman {
    /// A forked child gets another one, whose lock nobody held while it was forked. None is ever freed: one per process
    /// that makes a watch.
    pub(super) fn of_this_process() -> &'static Self {
        let current = CURRENT.load(Ordering::Acquire);
        // SAFETY: null, or one that was leaked below.
        if let Some(watchman) = unsafe { current.as_ref() }
            && watchman.is_of_this_process()
        {
            return watchman;
        }
        let made = Box::leak(Box::new(Self {
            process: std::process::id(),
            state: Mutex::new(State {
                runs: false,
                posts: Vec::new(),
                next: 0,
                changes: 0,
                sleeps_on: None,
            }),
            let_go: Condvar::new(),
            news: AtomicU32::new(0),
        }));
        match CURRENT.compare_exchange(current, made, Ordering::AcqRel, Ordering::Acquire) {
            Ok(_) => made,
            // SAFETY: another thread's, which was leaked as above.
            Err(theirs) => unsafe { &*theirs },
        }
    }

    pub(super) fn is_of_this_process(&self) -> bool {
        self.process == std::process::id()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new post, armed; and the thread, if there is none. Returns the post's number.
    ///
    /// # Safety
    /// `kept` lives until the post was struck.
    pub(super) unsafe fn list(&self, kept: *const Kept, expected: Vec<u32>) -> Result<u64> {
        let mut state = self.lock();
        if !state.runs {
            os::Bells::start_thread(NAME, || Self::of_this_process().run())?;
            state.runs = true;
        }
        let number = state.next;
        state.next += 1;
        state.posts.push(Post {
            number,
            kept,
            expected,
            armed: Some(Instant::now() + GLANCE),
            wakers: Vec::new(),
        });
        self.tell(&mut state);
        Ok(number)
    }

    pub(super) fn arm(&self, number: u64, expected: &[u32]) {
        let mut state = self.lock();
        let post = state.post(number);
        post.arm(expected);
        if post.is_due(Instant::now()) {
            let wakers = post.go_off();
            drop(state);
            wake(wakers);
        } else {
            self.tell(&mut state);
        }
    }

    pub(super) fn with_post<T>(&self, number: u64, act: impl FnOnce(&mut Post) -> T) -> T {
        act(self.lock().post(number))
    }

    /// Takes the post from the list, and waits until the thread does not sleep on its words.
    pub(super) fn strike(&self, number: u64) {
        let mut state = self.lock();
        let at = state.posts.iter().position(|post| post.number == number);
        let struck = at.map(|at| state.posts.swap_remove(at));
        self.tell(&mut state);
        let mine = state.changes;
        while state.sleeps_on.is_some_and(|until| until < mine) {
            state = self.let_go.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        drop(state);
        drop(struck);
    }

    /// Tells the thread that what it sleeps on is old.
    fn tell(&self, state: &mut State) {
        state.changes += 1;
        self.news.fetch_add(1, Ordering::SeqCst);
        if state.sleeps_on.is_some() {
            // Where this fails the thread could not have slept on the word.
            let mine = os::Bells::mine(Scope::Local).unwrap_or_default();
            // SAFETY: a word of ours that lives for ever.
            unsafe { os::Bells::wake(self.news.as_ptr(), mine) };
        }
    }

    fn run(&self) {
        let mut state = self.lock();
        while !state.posts.is_empty() {
            let now = Instant::now();
            let wakers = state.go_off(|post| post.is_due(now));
            if !wakers.is_empty() {
                drop(state);
                wake(wakers);
                state = self.lock();
                continue;
            }
            let slept;
            (state, slept) = self.sleep(state, now);
            if slept.is_err() {
                // Whoever waits looks by itself, and meets the error.
                let wakers = state.go_off(Post::is_armed);
                drop(state);
                wake(wakers);
                std::thread::sleep(REST);
                state = self.lock();
            }
        }
        state.runs = false;
    }

    /// Until a bell that is watched was rung, a post is due, or the list has changed.
    fn sleep<'a>(&'a self, mut state: MutexGuard<'a, State>, now: Instant) -> (MutexGuard<'a, State>, Result<()>) {
        // SAFETY: a word of ours that lives for ever.
        let mut words = vec![unsafe { Watched::new(self.news.as_ptr(), self.news.load(Ordering::SeqCst)) }];
        let mut at_most = GLANCE;
        for post in &state.posts {
            let Some(until) = post.armed else { continue };
            at_most = at_most.min(until.saturating_duration_since(now));
            for word in post.kept().watched(&post.expected) {
                // SAFETY: LISTED until it is struck, and whoever strikes it waits until `sleeps_on` is none again.
                words.push(unsafe { Watched::new(word.word(), word.expected()) });
            }
        }
        state.sleeps_on = Some(state.changes);
        drop(state);
        let slept = os::Bells::sleep(&words, at_most);
        drop(words);
        let mut state = self.lock();
        state.sleeps_on = None;
        self.let_go.notify_all();
        (state, slept)
    }
}

impl State {
    /// Of a watch that lives: it is listed.
    fn post(&mut self, number: u64) -> &mut Post {
        self.posts
            .iter_mut()
            .find(|post| post.number == number)
            .expect("a post is listed as long as its watch lives")
    }

    fn go_off(&mut self, which: impl Fn(&Post) -> bool) -> Vec<(u64, Waker)> {
        let due = self.posts.iter_mut().filter(|post| which(post));
        due.flat_map(Post::go_off).collect()
    }
}

/// A waker that panics says so by itself, and takes nobody else with it.
fn wake(wakers: Vec<(u64, Waker)>) {
    for (_, waker) in wakers {
        let _ = catch_unwind(AssertUnwindSafe(|| waker.wake()));
    }
}
