//! Names live exactly as long as a handle: with processes that exit, are killed, are stopped, fork and start others.

#[path = "../common/mod.rs"]
mod common;
mod death;
#[cfg(target_os = "linux")]
mod fork;
mod inherit;
mod race;
#[cfg(target_os = "linux")]
mod stopped;

#[test]
fn part() {
    common::play(&[
        ("holder", death::holder),
        ("viewer", death::viewer),
        ("leaver", death::leaver),
        ("collector", death::collector),
        ("large creator", death::large_creator),
        ("heir", inherit::heir),
        ("parent", inherit::parent),
        ("racer", race::racer),
    ]);
}
