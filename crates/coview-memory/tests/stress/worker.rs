//! A process of the crowd: does at random what a process may do with names, and checks what it is promised.

use std::process::{Command, Stdio};
use std::time::Duration;

use coview_memory::{ErrorKind, Mapping, View};

use crate::common::{Random, exit_at_once, fork_child};
use crate::tally::{Count, Tally};

/// At most so many handles, and so many views without one, in a process.
const HELD: usize = 6;
/// Where in an object its identity is written, by all who open it.
const OWNER: usize = 8;

struct Held {
    name: usize,
    mapping: Mapping,
    inherit: bool,
}

pub(crate) struct Worker<'a> {
    names: &'a [String],
    tally: &'a Tally,
    random: Random,
    held: Vec<Held>,
    /// Views that outlive their handle, and whose content they are.
    views: Vec<(View, u64)>,
}

/// A life: until it kills itself, leaves without closing, is killed, or the crowd ends.
pub(crate) fn live(names: &[String], tally: &Tally, seed: u64) -> ! {
    let mut worker = Worker {
        names,
        tally,
        random: Random::new(seed),
        held: Vec::new(),
        views: Vec::new(),
    };
    while tally.get(Count::Stop) == 0 {
        tally.add(Count::Operations);
        worker.act();
    }
    exit_at_once(0)
}

fn word(id: u128) -> u64 {
    id as u64 | 1
}

impl Worker<'_> {
    fn act(&mut self) {
        match self.random.below(100) {
            0..45 if self.held.len() < HELD => self.obtain(),
            45..55 => self.check(),
            55..60 => self.duplicate(),
            60..87 => self.close(),
            87..90 => {
                self.tally.add(Count::KilledThemselves);
                rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::KILL).unwrap();
            }
            90..93 => std::thread::sleep(Duration::from_micros(self.random.next() % 300)),
            93..97 => self.fork(),
            97 if self.random.one_in(4) => self.bequeath(),
            98 => exit_at_once(0),
            _ => {}
        }
    }

    fn obtain(&mut self) {
        let at = self.random.below(self.names.len());
        let name = &self.names[at];
        let inherit = self.random.one_in(2);
        let size = if self.random.one_in(16) { 256 << 10 } else { 8192 };
        let options = Mapping::options().inherit(inherit);
        let opened = match self.random.below(3) {
            0 => options.create(name, size),
            1 => options.open(name),
            _ => options.open_or_create(name, size),
        };
        let known = self
            .held
            .iter()
            .find(|held| held.name == at)
            .map(|held| held.mapping.identity());
        match opened {
            Ok(mapping) => {
                if known.is_some_and(|id| id != mapping.identity()) {
                    self.tally
                        .blame(Count::Lost, format!("{name} is another object than the one held here"));
                }
                self.look_into(&mapping);
                self.held.push(Held {
                    name: at,
                    mapping,
                    inherit,
                });
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {
                self.tally.add(Count::NotFound);
                if known.is_some() {
                    self.tally.blame(Count::Lost, error);
                }
            }
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => self.tally.blame(Count::Errors, error),
        }
    }

    /// A new object is zero; any object's content is that of its own holders.
    fn look_into(&mut self, mapping: &Mapping) {
        let mut view = match mapping.view() {
            Ok(view) => view,
            Err(error) => return self.tally.blame(Count::Errors, error),
        };
        let own = word(mapping.identity());
        if mapping.created() {
            self.tally.add(Count::Created);
            // Whoever opened it since may already have written its owner, and nothing else.
            let mut content = view.read_vec(0, view.len()).unwrap();
            content[OWNER..OWNER + 8].fill(0);
            if let Some(at) = content.iter().position(|byte| *byte != 0) {
                self.tally
                    .blame(Count::Dirty, format!("byte {at} of a new object is not zero"));
            }
        } else {
            self.tally.add(Count::Opened);
        }
        if let Err(other) = view.compare_exchange_u64(OWNER, 0, own).unwrap() {
            if other != own {
                self.tally
                    .blame(Count::Clash, format!("{other:x} was written into the object {own:x}"));
            }
        }
        if self.random.one_in(4) {
            view.release_handle();
            self.views.truncate(HELD);
            self.views.insert(0, (view, own));
        }
    }

    fn check(&self) {
        for held in &self.held {
            self.check_name(held);
        }
        for (view, own) in &self.views {
            let found = view.load_u64(OWNER).unwrap();
            if found != *own {
                self.tally
                    .blame(Count::Clash, format!("{found:x} is in a view of {own:x}"));
            }
        }
    }

    fn check_name(&self, held: &Held) {
        let name = &self.names[held.name];
        match Mapping::identify(name) {
            Ok(Some(id)) if id == held.mapping.identity() => {}
            Ok(found) => {
                let what = if found.is_some() { "another object" } else { "nothing" };
                self.tally
                    .blame(Count::Lost, format!("{name} is held and {what} is found"));
            }
            Err(error) => self.tally.blame(Count::Errors, error),
        }
    }

    fn duplicate(&mut self) {
        if self.held.is_empty() {
            return;
        }
        let at = self.random.below(self.held.len());
        let Held { name, inherit, .. } = self.held[at];
        // A duplicate is inherited because it is told to be, not because its source is.
        match Mapping::options().inherit(inherit).duplicate(&self.held[at].mapping) {
            Ok(copy) if self.random.one_in(2) && self.held.len() < HELD => {
                self.held.push(Held {
                    name,
                    mapping: copy,
                    inherit,
                });
            }
            Ok(copy) => self.held[at].mapping = copy,
            Err(error) => self.tally.blame(Count::Errors, error),
        }
    }

    fn close(&mut self) {
        if !self.held.is_empty() {
            let at = self.random.below(self.held.len());
            self.held.swap_remove(at);
            self.tally.add(Count::Closed);
        }
    }

    /// A child that holds what it inherits, whatever becomes of this process meanwhile.
    fn fork(&mut self) {
        self.tally.add(Count::Forks);
        let seed = self.random.next();
        fork_child(|| {
            self.random = Random::new(seed);
            for _ in 0..self.random.below(4) {
                self.held
                    .iter()
                    .filter(|held| held.inherit)
                    .for_each(|held| self.check_name(held));
                std::thread::sleep(Duration::from_micros(self.random.next() % 200));
            }
            if self.random.one_in(2) {
                self.held.clear();
            }
        });
    }

    /// A program that is started with a handle, and holds it, whatever becomes of this process meanwhile.
    fn bequeath(&self) {
        let Some(held) = self.held.iter().find(|held| held.inherit) else {
            return;
        };
        self.tally.add(Count::Heirs);
        let started = Command::new(std::env::current_exe().unwrap())
            .args([
                "--heir",
                &self.names[held.name],
                &held.mapping.to_inherited(),
                &self.tally.token(),
            ])
            .stdin(Stdio::null())
            .spawn();
        if let Err(error) = started {
            self.tally.blame(Count::Errors, error);
        }
    }
}

/// The other side of `bequeath`.
pub(crate) fn inherit(name: &str, token: &str, tally: &Tally) {
    // SAFETY: the token is that of the process that started this one, and is used here alone.
    let mapping = match unsafe { Mapping::from_inherited(token) } {
        Ok(mapping) => mapping,
        Err(error) => return tally.blame(Count::Errors, error),
    };
    let names = [name.to_owned()];
    let held = Held {
        name: 0,
        mapping,
        inherit: false,
    };
    let worker = Worker {
        names: &names,
        tally,
        random: Random::new(0),
        held: vec![held],
        views: Vec::new(),
    };
    worker.check();
    match worker.held[0].mapping.view().map(|view| view.load_u64(OWNER)) {
        Ok(Ok(found)) if found == 0 || found == word(worker.held[0].mapping.identity()) => {}
        other => tally.blame(Count::Clash, format!("an heir finds {other:?}")),
    }
    std::thread::sleep(Duration::from_millis(2));
    worker.check();
}
