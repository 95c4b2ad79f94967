//! A process as something to wait for: a pidfd, which names the same process for as long as it is open.
//!
//! pidfd_open(2), Linux 5.3. It can be read, as poll(2) calls it, once the last thread has ended, while the process
//! is still a zombie. It holds no lock, so fork may copy it.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::time::{Duration, SystemTime};

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use rustix::process::{Pid, PidfdFlags, pidfd_open};
use rustix::time::{ClockId, clock_gettime};

use super::super::errors::system;
use crate::error::{Error, ErrorKind, Result};
use crate::os::Started;

/// The longest sleep in a wait for processes and other objects: nobody but a look tells that a process has ended.
pub(super) const GLANCE: Duration = Duration::from_millis(10);

#[derive(Debug)]
pub(super) struct Process {
    pidfd: OwnedFd,
    /// Ticks from the boot to its start: read when opened, since nobody can tell once its parent has waited for it.
    started: Option<u64>,
}

impl Process {
    pub(super) fn open(id: u32) -> Result<Self> {
        const ACTION: &str = "open the process";
        let nobody = || {
            let detail = format!("no process has the id {id} now");
            Error::new(ErrorKind::NotFound, ACTION, detail)
        };
        let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or_else(nobody)?;
        let pidfd = pidfd_open(pid, PidfdFlags::empty()).map_err(|os| match os {
            // The latter two: it is the id of a thread.
            Errno::SRCH | Errno::INVAL | Errno::NOENT => nobody().with_os(os),
            _ => system(ACTION, format!("process {id}"), os.into()),
        })?;
        let started = std::fs::read(format!("/proc/{id}/stat"))
            .ok()
            .and_then(|stat| start_of(&stat));
        // Still there, so the id was its own when the file was read.
        if !has_its_id(&pidfd) {
            return Err(nobody());
        }
        Ok(Self { pidfd, started })
    }

    pub(super) fn has_ended(&self) -> Result<bool> {
        look(&[self], Some(Duration::ZERO))
    }

    pub(super) fn started(&self) -> Result<Started> {
        const ACTION: &str = "ask when the process was started";
        let Some(number) = self.started else {
            let detail = "/proc did not show it when it was opened";
            return Err(Error::new(ErrorKind::Unsupported, ACTION, detail));
        };
        let per_second = rustix::param::clock_ticks_per_second().max(1);
        let parts = number % per_second * 1_000_000_000 / per_second;
        let after_boot = Duration::new(number / per_second, parts as u32);
        let up = Duration::try_from(clock_gettime(ClockId::Boottime)).unwrap_or_default();
        let ago = up.saturating_sub(after_boot);
        Ok(Started {
            number,
            time: SystemTime::now().checked_sub(ago).unwrap_or(SystemTime::UNIX_EPOCH),
        })
    }
}

/// Sleeps until one of them has ended, at most that long; may return early.
pub(super) fn sleep(processes: &[&Process], at_most: Duration) -> Result<()> {
    look(processes, Some(at_most)).map(drop)
}

/// Whether one of them has ended, or does so within that time.
fn look(processes: &[&Process], at_most: Option<Duration>) -> Result<bool> {
    let mut watched: Vec<PollFd<'_>> = processes
        .iter()
        .map(|process| PollFd::new(&process.pidfd, PollFlags::IN))
        .collect();
    // A time that the kernel cannot count is for ever.
    let time = at_most.and_then(|at_most| Timespec::try_from(at_most).ok());
    match poll(&mut watched, time.as_ref()) {
        Ok(ready) => Ok(ready > 0),
        Err(Errno::INTR) => Ok(false),
        Err(os) => Err(system("wait for", "a process", os.into())),
    }
}

/// Whether no other process can have the id, because this one lives or its parent has not waited for it yet.
fn has_its_id(pidfd: &OwnedFd) -> bool {
    let nothing: *const libc::siginfo_t = std::ptr::null();
    // SAFETY: signal 0 asks and sends nothing.
    let asked = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, pidfd.as_fd().as_raw_fd(), 0, nothing, 0) };
    asked == 0 || std::io::Error::last_os_error().raw_os_error() != Some(libc::ESRCH)
}

/// The 22nd field of `/proc/PID/stat`. The second is a program's name in parentheses, in which anything may stand.
fn start_of(stat: &[u8]) -> Option<u64> {
    let name_end = stat.iter().rposition(|byte| *byte == b')')?;
    let rest = std::str::from_utf8(&stat[name_end + 1..]).ok()?;
    rest.split_ascii_whitespace().nth(19)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_start_is_found_behind_any_name() {
        let rest = "S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4711 20 21";
        for name in ["cat", "a) S 1 2 (b", "", "\u{fc} "] {
            assert_eq!(start_of(format!("12 ({name}) {rest}\n").as_bytes()), Some(4711));
        }
        let mut foreign = b"12 (\xff) ".to_vec();
        foreign.extend_from_slice(rest.as_bytes());
        assert_eq!(start_of(&foreign), Some(4711));
        for bad in [
            "",
            ")",
            "1 (a) S 1",
            "1 (a) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 -1",
        ] {
            assert_eq!(start_of(bad.as_bytes()), None, "{bad}");
        }
    }

    #[test]
    fn no_process_has_the_id_of_a_thread_or_a_number_that_is_no_id() {
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let thread = rustix::thread::gettid().as_raw_nonzero().get() as u32;
                assert_ne!(thread, std::process::id());
                for id in [thread, 0, i32::MAX as u32, i32::MAX as u32 + 1, u32::MAX] {
                    assert_eq!(Process::open(id).unwrap_err().kind(), ErrorKind::NotFound, "{id}");
                }
            });
        });
    }

    #[test]
    fn this_process_was_started_not_long_ago() {
        let me = Process::open(std::process::id()).unwrap();
        assert!(!me.has_ended().unwrap());
        let started = me.started().unwrap();
        assert_eq!(
            started.number,
            Process::open(std::process::id()).unwrap().started().unwrap().number
        );
        let age = SystemTime::now().duration_since(started.time).unwrap();
        assert!(age < Duration::from_secs(600), "{age:?}");
    }
}
