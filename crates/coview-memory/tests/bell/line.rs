//! The protocol as a channel would keep it: a line on which numbers are sent to its owner.

use std::sync::Arc;
use std::time::Instant;

use coview_memory::bell::{self, BellId, GLANCE};
use coview_memory::{Mapping, Scope, View};

use crate::common::Actor;

const BELL: usize = 0;
const SLEEPS: usize = 4;
const NEWS: usize = 8;
const OWNER: usize = 16;
const SIZE: usize = 64;

/// 64 bytes of a view.
#[derive(Clone)]
pub(crate) struct Line {
    pub(crate) view: Arc<View>,
    at: usize,
}

/// This test's alone: on Windows no test has a name space of its own.
pub(crate) fn name() -> String {
    format!("coview-test-bell-{}", std::process::id())
}

/// A new mapping with room for many lines, which the parts of this test open by its name.
pub(crate) fn create() -> Arc<View> {
    Arc::new(Mapping::create(&name(), 1 << 16).unwrap().view().unwrap())
}

/// A process that plays a part: its first word is the name of the lines.
pub(crate) fn spawn(part: &str, words: &[&str]) -> Actor {
    crate::common::spawn(part, &[&[&*name()], words].concat())
}

pub(crate) fn open(name: &str) -> Arc<View> {
    Arc::new(Mapping::open(name).unwrap().view().unwrap())
}

impl Line {
    pub(crate) fn new(view: &Arc<View>, index: usize) -> Self {
        Self {
            view: Arc::clone(view),
            at: index * SIZE,
        }
    }

    /// The line is this process's to receive on.
    pub(crate) fn owned(self) -> Self {
        let mine = BellId::mine(Scope::Local).unwrap();
        self.view.write(self.at + OWNER, &mine).unwrap();
        self
    }

    pub(crate) fn bell(&self) -> usize {
        self.at + BELL
    }

    pub(crate) fn owner(&self) -> BellId {
        self.view.read(self.at + OWNER).unwrap()
    }

    /// What the bell is.
    pub(crate) fn seen(&self) -> u32 {
        self.view.load_u32(self.bell()).unwrap()
    }

    pub(crate) fn news(&self) -> u32 {
        self.view.load_u32(self.at + NEWS).unwrap()
    }

    /// Says that somebody sleeps; a full fence.
    pub(crate) fn announce(&self) {
        self.view.swap_u32(self.at + SLEEPS, 1).unwrap();
    }

    pub(crate) fn is_announced(&self) -> bool {
        self.view.load_u32(self.at + SLEEPS).unwrap() != 0
    }

    /// One more piece of news, and no ring; a full fence.
    pub(crate) fn change(&self) {
        self.view.fetch_add_u32(self.at + NEWS, 1).unwrap();
    }

    pub(crate) fn ring(&self) {
        self.view.ring(self.bell(), self.owner()).unwrap();
    }

    pub(crate) fn send(&self) {
        self.change();
        if self.is_announced() {
            self.ring();
        }
    }

    /// Until there is news number `number`, without spinning. Returns how many sleeps lasted for a whole glance although
    /// there was news: rings that were lost.
    pub(crate) fn receive(&self, number: u32) -> u32 {
        let mut lost = 0;
        loop {
            self.announce();
            let seen = self.seen();
            if self.news() >= number {
                self.view.store_u32(self.at + SLEEPS, 0).unwrap();
                return lost;
            }
            let begin = Instant::now();
            bell::sleep(&[(&self.view, self.bell(), seen)], None).unwrap();
            lost += u32::from(begin.elapsed() >= GLANCE && self.news() >= number);
        }
    }
}
