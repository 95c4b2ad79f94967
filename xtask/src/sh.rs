//! What every chore needs: where things are, how to run a program, and how to fail with words.

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// Whatever went wrong, already in words that tell the reader what to do.
pub(crate) type Result<T = ()> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The end of every chore: its failure in words on standard error.
pub(crate) fn exit_code(done: Result) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::FAILURE
        }
    }
}

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    // `cargo run` and `cargo test` set it anew at run time, so a checkout may be moved after a build.
    let xtask = std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
    xtask.parent().expect("xtask lies in the workspace").to_owned()
}

/// Where builds go, and with them everything else that a chore may leave behind.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// Runs to its end; anything but success is an error that shows the command.
pub(crate) fn run(command: &mut Command) -> Result {
    let shown = show(command);
    eprintln!("$ {shown}");
    let status = command.status().map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{shown}`: {status}").into())
    }
}

/// Runs to its end and gives what it printed; its standard error goes to ours.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let out = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|e| format!("cannot start `{shown}`: {e}"))?;
    if !out.status.success() {
        return Err(format!("`{shown}`: {}", out.status).into());
    }
    Ok(String::from_utf8(out.stdout)?.trim_end().to_owned())
}

/// The cargo that started this chore, in the workspace's root.
pub(crate) fn cargo() -> Command {
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.current_dir(root());
    cargo
}

/// The full path of a program, or an error that says how to get it.
pub(crate) fn need(program: &str) -> Result<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    // Debian keeps wine64 out of the PATH.
    std::env::split_paths(&path)
        .chain([PathBuf::from("/usr/lib/wine")])
        .map(|dir| dir.join(program))
        .find(|file| file.is_file())
        .ok_or_else(|| format!("`{program}` is not installed: run `cargo xtask setup`").into())
}

/// Whether `made` is there and not older than what it is made from.
pub(crate) fn is_fresh(made: &Path, source: &Path) -> bool {
    let modified = |path: &Path| path.metadata().and_then(|m| m.modified()).ok();
    modified(made).is_some_and(|made| modified(source).is_some_and(|source| source <= made))
}

/// The command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
