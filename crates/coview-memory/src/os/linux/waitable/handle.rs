//! A handle to an event, a semaphore or a mutex: the contract's `Waitable`.

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
use super::core::Core;
use super::ownership;
use super::page::{self, Page};
use super::protocol::{self, Object as _};
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{Existing, Pages, WaitableContract, WaitableKind, Waited};
use crate::rights::Protection;
use crate::security::Security;

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
}

/// What a kind of object is called in the registry, its number there, and what its `value` starts with.
fn plan(kind: WaitableKind) -> (Kind, u64, u32) {
    match kind {
        WaitableKind::Event { manual, set } => (Kind::Event, manual.into(), set.into()),
        WaitableKind::Semaphore { initial, maximum } => (Kind::Semaphore, maximum.into(), initial),
        WaitableKind::Mutex => (Kind::Mutex, 0, 0),
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
        let (kind, param, value) = plan(kind);
        let Some(name) = name else {
            let data = memory::unnamed(ACTION, page::SIZE as u64, Pages::Commit)?;
            start_with(ACTION, &data, value)?;
            let state = State::of(ACTION, kind, param, data)?;
            return Ok((Self { state, object: None }, true));
        };
        let (object, data, created) =
            object::Object::create(ACTION, name, kind, security, (existing, true, false), |place| {
                let data = place.make_data_file(ACTION)?;
                memory::fill(ACTION, &data, page::SIZE as u64, Pages::Commit)?;
                start_with(ACTION, &data, value)?;
                Ok(Draft {
                    record: record(ACTION, name, kind, param, &data)?,
                    data,
                })
            })?;
        let state = State::of(ACTION, kind, object.record.param, data)?;
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

    fn duplicate(&self) -> Result<Self> {
        Ok(Self {
            state: self.state.clone(),
            object: self.object.clone(),
        })
    }

    fn set(&self) -> Result<()> {
        match &self.state {
            State::Event { page, .. } => protocol::set(&**page),
            _ => return Err(wrong_kind("set")),
        }
        Ok(())
    }

    fn reset(&self) -> Result<()> {
        match &self.state {
            State::Event { page, .. } => protocol::reset(&**page),
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

    fn wait(objects: &[&Self], timeout: Option<Duration>) -> Result<Waited> {
        if !(1..=futex::MOST).contains(&objects.len()) {
            let detail = format!("{} objects; one to {} can be waited for", objects.len(), futex::MOST);
            return Err(Error::new(ErrorKind::InvalidArgument, "wait for", detail));
        }
        protocol::wait(objects, timeout, |places, at_most, round| {
            let mut sleeping = [places[0].0.page().place(places[0].1); futex::MOST];
            for (slot, (object, expected)) in sleeping.iter_mut().zip(places) {
                *slot = object.page().place(*expected);
            }
            futex::sleep(&sleeping[..places.len()], at_most, round)
                .map_err(|os| system("wait for", "its shared page", os))
        })
    }
}

impl protocol::Object for Waitable {
    type Page = Page;

    fn page(&self) -> &Page {
        match &self.state {
            State::Event { page, .. } | State::Semaphore { page, .. } => page,
            State::Mutex(core) => core.page(),
        }
    }

    fn take(&self, since: Option<u32>) -> Result<Option<bool>> {
        let through = match &self.state {
            State::Event { page, manual: true } => protocol::pass_event(&**page, since),
            State::Event { page, manual: false } => protocol::take_event(&**page),
            State::Semaphore { page, .. } => protocol::take_count(&**page)?,
            State::Mutex(core) => return core.take(),
        };
        Ok(through.then_some(false))
    }

    fn glance(&self) -> Duration {
        match &self.state {
            State::Mutex(_) => ownership::GLANCE,
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

/// The public types never ask an object for what its kind cannot do.
fn wrong_kind(action: &'static str) -> Error {
    Error::new(
        ErrorKind::InvalidArgument,
        action,
        "an object of this kind cannot do that",
    )
}
