//! Touches that learn of others' commits, and faults that are somebody else's.
#![cfg(target_os = "linux")]

mod common;

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};

use common::{Puppet, assert_killed, exit_at_once, fork_child, reap};
use coview_memory::{Access, Mapping, Pages, View, ViewOptions, sync_commits_on_fault};

fn page() -> usize {
    rustix::param::page_size()
}

fn reserved(pages: usize) -> Mapping {
    Mapping::options()
        .pages(Pages::Reserve)
        .create("", (pages * page()) as u64)
        .unwrap()
}

fn touch(view: &View, offset: usize) -> u8 {
    let byte = view.trusted().as_ptr().wrapping_add(offset);
    // SAFETY: it lies in the view, and nobody writes to it at this moment. Whether it may be read is what is asked.
    unsafe { byte.read_volatile() }
}

fn put(view: &View, offset: usize, value: u8) {
    let byte = view.trusted().as_ptr().wrapping_add(offset);
    // SAFETY: as above, for writing.
    unsafe { byte.write_volatile(value) };
}

#[track_caller]
fn kills(part: impl FnOnce()) {
    assert_killed(reap(fork_child(part)));
}

#[track_caller]
fn survives(part: impl FnOnce()) {
    let status = reap(fork_child(part));
    assert_eq!(status.exit_status(), Some(0), "{status:?}");
}

#[test]
fn what_another_process_commits_is_there_when_it_is_touched() {
    let mapping = reserved(1000);
    // Made before the call, and before the child.
    let (theirs, early) = (mapping.view().unwrap(), mapping.view().unwrap());
    let cases = [Some(Access::Write), Some(Access::Read), Some(Access::Copy), None];
    for (round, asked) in cases.into_iter().enumerate() {
        let access = asked.unwrap_or(Access::Write);
        let at = (100 + round * 200) * page();
        let child = Puppet::new(|strings| {
            if asked.is_some() {
                sync_commits_on_fault().unwrap();
                sync_commits_on_fault().unwrap();
            }
            let options = ViewOptions::new().access(access).offset(page() as u64);
            let late = options.map(&mapping).unwrap();
            strings.stop_here();
            assert_eq!((touch(&early, at), touch(&late, at + 5)), (b'1', b'2'));
            // Its own calls want to be told.
            assert!(!early.is_committed(at, 1).unwrap());
            early.sync_commits().unwrap();
            early.write(at, b"0").unwrap();
            if access.writes() {
                put(&late, at + page() - 1, b'3');
                put(&late, at + 2 * page(), b'4');
            }
        });
        child.until_it_stops();
        theirs.commit(at, 5 * page()).unwrap();
        theirs.write(at, b"1").unwrap();
        theirs.write(at + page() + 5, b"2").unwrap();
        child.go_on();
        if asked.is_none() {
            assert_killed(child.end());
            continue;
        }
        child.finish();
        let written = if access == Access::Write { [b'3', b'4'] } else { [0, 0] };
        let read = |at| theirs.read::<u8>(at).unwrap();
        assert_eq!([read(at + 2 * page() - 1), read(at + 3 * page())], written);
    }
}

#[test]
fn a_fault_elsewhere_still_kills() {
    let mapping = reserved(100);
    let theirs = mapping.view().unwrap();
    theirs.commit(0, 50 * page()).unwrap();
    let reader = ViewOptions::new().access(Access::Read).map(&mapping).unwrap();
    let nothing = ViewOptions::new().access(Access::None).map(&mapping).unwrap();
    let here = mapping.view().unwrap();
    theirs.commit(50 * page(), 10 * page()).unwrap();
    let asked = || sync_commits_on_fault().unwrap();
    kills(|| {
        asked();
        touch(&here, 70 * page());
    });
    // Not for ever: it could be touched, and not so.
    kills(|| {
        asked();
        put(&reader, 0, 1);
    });
    kills(|| {
        asked();
        put(&reader, 55 * page(), 1);
    });
    kills(|| {
        asked();
        touch(&nothing, 55 * page());
    });
    kills(|| {
        asked();
        // SAFETY: nobody touches the page but to die of it.
        unsafe { here.trusted().protect(page(), 1, Access::None) }.unwrap();
        touch(&here, 55 * page());
        touch(&here, page());
    });
    kills(|| {
        asked();
        // SAFETY: none: this is what must end the process.
        unsafe { std::ptr::without_provenance::<u8>(64).read_volatile() };
    });
    kills(|| {
        asked();
        let address = {
            let gone = mapping.view().unwrap();
            gone.trusted().as_ptr()
        };
        // SAFETY: none, as above; nothing else was mapped since.
        unsafe { address.wrapping_add(55 * page()).read_volatile() };
    });
    survives(|| {
        asked();
        touch(&here, 55 * page());
        touch(&reader, 55 * page());
    });
}

static TOLD: AtomicBool = AtomicBool::new(false);
static WHILE_BLOCKED: AtomicBool = AtomicBool::new(false);

fn is_blocked(signal: libc::c_int) -> bool {
    let mut set = std::mem::MaybeUninit::uninit();
    // SAFETY: no set is given, and the answer goes to a place of our own.
    unsafe { libc::pthread_sigmask(libc::SIG_BLOCK, std::ptr::null(), set.as_mut_ptr()) };
    // SAFETY: filled in above.
    unsafe { libc::sigismember(set.as_ptr(), signal) == 1 }
}

extern "C" fn all_told(signal: libc::c_int, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    let masked = is_blocked(libc::SIGUSR1) && is_blocked(libc::SIGSEGV);
    // SAFETY: as the kernel passed it.
    let told = unsafe { info.read() };
    // SAFETY: of this signal it has one.
    let address = unsafe { told.si_addr() }.addr();
    let as_expected = signal == libc::SIGSEGV && address == 64 && !context.is_null() && masked;
    exit_at_once(if as_expected { 42 } else { 43 });
}

extern "C" fn told_little(signal: libc::c_int) {
    TOLD.store(true, Ordering::SeqCst);
    WHILE_BLOCKED.store(is_blocked(libc::SIGSEGV), Ordering::SeqCst);
    if signal != libc::SIGSEGV {
        exit_at_once(43);
    }
}

fn set(handler: usize, flags: libc::c_int) {
    // SAFETY: zeros are an action: the default one.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handler;
    action.sa_flags = flags;
    // SAFETY: a valid set and signal.
    unsafe { libc::sigaddset(&mut action.sa_mask, libc::SIGUSR1) };
    // SAFETY: the handlers of this file end the process or set a flag.
    let done = unsafe { libc::sigaction(libc::SIGSEGV, &action, std::ptr::null_mut()) };
    assert_eq!(done, 0);
}

fn raise() {
    // SAFETY: sends a signal to this thread.
    unsafe { libc::raise(libc::SIGSEGV) };
}

fn fault() {
    // SAFETY: none: the fault is what the test wants.
    unsafe { std::ptr::without_provenance::<u8>(64).read_volatile() };
}

#[test]
fn what_was_there_before_is_told_as_if_nobody_came_between() {
    let mapping = reserved(10);
    let (theirs, here) = (mapping.view().unwrap(), mapping.view().unwrap());
    theirs.commit(0, page()).unwrap();
    let all_told = all_told as *const () as usize;
    let status = reap(fork_child(|| {
        set(all_told, libc::SA_SIGINFO);
        sync_commits_on_fault().unwrap();
        touch(&here, 0);
        fault();
    }));
    assert_eq!(status.exit_status(), Some(42), "{status:?}");
    let told_little = told_little as *const () as usize;
    // Whether the handler runs with its signal blocked when nobody comes between. It asks for the contrary, and the
    // kernel heeds it; ThreadSanitizer blocks every signal while a handler runs.
    let blocked_anyway = || {
        set(told_little, libc::SA_NODEFER);
        raise();
        assert!(TOLD.swap(false, Ordering::SeqCst));
        WHILE_BLOCKED.load(Ordering::SeqCst)
    };
    survives(|| {
        let blocked_anyway = blocked_anyway();
        sync_commits_on_fault().unwrap();
        touch(&here, 0);
        assert!(!TOLD.load(Ordering::SeqCst));
        for _ in 0..2 {
            raise();
            assert!(TOLD.swap(false, Ordering::SeqCst) && !is_blocked(libc::SIGUSR1) && !is_blocked(libc::SIGSEGV));
            assert_eq!(WHILE_BLOCKED.load(Ordering::SeqCst), blocked_anyway);
        }
    });
    let once = || {
        let blocked_anyway = blocked_anyway();
        set(told_little, libc::SA_NODEFER | libc::SA_RESETHAND);
        sync_commits_on_fault().unwrap();
        raise();
        assert!(TOLD.load(Ordering::SeqCst));
        assert_eq!(WHILE_BLOCKED.load(Ordering::SeqCst), blocked_anyway);
    };
    survives(once);
    let status = reap(fork_child(|| {
        once();
        raise();
    }));
    assert_eq!(status.terminating_signal(), Some(libc::SIGSEGV), "{status:?}");
    // What is sent can be ignored, and a fault cannot.
    survives(|| {
        set(libc::SIG_IGN, 0);
        sync_commits_on_fault().unwrap();
        raise();
        touch(&here, 0);
    });
    for (before, part) in [
        (libc::SIG_DFL, raise as fn()),
        (libc::SIG_DFL, fault),
        (libc::SIG_IGN, fault),
    ] {
        let status = reap(fork_child(|| {
            set(before, 0);
            sync_commits_on_fault().unwrap();
            touch(&here, 0);
            part();
        }));
        assert_eq!(status.terminating_signal(), Some(libc::SIGSEGV), "{status:?}");
    }
}

#[test]
fn threads_touch_at_once() {
    const THREADS: usize = 6;
    let mapping = reserved(400);
    let theirs = mapping.view().unwrap();
    let child = Puppet::new(|strings| {
        sync_commits_on_fault().unwrap();
        let views = [
            mapping.view().unwrap(),
            ViewOptions::new().access(Access::Read).map(&mapping).unwrap(),
        ];
        strings.stop_here();
        let together = Barrier::new(THREADS);
        std::thread::scope(|scope| {
            for _ in 0..THREADS {
                scope.spawn(|| {
                    for round in 0..400 {
                        together.wait();
                        assert_eq!(touch(&views[round % 2], round * page()), 7);
                        assert_eq!(touch(&views[1 - round % 2], round * page() + 9), 7);
                    }
                });
            }
        });
    });
    child.until_it_stops();
    for at in 0..400 {
        theirs.commit(at * page(), page()).unwrap();
        theirs.fill(at * page(), page(), 7).unwrap();
    }
    child.go_on();
    child.finish();
}

#[test]
fn a_child_learns_that_was_forked_while_views_came_and_went() {
    let mapping = reserved(20);
    let (theirs, here) = (mapping.view().unwrap(), mapping.view().unwrap());
    theirs.commit(0, page()).unwrap();
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    drop((0..40).map(|_| mapping.view().unwrap()).collect::<Vec<_>>());
                }
            });
        }
        for _ in 0..50 {
            survives(|| {
                sync_commits_on_fault().unwrap();
                touch(&here, 0);
                let own = mapping.view().unwrap();
                own.commit(page(), page()).unwrap();
                touch(&here, page());
            });
        }
        stop.store(true, Ordering::Relaxed);
    });
}
