//! Signals end a sleep early, and lose nothing.

use std::os::unix::thread::JoinHandleExt;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use coview_memory::bell::{self, GLANCE};

use crate::common::tests_alone;
use crate::line::{Line, create};

static HANDLED: AtomicU32 = AtomicU32::new(0);

extern "C" fn handle(_signal: libc::c_int) {
    HANDLED.fetch_add(1, Ordering::Relaxed);
}

fn handle_signals() {
    // SAFETY: all zeros is a valid `sigaction`: no flags, so that calls are not begun again.
    let mut action: libc::sigaction = unsafe { std::mem::zeroed() };
    action.sa_sigaction = handle as *const () as usize;
    // SAFETY: the handler does nothing but count.
    let done = unsafe { libc::sigaction(libc::SIGUSR1, &action, std::ptr::null_mut()) };
    assert_eq!(done, 0);
}

tests_alone! {
    fn a_signal_ends_a_sleep_early() {
        handle_signals();
        let view = create();
        for count in [1, 2, 200] {
            let view = std::sync::Arc::clone(&view);
            let sleeps = std::thread::spawn(move || {
                let bells: Vec<_> = (0..count).map(|index| (&*view, index * 64, 0)).collect();
                loop {
                    let begin = Instant::now();
                    bell::sleep(&bells, None).unwrap();
                    if begin.elapsed() < GLANCE {
                        return;
                    }
                }
            });
            while !sleeps.is_finished() {
                // SAFETY: a thread that has not been joined.
                unsafe { libc::pthread_kill(sleeps.as_pthread_t(), libc::SIGUSR1) };
                std::thread::sleep(std::time::Duration::from_millis(2));
            }
            sleeps.join().unwrap();
        }
        assert!(HANDLED.load(Ordering::Relaxed) > 0);
    }

    fn no_ring_is_lost_among_signals() {
        handle_signals();
        let view = create();
        let (mine, theirs) = (Line::new(&view, 0).owned(), Line::new(&view, 1).owned());
        let answers = {
            let (mine, theirs) = (mine.clone(), theirs.clone());
            std::thread::spawn(move || {
                for number in 1..=500 {
                    assert_eq!(theirs.receive(number), 0);
                    mine.send();
                }
            })
        };
        let asks = std::thread::spawn(move || {
            for number in 1..=500 {
                theirs.send();
                assert_eq!(mine.receive(number), 0);
            }
        });
        while !(answers.is_finished() && asks.is_finished()) {
            for thread in [&answers, &asks] {
                // SAFETY: a thread that has not been joined.
                unsafe { libc::pthread_kill(thread.as_pthread_t(), libc::SIGUSR1) };
            }
            std::thread::sleep(std::time::Duration::from_micros(200));
        }
        answers.join().unwrap();
        asks.join().unwrap();
    }
}
