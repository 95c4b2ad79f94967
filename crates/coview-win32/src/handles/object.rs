//! What a handle is a number of.

use coview::Mapping;
use coview::sync::{Event, Mutex, Process, Semaphore, Waitable};

use crate::codes::{access, error};
use crate::failure::{Answer, Code, refuse};
use crate::file::OpenFile;

/// An object of any kind.
pub(crate) enum Object {
    Mapping(Mapping),
    File(OpenFile),
    Event(Event),
    Semaphore(Semaphore),
    Mutex(Mutex),
    Process(Process),
}

/// A handle: the object, and what may be done through this handle.
pub(crate) struct Entry {
    pub(crate) object: Object,
    /// Specific rights, none generic. Those of a mapping are in the `Mapping`, too.
    pub(crate) access: u32,
    /// Whether child processes inherit it.
    pub(crate) inherit: bool,
}

impl Entry {
    pub(crate) fn file(&self) -> Answer<&OpenFile> {
        match &self.object {
            Object::File(file) => Ok(file),
            _ => refuse(error::INVALID_HANDLE),
        }
    }

    pub(crate) fn mapping(&self) -> Answer<&Mapping> {
        match &self.object {
            Object::Mapping(mapping) => Ok(mapping),
            _ => refuse(error::INVALID_HANDLE),
        }
    }

    pub(crate) fn process(&self) -> Answer<&Process> {
        match &self.object {
            Object::Process(process) => Ok(process),
            _ => refuse(error::INVALID_HANDLE),
        }
    }

    /// What can be waited for through this handle. A mapping or a file grants no `SYNCHRONIZE` here (row I09).
    pub(crate) fn waitable(&self) -> Answer<&dyn Waitable> {
        let waitable: &dyn Waitable = match &self.object {
            Object::Event(event) => event,
            Object::Semaphore(semaphore) => semaphore,
            Object::Mutex(mutex) => mutex,
            Object::Process(process) => process,
            Object::Mapping(_) | Object::File(_) => return refuse(error::ACCESS_DENIED),
        };
        self.needs(access::SYNCHRONIZE)?;
        Ok(waitable)
    }

    /// That the handle has all of these rights.
    pub(crate) fn needs(&self, rights: u32) -> Answer<()> {
        if self.access & rights == rights {
            Ok(())
        } else {
            Err(Code(error::ACCESS_DENIED))
        }
    }
}

/// What the rights that a caller asked for come to, where all that there are is `all`: generic ones stand for what the
/// kind of object says.
pub(crate) fn asked(rights: u32, [read, write, execute, all]: [u32; 4]) -> u32 {
    let mut granted = rights & all;
    for (bit, meant) in [
        (access::GENERIC_READ, read),
        (access::GENERIC_WRITE, write),
        (access::GENERIC_EXECUTE, execute),
        (access::GENERIC_ALL, all),
        (access::MAXIMUM_ALLOWED, all),
    ] {
        if rights & bit != 0 {
            granted |= meant;
        }
    }
    granted
}

/// As [`asked`], for an object of that kind.
pub(crate) fn granted(object: &Object, rights: u32) -> u32 {
    let sync = [
        access::READ_CONTROL,
        access::READ_CONTROL | access::MODIFY_STATE,
        access::SYNCHRONIZE | access::READ_CONTROL,
    ];
    let [read, write, execute] = sync;
    match object {
        Object::File(_) => granted_of_file(rights),
        Object::Event(_) | Object::Semaphore(_) => asked(rights, [read, write, execute, access::SYNC_ALL_ACCESS]),
        Object::Mutex(_) => asked(rights, [read, read, execute, access::MUTEX_ALL_ACCESS]),
        Object::Process(_) => granted_of_process(rights),
        // Its rights are in the `Mapping`.
        Object::Mapping(_) => rights,
    }
}

pub(crate) fn granted_of_file(rights: u32) -> u32 {
    use access::{FILE_ALL_ACCESS, FILE_GENERIC_EXECUTE, FILE_GENERIC_READ, FILE_GENERIC_WRITE};
    asked(
        rights,
        [
            FILE_GENERIC_READ,
            FILE_GENERIC_WRITE,
            FILE_GENERIC_EXECUTE,
            FILE_ALL_ACCESS,
        ],
    )
}

pub(crate) fn granted_of_process(rights: u32) -> u32 {
    let reads = access::PROCESS_QUERY_INFORMATION | access::PROCESS_QUERY_LIMITED_INFORMATION;
    let all = access::PROCESS_ALL_ACCESS;
    asked(rights, [reads, access::PROCESS_DUP_HANDLE, access::SYNCHRONIZE, all])
}
