//! Processes that see a file system of their own as the directory of names.

use std::process::{Command, Stdio};

use crate::common::{Actor, Folder, command, start};

/// Says why a test cannot be made here; `alone` hands it on.
pub(crate) fn skipped(why: &str) {
    println!("SKIPPED {why}");
}

/// A process that plays `part` with names in a tmpfs of its own; nothing if this machine does not let us mount one.
pub(crate) fn start_in(options: &str, part: &str, folder: &Folder) -> Option<Actor> {
    let mount = format!("mount -t tmpfs -o {options} coview-test \"$COVIEW_DIR\"");
    let unshare = |script: &str| {
        let mut unshare = Command::new("unshare");
        let how = if rustix::process::geteuid().is_root() {
            "-m"
        } else {
            "-rm"
        };
        unshare
            .args([how, "sh", "-c", script, "sh"])
            .env("COVIEW_DIR", folder.path());
        unshare
    };
    let tried = unshare(&mount).stderr(Stdio::null()).status();
    if !tried.is_ok_and(|status| status.success()) {
        skipped("mounting a tmpfs is not permitted here");
        return None;
    }
    let mut unshared = unshare(&format!("{mount} && exec \"$@\""));
    let part = command(part, &[]);
    unshared.arg(part.get_program()).args(part.get_args());
    for (key, value) in part.get_envs() {
        unshared.env(key, value.unwrap());
    }
    Some(start(&mut unshared))
}
