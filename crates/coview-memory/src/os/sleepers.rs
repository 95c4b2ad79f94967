//! Several threads of one process sleep on words of their own, and one event wakes the process.
//!
//! Windows has no way to sleep on a word that another process changes: a ringer changes the word and sets the auto-reset
//! event of the process that owns it. The event lets one thread through, and that may be one whose words are as they
//! were. So one of the sleepers, the **porter**, waits for the event for all of them: woken, it looks at everybody's
//! words, wakes those whose words have changed, and waits on. A porter that leaves hands its post over.
//!
//! No ring is lost: a ringer changes the word before it sets the event, and an event that is set stays so until a porter
//! takes it. A sleeper that is listed by then is looked at after the event was taken. One that is listed later looks
//! itself after it was listed, under the same lock, and sees what the porter could have seen.

use std::time::{Duration, Instant};

#[cfg(coview_loom)]
use loom::sync::{Arc, Condvar, Mutex, MutexGuard};
#[cfg(not(coview_loom))]
use std::sync::{Arc, Condvar, Mutex, MutexGuard};

use std::sync::PoisonError;

use crate::error::Result;

/// What a sleeper watches.
pub(crate) trait Word {
    /// Whether it is another one than when there was no news. Acquires.
    fn has_changed(&self) -> bool;
}

/// Those of one process.
pub(crate) struct Sleepers<W>(Mutex<State<W>>);

struct State<W> {
    /// Whether one of them waits for the event, or is about to look at what it means.
    porter: bool,
    listed: Vec<Sleeper<W>>,
    next: u64,
}

struct Sleeper<W> {
    number: u64,
    words: Vec<W>,
    /// A word had changed when the porter looked: it may have changed back since.
    woken: bool,
    called: Arc<Condvar>,
}

impl<W: Word> Sleepers<W> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new(State {
            porter: false,
            listed: Vec::new(),
            next: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State<W>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sleeps until a word has changed and the event was set, or the time is over, or `wait_for_event` fails; at once
    /// back if a word has changed already. `wait_for_event` takes the event, or returns when its time is over.
    pub(crate) fn sleep(
        &self,
        words: Vec<W>,
        at_most: Duration,
        wait_for_event: impl Fn(Duration) -> Result<()>,
    ) -> Result<()> {
        let end = Instant::now().checked_add(at_most);
        let left = || end.map_or(at_most, |end| end.saturating_duration_since(Instant::now()));
        let mut state = self.lock();
        if words.iter().any(W::has_changed) {
            return Ok(());
        }
        let (number, called) = state.list(words);
        let mut done = Ok(());
        while done.is_ok() && !state.is_woken(number) && !left().is_zero() {
            if state.porter {
                let waited = called.wait_timeout(state, left());
                state = waited.unwrap_or_else(PoisonError::into_inner).0;
            } else {
                state.porter = true;
                drop(state);
                done = wait_for_event(left());
                state = self.lock();
                state.porter = false;
                state.look_at_all();
            }
        }
        state.listed.retain(|sleeper| sleeper.number != number);
        if !state.porter
            && let Some(next) = state.listed.first()
        {
            next.called.notify_one();
        }
        done
    }
}

impl<W: Word> State<W> {
    fn list(&mut self, words: Vec<W>) -> (u64, Arc<Condvar>) {
        let number = self.next;
        self.next += 1;
        let called = Arc::new(Condvar::new());
        self.listed.push(Sleeper {
            number,
            words,
            woken: false,
            called: Arc::clone(&called),
        });
        (number, called)
    }

    fn is_woken(&self, number: u64) -> bool {
        self.listed
            .iter()
            .any(|sleeper| sleeper.number == number && sleeper.woken)
    }

    fn look_at_all(&mut self) {
        for sleeper in self.listed.iter_mut().filter(|sleeper| !sleeper.woken) {
            if sleeper.words.iter().any(W::has_changed) {
                sleeper.woken = true;
                sleeper.called.notify_one();
            }
        }
    }
}
