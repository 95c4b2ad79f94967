//! Events, semaphores and mutexes between processes, and processes themselves: what holds on every system, and what Linux needs besides.
//!
//! Other processes are this program once more, told by its environment which part to play (`harness`).

mod all;
mod any;
mod events;
mod harness;
mod mutexes;
mod names;
mod owned;
mod processes;
mod semaphores;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
#[path = "../common/seccomp.rs"]
mod seccomp;

/// Does nothing but in a process that `harness::spawn` started.
#[test]
fn part() {
    harness::play(&[
        ("alternator", all::alternator),
        ("event waiter", events::waiter),
        ("semaphore taker", semaphores::taker),
        ("semaphore giver", semaphores::giver),
        ("semaphore juggler", semaphores::juggler),
        ("semaphore one", semaphores::one),
        ("mutex counter", mutexes::counter),
        ("mutex owner", mutexes::owner),
        ("mutex next", mutexes::next),
        ("racer", owned::racer),
        ("opener", owned::opener),
        ("creator", owned::creator),
        ("listener", processes::listener),
        #[cfg(target_os = "linux")]
        ("fork", linux::forks),
        #[cfg(target_os = "linux")]
        ("fork and stay", linux::forks_and_stays),
        #[cfg(target_os = "linux")]
        ("fork meanwhile", linux::forks_meanwhile),
        #[cfg(target_os = "linux")]
        ("zombie", linux::has_a_zombie),
        #[cfg(target_os = "linux")]
        ("no waitv", linux::waits_without_waitv),
    ]);
}
