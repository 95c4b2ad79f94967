//! The protocol in every order that a processor and a scheduler may choose: nobody sleeps through a signal.
//!
//! `RUSTFLAGS="--cfg coview_loom" cargo test --release -p coview-memory --lib waitable::model`
//!
//! The words are loom's atomics with the order that `raw` promises; the kernel's futex is a list of sleepers under a
//! lock, its file lock a number under a lock. No sleep ends by itself here: where real waits would be late by a glance,
//! these hang, and loom reports it.

use std::time::Duration;

use loom::cell::UnsafeCell;
use loom::sync::atomic::{AtomicU32, Ordering, fence};
use loom::sync::{Arc, Condvar, Mutex};
use loom::thread;

use super::ownership::{Ownership, ProcessLock, Token};
use super::protocol::{self, Object, Page, Word};
use crate::error::Result;
use crate::os::Waited;

mod all;

const THROUGH: Waited = Waited::Through {
    index: 0,
    abandoned: false,
};

/// Who sleeps: on which pages, and whether somebody woke them.
#[derive(Default)]
struct Kernel {
    sleepers: Mutex<Vec<(Vec<usize>, bool)>>,
    woken: Condvar,
}

impl Kernel {
    fn sleep(&self, places: &[(&ModelPage, u32)]) {
        let mut sleepers = self.sleepers.lock().unwrap();
        let changed = |(page, expected): &(&ModelPage, u32)| page.load(Word::Sequence) != *expected;
        if places.iter().any(changed) {
            return;
        }
        let me = sleepers.len();
        sleepers.push((places.iter().map(|(page, _)| page.number).collect(), false));
        while !sleepers[me].1 {
            sleepers = self.woken.wait(sleepers).unwrap();
        }
    }
}

struct ModelPage {
    number: usize,
    words: [AtomicU32; 3],
    /// Touched before each access to a word, and ordering nothing. Of several threads that have read a word loom keeps
    /// the last one in mind, and would not try whether another thread's write comes before the others.
    turns: [AtomicU32; 3],
    kernel: Arc<Kernel>,
}

impl ModelPage {
    fn word(&self, word: Word) -> &AtomicU32 {
        self.turns[word as usize].fetch_add(1, Ordering::Relaxed);
        &self.words[word as usize]
    }
}

impl Page for ModelPage {
    fn load(&self, word: Word) -> u32 {
        self.word(word).load(Ordering::Acquire)
    }

    fn swap(&self, word: Word, value: u32) -> u32 {
        let old = self.word(word).swap(value, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        old
    }

    fn compare_exchange(&self, word: Word, current: u32, new: u32) -> std::result::Result<u32, u32> {
        let result = self
            .word(word)
            .compare_exchange(current, new, Ordering::SeqCst, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        result
    }

    fn add(&self, word: Word, value: u32) -> u32 {
        let old = self.word(word).fetch_add(value, Ordering::SeqCst);
        fence(Ordering::SeqCst);
        old
    }

    fn wake_all(&self) {
        let mut sleepers = self.kernel.sleepers.lock().unwrap();
        for (pages, woken) in sleepers.iter_mut() {
            *woken |= pages.contains(&self.number);
        }
        self.kernel.woken.notify_all();
    }
}

/// What is waited for; `kind` takes it.
struct Thing<K> {
    page: Arc<ModelPage>,
    kind: K,
}

type Take = fn(&ModelPage) -> Result<bool>;

const EVENT: Take = |page| Ok(protocol::take_event(page));
const COUNT: Take = |page| protocol::take_count(page);

impl Object for Thing<Take> {
    type Page = ModelPage;
    fn page(&self) -> Option<&ModelPage> {
        Some(&self.page)
    }
    fn take(&self, _since: Option<u32>) -> Result<Option<bool>> {
        Ok((self.kind)(&self.page)?.then_some(false))
    }
    fn mark(&self) -> Result<Option<u32>> {
        Ok(protocol::mark_of_event(&*self.page))
    }
    fn glance(&self) -> Duration {
        Duration::MAX
    }
}

/// The kernel's lock on the data file, and which description of it this is.
struct ModelLock {
    holder: Arc<Mutex<u32>>,
    description: u32,
}

impl ProcessLock for ModelLock {
    fn try_lock(&self) -> Result<bool> {
        let mut holder = self.holder.lock().unwrap();
        let free = [0, self.description].contains(&*holder);
        if free {
            *holder = self.description;
        }
        Ok(free)
    }

    fn unlock(&self) -> Result<()> {
        let mut holder = self.holder.lock().unwrap();
        assert_eq!(*holder, self.description, "only what is held is given back");
        *holder = 0;
        Ok(())
    }
}

type Owner = (Arc<Ownership<ModelLock>>, Token);

impl Object for Thing<Owner> {
    type Page = ModelPage;
    fn page(&self) -> Option<&ModelPage> {
        Some(&self.page)
    }
    fn take(&self, _since: Option<u32>) -> Result<Option<bool>> {
        self.kind.0.take(&*self.page, self.kind.1)
    }
    fn mark(&self) -> Result<Option<u32>> {
        unreachable!("a wait changes a mutex")
    }
    fn glance(&self) -> Duration {
        Duration::MAX
    }
}

fn wait<K>(things: &[&Thing<K>]) -> Waited
where
    Thing<K>: Object<Page = ModelPage>,
{
    let kernel = Arc::clone(&things[0].page.kernel);
    let sleep = |places: &[(&ModelPage, u32)], _, _| {
        kernel.sleep(places);
        Ok(())
    };
    protocol::wait(things, None, sleep).unwrap()
}

fn pages<const N: usize>() -> [Arc<ModelPage>; N] {
    let kernel = Arc::new(Kernel::default());
    std::array::from_fn(|number| {
        let words = || std::array::from_fn(|_| AtomicU32::new(0));
        Arc::new(ModelPage {
            number,
            words: words(),
            turns: words(),
            kernel: Arc::clone(&kernel),
        })
    })
}

fn model(preemptions: usize, run: impl Fn() + Send + Sync + 'static) {
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = Some(preemptions);
    builder.check(run);
}

fn waiter(page: &Arc<ModelPage>, kind: Take) -> thread::JoinHandle<Waited> {
    let page = Arc::clone(page);
    thread::spawn(move || wait(&[&Thing { page, kind }]))
}

#[test]
fn a_set_is_never_slept_through() {
    model(5, || {
        let [page] = pages();
        let waits = waiter(&page, EVENT);
        protocol::set(&*page);
        assert_eq!(waits.join().unwrap(), THROUGH);
        assert!(!protocol::take_event(&*page), "one got through");
    });
}

/// The control: what happens if a signal looks for waiters before it changes the state. In a process of its own, since
/// loom aborts it.
#[test]
fn the_model_finds_a_signal_that_looks_too_early() {
    const ASKED: &str = "COVIEW_MODEL_CONTROL";
    if std::env::var_os(ASKED).is_none() {
        let test = std::thread::current().name().unwrap().to_owned();
        let mut again = std::process::Command::new(std::env::current_exe().unwrap());
        let ended = again
            .args(["--exact", &test, "--nocapture"])
            .env(ASKED, "1")
            .output()
            .unwrap();
        assert!(!ended.status.success());
        assert!(String::from_utf8_lossy(&ended.stderr).contains("deadlock"));
        return;
    }
    model(5, || {
        let [page] = pages();
        let waits = waiter(&page, EVENT);
        protocol::signal(&*page);
        page.swap(Word::Value, 1);
        waits.join().unwrap();
    });
}

#[test]
fn one_set_goes_from_waiter_to_waiter() {
    model(2, || {
        let [page] = pages();
        let visit = |page: Arc<ModelPage>| {
            move || {
                let event = Thing { page, kind: EVENT };
                assert_eq!(wait(&[&event]), THROUGH);
                protocol::set(&*event.page);
            }
        };
        let threads = [
            thread::spawn(visit(Arc::clone(&page))),
            thread::spawn(visit(Arc::clone(&page))),
        ];
        protocol::set(&*page);
        for thread in threads {
            thread.join().unwrap();
        }
        assert!(protocol::take_event(&*page) && !protocol::take_event(&*page));
    });
}

#[test]
fn as_many_get_through_a_semaphore_as_were_released() {
    model(2, || {
        let [page] = pages();
        let waits = [waiter(&page, COUNT), waiter(&page, COUNT)];
        protocol::add_count(&*page, 1, 2).unwrap();
        protocol::add_count(&*page, 1, 2).unwrap();
        for wait in waits {
            assert_eq!(wait.join().unwrap(), THROUGH);
        }
        assert!(!protocol::take_count(&*page).unwrap());
    });
}

#[test]
fn whichever_of_two_is_signalled_wakes_who_waits_for_both() {
    model(4, || {
        let [first, second] = pages();
        let waits = {
            let (first, second) = (Arc::clone(&first), Arc::clone(&second));
            thread::spawn(move || {
                wait(&[
                    &Thing {
                        page: first,
                        kind: EVENT,
                    },
                    &Thing {
                        page: second,
                        kind: COUNT,
                    },
                ])
            })
        };
        protocol::add_count(&*second, 1, 1).unwrap();
        assert_eq!(
            waits.join().unwrap(),
            Waited::Through {
                index: 1,
                abandoned: false
            }
        );
        assert_eq!(first.load(Word::Waiters), 0);
    });
}

fn owner(process: u32, thread: u64, ownership: &Arc<Ownership<ModelLock>>, page: &Arc<ModelPage>) -> Thing<Owner> {
    Thing {
        page: Arc::clone(page),
        kind: (Arc::clone(ownership), Token::new(process, thread)),
    }
}

#[test]
fn one_thread_of_two_processes_owns_a_mutex_and_each_gets_it() {
    model(2, || {
        let [page] = pages();
        let holder = Arc::new(Mutex::new(0));
        let process = |description| {
            Arc::new(Ownership::new(ModelLock {
                holder: Arc::clone(&holder),
                description,
            }))
        };
        let (one, two) = (process(1), process(2));
        let protected = Arc::new(UnsafeCell::new(0));
        let visit = |mutex: Thing<Owner>| {
            let protected = Arc::clone(&protected);
            move || {
                assert_eq!(wait(&[&mutex]), THROUGH);
                // SAFETY: the mutex is owned; loom checks that nobody else is there.
                protected.with_mut(|number| unsafe { *number += 1 });
                assert!(mutex.kind.0.release(&*mutex.page, mutex.kind.1).unwrap());
            }
        };
        let threads = [
            thread::spawn(visit(owner(1, 1, &one, &page))),
            thread::spawn(visit(owner(1, 2, &one, &page))),
        ];
        visit(owner(2, 1, &two, &page))();
        for thread in threads {
            thread.join().unwrap();
        }
        // SAFETY: all threads have ended.
        assert_eq!(protected.with(|number| unsafe { *number }), 3);
        assert_eq!(page.load(Word::Value), 0);
    });
}

#[test]
fn who_waits_for_an_owner_that_abandons_is_woken_and_told() {
    model(4, || {
        let [page] = pages();
        let holder = Arc::new(Mutex::new(0));
        let process = |description| {
            Arc::new(Ownership::new(ModelLock {
                holder: Arc::clone(&holder),
                description,
            }))
        };
        let ends = owner(1, 1, &process(1), &page);
        assert_eq!(wait(&[&ends]), THROUGH);
        let next = owner(2, 1, &process(2), &page);
        let waits = thread::spawn(move || {
            assert_eq!(
                wait(&[&next]),
                Waited::Through {
                    index: 0,
                    abandoned: true
                }
            );
            assert!(next.kind.0.release(&*next.page, next.kind.1).unwrap());
            assert_eq!(wait(&[&next]), THROUGH);
        });
        ends.kind.0.abandon(&*ends.page, ends.kind.1).unwrap();
        waits.join().unwrap();
    });
}
