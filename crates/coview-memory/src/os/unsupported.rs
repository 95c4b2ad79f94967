//! A system that Coview does not know yet: everything compiles, and every call answers `Unsupported`.
//!
//! macOS is one of these for now: it type-checks, and nothing of it runs.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::{
    Advice, BellsContract, CreateRequest, Existing, Facts, HandleContract, Place, PresenceContract, RegionContract,
    SignalContract, Started, WaitableContract, WaitableKind, Waited, Watched,
};
use crate::error::{Error, ErrorKind, Result};
use crate::name::{Name, Scope};
use crate::rights::{Access, Rights};
use crate::security::Security;

fn unsupported<T>(action: &'static str) -> Result<T> {
    Err(Error::new(
        ErrorKind::Unsupported,
        action,
        "Coview runs on Linux and Windows",
    ))
}

pub(crate) fn page_size() -> usize {
    4096
}

pub(crate) fn state_folder() -> Option<PathBuf> {
    None
}

pub(crate) fn create_private_folder(_folder: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn private_file(_options: &mut OpenOptions) {}

pub(crate) fn nameless_file(_folder: &Path) -> io::Result<Option<File>> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn name_file(_file: &File, _path: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

pub(crate) fn is_over(handle: &Handle, _file: &File) -> bool {
    match *handle {}
}

pub(crate) fn is_at(_file: &File, _path: &Path) -> bool {
    false
}

/// There is none: the type has no values, so that no method of it can be reached.
pub(crate) enum Handle {}

impl HandleContract for Handle {
    fn create(_request: &CreateRequest<'_>) -> Result<(Self, bool)> {
        unsupported("create")
    }
    fn open(_name: &Name, _rights: Rights, _inherit: bool) -> Result<Self> {
        unsupported("open")
    }
    fn duplicate(&self, _rights: Rights, _inherit: bool) -> Result<Self> {
        match *self {}
    }
    fn facts(&self) -> Facts {
        match *self {}
    }
    fn rights(&self) -> Rights {
        match *self {}
    }
    fn map(&self, _access: Access, _offset: u64, _len: usize, _place: Place) -> Result<Region> {
        match *self {}
    }
    fn to_inherited(&self) -> String {
        match *self {}
    }
    unsafe fn from_inherited(_token: &str) -> Result<Self> {
        unsupported("take over")
    }
    fn identify(_name: &Name) -> Result<Option<u128>> {
        unsupported("look up")
    }
    fn identity(&self) -> u128 {
        match *self {}
    }
}

pub(crate) enum Region {}

impl RegionContract for Region {
    fn base(&self) -> *mut u8 {
        match *self {}
    }
    fn len(&self) -> usize {
        match *self {}
    }
    fn flush(&self, _offset: usize, _len: usize) -> Result<()> {
        match *self {}
    }
    fn flush_file(&self) -> Result<()> {
        match *self {}
    }
    fn prefault(&self, _offset: usize, _len: usize) -> Result<()> {
        match *self {}
    }
    fn lock(&self, _offset: usize, _len: usize) -> Result<()> {
        match *self {}
    }
    fn unlock(&self, _offset: usize, _len: usize) -> Result<()> {
        match *self {}
    }
    fn advise(&self, _offset: usize, _len: usize, _advice: Advice) -> Result<()> {
        match *self {}
    }
    fn is_reserved(&self) -> bool {
        match *self {}
    }
    fn commit(&self, _offset: usize, _len: usize) -> Result<()> {
        match *self {}
    }
    fn sync_commits(&self, _found: &mut dyn FnMut(usize, usize)) -> Result<()> {
        match *self {}
    }
}

pub(crate) enum Waitable {}

impl WaitableContract for Waitable {
    fn create(
        _kind: WaitableKind,
        _name: Option<&Name>,
        _security: &Security,
        _existing: Existing,
    ) -> Result<(Self, bool)> {
        unsupported("create")
    }
    fn open(_kind: WaitableKind, _name: &Name) -> Result<Self> {
        unsupported("open")
    }
    fn open_process(_id: u32) -> Result<Self> {
        unsupported("open the process")
    }
    fn duplicate(&self) -> Result<Self> {
        match *self {}
    }
    fn set(&self) -> Result<()> {
        match *self {}
    }
    fn reset(&self) -> Result<()> {
        match *self {}
    }
    fn release_count(&self, _count: u32) -> Result<u32> {
        match *self {}
    }
    fn release_mutex(&self) -> Result<()> {
        match *self {}
    }
    fn started(&self) -> Result<Started> {
        match *self {}
    }
    fn wait(_objects: &[&Self], _timeout: Option<Duration>) -> Result<Waited> {
        unsupported("wait")
    }
    fn wait_all(_objects: &[&Self], _timeout: Option<Duration>) -> Result<Option<bool>> {
        unsupported("wait")
    }
}

pub(crate) enum Presence {}

impl PresenceContract for Presence {
    fn take(handle: &Handle, _channel: u128, _place: u32) -> Result<Option<Self>> {
        match *handle {}
    }
    fn is_taken(handle: &Handle, _channel: u128, _place: u32) -> Result<bool> {
        match *handle {}
    }
    fn is_mine(&self) -> bool {
        match *self {}
    }
}

pub(crate) enum Bells {}

impl BellsContract for Bells {
    fn mine(_scope: Scope) -> Result<[u32; 4]> {
        unsupported("make the bells of this process")
    }
    fn sleep(_words: &[Watched<'_>], _at_most: Duration) -> Result<()> {
        unsupported("sleep")
    }
    unsafe fn wake(_word: *const u32, _owner: [u32; 4]) {}
    fn start_thread(_name: &str, _run: fn()) -> Result<()> {
        unsupported("start a thread")
    }
}

pub(crate) enum Signal {}

impl SignalContract for Signal {
    fn new() -> Result<Self> {
        unsupported("watch")
    }
    fn raise(&self) {
        match *self {}
    }
    fn lower(&self) {
        match *self {}
    }
}
