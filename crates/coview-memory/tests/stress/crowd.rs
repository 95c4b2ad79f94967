//! The crowd: keeps so many processes alive, kills them at random moments, and counts what stays behind.

use std::collections::HashSet;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use coview_memory::Mapping;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};

use crate::common::{Random, fork_child};
use crate::tally::{Count, Tally};
use crate::worker;

/// How long a process may take to notice that it is to end; a crowd of a thousand on two processors needs no more.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Crowd<'a> {
    pub(crate) names: &'a [String],
    pub(crate) tally: &'a Tally,
    pub(crate) random: Random,
    alive: HashSet<Pid>,
    pub(crate) kills: u64,
}

impl<'a> Crowd<'a> {
    pub(crate) fn new(names: &'a [String], tally: &'a Tally, seed: u64) -> Self {
        // Children of the killed become ours: the end is reached when there are none.
        rustix::process::set_child_subreaper(Some(rustix::process::getpid())).expect("subreaper");
        Self {
            names,
            tally,
            random: Random::new(seed),
            alive: HashSet::new(),
            kills: 0,
        }
    }

    /// For so long; or, `until_found`, until something is wrong.
    pub(crate) fn run(&mut self, processes: usize, seconds: u64, until_found: bool) {
        let started = Instant::now();
        let length = Duration::from_secs(seconds);
        while started.elapsed() < length && !(until_found && self.tally.is_bad()) {
            while self.alive.len() < processes {
                self.start();
            }
            // Quick deaths for half of each second, rare ones for the rest: both kinds of life find their mistakes.
            let quick = started.elapsed().subsec_millis() < 500;
            std::thread::sleep(Duration::from_micros(if quick { 300 } else { 5000 }));
            if self.random.one_in(3) {
                self.kill_one();
            }
            while let Ok(Some((pid, _))) = waitpid(None, WaitOptions::NOHANG) {
                self.alive.remove(&pid);
            }
        }
        self.tally.add(Count::Stop);
        self.wait_for_all();
    }

    fn start(&mut self) {
        self.tally.add(Count::Lives);
        let seed = self.random.next();
        let pid = if self.random.one_in(16) {
            let program = Command::new(std::env::current_exe().expect("this program"))
                .args([
                    "--worker",
                    &self.names.join("\n"),
                    &seed.to_string(),
                    &self.tally.token(),
                ])
                .stdin(Stdio::null())
                .spawn()
                .expect("a process");
            Pid::from_child(&program)
        } else {
            let (names, tally) = (self.names, self.tally);
            fork_child(|| worker::live(names, tally, seed))
        };
        self.alive.insert(pid);
    }

    fn kill_one(&mut self) {
        let at = self.random.below(self.alive.len());
        if let Some(pid) = self.alive.iter().nth(at) {
            // Not reaped yet, so the number is still its own.
            kill_process(*pid, Signal::KILL).expect("a child can be killed");
            self.kills += 1;
        }
    }

    /// All end by themselves, without closing; whoever does not hangs.
    fn wait_for_all(&mut self) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            match waitpid(None, WaitOptions::NOHANG) {
                Err(_) => return,
                Ok(Some(_)) => {}
                Ok(None) if Instant::now() < deadline => std::thread::sleep(Duration::from_millis(1)),
                Ok(None) => {
                    for pid in children() {
                        self.tally
                            .blame(Count::Hung, format!("process {} does not end", pid.as_raw_nonzero()));
                        let _ = kill_process(pid, Signal::KILL);
                    }
                    let _ = waitpid(None, WaitOptions::empty());
                }
            }
        }
    }

    /// Names that are still there although nobody is.
    pub(crate) fn visible(&self) -> usize {
        self.names
            .iter()
            .filter(|name| !matches!(Mapping::identify(name), Ok(None)))
            .count()
    }
}

/// This process's children, those of the killed among them.
fn children() -> Vec<Pid> {
    let list = std::fs::read_to_string("/proc/thread-self/children").unwrap_or_default();
    list.split_whitespace()
        .filter_map(|pid| Pid::from_raw(pid.parse().ok()?))
        .collect()
}
