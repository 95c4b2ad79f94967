//! Bells between processes: nobody sleeps through a ring, whoever dies or stops or lies.

#[path = "../common/mod.rs"]
mod common;
#[cfg(target_os = "linux")]
mod death;
mod executor;
#[cfg(target_os = "linux")]
mod fallback;
mod hostile;
mod line;
mod many;
mod pairs;
mod patience;
#[cfg(target_os = "linux")]
mod signals;
mod watch;
#[cfg(target_os = "linux")]
mod watch_linux;
#[cfg(windows)]
mod watch_windows;

/// Does nothing but in a process that a test started.
#[test]
fn part() {
    common::play(&[
        ("partner", pairs::partner),
        ("crew", pairs::crew),
        ("ringer", watch::ringer),
        ("ringer of many", many::ringer),
        ("passer-by", hostile::passer_by),
        #[cfg(target_os = "linux")]
        ("sleeper", death::sleeper),
        #[cfg(target_os = "linux")]
        ("no waitv", fallback::without_waitv),
        #[cfg(target_os = "linux")]
        ("one processor", patience::on_one_processor),
    ]);
}
