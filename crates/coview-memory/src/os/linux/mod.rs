//! Linux: the semantics of Windows' named objects out of files on tmpfs, open file description locks and futexes.
//!
//! From the bottom up: `lock` is the kernel's fact, `space` and `roster` and `sweep` the place of names, `record`,
//! `object` and `data` a named object of any kind; `planted` breaks all that on purpose, in a build of its own;
//! `memory`, `commits` and `image` are where bytes come from; `addresses` and `place` are room for them, `region` maps bytes
//! there, `reserve` and `protect` are what becomes of them later, `faults` and `passing` by a signal (`populate` helps
//! where the kernel is old), `reserved` is memory of this process's own; `made` is the data of a new mapping, `handle` a
//! mapping, `inherited` and `remote` one of another process; `waitable` an event, a semaphore, a mutex or a process;
//! `presence` a place in a mapping that falls with its process, and `lineage` tells a process from its ancestors;
//! `futex` is how one sleeps on a word of shared memory, and `bell` does so for whoever has such words.

mod addresses;
mod bell;
mod commits;
mod data;
mod errors;
mod faults;
mod files;
mod fork;
mod futex;
mod grow;
mod handle;
mod image;
mod inherited;
mod join;
mod lineage;
mod lock;
mod made;
mod memory;
mod object;
mod passing;
mod place;
mod planted;
mod populate;
mod presence;
mod protect;
mod publish;
mod record;
mod region;
mod remote;
mod reopen;
mod reserve;
mod reserved;
mod roster;
mod space;
mod sweep;
mod waitable;

pub(crate) use addresses::Addresses;
pub(crate) use bell::{Bells, Signal};
pub(crate) use faults::sync_commits_on_fault;
pub(crate) use files::{
    create_private_folder, is_at, is_over, name_file, nameless_file, page_size, private_file, state_folder,
};
pub(crate) use handle::Handle;
pub(crate) use presence::Presence;
pub(crate) use region::Region;
pub(crate) use reserved::Reserved;
pub(crate) use space::root;
pub(crate) use waitable::Waitable;
