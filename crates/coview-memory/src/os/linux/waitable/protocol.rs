//! How to signal and how to wait, over any page and any way to sleep: the same code in real life and in the model.
//!
//! The one thing to get right is that no signal falls between a waiter's last look and its sleep:
//!
//! * a waiter adds itself to `waiters`, reads `sequence`, looks, and sleeps only while `sequence` is what it read;
//! * a signal changes the state, looks at `waiters`, and if there are any changes `sequence` and wakes all.
//!
//! Both halves begin with a full fence between their write and their look (the read-modify-write operations of
//! [`Page`] are such fences; for a mutex the state is in the kernel, whose locks order as much). So either the signal
//! sees the waiter, or the waiter sees the new state. Sleeping waiters make a signal cost a system call; without any
//! it is two words in a cache line.

use std::time::{Duration, Instant};

use crate::error::{Error, ErrorKind, Result};
use crate::os::Waited;

/// The longest sleep. Nobody needs it to end but those whose signaller was killed before it could wake them.
pub(super) const GLANCE: Duration = Duration::from_secs(1);

/// The words of the page, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Word {
    Value,
    Sequence,
    Waiters,
}

/// Three words that peers write at any time, and those who sleep on the second.
pub(super) trait Page {
    /// Acquires.
    fn load(&self, word: Word) -> u32;
    /// This and the following are full fences.
    fn swap(&self, word: Word, value: u32) -> u32;
    fn compare_exchange(&self, word: Word, current: u32, new: u32) -> std::result::Result<u32, u32>;
    /// Wraps around, and returns what was before.
    fn add(&self, word: Word, value: u32) -> u32;
    /// Wakes all that sleep on the sequence.
    fn wake_all(&self);
}

/// Tells those who wait that the state has changed. The caller made a full fence since.
pub(super) fn signal(page: &impl Page) {
    if page.load(Word::Waiters) != 0 {
        page.add(Word::Sequence, 1);
        page.wake_all();
    }
}

/// Of an auto-reset event. Win32: `SetEvent`.
pub(super) fn set(page: &impl Page) {
    page.swap(Word::Value, 1);
    signal(page);
}

/// Of an auto-reset event. Win32: `ResetEvent`.
pub(super) fn reset(page: &impl Page) {
    page.swap(Word::Value, 0);
}

/// Of a manual-reset event.
pub(super) fn set_manual(page: &impl Page) -> Result<()> {
    turn("set", page, 1)?;
    signal(page);
    Ok(())
}

/// Of a manual-reset event.
pub(super) fn reset_manual(page: &impl Page) -> Result<()> {
    turn("reset", page, 0)
}

/// Makes a manual-reset event's value odd or even. What is so already is written once more: what the caller wrote
/// before is for those who get through.
fn turn(action: &'static str, page: &impl Page, parity: u32) -> Result<()> {
    let mut there = page.load(Word::Value);
    for _ in 0..TRIES {
        let next = if there & 1 == parity {
            there
        } else {
            there.wrapping_add(1)
        };
        match page.compare_exchange(Word::Value, there, next) {
            Ok(_) => return Ok(()),
            Err(now) => there = now,
        }
    }
    Err(too_often(action))
}

/// How often to try against others who change a word at the same moment. One of them gets on each time, so that an
/// honest loser tries a few times; only a peer that writes without end takes them all.
const TRIES: u32 = 1 << 16;

fn too_often(action: &'static str) -> Error {
    let detail = "another process changes it without end; is its memory corrupted?";
    Error::new(ErrorKind::Busy, action, detail)
}

/// Adds to a semaphore and returns what there was. Win32: `ReleaseSemaphore`.
pub(super) fn add_count(page: &impl Page, count: u32, maximum: u32) -> Result<u32> {
    let mut there = page.load(Word::Value);
    for _ in 0..TRIES {
        let Some(sum) = there.checked_add(count).filter(|sum| *sum <= maximum) else {
            let detail = format!("it has {there} of at most {maximum}, and {count} were to be added");
            return Err(Error::new(ErrorKind::TooManyPosts, "release", detail));
        };
        match page.compare_exchange(Word::Value, there, sum) {
            Ok(_) => {
                signal(page);
                return Ok(there);
            }
            Err(now) => there = now,
        }
    }
    Err(too_often("release"))
}

/// Takes one from a semaphore if there is one.
pub(super) fn take_count(page: &impl Page) -> Result<bool> {
    let mut there = page.load(Word::Value);
    for _ in 0..TRIES {
        let Some(rest) = there.checked_sub(1) else {
            return Ok(false);
        };
        match page.compare_exchange(Word::Value, there, rest) {
            Ok(_) => return Ok(true),
            Err(now) => there = now,
        }
    }
    Err(too_often("wait for"))
}

/// Lets one through an auto-reset event if it is set.
pub(super) fn take_event(page: &impl Page) -> bool {
    page.load(Word::Value) != 0 && page.swap(Word::Value, 0) != 0
}

/// Whether a manual-reset event is set, or was since the wait began: who waits when it is set gets through, however
/// soon it is reset.
pub(super) fn pass_event(page: &impl Page, since: Option<u32>) -> bool {
    mark_of_event(page).is_some() || since.is_some_and(|since| page.load(Word::Sequence) != since)
}

/// Another number each time that a manual-reset event becomes set; `None` while it is not.
pub(super) fn mark_of_event(page: &impl Page) -> Option<u32> {
    Some(page.load(Word::Value)).filter(|value| value & 1 == 1)
}

/// What can be waited for.
pub(super) trait Object {
    type Page: Page;
    /// None: it is a process, whose end changes no word.
    fn page(&self) -> Option<&Self::Page>;
    /// Takes what there is; `Some` tells whether it was abandoned. `since` is the sequence when the wait began, if it
    /// is more than a look.
    fn take(&self, since: Option<u32>) -> Result<Option<bool>>;
    /// Of what a wait leaves as it is: another number each time it becomes signalled; `None` while it is not.
    fn mark(&self) -> Result<Option<u32>>;
    /// The longest sleep for it.
    fn glance(&self) -> Duration;
}

/// A wait is over at this time; never, if there is none.
#[derive(Clone, Copy)]
pub(super) struct Deadline(Option<Instant>);

impl Deadline {
    /// A time too far to be told is never.
    pub(super) fn after(timeout: Option<Duration>) -> Self {
        Self(timeout.and_then(|timeout| Instant::now().checked_add(timeout)))
    }

    /// `None` when it has passed.
    pub(super) fn left(self) -> Option<Duration> {
        match self.0 {
            None => Some(Duration::MAX),
            Some(deadline) => deadline
                .checked_duration_since(Instant::now())
                .filter(|left| !left.is_zero()),
        }
    }
}

/// Waits for the first of the objects; the lowest index wins. `sleep` gets, for each page, the sequence to sleep on,
/// how long at most, and how often it was called before. Without a page it is to look at the processes.
pub(super) fn wait<O: Object>(
    objects: &[&O],
    timeout: Option<Duration>,
    mut sleep: impl FnMut(&[(&O::Page, u32)], Duration, usize) -> Result<()>,
) -> Result<Waited> {
    if let Some(through) = take_first(objects.iter().map(|object| (*object, None)))? {
        return Ok(through);
    }
    if timeout.is_some_and(|timeout| timeout.is_zero()) {
        return Ok(Waited::TimedOut);
    }
    let deadline = Deadline::after(timeout);
    let sequence = |page: &O::Page| page.load(Word::Sequence);
    // Before anybody can know of us: whoever finds us counted and sets a manual-reset event changes this.
    let begun: Vec<Option<u32>> = objects.iter().map(|object| object.page().map(sequence)).collect();
    let entered = Entered::new(objects);
    let mut places: Vec<(&O::Page, u32)> = entered.0.iter().map(|page| (*page, 0)).collect();
    let glance = longest_sleep(objects);
    let mut round = 0usize;
    loop {
        for place in &mut places {
            place.1 = sequence(place.0);
        }
        let since = begun.iter().copied();
        if let Some(through) = take_first(objects.iter().copied().zip(since))? {
            return Ok(through);
        }
        let Some(left) = deadline.left() else {
            return Ok(Waited::TimedOut);
        };
        sleep(&places, left.min(glance), round)?;
        round = round.wrapping_add(1);
    }
}

/// Nothing ends a sleep too late if the kernel is asked about each object; a word tells nothing of a process.
pub(super) fn longest_sleep<O: Object>(objects: &[&O]) -> Duration {
    if objects.iter().all(|object| object.page().is_none()) {
        return Duration::MAX;
    }
    objects.iter().map(|object| object.glance()).min().unwrap_or(GLANCE)
}

fn take_first<'a, O: Object + 'a>(objects: impl Iterator<Item = (&'a O, Option<u32>)>) -> Result<Option<Waited>> {
    for (index, (object, since)) in objects.enumerate() {
        if let Some(abandoned) = object.take(since)? {
            return Ok(Some(Waited::Through { index, abandoned }));
        }
    }
    Ok(None)
}

/// Counted among those who wait at each object, until dropped.
pub(super) struct Entered<'a, P: Page>(Vec<&'a P>);

impl<'a, P: Page> Entered<'a, P> {
    pub(super) fn new<O: Object<Page = P>>(objects: &[&'a O]) -> Self {
        let pages: Vec<&P> = objects.iter().filter_map(|object| object.page()).collect();
        for page in &pages {
            page.add(Word::Waiters, 1);
        }
        Self(pages)
    }
}

impl<P: Page> Drop for Entered<'_, P> {
    fn drop(&mut self) {
        for page in &self.0 {
            page.add(Word::Waiters, 1u32.wrapping_neg());
        }
    }
}
