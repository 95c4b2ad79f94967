//! Watches with poll(2), after fork, and the thread behind them.

use std::sync::Arc;

use coview_memory::ErrorKind;
use coview_memory::bell::Watch;
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::common::{Puppet, tests_alone, until};
use crate::executor::block_on;
use crate::line::{Line, create};
use crate::watch::{bell_of, lines, start_ringer};

/// Whether one of them is readable, within that many seconds.
fn is_readable(watches: &[&Watch], seconds: i64) -> bool {
    let mut fds: Vec<_> = watches.iter().map(|watch| PollFd::new(watch, PollFlags::IN)).collect();
    let time = Timespec {
        tv_sec: seconds,
        tv_nsec: 0,
    };
    poll(&mut fds, Some(&time)).unwrap() > 0
}

/// The watching thread's name.
const NAME: &str = "coview-bells";

/// The signals that a thread blocks, one bit each.
fn blocked(task: &str) -> u64 {
    let status = std::fs::read_to_string(format!("{task}/status")).unwrap();
    let set = status.lines().find_map(|line| line.strip_prefix("SigBlk:")).unwrap();
    u64::from_str_radix(set.trim(), 16).unwrap()
}

/// The threads of this process that watch.
fn watching() -> usize {
    let tasks = std::fs::read_dir("/proc/self/task").unwrap();
    let name = |task: std::io::Result<std::fs::DirEntry>| std::fs::read_to_string(task.ok()?.path().join("comm")).ok();
    tasks.filter_map(name).filter(|name| name.trim() == NAME).count()
}

tests_alone! {
    fn a_watch_is_readable_from_a_ring_until_it_is_armed() {
        let view = create();
        let lines = lines(&view, 2);
        let watches: Vec<_> = lines.iter().map(|line| Watch::new([bell_of(line)]).unwrap()).collect();
        let both = [&watches[0], &watches[1]];
        let mut ringer = start_ringer();
        for number in 1..=50 {
            for index in [0, 1] {
                ringer.tell(&index.to_string());
                while lines[index].news() < number {
                    assert!(is_readable(&both, 100));
                    for (watch, line) in watches.iter().zip(&lines) {
                        let (_, _, seen) = bell_of(line);
                        watch.rearm(&[seen]).unwrap();
                    }
                }
            }
        }
        ringer.hang_up();
        ringer.finish();
        // It stays readable, and is not any more once it is armed.
        lines[0].ring();
        assert!(is_readable(&[&watches[0]], 100) && is_readable(&[&watches[0]], 0));
        watches[0].rearm(&[lines[0].seen()]).unwrap();
        assert!(!is_readable(&[&watches[0]], 0));
    }

    fn the_thread_is_there_while_somebody_watches() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        assert_eq!(watching(), 0);
        for _ in 0..20 {
            let mut watches: Vec<_> = (0..3).map(|_| Watch::new([bell_of(&line)]).unwrap()).collect();
            until(|| watching() == 1);
            watches.truncate(1);
            assert_eq!(watching(), 1, "one for all of them, until the last is gone");
            drop(watches);
            until(|| watching() == 0);
        }
    }

    fn the_thread_receives_no_signals() {
        let before = blocked("/proc/thread-self");
        let view = create();
        let _watch = Watch::new([bell_of(&Line::new(&view, 0))]).unwrap();
        assert_eq!(blocked("/proc/thread-self"), before, "ours are as they were");
        until(|| watching() == 1);
        let mut tasks = std::fs::read_dir("/proc/self/task").unwrap().map(|task| task.unwrap().path());
        let task = tasks.find(|task| std::fs::read_to_string(task.join("comm")).unwrap().trim() == NAME).unwrap();
        let blocked = blocked(task.to_str().unwrap());
        for signal in [libc::SIGTERM, libc::SIGINT, libc::SIGALRM, libc::SIGCHLD, libc::SIGUSR1] {
            assert!(blocked & 1 << (signal - 1) != 0, "{signal}");
        }
        assert_eq!(blocked & 1 << (libc::SIGBUS - 1), 0, "a fault is its own");
    }

    fn a_forked_child_has_a_thread_of_its_own_and_leaves_its_parents_alone() {
        let view = create();
        let lines = lines(&view, 2);
        let watch = Watch::new([bell_of(&lines[0])]).unwrap();
        until(|| watching() == 1);
        for _ in 0..20 {
            let child = Puppet::new(|_| {
                assert_eq!(watching(), 0);
                assert_eq!(watch.rearm(&[0]).unwrap_err().kind(), ErrorKind::InvalidArgument);
                assert_eq!(block_on(watch.changed()).unwrap_err().kind(), ErrorKind::InvalidArgument);
                let mine = Line::new(&view, 1).owned();
                let own = Watch::new([bell_of(&mine)]).unwrap();
                until(|| watching() == 1);
                mine.ring();
                block_on(own.changed()).unwrap();
                assert!(is_readable(&[&own], 0));
                drop(own);
                until(|| watching() == 0);
            });
            // Others fork while the thread works.
            watch.rearm(&[lines[0].seen()]).unwrap();
            lines[0].ring();
            block_on(watch.changed()).unwrap();
            child.finish();
            assert_eq!(watching(), 1);
        }
    }

    fn a_child_may_drop_its_parents_watch() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        let mut watch = Some(Watch::new([bell_of(&line)]).unwrap());
        Puppet::new(|_| drop(watch.take())).finish();
        let watch = watch.unwrap();
        assert_eq!(Arc::strong_count(&view), 3, "here nothing was let go of");
        watch.rearm(&[line.seen()]).unwrap();
        line.ring();
        assert!(is_readable(&[&watch], 100));
    }
}
