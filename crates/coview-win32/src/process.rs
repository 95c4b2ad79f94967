//! Processes: this one, and others to wait for and to take handles from.

use coview::sync::Process;

use crate::abi::{BOOL, FILETIME, HANDLE, INVALID_HANDLE_VALUE};
use crate::caller;
use crate::codes::{access, error};
use crate::failure::{Answer, Code, as_bool, as_handle, refuse};
use crate::handles::{self, Entry, Object, granted_of_process};

/// This process, as a handle that is none. Win32: `GetCurrentProcess`.
#[unsafe(no_mangle)]
pub extern "C" fn GetCurrentProcess() -> HANDLE {
    INVALID_HANDLE_VALUE
}

/// This process's number. Win32: `GetCurrentProcessId`.
#[unsafe(no_mangle)]
pub extern "C" fn GetCurrentProcessId() -> u32 {
    std::process::id()
}

/// Opens a process by its number, to wait for it or to take handles from it; `ERROR_INVALID_PARAMETER` if there is
/// none. Win32: `OpenProcess`.
#[unsafe(no_mangle)]
pub extern "C" fn OpenProcess(access: u32, inherit: BOOL, id: u32) -> HANDLE {
    as_handle((|| {
        let process = Process::open(id).map_err(|error| match error.kind() {
            coview::ErrorKind::NotFound => Code(error::INVALID_PARAMETER),
            _ => Code::from(error),
        })?;
        handles::insert(Entry {
            object: Object::Process(process),
            access: granted_of_process(access),
            inherit: inherit != 0,
        })
    })())
}

pub(crate) fn entry_of_self() -> Answer<Entry> {
    Ok(Entry {
        object: Object::Process(Process::current()?),
        access: access::PROCESS_ALL_ACCESS,
        inherit: false,
    })
}

/// When a process was created (the same each time it is asked, row J06, unless the clock is set), and what it has used. When it ended is not
/// known on Linux: zero. Win32: `GetProcessTimes`.
///
/// # Safety
/// The four addresses lead to places for times.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn GetProcessTimes(
    process: HANDLE,
    created: *mut FILETIME,
    ended: *mut FILETIME,
    kernel: *mut FILETIME,
    user: *mut FILETIME,
) -> BOOL {
    as_bool((|| {
        let times = times(process)?;
        for (place, time) in [created, ended, kernel, user].into_iter().zip(times) {
            // SAFETY: the caller's promise.
            unsafe { caller::write(place, time) }?;
        }
        Ok(())
    })())
}

/// Windows counts in these, from 1601 on.
const UNITS_PER_SECOND: u64 = 10_000_000;
const SECONDS_1601_TO_1970: u64 = 11_644_473_600;
/// What the kernel counts in for programs, on every processor.
const UNITS_PER_TICK: u64 = UNITS_PER_SECOND / 100;

fn times(handle: HANDLE) -> Answer<[FILETIME; 4]> {
    let entry = if handle == INVALID_HANDLE_VALUE {
        std::sync::Arc::new(entry_of_self()?)
    } else {
        handles::get(handle)?
    };
    let process = entry.process()?;
    let may = access::PROCESS_QUERY_INFORMATION | access::PROCESS_QUERY_LIMITED_INFORMATION;
    if entry.access & may == 0 {
        return refuse(error::ACCESS_DENIED);
    }
    let booted = (booted()? + SECONDS_1601_TO_1970) * UNITS_PER_SECOND;
    let [user, kernel] = used(process.id());
    Ok([booted + process.started()? * UNITS_PER_TICK, 0, kernel, user].map(filetime))
}

fn filetime(units: u64) -> FILETIME {
    FILETIME {
        dwLowDateTime: units as u32,
        dwHighDateTime: (units >> 32) as u32,
    }
}

/// When the system started, in seconds since 1970.
fn booted() -> Answer<u64> {
    let text = std::fs::read_to_string("/proc/stat")?;
    let line = text.lines().find_map(|line| line.strip_prefix("btime "));
    line.and_then(|time| time.trim().parse().ok())
        .ok_or(Code(error::NOT_SUPPORTED))
}

/// What the process has used so far; nothing is known of one that is gone.
fn used(id: u32) -> [u64; 2] {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap_or_default();
    // The second field, the program's name, may hold anything but ends in the last bracket (proc_pid_stat(5)).
    let fields: Vec<_> = text.rsplit(')').next().unwrap_or("").split_ascii_whitespace().collect();
    [11, 12].map(|at| fields.get(at).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0) * UNITS_PER_TICK)
}
