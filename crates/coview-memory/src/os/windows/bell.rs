//! Bells on Windows: an auto-reset event for each process, under a random name that its peers read from shared memory.
//!
//! Microsoft: "CreateEventW", "OpenEventW", "SetEvent", "WaitForMultipleObjects", "Kernel object namespaces".

use std::hash::{BuildHasher, RandomState};
use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle, RawHandle};
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use windows_sys::Win32::Foundation::{ERROR_ALREADY_EXISTS, WAIT_FAILED};
use windows_sys::Win32::System::Threading::{
    CreateEventW, EVENT_MODIFY_STATE, OpenEventW, ResetEvent, SetEvent, WaitForMultipleObjects,
};

use super::errors;
use super::security::Descriptor;
use super::text::WideName;
use super::waitable::milliseconds;
use crate::error::{Error, ErrorKind, Result};
use crate::name::{Name, Scope};
use crate::os::{BellsContract, SignalContract, Sleepers, Watched, Word};
use crate::security::Security;

pub(crate) enum Bells {}

/// This process's event in one scope. It lives as long as the process.
struct Mine {
    numbers: [u32; 4],
    event: OwnedHandle,
}

/// `Local`, `Global`.
static MINE: Mutex<[Option<&'static Mine>; 2]> = Mutex::new([None; 2]);

static SLEEPERS: LazyLock<Sleepers<Watched<'static>>> = LazyLock::new(Sleepers::new);

impl Word for Watched<'_> {
    fn has_changed(&self) -> bool {
        Watched::has_changed(*self)
    }
}

impl BellsContract for Bells {
    fn mine(scope: Scope) -> Result<[u32; 4]> {
        mine(scope).map(|mine| mine.numbers)
    }

    fn sleep(words: &[Watched<'_>], at_most: Duration) -> Result<()> {
        // Whoever rings needs an event to set, and the porter one to wait for.
        mine(Scope::Local)?;
        let words = words.iter().map(|word| {
            // SAFETY: the words are mapped until this call returns, and the sleepers look at none that has returned.
            unsafe { Watched::new(word.word(), word.expected()) }
        });
        SLEEPERS.sleep(words.collect(), at_most, wait_for_events)
    }

    unsafe fn wake(_word: *const u32, owner: [u32; 4]) {
        if let Some(event) = event_of(owner) {
            set(&event);
        }
    }

    fn start_thread(name: &str, run: fn()) -> Result<()> {
        let started = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        started.map(drop).map_err(|os| errors::system("start a thread", os))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Made at the first call for a scope.
fn mine(scope: Scope) -> Result<&'static Mine> {
    let mut all = lock(&MINE);
    let [local, global] = &mut *all;
    let (slot, other) = match scope {
        Scope::Local => (local, global),
        Scope::Global => (global, local),
    };
    if let Some(mine) = slot {
        return Ok(mine);
    }
    let made: &'static Mine = Box::leak(Box::new(make(scope)?));
    *slot = Some(made);
    // The porter may be waiting for the other one alone: it looks again at what there is.
    if let Some(other) = other {
        set(&other.event);
    }
    Ok(made)
}

/// Under a name that nobody has, and that nobody can have known.
fn make(scope: Scope) -> Result<Mine> {
    const ACTION: &str = "make the event of this process's bells";
    let security = match scope {
        Scope::Local => Security::private(),
        // Whoever looks for it may set it, which wakes us without need, and do nothing else. Microsoft: "Synchronization
        // Object Security and Access Rights"; 2 is EVENT_MODIFY_STATE, AU whoever has logged on.
        Scope::Global => Security::sddl("D:P(A;;GA;;;OW)(A;;GA;;;SY)(A;;0x2;;;AU)"),
    };
    let descriptor = Descriptor::new(ACTION, &security)?;
    let attributes = descriptor.attributes(false);
    for _ in 0..TRIES {
        let random = RandomState::new().hash_one(std::process::id());
        let numbers = [
            std::process::id(),
            u32::from(scope == Scope::Global),
            random as u32,
            (random >> 32) as u32,
        ];
        let wide = WideName::new(Some(&name_of(numbers)));
        // SAFETY: the attributes and the name live until the call returns.
        let event = unsafe { CreateEventW(&attributes, 0, 0, wide.as_ptr()) };
        let (event, os) = owned(event).map_err(|os| errors::system(ACTION, os))?;
        if errors::code(&os) != ERROR_ALREADY_EXISTS {
            return Ok(Mine { numbers, event });
        }
    }
    let detail = "every random name was taken";
    Err(Error::new(ErrorKind::Busy, ACTION, detail))
}

/// How many random numbers to try. Each is new to all but somebody who guesses 64 bits.
const TRIES: u32 = 16;

/// What a call that creates or opens has returned, and the last error after it.
fn owned(object: RawHandle) -> std::io::Result<(OwnedHandle, std::io::Error)> {
    let os = errors::last();
    if object.is_null() {
        return Err(os);
    }
    // SAFETY: it has just been created or opened, and nobody else has it.
    Ok((unsafe { OwnedHandle::from_raw_handle(object) }, os))
}

/// Whatever the numbers are, a name of ours and of nothing else.
fn name_of([process, global, low, high]: [u32; 4]) -> Name {
    let scope = if global == 0 { "Local" } else { "Global" };
    let name = format!(r"{scope}\coview-bell-{process:08x}-{global:08x}-{high:08x}{low:08x}");
    Name::parse_needed("ring", &name).expect("digits and dashes are a name")
}

/// The owners that were rung last, since opening an event takes ten times as long as setting it. A dead one's event lives
/// on here until it is forgotten, and is never another's: its name is random.
static RUNG: Mutex<Vec<([u32; 4], Arc<OwnedHandle>)>> = Mutex::new(Vec::new());

/// So many are remembered.
const REMEMBERED: usize = 64;

/// None: nobody has such numbers, or lets us ring.
fn event_of(owner: [u32; 4]) -> Option<Arc<OwnedHandle>> {
    let known = |rung: &[([u32; 4], Arc<OwnedHandle>)]| {
        let (_, event) = rung.iter().find(|(other, _)| *other == owner)?;
        Some(Arc::clone(event))
    };
    if let Some(event) = known(&lock(&RUNG)) {
        return Some(event);
    }
    let wide = WideName::new(Some(&name_of(owner)));
    // SAFETY: the name lives until the call returns.
    let event = unsafe { OpenEventW(EVENT_MODIFY_STATE, 0, wide.as_ptr()) };
    let event = Arc::new(owned(event).ok()?.0);
    let mut rung = lock(&RUNG);
    if rung.len() >= REMEMBERED {
        rung.remove(0);
    }
    rung.push((owner, Arc::clone(&event)));
    Some(event)
}

fn set(event: &OwnedHandle) {
    // It fails for a handle without the right alone.
    // SAFETY: the handle is open as long as it is borrowed.
    unsafe { SetEvent(event.as_raw_handle()) };
}

/// The porter's wait: for this process's event in either scope.
fn wait_for_events(at_most: Duration) -> Result<()> {
    let mut handles = [std::ptr::null_mut(); 2];
    let mut count = 0;
    for mine in lock(&MINE).iter().flatten() {
        handles[count] = mine.event.as_raw_handle();
        count += 1;
    }
    // SAFETY: the first `count` handles, at least one, are those of events that live for ever.
    let answer = unsafe { WaitForMultipleObjects(count as u32, handles.as_ptr(), 0, milliseconds(Some(at_most))) };
    if answer == WAIT_FAILED {
        return Err(errors::system("sleep", errors::last()));
    }
    Ok(())
}

/// A manual-reset event without a name.
pub(crate) struct Signal(OwnedHandle);

impl SignalContract for Signal {
    fn new() -> Result<Self> {
        // SAFETY: no attributes and no name: a private object.
        let event = unsafe { CreateEventW(std::ptr::null(), 1, 0, std::ptr::null()) };
        owned(event)
            .map(|(event, _)| Self(event))
            .map_err(|os| errors::system("watch", os))
    }

    fn raise(&self) {
        set(&self.0);
    }

    fn lower(&self) {
        // SAFETY: the handle is open as long as `self` lives. It fails for none of ours.
        unsafe { ResetEvent(self.0.as_raw_handle()) };
    }
}

impl AsHandle for Signal {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.0.as_handle()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dead_and_unknown_owners_are_remembered_up_to_a_number() {
        assert!(event_of([u32::MAX; 4]).is_none());
        let made: Vec<_> = (0..REMEMBERED + 8).map(|_| make(Scope::Local).unwrap()).collect();
        for mine in &made {
            assert!(event_of(mine.numbers).is_some());
        }
        assert!(lock(&RUNG).len() <= REMEMBERED);
        let numbers = made[made.len() - 1].numbers;
        drop(made);
        assert!(event_of(numbers).is_some(), "its event lives on here");
    }

    #[test]
    fn a_name_says_its_numbers_and_scope() {
        assert_eq!(
            name_of([1, 0, 0xab, 0xcd]).to_string(),
            "coview-bell-00000001-00000000-000000cd000000ab"
        );
        assert!(name_of([0, 7, 0, 0]).to_string().starts_with(r"Global\coview-bell-"));
    }
}
