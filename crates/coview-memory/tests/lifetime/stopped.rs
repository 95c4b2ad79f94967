//! Somebody is stopped in the middle of a change: others wait for a bounded time, and nothing is lost.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use coview_memory::{ErrorKind, Mapping};
use rustix::process::{Pid, Signal, kill_process};

use crate::common::{fork_child, leftovers, reap, tests_alone, until};

/// Takes the place of one who holds locks in a file and does not go on.
struct Stopped(#[expect(dead_code, reason = "its descriptor holds the locks")] File);

impl Stopped {
    fn on(file: &Path, start: i64, len: i64) -> Self {
        let file = File::options().read(true).write(true).open(file).unwrap();
        let mut range = libc::flock {
            l_type: libc::F_WRLCK as libc::c_short,
            l_whence: libc::SEEK_SET as libc::c_short,
            l_start: start as libc::off_t,
            l_len: len as libc::off_t,
            l_pid: 0,
        };
        // SAFETY: `range` is a valid `flock`.
        let done = unsafe { libc::fcntl(file.as_raw_fd(), libc::F_OFD_SETLK, &mut range) };
        assert_eq!(done, 0, "{}", std::io::Error::last_os_error());
        Self(file)
    }

    /// Creating a name, whichever it is.
    fn while_creating() -> Self {
        Self::on(&folder().join(".lock"), 1 << 30, 1 << 30)
    }
}

fn folder() -> PathBuf {
    let user = rustix::process::geteuid().as_raw();
    Mapping::directory().join(format!("coview-{user}"))
}

tests_alone! {
    fn who_is_stopped_while_creating_holds_up_creating_alone_and_not_for_ever() {
        let existing = Mapping::create("existing", 4096).unwrap();
        let stopped = Stopped::while_creating();
        let busy = Mapping::create("new", 4096).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::Busy);
        assert!(busy.to_string().contains("stopped"), "{busy}");
        // Opening, looking and closing wait for nobody.
        assert!(Mapping::open("existing").is_ok());
        assert_eq!(Mapping::identify("existing").unwrap(), Some(existing.identity()));
        drop(existing);
        assert_eq!(Mapping::open("existing").unwrap_err().kind(), ErrorKind::NotFound);
        drop(stopped);
        assert!(Mapping::create("new", 4096).is_ok());
    }

    fn a_thread_that_waits_to_create_holds_up_no_other_one() {
        let other = Mapping::create("other", 4096).unwrap();
        let stopped = Stopped::while_creating();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| Mapping::create("new", 4096).map(drop));
            // Many turns of ours fit into one wait of its.
            for _ in 0..1000 {
                drop(Mapping::open("other").unwrap());
            }
            drop(other);
            assert!(!waiting.is_finished(), "it waits still");
            drop(stopped);
            waiting.join().unwrap().unwrap();
        });
    }

    fn who_is_stopped_while_removing_holds_up_that_name_alone_and_not_for_ever() {
        // An object that nobody holds, and whose removal does not go on.
        let creator = fork_child(|| std::mem::forget(Mapping::create("removed", 4096).unwrap()));
        reap(creator);
        let stopped = Stopped::on(&folder().join("removed.object"), 0, 1);
        assert_eq!(Mapping::identify("removed").unwrap(), None, "it is dead all the same");
        assert_eq!(Mapping::open("removed").unwrap_err().kind(), ErrorKind::NotFound, "and opening waits for nobody");
        let busy = Mapping::create("removed", 4096).unwrap_err();
        assert_eq!(busy.kind(), ErrorKind::Busy, "{busy}");
        assert!(Mapping::create("another", 4096).is_ok());
        drop(stopped);
        assert!(Mapping::create("removed", 4096).unwrap().created());
    }

    fn what_a_dead_one_left_under_a_stopped_ones_name_goes_with_a_later_call() {
        let _here = Mapping::create("here", 4096).unwrap();
        let stopped = Stopped::while_creating();
        // A creator's lock does not say which name of its hash it creates: this one's may not be judged now.
        let child = fork_child(|| std::mem::forget(Mapping::open("here").unwrap()));
        reap(child);
        std::fs::write(folder().join("half.data"), b"of one that died").unwrap();
        assert_eq!(Mapping::identify("nobody").unwrap(), None);
        assert!(leftovers(Mapping::directory()).contains(&"half.data".to_owned()));
        drop(stopped);
        assert_eq!(Mapping::identify("nobody").unwrap(), None);
        assert!(!leftovers(Mapping::directory()).contains(&"half.data".to_owned()));
    }

    fn a_stopped_creator_goes_on_where_it_was() {
        const LARGE: u64 = 256 << 20;
        let creator: Pid = fork_child(|| {
            let mapping = Mapping::create("slow", LARGE).unwrap();
            mapping.view().unwrap().write(LARGE as usize - 4, b"done").unwrap();
            let end = std::time::Instant::now() + std::time::Duration::from_secs(200);
            while Mapping::identify("enough").unwrap().is_none() && std::time::Instant::now() < end {
                std::thread::sleep(std::time::Duration::from_millis(1));
            }
        });
        // Often enough that some of it happens while memory is being given.
        for _ in 0..40 {
            kill_process(creator, Signal::STOP).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(2));
            kill_process(creator, Signal::CONT).unwrap();
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        let opened = loop {
            match Mapping::open("slow") {
                Ok(mapping) => break mapping,
                Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
            }
        };
        assert_eq!(opened.size(), LARGE);
        let view = opened.view().unwrap();
        until(|| view.read_vec(LARGE as usize - 4, 4).unwrap() == b"done");
        let _enough = Mapping::create("enough", 1).unwrap();
        assert_eq!(reap(creator).exit_status(), Some(0));
    }
}
