//! The process that was typed: starts the others, kills one, and looks on.

use std::io;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use coview::{Access, ErrorKind, Mapping, Rights, View, ViewOptions};

use super::relay::Relay;
use super::show::Show;
use super::verdict::{Ends, verdict};
use super::{MESSAGES, READERS};
use crate::exit::{Exit, Failure};

/// The reader that is killed, and when it has checked how many messages.
pub(super) const VICTIM: usize = 1;
const KILL_AT: u32 = 130;
/// The message before whose successor it is dead.
pub(super) const KILLED_BY: u32 = 200;
/// How often to look on.
const LOOK: Duration = Duration::from_millis(2);
/// More than any machine needs: after that something hangs, and that is a failure of the demo.
const LONGEST: Duration = Duration::from_secs(40);

pub(crate) fn run() -> Result<Exit, Failure> {
    let start = Instant::now();
    let name = format!("coview-demo-{}", std::process::id());
    let mut show = Show::begin(&name)?;

    let mut writer = Actor::start("writer", &["writer", &name])?;
    show.actor("writer", writer.id(), "creates it and writes")?;
    let relay = Relay::new(look_on(&name, &mut writer, start)?);
    let mut readers = Vec::new();
    for reader in 0..READERS {
        let number = reader.to_string();
        let actor = Actor::start(&format!("reader {}", reader + 1), &["reader", &name, &number])?;
        show.actor(&actor.title, actor.id(), "opens it by its name and reads")?;
        readers.push(actor);
    }

    show.heading()?;
    let mut killed = None;
    let writer_end = loop {
        let ended = writer.ended()?;
        show.progress(&relay, killed)?;
        if let Some(status) = ended {
            break status;
        }
        if killed.is_none() && relay.checked(VICTIM)?.is_some_and(|checked| checked >= KILL_AT) {
            readers[VICTIM].kill();
            killed = relay.checked(VICTIM)?;
            show.killed(readers[VICTIM].id())?;
        }
        for (number, reader) in readers.iter_mut().enumerate() {
            let dying = killed.is_some() && number == VICTIM;
            if !dying && reader.ended()?.is_some_and(|status| !status.success()) {
                return Err(Failure::new(Exit::Failed, format!("{} ended too early", reader.title)));
            }
        }
        check_time(start)?;
        sleep(LOOK);
    };
    let mut reader_ends = Vec::new();
    for reader in &mut readers {
        reader_ends.push(reader.end(start)?);
    }
    show.progress(&relay, killed)?;
    let ends = Ends {
        writer: writer_end,
        readers: reader_ends,
        killed,
    };
    verdict(&name, &relay, &ends, &mut show, start.elapsed())
}

/// The mapping as soon as the writer has made it: to look at only, and without a handle, which would keep its name.
fn look_on(name: &str, writer: &mut Actor, start: Instant) -> Result<View, Failure> {
    loop {
        match Mapping::options().rights(Rights::READ).open(name) {
            Ok(mapping) => {
                return Ok(ViewOptions::new()
                    .access(Access::Read)
                    .keep_handle(false)
                    .map(&mapping)?);
            }
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(error.into()),
        }
        if writer.ended()?.is_some() {
            return Err(Failure::new(Exit::Failed, "the writer ended too early"));
        }
        check_time(start)?;
        sleep(LOOK);
    }
}

pub(super) fn check_time(start: Instant) -> Result<(), Failure> {
    let words = format!("the demo hangs: {MESSAGES} messages should not take {LONGEST:?}");
    if start.elapsed() < LONGEST {
        Ok(())
    } else {
        Err(Failure::new(Exit::Failed, words))
    }
}

/// A process of the demo. Dropping it kills it: none stays when something goes wrong.
struct Actor {
    title: String,
    child: Child,
}

impl Actor {
    /// This program once more, in a role of its own. Errors come out on our stderr.
    fn start(title: &str, role: &[&str]) -> Result<Self, Failure> {
        let start = || {
            let program = std::env::current_exe()?;
            let mut command = Command::new(program);
            command
                .arg("demo-role")
                .args(role)
                .stdin(Stdio::null())
                .stdout(Stdio::null());
            command.spawn()
        };
        let child =
            start().map_err(|error: io::Error| Failure::system(format_args!("cannot start {title}"), &error))?;
        Ok(Self {
            title: title.into(),
            child,
        })
    }

    fn id(&self) -> u32 {
        self.child.id()
    }

    fn ended(&mut self) -> Result<Option<ExitStatus>, Failure> {
        self.child
            .try_wait()
            .map_err(|error| Failure::system(format_args!("cannot ask for {}", self.title), &error))
    }

    fn end(&mut self, start: Instant) -> Result<ExitStatus, Failure> {
        loop {
            if let Some(status) = self.ended()? {
                return Ok(status);
            }
            check_time(start)?;
            sleep(LOOK);
        }
    }

    /// SIGKILL, or TerminateProcess: it does not get to do anything more. Returns when it is dead.
    fn kill(&mut self) {
        // Both fail only if it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Actor {
    fn drop(&mut self) {
        self.kill();
    }
}
