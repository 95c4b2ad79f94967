//! A process as something to wait for: its handle, which is signalled once it has ended.
//!
//! Microsoft: "OpenProcess", "GetProcessTimes".

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::time::{Duration, SystemTime};

use windows_sys::Win32::Foundation::{ERROR_INVALID_PARAMETER, FILETIME};
use windows_sys::Win32::System::Threading::{
    GetProcessId, GetProcessTimes, OpenProcess, PROCESS_QUERY_LIMITED_INFORMATION, PROCESS_SYNCHRONIZE,
};

use super::errors;
use crate::error::{Error, ErrorKind, Result};
use crate::os::Started;

/// From the first moment of 1601, which Windows counts from, to the Unix epoch, in hundreds of nanoseconds.
const TO_UNIX: u64 = 116_444_736_000_000_000;

pub(super) fn open(id: u32) -> Result<OwnedHandle> {
    const ACTION: &str = "open the process";
    let nobody = || {
        let detail = format!("no process has the id {id} now");
        Error::new(ErrorKind::NotFound, ACTION, detail)
    };
    // SAFETY: asks for a handle by numbers alone.
    let process = unsafe { OpenProcess(PROCESS_SYNCHRONIZE | PROCESS_QUERY_LIMITED_INFORMATION, 0, id) };
    if process.is_null() {
        let os = errors::last();
        return Err(match errors::code(&os) {
            ERROR_INVALID_PARAMETER => nobody().with_os(os),
            _ => errors::advised(ACTION, os, format!("this user may not open process {id}")),
        });
    }
    // SAFETY: it has just been opened, and nobody else has it.
    let process = unsafe { OwnedHandle::from_raw_handle(process) };
    // Windows takes an id that is up to three too large for the same.
    // SAFETY: the handle is open, and may be asked.
    let its_own = unsafe { GetProcessId(process.as_raw_handle()) };
    if its_own != id {
        return Err(nobody());
    }
    Ok(process)
}

pub(super) fn started(process: &OwnedHandle) -> Result<Started> {
    let [mut created, mut ended, mut kernel, mut user] = [FILETIME::default(); 4];
    // SAFETY: the handle is open, and the answers go to places of our own.
    let done = unsafe {
        GetProcessTimes(
            process.as_raw_handle(),
            &mut created,
            &mut ended,
            &mut kernel,
            &mut user,
        )
    };
    if done == 0 {
        return Err(errors::system("ask when the process was started", errors::last()));
    }
    let number = u64::from(created.dwHighDateTime) << 32 | u64::from(created.dwLowDateTime);
    Ok(Started {
        number,
        time: time(number),
    })
}

/// Nothing was started before the Unix epoch.
fn time(number: u64) -> SystemTime {
    let hundreds = number.saturating_sub(TO_UNIX);
    let since = Duration::new(hundreds / 10_000_000, (hundreds % 10_000_000) as u32 * 100);
    SystemTime::UNIX_EPOCH
        .checked_add(since)
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_times_are_counted_from_1601() {
        assert_eq!(time(TO_UNIX), SystemTime::UNIX_EPOCH);
        assert_eq!(time(0), SystemTime::UNIX_EPOCH);
        let later = time(TO_UNIX + 15_000_001)
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        assert_eq!(later, Duration::new(1, 500_000_100));
    }
}
