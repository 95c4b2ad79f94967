//! What the kernel calls a process's state: stopped, a zombie, one without its first thread, another program.

use std::os::fd::AsRawFd;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Actor, fork_child, listen, reap, say, tests_alone, until};
use crate::spot::Spot;

/// Takes a place and becomes another program, which lives on.
pub(crate) fn changeling(words: &[&str]) {
    let spot = Spot::from_words(words);
    let _presence = spot.take(1).unwrap();
    say("ready");
    listen();
    panic!("{}", Command::new("sleep").arg("100").exec());
}

/// Takes a place in its first thread, which then ends; another goes on.
pub(crate) fn headless(words: &[&str]) {
    let spot = Spot::from_words(words);
    let child = fork_child(|| {
        let _presence = spot.take(1).unwrap();
        std::thread::spawn(|| std::thread::sleep(Duration::from_secs(100)));
        say("ready");
        // SAFETY: ends this thread alone, and nothing on its stack is used by the other.
        unsafe { libc::syscall(libc::SYS_exit, 0) };
    });
    say(child.as_raw_nonzero());
    listen();
    kill_process(child, Signal::KILL).unwrap();
    reap(child);
}

/// One letter of proc_pid_stat(5).
fn state(pid: Pid) -> char {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pid.as_raw_nonzero())).unwrap();
    stat.rsplit_once(") ").unwrap().1.chars().next().unwrap()
}

fn pid(actor: &Actor) -> Pid {
    Pid::from_raw(actor.id().cast_signed()).unwrap()
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

tests_alone! {
    fn a_stopped_process_is_present() {
        let spot = Spot::new("stopped");
        let mut holder = spot.spawn("holder", &["1"]);
        holder.expect("1");
        kill_process(pid(&holder), Signal::STOP).unwrap();
        until(|| state(pid(&holder)) == 'T');
        for _ in 0..300 {
            assert!(spot.is_taken(1) && spot.take(1).is_none());
            std::thread::sleep(Duration::from_millis(1));
        }
        kill_process(pid(&holder), Signal::CONT).unwrap();
        holder.tell("end");
        holder.finish();
        assert!(!spot.is_taken(1));

        let mut holder = spot.spawn("holder", &["1"]);
        holder.expect("1");
        kill_process(pid(&holder), Signal::STOP).unwrap();
        until(|| state(pid(&holder)) == 'T');
        holder.kill();
        until(|| !spot.is_taken(1));
    }

    fn a_zombie_is_gone() {
        let spot = Spot::new("zombie");
        let child = fork_child(|| {
            let _presence = spot.take(1).unwrap();
            std::thread::sleep(Duration::from_secs(100));
        });
        until(|| spot.is_taken(1));
        kill_process(child, Signal::KILL).unwrap();
        until(|| !spot.is_taken(1));
        drop(spot.take(1).unwrap());
        until(|| state(child) == 'Z');
        assert!(!spot.is_taken(1));
        reap(child);
    }

    fn a_process_whose_first_thread_ended_is_present() {
        let spot = Spot::new("headless");
        let mut headless = spot.spawn("headless", &[]);
        // Both speak with one voice.
        let said = [headless.hear().unwrap(), headless.hear().unwrap()];
        let number = said.iter().find_map(|line| line.parse().ok()).unwrap();
        let child = Pid::from_raw(number).unwrap();
        until(|| state(child) == 'Z');
        assert!(spot.is_taken(1), "its other thread lives");
        headless.tell("kill it");
        headless.finish();
        until(|| !spot.is_taken(1));
    }

    fn a_process_that_becomes_another_program_is_gone() {
        let spot = Spot::new("exec");
        let mut changeling = spot.spawn("changeling", &[]);
        changeling.expect("ready");
        assert!(spot.is_taken(1));
        changeling.tell("go");
        until(|| !spot.is_taken(1));
        assert!(rustix::process::test_kill_process(pid(&changeling)).is_ok(), "the other program runs");
        changeling.kill();
    }

    fn no_descriptor_is_kept_and_none_that_is_closed_matters() {
        let spot = Spot::new("descriptors");
        let before = descriptors();
        let presence = spot.take(1).unwrap();
        assert_eq!(descriptors(), before);
        let path = spot.mapping.data_path().unwrap();
        for write in [false, true] {
            let file = std::fs::File::options().read(true).write(write).open(&path).unwrap();
            // A lock of the older kind falls when any descriptor of its file is closed.
            let mut range = libc::flock {
                l_type: libc::F_RDLCK as libc::c_short,
                l_whence: libc::SEEK_SET as libc::c_short,
                l_start: 0,
                l_len: 1,
                l_pid: 0,
            };
            // SAFETY: `range` is a valid `flock`.
            assert_eq!(unsafe { libc::fcntl(file.as_raw_fd(), libc::F_SETLK, &mut range) }, 0);
            drop(file);
            assert!(spot.is_taken(1));
        }
        drop(coview_memory::Mapping::open_path(&path, coview_memory::Rights::READ).unwrap());
        assert!(spot.is_taken(1));
        std::fs::remove_file(&path).unwrap();
        assert!(spot.is_taken(1), "nor does its name");
        drop(presence);
        assert!(!spot.is_taken(1));
        assert_eq!(descriptors(), before);
    }
}
