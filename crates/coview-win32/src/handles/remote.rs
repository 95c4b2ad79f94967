//! Taking a handle out of another process: what it lists of the handle leads to its descriptors, which the kernel lets
//! this user open anew.

use std::fs::File;
use std::os::fd::AsRawFd;

use coview::Mapping;
use coview::sync::Process;
use rustix::fs::{FileType, Mode, OFlags};

use super::duplicate::{Wanted, of_mapping};
use super::exchange::{self, Slot, Told};
use super::object::{Entry, Object, granted_of_file};
use super::table::place_in;
use crate::abi::HANDLE;
use crate::codes::error;
use crate::failure::{Answer, Code, refuse};

/// A handle of our own to what the other process's handle is of.
pub(super) fn take(process: &Process, handle: HANDLE, wanted: Wanted) -> Answer<Entry> {
    let id = process.id();
    let Ok(value) = u32::try_from(handle.addr()) else {
        return refuse(error::INVALID_HANDLE);
    };
    let (list, slot) = find(id, value & !3)?;
    let entry = match slot.told() {
        Some(Told::Mapping(token)) => of_mapping(&Mapping::from_remote(id, token)?, wanted)?,
        Some(Told::File(access, fd, _)) => {
            let granted = wanted.access.map_or(access, granted_of_file);
            if granted & !access != 0 {
                return refuse(error::ACCESS_DENIED);
            }
            Entry {
                object: Object::File(crate::file::out_of(id, fd, wanted.inherit)?),
                access: granted,
                inherit: wanted.inherit,
            }
        }
        None => return refuse(error::NOT_SUPPORTED),
    };
    // If it still is listed, the descriptors were its own when we opened them.
    let still_there = exchange::read(&list, place_in(slot.handle) as u64).is_some_and(|now| now == slot);
    // If it still lives, it was never another one of that number that we asked.
    if !still_there || process.try_wait()? {
        return refuse(error::INVALID_HANDLE);
    }
    Ok(entry)
}

/// The list of the other process, and what it says of the handle.
fn find(process: u32, handle: u32) -> Answer<(File, Slot)> {
    let place = place_in(handle) as u64;
    let mut failure = Code(error::INVALID_HANDLE);
    for fd in exchange::lists(process) {
        match regular(&format!("/proc/{process}/fd/{fd}")) {
            // It may also have inherited one, of the process that started it.
            Ok(list) if exchange::read(&list, 0).is_some_and(|owner| owner.handle == process) => {
                if let Some(slot) = exchange::read(&list, place).filter(|slot| slot.handle == handle) {
                    return Ok((list, slot));
                }
            }
            Ok(_) => {}
            Err(code) => failure = code,
        }
    }
    Err(failure)
}

/// Opens a file of somebody else's to read it: only a regular one. Opening another would do something to a device or a
/// terminal, or wait for the other end of a pipe.
fn regular(path: &str) -> Answer<File> {
    let place = rustix::fs::open(path, OFlags::PATH | OFlags::CLOEXEC, Mode::empty())?;
    let file = rustix::fs::fstat(&place)?;
    if FileType::from_raw_mode(file.st_mode) != FileType::RegularFile {
        return refuse(error::INVALID_HANDLE);
    }
    Ok(File::open(format!("/proc/self/fd/{}", place.as_raw_fd()))?)
}
