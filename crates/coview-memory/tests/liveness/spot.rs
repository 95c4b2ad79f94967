//! A mapping and its channel's number: what all who meet there know.

use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

use coview_memory::Mapping;
use coview_memory::liveness::Presence;

use crate::common::{Actor, command, start};

pub(crate) struct Spot {
    pub(crate) mapping: Mapping,
    pub(crate) channel: u128,
    name: String,
}

/// A number that no other run of any test has.
pub(crate) fn channel() -> u128 {
    static NEXT: AtomicU64 = AtomicU64::new(1);
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap().as_nanos();
    let own = u64::from(std::process::id()) << 32 | NEXT.fetch_add(1, Ordering::Relaxed);
    now << 64 | u128::from(own)
}

impl Spot {
    pub(crate) fn new(name: &str) -> Self {
        let name = format!("{name}-{}", std::process::id());
        Self {
            mapping: Mapping::create(&name, 4096).unwrap(),
            channel: channel(),
            name,
        }
    }

    pub(crate) fn of(mapping: Mapping) -> Self {
        Self {
            mapping,
            channel: channel(),
            name: String::new(),
        }
    }

    /// Another process that meets us here.
    pub(crate) fn spawn(&self, part: &str, more: &[&str]) -> Actor {
        start(&mut self.command(part, more))
    }

    pub(crate) fn command(&self, part: &str, more: &[&str]) -> Command {
        let channel = self.channel.to_string();
        command(part, &[&[self.name.as_str(), &channel], more].concat())
    }

    /// There, in the other process.
    pub(crate) fn from_words(words: &[&str]) -> Self {
        Self {
            mapping: Mapping::open(words[0]).unwrap(),
            channel: words[1].parse().unwrap(),
            name: words[0].to_owned(),
        }
    }

    #[track_caller]
    pub(crate) fn take(&self, place: u32) -> Option<Presence> {
        Presence::take(&self.mapping, self.channel, place).unwrap()
    }

    #[track_caller]
    pub(crate) fn is_taken(&self, place: u32) -> bool {
        Presence::is_taken(&self.mapping, self.channel, place).unwrap()
    }
}
