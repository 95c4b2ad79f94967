//! Sleeping until a word in shared memory changes: futex(2) and futex_waitv (Linux 5.16).
//!
//! Never with `FUTEX_PRIVATE_FLAG`: the sleepers are in other processes. Every call here may return early, for a
//! signal, for a wake-up meant for others, for no reason; the caller looks again and knows how long it still has.

use std::io;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::os::Watched;

/// How long a sleeper that cannot watch all of its words at once leaves the others unwatched.
const GLANCE: Duration = Duration::from_millis(5);

/// `FUTEX_WAITV_MAX` of linux/futex.h.
const MOST: usize = 128;

/// `struct __kernel_timespec`, the same on every system: `libc::timespec` is another one on 32-bit systems.
#[repr(C)]
struct Time {
    seconds: i64,
    nanoseconds: i64,
}

/// `struct futex_waitv` of linux/futex.h.
#[repr(C)]
#[derive(Clone, Copy, Default)]
struct Entry {
    value: u64,
    address: u64,
    flags: u32,
    reserved: u32,
}

/// `FUTEX2_SIZE_U32` of linux/futex.h.
const FUTEX2_SIZE_U32: u32 = 2;

/// Set when the kernel, or a sandbox, does not have futex_waitv; then it is not asked again.
static NO_WAITV: AtomicBool = AtomicBool::new(false);

/// Wakes all that sleep on the word, in every process. All, because one that is woken alone may be killed before it
/// takes what it was woken for, and the rest would sleep on.
///
/// # Safety
/// `word` is aligned, and mapped and readable.
pub(super) unsafe fn wake_all(word: *const u32) {
    // SAFETY: the kernel looks the page up by its address, and touches nothing. It cannot fail for a mapped word.
    unsafe { libc::syscall(libc::SYS_futex, word, libc::FUTEX_WAKE, i32::MAX) };
}

/// How a sleep ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slept {
    /// Woken, or a word had changed, or a signal came: look again.
    Woken,
    /// The time was over, or that of a glance.
    Out,
}

/// Sleeps while every word is as expected, at most that long. `round` counts the caller's sleeps: a kernel that can
/// watch one word only is shown another one each time, for a short while.
pub(super) fn sleep(places: &[Watched<'_>], at_most: Duration, round: usize) -> io::Result<Slept> {
    debug_assert!((1..=MOST).contains(&places.len()));
    if let [place] = places {
        return sleep_on_one(*place, at_most);
    }
    if !NO_WAITV.load(Ordering::Relaxed) {
        match sleep_on_all(places, at_most) {
            Err(os) if matches!(os.raw_os_error(), Some(libc::ENOSYS | libc::EPERM | libc::EACCES)) => {
                NO_WAITV.store(true, Ordering::Relaxed);
            }
            done => return done,
        }
    }
    sleep_on_one(places[round % places.len()], at_most.min(GLANCE))
}

/// As [`sleep`], on more words than the kernel watches at once, too: some are watched, for a glance, and then all are
/// looked at.
pub(super) fn sleep_on_many(places: &[Watched<'_>], at_most: Duration) -> io::Result<()> {
    let end = Instant::now().checked_add(at_most);
    let parts = places.len().div_ceil(MOST);
    let longest = if parts > 1 { GLANCE } else { at_most };
    let mut left = at_most;
    for round in 0.. {
        let from = round % parts * MOST;
        let part = &places[from..places.len().min(from + MOST)];
        if sleep(part, left.min(longest), round / parts)? == Slept::Woken {
            break;
        }
        left = end.map_or(at_most, |end| end.saturating_duration_since(Instant::now()));
        if left.is_zero() || places.iter().any(|place| place.has_changed()) {
            break;
        }
    }
    Ok(())
}

fn sleep_on_one(place: Watched<'_>, at_most: Duration) -> io::Result<Slept> {
    let time = libc::timespec {
        tv_sec: libc::time_t::try_from(at_most.as_secs()).unwrap_or(libc::time_t::MAX),
        tv_nsec: at_most.subsec_nanos() as _,
    };
    // SAFETY: `Watched` says that the word is mapped; `time` outlives the call. The time is relative, by the monotonic
    // clock.
    let done = unsafe { libc::syscall(libc::SYS_futex, place.word(), libc::FUTEX_WAIT, place.expected(), &time) };
    woken(done)
}

fn sleep_on_all(places: &[Watched<'_>], at_most: Duration) -> io::Result<Slept> {
    let mut entries = [Entry::default(); MOST];
    for (slot, place) in entries.iter_mut().zip(places) {
        *slot = Entry {
            value: place.expected().into(),
            address: place.word().expose_provenance() as u64,
            flags: FUTEX2_SIZE_U32,
            reserved: 0,
        };
    }
    let until = Duration::try_from(rustix::time::clock_gettime(rustix::time::ClockId::Monotonic))
        .unwrap_or_default()
        .saturating_add(at_most);
    let time = Time {
        seconds: i64::try_from(until.as_secs()).unwrap_or(i64::MAX),
        nanoseconds: until.subsec_nanos().into(),
    };
    // SAFETY: `entries` holds `places.len()` filled entries, whose words `Watched` says are mapped; `time` outlives the
    // call, and is absolute, by the clock named.
    let done = unsafe {
        libc::syscall(
            libc::SYS_futex_waitv,
            entries.as_ptr(),
            places.len(),
            0,
            &time,
            libc::CLOCK_MONOTONIC,
        )
    };
    woken(done)
}

/// A wake-up, a changed word and a signal are all one.
fn woken(done: libc::c_long) -> io::Result<Slept> {
    if done >= 0 {
        return Ok(Slept::Woken);
    }
    let os = io::Error::last_os_error();
    match os.raw_os_error() {
        Some(libc::EAGAIN | libc::EINTR) => Ok(Slept::Woken),
        Some(libc::ETIMEDOUT) => Ok(Slept::Out),
        _ => Err(os),
    }
}

/// As if the kernel did not have futex_waitv. One test after the other.
#[cfg(test)]
fn without_waitv(test: impl FnOnce()) {
    static TURN: std::sync::Mutex<()> = std::sync::Mutex::new(());
    let _turn = TURN.lock().unwrap();
    NO_WAITV.store(true, Ordering::Relaxed);
    test();
    NO_WAITV.store(false, Ordering::Relaxed);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::AtomicU32;

    fn place(word: &AtomicU32, expected: u32) -> Watched<'_> {
        // SAFETY: a live, aligned word.
        unsafe { Watched::new(word.as_ptr(), expected) }
    }

    #[test]
    fn a_sleep_ends_with_its_time_and_not_before() {
        let words = [AtomicU32::new(7), AtomicU32::new(8)];
        let both = [place(&words[0], 7), place(&words[1], 8)];
        for places in [&both[..1], &both[..]] {
            let begin = Instant::now();
            let time = Duration::from_millis(30);
            let mut round = 0;
            while begin.elapsed() < time {
                sleep(places, time.saturating_sub(begin.elapsed()), round).unwrap();
                round += 1;
            }
        }
    }

    #[test]
    fn a_word_that_has_changed_is_not_slept_on() {
        let words = [AtomicU32::new(7), AtomicU32::new(8)];
        sleep(&[place(&words[0], 6)], Duration::MAX, 0).unwrap();
        // By whichever way this system has: the fallback returns from the first word after a glance.
        sleep(&[place(&words[0], 7), place(&words[1], 9)], Duration::MAX, 0).unwrap();
    }

    #[test]
    fn the_fallback_looks_at_each_word_in_its_turn() {
        let words = [AtomicU32::new(7), AtomicU32::new(8), AtomicU32::new(9)];
        let places = [place(&words[0], 7), place(&words[1], 8), place(&words[2], 9)];
        without_waitv(|| {
            for round in 0..7 {
                assert_eq!(sleep(&places, Duration::MAX, round).unwrap(), Slept::Out);
            }
        });
    }

    #[test]
    fn more_words_than_the_kernel_watches_are_all_looked_at() {
        let words: Vec<AtomicU32> = (0..300).map(AtomicU32::new).collect();
        let places: Vec<_> = (0..300).map(|at| place(&words[at as usize], at)).collect();
        let begin = Instant::now();
        sleep_on_many(&places, Duration::from_millis(30)).unwrap();
        for changed in [0, 127, 128, 299] {
            std::thread::scope(|threads| {
                let sleeps = threads.spawn(|| {
                    while !places[changed].has_changed() {
                        sleep_on_many(&places, Duration::MAX).unwrap();
                    }
                });
                std::thread::sleep(Duration::from_millis(3));
                // Changed, and nobody is woken.
                words[changed].fetch_add(1000, Ordering::SeqCst);
                sleeps.join().unwrap();
            });
            words[changed].fetch_sub(1000, Ordering::SeqCst);
        }
        assert!(begin.elapsed() >= Duration::from_millis(3));
        without_waitv(|| sleep_on_many(&places, Duration::from_millis(12)).unwrap());
    }

    #[test]
    fn an_address_that_is_not_mapped_is_an_error_and_no_crash() {
        // SAFETY: not kept, on purpose: the kernel checks.
        let nowhere = unsafe { Watched::new(std::ptr::without_provenance(4096), 0) };
        assert_eq!(
            sleep(&[nowhere], Duration::from_secs(1), 0).unwrap_err().raw_os_error(),
            Some(libc::EFAULT)
        );
    }
}
