//! Who takes a place in a mapping has it until it drops it or is gone, however it goes: with processes that do all of
//! that.

#[path = "../common/mod.rs"]
mod common;
mod death;
#[cfg(target_os = "linux")]
mod fork;
#[cfg(target_os = "linux")]
mod kernel;
#[cfg(target_os = "linux")]
mod others;
mod place;
mod race;
mod spot;
#[cfg(target_os = "linux")]
mod written;

#[test]
fn part() {
    common::play(&[
        ("holder", death::holder),
        ("juggler", death::juggler),
        ("racer", race::racer),
        #[cfg(target_os = "linux")]
        ("changeling", kernel::changeling),
        #[cfg(target_os = "linux")]
        ("headless", kernel::headless),
        #[cfg(target_os = "linux")]
        ("over a layer", others::over_a_layer),
    ]);
}
