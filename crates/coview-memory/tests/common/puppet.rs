//! A child without exec that goes on step by step, perhaps as another user.

use std::os::fd::OwnedFd;

use rustix::pipe::{PipeFlags, pipe_with};
use rustix::process::{Pid, Signal, WaitStatus, kill_process};

use super::fork::{fork_child, reap};

/// A child; killed when dropped.
pub(crate) struct Puppet {
    pid: Option<Pid>,
    tell: OwnedFd,
    heard: OwnedFd,
}

/// What the child is told by, and answers with.
pub(crate) struct Strings {
    hears: OwnedFd,
    says: OwnedFd,
}

impl Strings {
    /// Says that it came so far, and waits to be told to go on.
    pub(crate) fn stop_here(&self) {
        rustix::io::write(&self.says, b"!").unwrap();
        rustix::io::read(&self.hears, &mut [0]).unwrap();
    }
}

impl Puppet {
    pub(crate) fn new(part: impl FnOnce(&Strings)) -> Self {
        let (hears, tell) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let (heard, says) = pipe_with(PipeFlags::CLOEXEC).unwrap();
        let strings = Strings { hears, says };
        let pid = fork_child(|| part(&strings));
        Self {
            pid: Some(pid),
            tell,
            heard,
        }
    }

    /// As that user and group, and no other. Only root may.
    pub(crate) fn as_user(user: u32, part: impl FnOnce(&Strings)) -> Self {
        Self::new(|strings| {
            become_user(user);
            part(strings);
        })
    }

    /// Until it stops. It panics if it has ended instead.
    #[track_caller]
    pub(crate) fn until_it_stops(&self) {
        assert_eq!(rustix::io::read(&self.heard, &mut [0]).unwrap(), 1, "it ended");
    }

    pub(crate) fn go_on(&self) {
        rustix::io::write(&self.tell, b"!").unwrap();
    }

    pub(crate) fn kill(mut self) {
        let pid = self.pid.take().unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        reap(pid);
    }

    /// How it ended, by itself.
    pub(crate) fn end(mut self) -> WaitStatus {
        reap(self.pid.take().unwrap())
    }

    #[track_caller]
    pub(crate) fn finish(self) {
        let status = self.end();
        assert_eq!(status.exit_status(), Some(0), "{status:?}");
    }
}

impl Drop for Puppet {
    fn drop(&mut self) {
        if let Some(pid) = self.pid {
            let _ = kill_process(pid, Signal::KILL);
            reap(pid);
        }
    }
}

fn become_user(user: u32) {
    let done = |result: libc::c_int| assert_eq!(result, 0, "{}", std::io::Error::last_os_error());
    // SAFETY: no group is given, and so no list.
    done(unsafe { libc::setgroups(0, std::ptr::null()) });
    // SAFETY: changes what this process may do.
    done(unsafe { libc::setresgid(user, user, user) });
    // SAFETY: as above.
    done(unsafe { libc::setresuid(user, user, user) });
}
