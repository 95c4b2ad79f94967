//! The threads of this process: what each is called, and what it owns.
//!
//! A thread that ends abandons the mutexes it owns, as on Windows. It does so in the destructor of a thread-local,
//! which also runs for threads that the C library made. The main thread's end is the process's, and the kernel's.

use std::cell::{Cell, RefCell};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use super::core::Core;
use super::ownership::Token;
use crate::error::{Error, ErrorKind, Result};

/// What the thread owns, for its end.
struct Owned(RefCell<Vec<Arc<Core>>>);

thread_local! {
    static OWNED: Owned = const { Owned(RefCell::new(Vec::new())) };
    static NUMBER: Cell<u64> = const { Cell::new(0) };
}

/// The calling thread. The process is asked for each time: fork keeps thread-locals.
pub(super) fn token() -> Token {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let mut number = NUMBER.get();
    if number == 0 {
        number = NEXT.fetch_add(1, Ordering::Relaxed);
        NUMBER.set(number);
    }
    Token::new(std::process::id(), number)
}

/// Whether this thread may own anything: not any more when it is ending.
pub(super) fn check_alive(action: &'static str) -> Result<()> {
    OWNED.try_with(|_| ()).map_err(|_| {
        let detail = "this thread is ending, and would abandon it at once";
        Error::new(ErrorKind::InvalidArgument, action, detail)
    })
}

pub(super) fn note_owned(core: &Arc<Core>) {
    // `check_alive` came first.
    let _ = OWNED.try_with(|owned| owned.0.borrow_mut().push(Arc::clone(core)));
}

pub(super) fn forget_owned(core: &Arc<Core>) {
    let forgotten = OWNED.try_with(|owned| {
        let mut owned = owned.0.borrow_mut();
        let at = owned.iter().rposition(|other| Arc::ptr_eq(other, core))?;
        Some(owned.swap_remove(at))
    });
    // Dropped here, without the borrow.
    drop(forgotten);
}

impl Drop for Owned {
    fn drop(&mut self) {
        let me = token();
        for core in self.0.take() {
            core.abandon(me);
        }
    }
}
