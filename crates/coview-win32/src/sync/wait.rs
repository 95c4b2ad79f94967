//! Waiting for one object, for the first of several, or for all of them.

use std::sync::Arc;
use std::time::Duration;

use coview::sync::{Acquired, Waitable, wait_all, wait_any};

use crate::abi::{BOOL, HANDLE, INVALID_HANDLE_VALUE};
use crate::caller;
use crate::codes::{error, wait};
use crate::failure::{Answer, Code, failed, refuse};
use crate::handles::{self, Entry};
use crate::process;

/// Waits until the object lets this thread through, or that many milliseconds. Win32: `WaitForSingleObject`.
#[unsafe(no_mangle)]
pub extern "C" fn WaitForSingleObject(object: HANDLE, milliseconds: u32) -> u32 {
    let waited = (|| {
        let entry = entry_of(object)?;
        Ok(wait_any(&[entry.waitable()?], timeout(milliseconds))?)
    })();
    answer(waited.map(|through| through.map(|through| (through.index, through.abandoned))))
}

/// Waits for the first of up to 64 objects, or with `all` until all of them let this thread through at one moment, and
/// takes nothing before. Waiting for all is atomic or refused: what a wait changes (an auto-reset event, a semaphore, a
/// mutex) can be one of several only beside processes, else `ERROR_NOT_SUPPORTED`. Win32: `WaitForMultipleObjects`.
///
/// # Safety
/// `objects` leads to `count` handles.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn WaitForMultipleObjects(
    count: u32,
    objects: *const HANDLE,
    all: BOOL,
    milliseconds: u32,
) -> u32 {
    let waited = (|| {
        if !(1..=64).contains(&count) {
            return refuse(error::INVALID_PARAMETER);
        }
        // SAFETY: the caller's promise.
        let handles = unsafe { caller::read_many(objects, count as usize) }?;
        let entries: Vec<Arc<Entry>> = handles.into_iter().map(entry_of).collect::<Answer<_>>()?;
        let waitables: Vec<&dyn Waitable> = entries.iter().map(|entry| entry.waitable()).collect::<Answer<_>>()?;
        let timeout = timeout(milliseconds);
        if all == 0 {
            let first = wait_any(&waitables, timeout)?;
            return Ok(first.map(|Acquired { index, abandoned }| (index, abandoned)));
        }
        // Which one was abandoned, Windows does not say either.
        Ok(wait_all(&waitables, timeout)?.map(|all| (0, all.abandoned)))
    })();
    answer(waited)
}

/// This process itself can be waited for, too, by those who like to wait for ever.
fn entry_of(handle: HANDLE) -> Answer<Arc<Entry>> {
    if handle == INVALID_HANDLE_VALUE {
        return process::entry_of_self().map(Arc::new);
    }
    handles::get(handle)
}

fn timeout(milliseconds: u32) -> Option<Duration> {
    (milliseconds != wait::INFINITE).then(|| Duration::from_millis(milliseconds.into()))
}

/// Which one let us through, and whether its owner had died.
fn answer(waited: Answer<Option<(usize, bool)>>) -> u32 {
    match waited {
        Ok(Some((index, false))) => wait::OBJECT_0 + index as u32,
        Ok(Some((index, true))) => wait::ABANDONED_0 + index as u32,
        Ok(None) => wait::TIMEOUT,
        Err(Code(code)) => failed(Code(code), wait::FAILED),
    }
}
