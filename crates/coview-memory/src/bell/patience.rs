//! Looking for a moment longer before sleeping.

use std::num::NonZero;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::{Duration, Instant};

/// The longest that is ever spun, whatever was asked for: what a sleep and its wake-up cost. Who spins as long as the
/// sleep would have cost, and then sleeps, has paid twice the price at most.
const LONGEST: Duration = Duration::from_micros(20);

/// Looks between two looks at the clock, which costs as much as several of them.
const LOOKS: u32 = 8;

/// How much credit an adaptive one can have, and what it gets for a spin that paid off; one that did not costs 1.
const MOST_CREDIT: u32 = 8;
const REWARD: u32 = 2;

/// Without credit, how many waits go by before it is tried once more.
const REST: u32 = 128;

/// How long to look for news before sleeping: a small value that an endpoint keeps, and that learns from its waits.
///
/// `cargo bench -p coview-memory --bench bell` measures it. On a virtual machine of two processors a message and its
/// answer take 14 to 48 us if both sides sleep at once, each on a processor of its own, and 0.1 to 0.4 us with adaptive
/// patience. Where the system runs both sides on one processor they take 6 us, and a spin is lost time on a processor that
/// the other side needs: so it learns not to.
///
/// Nobody spins where this process has one processor alone (Linux: sched_getaffinity(2) and the control group's quota;
/// asked once per process): the peer could not run meanwhile.
///
/// ```
/// use coview_memory::bell::{self, Patience};
/// use coview_memory::{Error, Mapping};
///
/// let view = Mapping::unnamed(4096)?.view()?;
/// let patience = Patience::adaptive();
/// view.store_u32(8, 7)?;
/// let news = patience.wait(
///     || Ok(Some(view.swap_u32(8, 0)?).filter(|news| *news != 0)),
///     || bell::sleep(&[(&view, 0, view.load_u32(0)?)], None),
/// )?;
/// assert_eq!(news, 7);
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Patience {
    longest: Duration,
    /// None: it does not learn.
    learned: Option<Learned>,
}

/// Credit above zero: so many spins in vain until it stops. Below, `REST` waits go by. Threads that share it may lose
/// an update to each other, which changes how soon it learns and nothing else.
#[derive(Debug)]
struct Learned {
    credit: AtomicU32,
    rested: AtomicU32,
}

impl Patience {
    /// Sleeps at once.
    pub const fn none() -> Self {
        Self {
            longest: Duration::ZERO,
            learned: None,
        }
    }

    /// Spins that long before each sleep; 20 us at most.
    pub const fn spin(time: Duration) -> Self {
        let longest = if time.as_nanos() < LONGEST.as_nanos() {
            time
        } else {
            LONGEST
        };
        Self { longest, learned: None }
    }

    /// Spins for up to 20 us as long as that pays off: after eight waits in a row for which it did not it sleeps at once,
    /// and tries again at every 128th wait.
    pub const fn adaptive() -> Self {
        Self {
            longest: LONGEST,
            learned: Some(Learned {
                credit: AtomicU32::new(MOST_CREDIT),
                rested: AtomicU32::new(0),
            }),
        }
    }

    /// Looks until there is something, sleeping in between: `look` for news, for as long as patience lasts, then `sleep`
    /// and `look` in turns. The error of either ends it; so does a `sleep` that finds its time over by an error of its
    /// own.
    ///
    /// `sleep` announces, makes its fence, reads the bell and looks itself before it sleeps, as
    /// [the protocol](crate::bell#the-protocol) says; if it finds news it returns, and `look` takes it.
    pub fn wait<T, E>(
        &self,
        mut look: impl FnMut() -> Result<Option<T>, E>,
        mut sleep: impl FnMut() -> Result<(), E>,
    ) -> Result<T, E> {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if self.spins() {
            let found = self.look_often(&mut look)?;
            self.learn(found.is_some());
            if let Some(found) = found {
                return Ok(found);
            }
        }
        loop {
            sleep()?;
            if let Some(found) = look()? {
                return Ok(found);
            }
        }
    }

    fn look_often<T, E>(&self, look: &mut impl FnMut() -> Result<Option<T>, E>) -> Result<Option<T>, E> {
        let begin = Instant::now();
        loop {
            for _ in 0..LOOKS {
                std::hint::spin_loop();
                if let Some(found) = look()? {
                    return Ok(Some(found));
                }
            }
            if begin.elapsed() >= self.longest {
                return Ok(None);
            }
        }
    }

    /// Whether this wait spins.
    fn spins(&self) -> bool {
        if self.longest.is_zero() || !peers_run_meanwhile() {
            return false;
        }
        let Some(learned) = &self.learned else { return true };
        if learned.credit.load(Ordering::Relaxed) > 0 {
            return true;
        }
        let rested = learned.rested.load(Ordering::Relaxed) + 1;
        learned.rested.store(rested % REST, Ordering::Relaxed);
        rested >= REST
    }

    fn learn(&self, paid_off: bool) {
        let Some(learned) = &self.learned else { return };
        let credit = learned.credit.load(Ordering::Relaxed);
        let credit = if paid_off {
            (credit + REWARD).min(MOST_CREDIT)
        } else {
            credit.saturating_sub(1)
        };
        learned.credit.store(credit, Ordering::Relaxed);
    }
}

/// Whether this process has more than one processor. Asked once, since on Linux it reads files of the control group; or
/// once by each of the threads that ask at the same moment: a child that is forked meanwhile could not wait for one.
fn peers_run_meanwhile() -> bool {
    static SEVERAL: AtomicU8 = AtomicU8::new(UNKNOWN);
    const UNKNOWN: u8 = 2;
    let known = SEVERAL.load(Ordering::Relaxed);
    if known != UNKNOWN {
        return known != 0;
    }
    let several = std::thread::available_parallelism().is_ok_and(|count| count > NonZero::<usize>::MIN);
    SEVERAL.store(several.into(), Ordering::Relaxed);
    several
}

impl Default for Patience {
    /// [`adaptive`](Self::adaptive).
    fn default() -> Self {
        Self::adaptive()
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::convert::Infallible;

    use super::*;

    /// A wait that needs so many looks, with a sleep after which there is something: how often it looked and slept.
    fn wait(patience: &Patience, needed: usize) -> (usize, usize) {
        let (looks, sleeps) = (Cell::new(0), Cell::new(0));
        let look = || {
            looks.set(looks.get() + 1);
            Ok::<_, Infallible>((sleeps.get() > 0 || looks.get() >= needed).then_some(()))
        };
        let sleep = || {
            sleeps.set(sleeps.get() + 1);
            Ok(())
        };
        let Ok(()) = patience.wait(look, sleep);
        (looks.get(), sleeps.get())
    }

    #[test]
    fn what_is_there_is_found_without_spinning_or_sleeping() {
        for patience in [
            Patience::none(),
            Patience::spin(Duration::from_micros(5)),
            Patience::adaptive(),
        ] {
            assert_eq!(wait(&patience, 1), (1, 0));
        }
    }

    #[test]
    fn without_patience_it_sleeps_after_one_look() {
        assert_eq!(wait(&Patience::none(), usize::MAX), (2, 1));
        assert_eq!(wait(&Patience::spin(Duration::ZERO), usize::MAX), (2, 1));
    }

    #[test]
    fn nobody_spins_for_longer_than_a_sleep_costs() {
        assert_eq!(Patience::spin(Duration::MAX).longest, LONGEST);
        assert_eq!(
            Patience::spin(Duration::from_micros(3)).longest,
            Duration::from_micros(3)
        );
    }

    #[test]
    fn it_learns_whether_spinning_pays_off() {
        if !peers_run_meanwhile() {
            return;
        }
        let patience = Patience::adaptive();
        let spun = |needed| wait(&patience, needed).0 > 2;
        assert!((0..MOST_CREDIT).all(|_| spun(usize::MAX)), "it tries for a while");
        let tried = (0..REST).filter(|_| spun(usize::MAX)).count();
        assert_eq!(tried, 1, "it has given up, and tries now and then");
        // Until it tries again and finds that it pays off.
        while wait(&patience, 3) != (3, 0) {}
        assert_eq!(wait(&patience, 3), (3, 0), "it spins again");
    }

    #[test]
    fn an_error_ends_it() {
        let patience = Patience::adaptive();
        assert_eq!(patience.wait(|| Err::<Option<()>, _>("look"), || Ok(())), Err("look"));
        assert_eq!(patience.wait(|| Ok(None::<()>), || Err("sleep")), Err("sleep"));
    }
}
