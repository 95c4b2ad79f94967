//! What several test programs need; each uses a part of it.
#![allow(dead_code, unused_imports, unused_macros)]

mod alone;
#[cfg(target_os = "linux")]
mod fork;
mod process;
#[cfg(target_os = "linux")]
mod puppet;
mod random;
#[cfg(target_os = "linux")]
mod seccomp;

pub(crate) use alone::{
    Folder, Watchdog, alone, assert_nothing_left, leftovers, one_further_call, tests_alone, until, watchdog,
};
#[cfg(target_os = "linux")]
pub(crate) use fork::{assert_killed, exit_at_once, fork_child, reap};
pub(crate) use process::{Actor, command, listen, play, say, spawn, start};
#[cfg(target_os = "linux")]
pub(crate) use puppet::Puppet;
pub(crate) use random::Random;
#[cfg(target_os = "linux")]
pub(crate) use seccomp::forbid_waitv;
