//! Faults put in on purpose, to prove that the stress would find them: one step of the protocol left out each.
//!
//! Only in a build with `--cfg coview_planted`, and there only the one that `COVIEW_PLANTED` names; anywhere else every
//! question here is a constant no. `cargo xtask stress lifetime --controls` asks them all.

#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Fault {
    /// Creating does not take the name lock.
    NoNameLock,
    /// Removing asks whether anybody holds the object, and does not lock it meanwhile.
    RemovesUnlocked,
    /// Removing does not empty the registry file first.
    RemovesUnmarked,
    /// Nobody reads who has died.
    NoRoster,
    /// The object exists as long as its file does, as with bare `shm_open`.
    FileIsObject,
}

/// Makes the moment long in which somebody else must come for the fault to show: minutes become seconds.
pub(super) fn linger(fault: Fault) {
    if is(fault) {
        std::thread::sleep(std::time::Duration::from_micros(300));
    }
}

pub(super) fn is(fault: Fault) -> bool {
    cfg!(coview_planted) && chosen() == Some(fault)
}

fn chosen() -> Option<Fault> {
    static CHOSEN: std::sync::OnceLock<Option<Fault>> = std::sync::OnceLock::new();
    *CHOSEN.get_or_init(|| match std::env::var("COVIEW_PLANTED").ok()?.as_str() {
        "no-name-lock" => Some(Fault::NoNameLock),
        "removes-unlocked" => Some(Fault::RemovesUnlocked),
        "removes-unmarked" => Some(Fault::RemovesUnmarked),
        "no-roster" => Some(Fault::NoRoster),
        "file-is-object" => Some(Fault::FileIsObject),
        other => panic!("COVIEW_PLANTED={other} is no fault that is known here"),
    })
}
