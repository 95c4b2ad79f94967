//! A handle to an event, a semaphore, a mutex or a process: the contract's `Waitable`.

use std::os::fd::{AsFd, AsRawFd, OwnedFd};
use std::sync::Arc;
use std::time::Duration;

use rustix::fs::fstat;
use rustix::io::pwrite;

use super::super::errors::system;
use super::super::object;
use super::super::publish::Draft;
use super::super::record::{HOLDERS, Holder, Kind, Record, random};
use super::super::{futex, memory};
use super::all;
use super::core::Core;
use super::ownership;
use super::page::{self, Page};
use super::process::{self, Process};
use super::protocol::{self, Deadline};
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{Existing, Pages, Started, WaitableContract, WaitableKind, Waited};
use crate::rights::Protection;
use crate::security::Security;

/// The most objects of one wait. Win32: `MAXIMUM_WAIT_OBJECTS`.
const MOST: usize = 64;

pub(crate) struct Waitable {
    state: State,
    /// What keeps the name, if there is one. Duplicates in this process share it. Last: the name goes after the rest.
    object: Option<Arc<object::Object>>,
}

#[derive(Clone)]
pub(super) enum State {
    Event { page: Arc<Page>, manual: bool },
    Semaphore { page: Arc<Page>, maximum: u32 },
    Mutex(Arc<Core>),
    Process(Arc<Process>),
}

/// What a kind of object is called in the registry, its number there, and what its `value` starts with.
fn plan(kind: WaitableKind) -> (Kind, u64, u32) {
    match kind {
        WaitableKind::Event { manual, set } => (Kind::Event, manual.into(), set.into()),
        WaitableKind::Semaphore { initial, maximum } => (Kind::Semaphore, maximum.into(), initial),
        // Whether it is held.
        WaitableKind::Mutex { owned } => (Kind::Mutex, 0, owned.into()),
    }
}

impl WaitableContract for Waitable {
    fn create(
        kind: WaitableKind,
        name: Option<&Name>,
        security: &Security,
        existing: Existing,
    ) -> Result<(Self, bool)> {
        const ACTION: &str = "create";
        let owned = kind == WaitableKind::Mutex { owned: true };
        let (kind, param, value) = plan(kind);
        let Some(name) = name else {
            let data = memory::unnamed(ACTION, page::SIZE as u64, Pages::Commit)?;
            start_with(ACTION, &data, value)?;
            let state = if owned {
                State::Mutex(Core::owned(ACTION, &data)?.published())
            } else {
                State::of(ACTION, kind, param, data)?
            };
            return Ok((Self { state, object: None }, true));
        };
        // Made before anybody can find the data, so that whoever does finds it owned.
        let mut core = None;
        let (object, data, created) =
            object::Object::create(ACTION, name, kind, security, (existing, true, false), |place| {
                let data = place.make_data_file(ACTION)?;
                memory::fill(ACTION, &data, page::SIZE as u64, Pages::Commit)?;
                start_with(ACTION, &data, value)?;
                if owned {
                    core = Some(Core::owned(ACTION, &data)?);
                }
                Ok(Draft {
                    record: record(ACTION, name, kind, param, &data)?,
                    data,
                })
            })?;
        let state = match core {
            Some(core) if created => State::Mutex(core.published()),
            // If there is a core, another creator was quicker, and it goes with the data that nobody has found.
            _ => State::of(ACTION, kind, object.record.param, data)?,
        };
        Ok((
            Self {
                state,
                object: Some(Arc::new(object)),
            },
            created,
        ))
    }

    fn open(kind: WaitableKind, name: &Name) -> Result<Self> {
        let (kind, ..) = plan(kind);
        let (object, data) = object::Object::open("open", name, kind, (true, false))?;
        let state = State::of("open", kind, object.record.param, data)?;
        Ok(Self {
            state,
            object: Some(Arc::new(object)),
        })
    }

    fn open_process(id: u32) -> Result<Self> {
        Ok(Self {
            state: State::Process(Arc::new(Process::open(id)?)),
            object: None,
        })
    }

    fn duplicate(&self) -> Result<Self> {
        Ok(Self {
            state: self.state.clone(),
            object: self.object.clone(),
        })
    }

    fn set(&self) -> Result<()> {
        match &self.state {
            State::Event { page, manual: true } => protocol::set_manual(&**page)?,
            State::Event { page, manual: false } => protocol::set(&**page),
            _ => return Err(wrong_kind("set")),
        }
        Ok(())
    }

    fn reset(&self) -> Result<()> {
        match &self.state {
            State::Event { page, manual: true } => protocol::reset_manual(&**page)?,
            State::Event { page, manual: false } => protocol::reset(&**page),
            _ => return Err(wrong_kind("reset")),
        }
        Ok(())
    }

    fn release_count(&self, count: u32) -> Result<u32> {
        match &self.state {
            State::Semaphore { page, maximum } => protocol::add_count(&**page, count, *maximum),
            _ => Err(wrong_kind("release")),
        }
    }

    fn release_mutex(&self) -> Result<()> {
        match &self.state {
            State::Mutex(core) => core.release(),
            _ => Err(wrong_kind("release")),
        }
    }

    fn started(&self) -> Result<Started> {
        match &self.state {
            State::Process(process) => process.started(),
            _ => Err(wrong_kind("ask for its start")),
        }
    }

    fn wait(objects: &[&Self], timeout: Option<Duration>) -> Result<Waited> {
        check_count(objects)?;
        protocol::wait(objects, timeout, |places, at_most, round| {
            sleep(objects, places, at_most, round)
        })
    }

    fn wait_all(objects: &[&Self], timeout: Option<Duration>) -> Result<Option<bool>> {
        check_count(objects)?;
        let deadline = Deadline::after(timeout);
        let (kept, changed): (Vec<&Self>, Vec<&Self>) = objects.iter().partition(|object| object.is_left_as_it_is());
        let last = match changed[..] {
            [] => None,
            // What has ended stays so: this one can be taken after the others.
            [one] if kept.iter().all(|object| matches!(object.state, State::Process(_))) => Some(one),
            _ => return Err(not_at_once(kept.len(), changed.len())),
        };
        let one = match (last, &kept[..]) {
            (Some(last), []) => last,
            // It is told, too, of a moment that was over before it looked.
            (None, [one]) => one,
            _ => {
                let through = all::wait_all(&kept, timeout, |index, place, at_most| {
                    sleep(&kept[index..=index], place.as_slice(), at_most, 0)
                })?;
                match last {
                    Some(last) if through => last,
                    _ => return Ok(through.then_some(false)),
                }
            }
        };
        match Self::wait(&[one], Some(deadline.left().unwrap_or_default()))? {
            Waited::Through { abandoned, .. } => Ok(Some(abandoned)),
            Waited::TimedOut => Ok(None),
        }
    }
}

impl Waitable {
    /// Whether a wait that gets through changes nothing.
    fn is_left_as_it_is(&self) -> bool {
        matches!(self.state, State::Event { manual: true, .. } | State::Process(_))
    }
}

/// Sleeps on these words, or until one of the objects has ended if there is no word: all are processes then.
fn sleep(objects: &[&Waitable], places: &[(&Page, u32)], at_most: Duration, round: usize) -> Result<()> {
    let Some((first, expected)) = places.first() else {
        let processes = objects.iter().filter_map(|object| match &object.state {
            State::Process(process) => Some(&**process),
            _ => None,
        });
        return process::sleep(&processes.collect::<Vec<_>>(), at_most);
    };
    let mut sleeping = [first.place(*expected); MOST];
    for (slot, (page, expected)) in sleeping.iter_mut().zip(places) {
        *slot = page.place(*expected);
    }
    futex::sleep(&sleeping[..places.len()], at_most, round)
        .map(drop)
        .map_err(|os| system("wait for", "its shared page", os))
}

impl protocol::Object for Waitable {
    type Page = Page;

    fn page(&self) -> Option<&Page> {
        match &self.state {
            State::Event { page, .. } | State::Semaphore { page, .. } => Some(page),
            State::Mutex(core) => Some(core.page()),
            State::Process(_) => None,
        }
    }

    fn take(&self, since: Option<u32>) -> Result<Option<bool>> {
        let through = match &self.state {
            State::Event { page, manual: true } => protocol::pass_event(&**page, since),
            State::Event { page, manual: false } => protocol::take_event(&**page),
            State::Semaphore { page, .. } => protocol::take_count(&**page)?,
            State::Mutex(core) => return core.take(),
            State::Process(process) => process.has_ended()?,
        };
        Ok(through.then_some(false))
    }

    fn mark(&self) -> Result<Option<u32>> {
        match &self.state {
            State::Event { page, manual: true } => Ok(protocol::mark_of_event(&**page)),
            State::Process(process) => Ok(process.has_ended()?.then_some(1)),
            _ => Err(wrong_kind("look at")),
        }
    }

    fn glance(&self) -> Duration {
        match &self.state {
            State::Mutex(_) => ownership::GLANCE,
            State::Process(_) => process::GLANCE,
            _ => protocol::GLANCE,
        }
    }
}

impl State {
    /// `param` may have been written by anybody who may write to the registry file: checked here, once.
    pub(super) fn of(action: &'static str, kind: Kind, param: u64, data: OwnedFd) -> Result<Self> {
        let page = || Page::map(action, data.as_fd()).map(Arc::new);
        match (kind, param) {
            (Kind::Event, 0 | 1) => Ok(Self::Event {
                page: page()?,
                manual: param == 1,
            }),
            (Kind::Semaphore, 1..=0x7fff_ffff) => Ok(Self::Semaphore {
                page: page()?,
                maximum: param as u32,
            }),
            (Kind::Mutex, 0) => Core::of(action, data).map(Self::Mutex),
            _ => {
                let detail = format!("its number is {param}, which {} cannot have", kind.word());
                Err(Error::new(ErrorKind::Corrupted, action, detail))
            }
        }
    }
}

fn start_with(action: &'static str, data: &OwnedFd, value: u32) -> Result<()> {
    // `Word::Value` is the first word.
    pwrite(data, &value.to_ne_bytes(), 0).map_err(|os| system(action, "its data file", os.into()))?;
    Ok(())
}

fn record(action: &'static str, name: &Name, kind: Kind, param: u64, data: &OwnedFd) -> Result<Record> {
    let file = fstat(data).map_err(|os| system(action, "its data file", os.into()))?;
    let mut holders = [Holder::default(); HOLDERS];
    holders[0] = Holder {
        pid: std::process::id(),
        fd: data.as_raw_fd() as u32,
    };
    Ok(Record {
        kind,
        protection: Protection::ReadWrite,
        pages: Pages::Commit,
        elsewhere: false,
        file: false,
        id: random(action)?,
        size: page::SIZE as u64,
        device: file.st_dev as u64,
        inode: file.st_ino as u64,
        param,
        holders,
        name: name.base().to_owned(),
        path: Vec::new(),
    })
}

fn check_count(objects: &[&Waitable]) -> Result<()> {
    if (1..=MOST).contains(&objects.len()) {
        return Ok(());
    }
    let detail = format!("{} objects; one to {MOST} can be waited for", objects.len());
    Err(Error::new(ErrorKind::InvalidArgument, "wait for", detail))
}

fn not_at_once(kept: usize, changed: usize) -> Error {
    let detail = format!(
        "a wait changes {changed} of these {} objects (auto-reset events, semaphores, mutexes), and Linux cannot take \
         them together with the others in one step; wait for them one after the other, always in the same order, or \
         guard what they stand for with one mutex",
        kept + changed
    );
    Error::new(ErrorKind::Unsupported, "wait for all of several", detail)
}

/// The public types never ask an object for what its kind cannot do.
fn wrong_kind(action: &'static str) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        action,
        "an object of this kind cannot do that",
    )
}
