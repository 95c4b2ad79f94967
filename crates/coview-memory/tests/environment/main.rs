//! What surrounds the library on Linux and is not as it should be: full, damaged, planted, foreign, limited.
#![cfg(target_os = "linux")]

#[path = "../common/mod.rs"]
mod common;
mod damage;
mod full;
mod limits;
mod mounts;
mod names;
mod planted;
mod removed;
mod users;

#[test]
fn part() {
    common::play(&[
        ("full", full::in_one_mebibyte),
        ("noexec", limits::where_nothing_executes),
        ("descriptors", limits::with_few_descriptors),
    ]);
}
