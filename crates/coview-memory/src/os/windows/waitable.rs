//! Events, semaphores, mutexes and processes: Windows' own; names are in the one name space of all kernel objects.
//!
//! Microsoft: "Event Objects", "Semaphore Objects", "Mutex Objects", "WaitForMultipleObjects".

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::time::{Duration, Instant};

use windows_sys::Win32::Foundation::{
    ERROR_ACCESS_DENIED, ERROR_ALREADY_EXISTS, WAIT_ABANDONED_0, WAIT_OBJECT_0, WAIT_TIMEOUT,
};
use windows_sys::Win32::System::Threading::{
    CreateEventW, CreateMutexW, CreateSemaphoreW, EVENT_MODIFY_STATE, INFINITE, OpenEventW, OpenMutexW, OpenSemaphoreW,
    ReleaseMutex, ReleaseSemaphore, ResetEvent, SEMAPHORE_MODIFY_STATE, SYNCHRONIZATION_SYNCHRONIZE, SetEvent,
    WaitForMultipleObjects,
};

use super::errors;
use super::process;
use super::security::Descriptor;
use super::text::WideName;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{Existing, Started, WaitableContract, WaitableKind, Waited};
use crate::security::Security;

/// Microsoft: `MAXIMUM_WAIT_OBJECTS`.
const MOST: usize = 64;

pub(crate) struct Waitable {
    object: OwnedHandle,
}

impl Waitable {
    /// What a call that creates or opens has returned, and the last error after it.
    fn made(object: RawHandle) -> std::io::Result<(Self, u32)> {
        let os = errors::last();
        if object.is_null() {
            return Err(os);
        }
        // SAFETY: it has just been created or opened, and nobody else has it.
        let object = unsafe { OwnedHandle::from_raw_handle(object) };
        Ok((Self { object }, errors::code(&os)))
    }

    fn raw(&self) -> RawHandle {
        self.object.as_raw_handle()
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
        let descriptor = Descriptor::new(ACTION, security)?;
        let attributes = descriptor.attributes(false);
        let wide = WideName::new(name);
        let object = match kind {
            WaitableKind::Event { manual, set } => {
                // SAFETY: the attributes and the name live until the call returns.
                unsafe { CreateEventW(&attributes, manual.into(), set.into(), wide.as_ptr()) }
            }
            WaitableKind::Semaphore { initial, maximum } => {
                // SAFETY: the attributes and the name live until the call returns.
                unsafe { CreateSemaphoreW(&attributes, initial.cast_signed(), maximum.cast_signed(), wide.as_ptr()) }
            }
            WaitableKind::Mutex { owned } => {
                // Of one that exists it makes nobody the owner.
                // SAFETY: the attributes and the name live until the call returns.
                unsafe { CreateMutexW(&attributes, owned.into(), wide.as_ptr()) }
            }
        };
        match (Self::made(object), name) {
            (Ok((_, ERROR_ALREADY_EXISTS)), _) if existing == Existing::Refuse => {
                let detail = "open it, or choose another name; it goes when the last handle to it does";
                Err(Error::new(ErrorKind::AlreadyExists, ACTION, detail))
            }
            (Ok((made, code)), _) => Ok((made, code != ERROR_ALREADY_EXISTS)),
            // Creating asks for all rights of one that exists. Fewer do: Microsoft, "CreateMutexW", says to open it.
            (Err(os), Some(name)) if errors::code(&os) == ERROR_ACCESS_DENIED && existing == Existing::Open => {
                Self::open(kind, name).map(|opened| (opened, false))
            }
            (Err(os), _) => Err(errors::system(ACTION, os)),
        }
    }

    fn open(kind: WaitableKind, name: &Name) -> Result<Self> {
        let wide = WideName::new(Some(name));
        let object = match kind {
            WaitableKind::Event { .. } => {
                // SAFETY: the name lives until the call returns.
                unsafe { OpenEventW(SYNCHRONIZATION_SYNCHRONIZE | EVENT_MODIFY_STATE, 0, wide.as_ptr()) }
            }
            WaitableKind::Semaphore { .. } => {
                // SAFETY: the name lives until the call returns.
                unsafe { OpenSemaphoreW(SYNCHRONIZATION_SYNCHRONIZE | SEMAPHORE_MODIFY_STATE, 0, wide.as_ptr()) }
            }
            WaitableKind::Mutex { .. } => {
                // SAFETY: the name lives until the call returns.
                unsafe { OpenMutexW(SYNCHRONIZATION_SYNCHRONIZE, 0, wide.as_ptr()) }
            }
        };
        Self::made(object)
            .map(|(opened, _)| opened)
            .map_err(|os| errors::system("open", os))
    }

    fn open_process(id: u32) -> Result<Self> {
        process::open(id).map(|object| Self { object })
    }

    fn duplicate(&self) -> Result<Self> {
        let object = self.object.try_clone().map_err(|os| errors::system("duplicate", os))?;
        Ok(Self { object })
    }

    fn set(&self) -> Result<()> {
        // SAFETY: the handle is open as long as `self` lives.
        done("set", unsafe { SetEvent(self.raw()) })
    }

    fn reset(&self) -> Result<()> {
        // SAFETY: the handle is open as long as `self` lives.
        done("reset", unsafe { ResetEvent(self.raw()) })
    }

    fn release_count(&self, count: u32) -> Result<u32> {
        const ACTION: &str = "release";
        let Ok(add) = i32::try_from(count) else {
            let detail = format!("{count} are more than any semaphore holds, {}", i32::MAX);
            return Err(Error::new(ErrorKind::TooManyPosts, ACTION, detail));
        };
        let mut before = 0;
        // SAFETY: the handle is open as long as `self` lives, and the answer goes to a place of our own.
        done(ACTION, unsafe { ReleaseSemaphore(self.raw(), add, &mut before) })?;
        Ok(before.cast_unsigned())
    }

    fn release_mutex(&self) -> Result<()> {
        // SAFETY: the handle is open as long as `self` lives.
        done("release", unsafe { ReleaseMutex(self.raw()) })
    }

    fn started(&self) -> Result<Started> {
        process::started(&self.object)
    }

    fn wait(objects: &[&Self], timeout: Option<Duration>) -> Result<Waited> {
        Self::wait_for(objects, false, timeout)
    }

    fn wait_all(objects: &[&Self], timeout: Option<Duration>) -> Result<Option<bool>> {
        match Self::wait_for(objects, true, timeout)? {
            Waited::Through { abandoned, .. } => Ok(Some(abandoned)),
            Waited::TimedOut => Ok(None),
        }
    }
}

impl Waitable {
    /// For the first of the objects, or for all of them. `index` means nothing of all.
    fn wait_for(objects: &[&Self], all: bool, timeout: Option<Duration>) -> Result<Waited> {
        const ACTION: &str = "wait";
        if objects.is_empty() || objects.len() > MOST {
            let detail = format!("{} objects to wait for; 1 to {MOST} can be", objects.len());
            return Err(Error::new(ErrorKind::InvalidArgument, ACTION, detail));
        }
        let mut handles = [std::ptr::null_mut(); MOST];
        for (handle, object) in handles.iter_mut().zip(objects) {
            *handle = object.raw();
        }
        let count = objects.len() as u32;
        // A timeout beyond the clock's end is none.
        let deadline = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            // SAFETY: the first `count` handles are open as long as the objects are borrowed.
            let answer = unsafe { WaitForMultipleObjects(count, handles.as_ptr(), all.into(), milliseconds(left)) };
            match answer {
                // Early by a tick of the system's clock, or the timeout does not fit in one call.
                WAIT_TIMEOUT if left.is_none_or(|left| !left.is_zero()) => {}
                WAIT_TIMEOUT => return Ok(Waited::TimedOut),
                _ => {
                    return through(answer, count).ok_or_else(|| errors::system(ACTION, errors::last()));
                }
            }
        }
    }
}

/// Rounded up, so that a wait is never shorter than asked; `INFINITE` itself is for no timeout.
pub(super) fn milliseconds(left: Option<Duration>) -> u32 {
    left.map_or(INFINITE, |left| {
        let whole = left.as_nanos().div_ceil(1_000_000);
        u32::try_from(whole).unwrap_or(u32::MAX).min(INFINITE - 1)
    })
}

/// Microsoft: "WaitForMultipleObjects", its return values; `None` for `WAIT_FAILED`.
fn through(answer: u32, count: u32) -> Option<Waited> {
    [(WAIT_OBJECT_0, false), (WAIT_ABANDONED_0, true)]
        .into_iter()
        .find_map(|(first, abandoned)| {
            let index = answer.checked_sub(first).filter(|index| *index < count)? as usize;
            Some(Waited::Through { index, abandoned })
        })
}

fn done(action: &'static str, answer: i32) -> Result<()> {
    if answer != 0 {
        Ok(())
    } else {
        Err(errors::system(action, errors::last()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_rounded_up_to_milliseconds_and_answers_are_read() {
        assert_eq!(milliseconds(None), INFINITE);
        assert_eq!(milliseconds(Some(Duration::ZERO)), 0);
        assert_eq!(milliseconds(Some(Duration::from_nanos(1))), 1);
        assert_eq!(milliseconds(Some(Duration::from_micros(1500))), 2);
        assert_eq!(milliseconds(Some(Duration::MAX)), INFINITE - 1);
        assert_eq!(
            through(0, 1),
            Some(Waited::Through {
                index: 0,
                abandoned: false
            })
        );
        assert_eq!(
            through(0x80 + 63, 64),
            Some(Waited::Through {
                index: 63,
                abandoned: true
            })
        );
        assert_eq!(through(1, 1), None);
        assert_eq!(through(u32::MAX, 64), None);
    }
}
