//! What all processes of the crowd count, in an unnamed mapping that they inherit.

use std::os::fd::AsFd;

use coview_memory::{Mapping, View};

/// What is counted; the last ones must stay zero.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Count {
    /// Not a count: the crowd is to end.
    Stop,
    Operations,
    Lives,
    Heirs,
    Forks,
    Created,
    Opened,
    NotFound,
    Closed,
    KilledThemselves,
    /// A process that holds a handle does not find its object under the name.
    Lost,
    /// A new object was not all zero.
    Dirty,
    /// An object's content was written by holders of another object.
    Clash,
    /// A call failed in a way that nothing here excuses.
    Errors,
    /// A process did not end by itself.
    Hung,
}

const BAD: [Count; 5] = [Count::Lost, Count::Dirty, Count::Clash, Count::Errors, Count::Hung];

pub(crate) struct Tally {
    mapping: Mapping,
    view: View,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self::of(
            Mapping::options()
                .inherit(true)
                .create("", 4096)
                .expect("memory for the counts"),
        )
    }

    fn of(mapping: Mapping) -> Self {
        let view = mapping.view().expect("a view of the counts");
        Self { mapping, view }
    }

    /// For a program that inherits it.
    pub(crate) fn token(&self) -> String {
        self.mapping.to_inherited()
    }

    pub(crate) fn inherited(token: &str) -> Self {
        // SAFETY: the token comes from `token` of the process that started this one, and is used here alone.
        let mapping = unsafe { Mapping::from_inherited(token) }.expect("the inherited counts");
        // A handle that was taken over is not inheritable again; these counts go to heirs of heirs, too.
        rustix::io::fcntl_setfd(mapping.as_fd(), rustix::io::FdFlags::empty()).expect("an inheritable descriptor");
        Self::of(mapping)
    }

    pub(crate) fn add(&self, what: Count) {
        self.view
            .fetch_add_u64(what as usize * 8, 1)
            .expect("a word of the counts");
    }

    pub(crate) fn get(&self, what: Count) -> u64 {
        self.view.load_u64(what as usize * 8).expect("a word of the counts")
    }

    /// Whether anything is wrong.
    pub(crate) fn is_bad(&self) -> bool {
        BAD.iter().any(|what| self.get(*what) != 0)
    }

    /// Something is wrong: counts it, and says it while few have.
    pub(crate) fn blame(&self, what: Count, why: impl std::fmt::Display) {
        self.add(what);
        if self.get(what) <= 5 {
            eprintln!("{what:?}: {why}");
        }
    }
}
