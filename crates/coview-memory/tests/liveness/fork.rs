//! A forked child is not present through its parent's value.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::mm::{MapFlags, ProtFlags};
use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Puppet, exit_at_once, fork_child, reap, tests_alone, until};
use crate::spot::Spot;

/// A child by the bare system call, which runs no handler around it; it sleeps until it is killed.
fn bare_child() -> Pid {
    // SAFETY: the child does nothing but sleep.
    let pid = unsafe { libc::syscall(libc::SYS_clone, libc::SIGCHLD, 0, 0, 0, 0) } as libc::pid_t;
    if pid == 0 {
        loop {
            // SAFETY: sleeps.
            unsafe { libc::pause() };
        }
    }
    Pid::from_raw(pid).unwrap_or_else(|| panic!("clone: {}", std::io::Error::last_os_error()))
}

fn sleeping_child() -> Pid {
    fork_child(|| std::thread::sleep(Duration::from_secs(100)))
}

/// Of the pages without access that keep a place: where they lie in this process.
fn kept_pages() -> Vec<usize> {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let kept = maps.lines().filter(|line| line.contains(" ---s "));
    kept.map(|line| usize::from_str_radix(line.split_once('-').unwrap().0, 16).unwrap())
        .collect()
}

tests_alone! {
    fn a_child_is_not_present_and_what_it_drops_is_nothing() {
        let spot = Spot::new("copy");
        let presence = spot.take(4).unwrap();
        let kept = kept_pages();
        assert_eq!(kept.len(), 1);
        let child = fork_child(|| {
            assert!(!presence.is_mine() && kept_pages().is_empty());
            assert!(spot.is_taken(4) && spot.take(4).is_none(), "its parent's");
            assert!(format!("{presence:?}").contains("is_mine: false"));
            // The child has something of its own where its parent's page lies.
            let flags = MapFlags::PRIVATE | MapFlags::FIXED_NOREPLACE;
            let place = std::ptr::without_provenance_mut(kept[0]);
            // SAFETY: it replaces nothing.
            let own = unsafe { rustix::mm::mmap_anonymous(place, 1, ProtFlags::READ | ProtFlags::WRITE, flags) }.unwrap();
            let own = own.cast::<u8>();
            // SAFETY: mapped above.
            unsafe { own.write_volatile(42) };
            // SAFETY: the parent's value, which this process does not use again: it ends below.
            drop(unsafe { std::ptr::read(&presence) });
            // SAFETY: mapped above.
            assert_eq!(unsafe { own.read_volatile() }, 42);
            // It can be present itself, elsewhere, as the process that it is.
            let own = spot.take(5).unwrap();
            assert!(own.is_mine());
            let grandchild = fork_child(|| assert!(!own.is_mine() && !presence.is_mine()));
            assert_eq!(reap(grandchild).exit_status(), Some(0));
        });
        assert_eq!(reap(child).exit_status(), Some(0));
        assert!(spot.is_taken(4) && presence.is_mine() && !spot.is_taken(5));
        drop(presence);
        assert!(!spot.is_taken(4));
    }

    fn a_child_that_survives_its_parent_does_not_keep_its_place() {
        for make_child in [sleeping_child, bare_child] {
            let spot = Spot::new("survivor");
            let (reported, report) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
            let parent = fork_child(|| {
                let _presence = spot.take(4).unwrap();
                let child = make_child();
                rustix::io::write(&report, &child.as_raw_nonzero().get().to_le_bytes()).unwrap();
                std::thread::sleep(Duration::from_secs(100));
            });
            let mut child = [0; 4];
            assert_eq!(rustix::io::read(&reported, &mut child).unwrap(), 4);
            let child = Pid::from_raw(i32::from_le_bytes(child)).unwrap();
            assert!(spot.is_taken(4));
            kill_process(parent, Signal::KILL).unwrap();
            until(|| !spot.is_taken(4));
            assert!(rustix::process::test_kill_process(child).is_ok(), "it lives");
            kill_process(child, Signal::KILL).unwrap();
            reap(parent);
        }
    }

    fn dropping_in_the_parent_frees_it_whatever_children_there_are() {
        let spot = Spot::new("children");
        let presence = spot.take(4).unwrap();
        let children = [sleeping_child(), bare_child(), sleeping_child()];
        drop(presence);
        assert!(!spot.is_taken(4));
        for child in children {
            kill_process(child, Signal::KILL).unwrap();
            reap(child);
        }
    }

    fn forking_while_others_take_and_drop_keeps_nothing_taken() {
        let spot = Spot::new("busy");
        let stop = AtomicBool::new(false);
        std::thread::scope(|threads| {
            for place in 0..3 {
                let (spot, stop) = (&spot, &stop);
                threads.spawn(move || {
                    while !stop.load(Ordering::Relaxed) {
                        drop(spot.take(place).expect("dropped a moment ago"));
                        assert!(!spot.is_taken(place));
                    }
                });
            }
            let mut children: Vec<Puppet> = Vec::new();
            for place in 10..210 {
                let spot = &spot;
                children.push(Puppet::new(move |strings| {
                    strings.stop_here();
                    let presence = spot.take(place).unwrap();
                    assert!(presence.is_mine() && spot.is_taken(place));
                    exit_at_once(0);
                }));
                if children.len() == 8 {
                    for child in children.drain(..) {
                        child.go_on();
                        child.finish();
                    }
                    assert!((10..=place).all(|place| !spot.is_taken(place)));
                }
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}
