//! Which process this is, in a line of forks: a number that none of its ancestors has had.
//!
//! A process id cannot tell: a child may get the id of an ancestor that is gone, and in a PID namespace of its own it
//! has that of one that lives. What tells is a page that the kernel clears in every child (MADV_WIPEONFORK), however it
//! was forked: who finds zero there is new, and takes the next number from a counter, which a child does inherit. The
//! handlers around fork(2) clear it as well, for what runs programs in the kernel's place (qemu-user).

use std::ptr;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};

use rustix::mm::Advice;

use super::addresses::Addresses;
use super::errors::system;
use super::{fork, page_size};
use crate::error::Result;

/// The page's first word; null before the first question. Once set it stays, and so does the page.
static PAGE: AtomicPtr<AtomicU64> = AtomicPtr::new(ptr::null_mut());
/// The last number that this process or an ancestor of it has taken.
static LAST: AtomicU64 = AtomicU64::new(0);

/// In a forked child: it is not its parent. Async-signal-safe.
pub(super) fn start_child() {
    if let Some(word) = word() {
        word.store(0, Ordering::Relaxed);
    }
}

/// This process's number, which is never zero. Waits for nobody.
pub(super) fn number(action: &'static str) -> Result<u64> {
    if word().is_none() {
        make_page(action)?;
    }
    Ok(number_in(word().expect("once made it stays")))
}

/// Whether `number` is of this process, and not of an ancestor. Waits for nobody, and asks no system.
pub(super) fn is_mine(number: u64) -> bool {
    word().is_some_and(|word| number_in(word) == number)
}

fn word() -> Option<&'static AtomicU64> {
    // SAFETY: null, or the beginning of a page that is never unmapped, and private to this process.
    unsafe { PAGE.load(Ordering::Acquire).as_ref() }
}

fn number_in(word: &AtomicU64) -> u64 {
    let known = word.load(Ordering::Relaxed);
    if known != 0 {
        return known;
    }
    let next = LAST.fetch_add(1, Ordering::Relaxed) + 1;
    // Another thread may have been quicker.
    match word.compare_exchange(0, next, Ordering::Relaxed, Ordering::Relaxed) {
        Ok(_) => next,
        Err(theirs) => theirs,
    }
}

/// Without a lock: a child could be forked while another thread of its parent has it.
fn make_page(action: &'static str) -> Result<()> {
    let failed = |os: rustix::io::Errno| system(action, "a page that forked children find empty", os.into());
    fork::install();
    let page = Addresses::anonymous(page_size()).map_err(failed)?;
    // SAFETY: the page is new, and nobody relies on its bytes.
    unsafe { page.advise(0, page.len(), Advice::LinuxWipeOnFork) }.map_err(failed)?;
    let made = page.base.cast();
    if PAGE
        .compare_exchange(ptr::null_mut(), made, Ordering::AcqRel, Ordering::Acquire)
        .is_ok()
    {
        std::mem::forget(page);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child by the C library's fork, or by the bare call, which runs no handlers; what it returns.
    fn in_a_child(bare: bool, part: impl FnOnce() -> bool) -> bool {
        let child = if bare {
            // SAFETY: the child does no more than load, store and count words, and ends at once.
            let made = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) };
            made as libc::pid_t
        } else {
            // SAFETY: as above.
            unsafe { libc::fork() }
        };
        if child == 0 {
            let code = i32::from(!part());
            // SAFETY: ends the child.
            unsafe { libc::_exit(code) };
        }
        assert!(child > 0, "{}", std::io::Error::last_os_error());
        let mut status = -1;
        // SAFETY: the answer goes to a place of our own.
        assert_eq!(unsafe { libc::waitpid(child, &mut status, 0) }, child);
        status == 0
    }

    /// Not so under qemu-user.
    fn kernel_clears_pages() -> bool {
        let page = Addresses::anonymous(page_size()).unwrap();
        // SAFETY: the page is new, and nobody relies on its bytes.
        unsafe { page.advise(0, page.len(), Advice::LinuxWipeOnFork) }.unwrap();
        let word = page.base.cast::<AtomicU64>();
        // SAFETY: the beginning of a page that lives until the end, and is private to this process.
        let word = unsafe { &*word };
        word.store(1, Ordering::Relaxed);
        in_a_child(true, || word.load(Ordering::Relaxed) == 0)
    }

    #[test]
    fn no_process_has_the_number_of_its_ancestor() {
        let mine = number("test").unwrap();
        assert!(mine != 0 && is_mine(mine) && number("test").unwrap() == mine);
        let ways: &[bool] = if kernel_clears_pages() {
            &[false, true]
        } else {
            &[false]
        };
        for &bare in ways {
            assert!(in_a_child(bare, || !is_mine(mine)));
            assert!(in_a_child(bare, || {
                let childs = number("test").unwrap();
                let grandchild = in_a_child(bare, || !is_mine(mine) && !is_mine(childs));
                grandchild && childs != mine && is_mine(childs)
            }));
            // A child that never asked hands nothing on that its own child could take for its own.
            assert!(in_a_child(bare, || in_a_child(bare, || !is_mine(mine))));
            assert!(is_mine(mine));
        }
    }
}
