//! The program as people use it: several processes of it at once, through its command line.
//!
//! No test asserts a time: what takes long takes long, and what hangs ends at the watchdog's minute.

mod demo;
mod ending;
mod file;
mod follow;
mod harness;
mod names;
mod read;
#[cfg(target_os = "linux")]
mod terminal;
mod usage;
mod write;
