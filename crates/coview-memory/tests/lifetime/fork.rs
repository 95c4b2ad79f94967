//! Children without exec: they hold what they were to inherit, and nothing else.

use std::sync::atomic::{AtomicBool, Ordering};

use coview_memory::{ErrorKind, Mapping};
use rustix::process::{Signal, kill_process};

use crate::common::{Puppet, exit_at_once, fork_child, reap, tests_alone};

/// A child that plays its part when it is told to.
struct Child(Puppet);

impl Child {
    fn new(part: impl FnOnce()) -> Self {
        Self(Puppet::new(|strings| {
            strings.stop_here();
            part();
        }))
    }

    fn go(&self) {
        self.0.go_on();
    }

    #[track_caller]
    fn finish(self) {
        self.go();
        self.0.finish();
    }
}

fn mine(name: &str, inherit: bool) -> Mapping {
    let mapping = Mapping::options().inherit(inherit).create(name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"mine").unwrap();
    mapping
}

#[track_caller]
fn is_gone(name: &str) {
    assert_eq!(Mapping::identify(name).unwrap(), None);
    assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::NotFound);
}

tests_alone! {
    fn a_child_does_not_hold_what_it_was_not_to_inherit() {
        for name in ["private", r"Global\private"] {
            let mapping = mine(name, false);
            let child = Child::new(|| is_gone(name));
            drop(mapping);
            is_gone(name);
            child.finish();
        }
    }

    fn a_child_holds_what_it_was_to_inherit() {
        for name in ["shared", r"Global\shared"] {
            let mapping = mine(name, true);
            let id = mapping.identity();
            let child = Child::new(|| assert_eq!(Mapping::identify(name).unwrap(), Some(id)));
            drop(mapping);
            assert_eq!(Mapping::identify(name).unwrap(), Some(id));
            assert_eq!(Mapping::open(name).unwrap().view().unwrap().read_vec(0, 4).unwrap(), b"mine");
            child.finish();
            is_gone(name);
        }
    }

    fn a_child_holds_it_when_its_parent_is_killed_and_its_own_closing_removes_it() {
        let name = "orphan";
        let (reported, report) = rustix::pipe::pipe_with(rustix::pipe::PipeFlags::CLOEXEC).unwrap();
        let parent = Child::new(|| {
            let mapping = mine(name, true);
            let id = mapping.identity();
            let parent = rustix::process::getpid();
            fork_child(|| {
                while rustix::process::getppid() == Some(parent) {
                    std::thread::yield_now();
                }
                assert_eq!(Mapping::identify(name).unwrap(), Some(id));
                drop(mapping);
                is_gone(name);
                rustix::io::write(&report, b"k").unwrap();
                exit_at_once(0);
            });
            kill_process(rustix::process::getpid(), Signal::KILL).unwrap();
        });
        parent.go();
        let mut word = [0];
        assert_eq!(rustix::io::read(&reported, &mut word).unwrap(), 1);
        assert_eq!(&word, b"k");
        is_gone(name);
    }

    fn an_heir_that_never_made_a_call_leaves_nothing() {
        let (held, hold) = rustix::pipe::pipe().unwrap();
        let parent = fork_child(|| {
            let mapping = mine("heirloom", true);
            let heir = fork_child(|| {
                // Holds what it inherited, until it is killed.
                std::thread::sleep(std::time::Duration::from_secs(100));
            });
            rustix::io::write(&hold, &heir.as_raw_nonzero().get().to_le_bytes()).unwrap();
            std::mem::forget(mapping);
            kill_process(rustix::process::getpid(), Signal::KILL).unwrap();
        });
        let mut heir = [0; 4];
        assert_eq!(rustix::io::read(&held, &mut heir).unwrap(), 4);
        reap(parent);
        assert!(Mapping::identify("heirloom").unwrap().is_some());
        let heir = rustix::process::Pid::from_raw(i32::from_le_bytes(heir)).unwrap();
        kill_process(heir, Signal::KILL).unwrap();
        crate::common::until(|| Mapping::identify("heirloom").unwrap().is_none());
        assert_eq!(Mapping::identify("another").unwrap(), None);
        assert_eq!(crate::common::leftovers(Mapping::directory()), Vec::<String>::new());
    }

    fn a_linked_registry_file_loses_no_name() {
        let folder = Mapping::directory().join(format!("coview-{}", rustix::process::geteuid().as_raw()));
        let first = mine("linked", false);
        std::fs::hard_link(folder.join("linked.object"), folder.join("evil")).unwrap();
        // A second name does not make it another object, and what the link keeps does not make it live.
        assert!(Mapping::open("linked").is_ok());
        drop(first);
        is_gone("linked");
        let second = mine("linked", false);
        std::fs::rename(folder.join("evil"), folder.join("evil.object")).unwrap();
        let _ = Mapping::open("evil");
        assert_eq!(Mapping::identify("linked").unwrap(), Some(second.identity()));
        assert!(Mapping::open("linked").is_ok());
        drop(second);
        is_gone("linked");
        let _ = std::fs::remove_file(folder.join("evil.object"));
    }

    fn a_childs_own_objects_are_its_own() {
        let outer = mine("outer", false);
        let child = Child::new(|| {
            let inner = mine("inner", false);
            assert_eq!(Mapping::identify("outer").unwrap(), Some(outer.identity()));
            drop(inner);
            is_gone("inner");
            let _left = mine("left", false);
            exit_at_once(0);
        });
        child.finish();
        is_gone("left");
        assert!(Mapping::open("outer").is_ok());
    }

    fn forking_while_others_create_and_close_keeps_nothing_alive() {
        let stop = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for thread in 0..3 {
                let stop = &stop;
                scope.spawn(move || {
                    let name = format!("busy-{thread}");
                    while !stop.load(Ordering::Relaxed) {
                        drop(mine(&name, false));
                        is_gone(&name);
                    }
                });
            }
            let mut children: Vec<Child> = Vec::new();
            for round in 0..200 {
                let name = format!("child-{round}");
                children.push(Child::new(move || {
                    drop(mine(&name, false));
                    is_gone(&name);
                }));
                if children.len() == 8 {
                    children.drain(..).for_each(Child::finish);
                }
            }
            children.into_iter().for_each(Child::finish);
            stop.store(true, Ordering::Relaxed);
        });
    }
}
