//! The end of the demo: was every message received, and is nothing left?

use std::process::ExitStatus;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::relay::{Relay, lives, sign_of_life};
use super::show::Show;
use super::stage::VICTIM;
use super::{MESSAGES, READERS};
use crate::exit::{Exit, Failure};

/// How the processes ended, and how many messages the killed one had checked by then.
pub(super) struct Ends {
    pub(super) writer: ExitStatus,
    pub(super) readers: Vec<ExitStatus>,
    pub(super) killed: Option<u32>,
}

/// Says what came of it, line by line, and in one line at the end.
pub(super) fn verdict(
    name: &str,
    relay: &Relay,
    ends: &Ends,
    show: &mut Show,
    took: Duration,
) -> Result<Exit, Failure> {
    let sent = relay.number()?;
    let mut wrong = u32::from(!ends.writer.success() || sent != MESSAGES || ends.killed.is_none());
    show.line(format_args!("\n  writer    sent {sent} of {MESSAGES} and has ended"))?;
    for (reader, end) in ends.readers.iter().enumerate() {
        let checked = relay.checked(reader)?.unwrap_or(0);
        let until = if reader == VICTIM { ", until it was killed" } else { "" };
        // The killed one must have been in the middle; all others have everything.
        let right = if reader == VICTIM {
            checked < MESSAGES
        } else {
            end.success() && checked == MESSAGES
        };
        wrong += u32::from(!right);
        show.line(format_args!(
            "  reader {}  received {checked} of {MESSAGES}, all complete{until}",
            reader + 1
        ))?;
    }

    let mut names = vec![name.to_owned()];
    names.extend((0..READERS).map(|reader| sign_of_life(name, reader)));
    let mut left = 0;
    for name in &names {
        left += u32::from(!is_gone(name)?);
    }
    show.line(format_args!("\n  names     {} used, {left} left", names.len()))?;
    if let Some(folder) = files::folder() {
        let files = files::left(&folder, name)?;
        show.line(format_args!("  files     {files} left in {}", folder.display()))?;
        left += files;
    }

    let seconds = took.as_secs_f32();
    if wrong > 0 || left > 0 {
        show.line(format_args!(
            "\nFAILED: see above what was lost, or is left ({seconds:.1} s)."
        ))?;
        return Ok(Exit::Failed);
    }
    show.line(format_args!(
        "\nAll {MESSAGES} messages arrived complete, a killed reader held up nobody, and nothing is left ({seconds:.1} s)."
    ))?;
    Ok(Exit::Success)
}

/// Whether nobody holds that name any more. On Linux that is so as soon as a process is dead; Windows may still be
/// closing its handles.
fn is_gone(name: &str) -> Result<bool, Failure> {
    const PATIENCE: Duration = if cfg!(windows) {
        Duration::from_secs(5)
    } else {
        Duration::ZERO
    };
    let start = Instant::now();
    while lives(name)? {
        if start.elapsed() >= PATIENCE {
            return Ok(false);
        }
        sleep(Duration::from_millis(1));
    }
    Ok(true)
}

/// The files behind names on Linux. Windows has none.
mod files {
    use std::path::{Path, PathBuf};
    use std::thread::sleep;
    use std::time::{Duration, Instant};

    use crate::demo::relay::lives;
    use crate::exit::Failure;

    /// Where they lie: see the documentation of the library.
    pub(super) fn folder() -> Option<PathBuf> {
        let chosen = std::env::var_os("COVIEW_DIR").filter(|folder| !folder.is_empty());
        cfg!(target_os = "linux").then(|| chosen.map_or_else(|| "/dev/shm".into(), PathBuf::from))
    }

    /// How many files have to do with that name. The files of a killed process go with the next call of any Coview
    /// program, which may just be at it.
    pub(super) fn left(folder: &Path, name: &str) -> Result<u32, Failure> {
        const PATIENCE: Duration = Duration::from_secs(1);
        let start = Instant::now();
        loop {
            let files = count(folder, name);
            if files == 0 || start.elapsed() >= PATIENCE {
                return Ok(files);
            }
            lives(name)?;
            sleep(Duration::from_millis(1));
        }
    }

    fn count(folder: &Path, name: &str) -> u32 {
        let mut files = 0;
        // Other users' folders cannot be read, nor can our files be in them.
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            files += u32::from(entry.file_name().to_string_lossy().contains(name));
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                files += count(&entry.path(), name);
            }
        }
        files
    }
}
