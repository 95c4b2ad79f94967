//! fork(2): a child must find the two tables free and whole, and its own list of handles.
//!
//! The forking thread holds both tables from just before fork until just after, so that no other thread is in the
//! middle of a change when the child is born. What the objects themselves do in a child is `coview-memory`'s business.

use std::cell::{Cell, UnsafeCell};
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::handles::{self, Table};
use crate::memory::{self, Views};

struct Held(UnsafeCell<Option<(MutexGuard<'static, Table>, MutexGuard<'static, Views>)>>);

// SAFETY: the cell is touched by the handlers alone, which run one at a time: `prepare` fills it while it holds the
// locks that the guards are of, and the others empty it before those are free.
unsafe impl Sync for Held {}

static HELD: Held = Held(UnsafeCell::new(None));

thread_local! {
    /// How often the handlers are installed, as far as this thread's fork has come through them.
    static DEPTH: Cell<u32> = const { Cell::new(0) };
}

/// Installs the handlers, before there is anything in a table; a child keeps them. Without waiting for another thread
/// that does so: they may be there more than once, and then the outermost of them act.
pub(crate) fn install() {
    static INSTALLED: AtomicBool = AtomicBool::new(false);
    if INSTALLED.load(Ordering::Acquire) {
        return;
    }
    // SAFETY: three functions of the right type that live for ever. The only failure is a lack of memory, and then a
    // fork in the middle of a change leaves the child without the library, as it would without us.
    unsafe { libc::pthread_atfork(Some(prepare), Some(parent), Some(child)) };
    INSTALLED.store(true, Ordering::Release);
}

unsafe extern "C" fn prepare() {
    if DEPTH.replace(DEPTH.get() + 1) > 0 {
        return;
    }
    let guards = (handles::lock(), memory::lock());
    // SAFETY: see `Held`: this thread has the locks.
    unsafe { *HELD.0.get() = Some(guards) };
}

/// What is held, for the last of the handlers after a fork.
fn held() -> Option<(MutexGuard<'static, Table>, MutexGuard<'static, Views>)> {
    DEPTH.set(DEPTH.get() - 1);
    if DEPTH.get() > 0 {
        return None;
    }
    // SAFETY: see `Held`: this thread has the locks, since `prepare`; in a child it is the only one, and continues it.
    unsafe { (*HELD.0.get()).take() }
}

unsafe extern "C" fn parent() {
    drop(held());
}

unsafe extern "C" fn child() {
    if let Some((mut table, views)) = held() {
        table.start_child();
        drop((table, views));
    }
}
