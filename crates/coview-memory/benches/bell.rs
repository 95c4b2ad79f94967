//! What bells cost: ringing, and a message and its answer between two processes, beside a bare futex in the same run.
//!
//! `cargo bench -p coview-memory --bench bell`. Each figure is the median of many rounds, in turns; the ratio is the
//! median of the rounds' ratios; below 1, we are faster. Without `--bench` (as a test) there is one short round.

#[cfg(target_os = "linux")]
fn main() {
    linux::main();
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("the bare calls that this compares with are Linux's");
}

#[cfg(target_os = "linux")]
mod linux {
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::time::Instant;

    use coview_memory::bell::{self, BellId, Patience};
    use coview_memory::{AccessError, Error, Mapping, View};
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    pub(super) fn main() {
        let short = !std::env::args().any(|argument| argument == "--bench");
        let (rounds, times) = if short { (1, 50) } else { (41, 1000) };
        let view = Mapping::unnamed(4096).and_then(|mapping| mapping.view()).expect("map");
        let bare = Bare::over(&view);
        let slept: fn() -> Patience = Patience::none;
        println!("{:<60} {:>10} {:>10} {:>7}", "", "Coview", "bare", "ratio");
        report(
            "ring, nobody sleeps",
            rounds,
            || per(times, || view.ring(RUNG, BellId::NOBODY).expect("ring")),
            || per(times, || bare.ring()),
        );
        report(
            "send, nobody sleeps: ring if announced",
            rounds,
            || per(times, || send(&view, &Line(RUNG)).expect("send")),
            || per(times, || bare.ring()),
        );
        for (what, where_to) in [
            ("where the system likes", Where::Anywhere),
            ("on two processors", Where::Apart),
        ] {
            for (how, patience) in [("sleeping at once", slept), ("adaptive patience", Patience::adaptive)] {
                report(
                    &format!("there and back, {what}, {how}"),
                    rounds,
                    || answered(where_to, times, |times, asks| ours(&view, times, asks, patience)),
                    || answered(where_to, times, |times, asks| bare.play(times, asks)),
                );
            }
        }
    }

    fn report(what: &str, rounds: u32, mut ours: impl FnMut() -> f64, mut bare: impl FnMut() -> f64) {
        let (mut ours_took, mut bare_took, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..rounds {
            let (a, b) = (ours(), bare());
            ours_took.push(a);
            bare_took.push(b);
            ratios.push(a / b);
        }
        let [a, b, ratio] = [ours_took, bare_took, ratios].map(median);
        println!("{what:<60} {a:>7.3} us {b:>7.3} us {ratio:>7.2}");
    }

    fn median(mut values: Vec<f64>) -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    fn per(times: u32, mut work: impl FnMut()) -> f64 {
        let begin = Instant::now();
        (0..times).for_each(|_| work());
        begin.elapsed().as_secs_f64() * 1e6 / f64::from(times)
    }

    /// A child answers, this process asks; the first few are for both to be there.
    fn answered(where_to: Where, times: u32, play: impl Fn(u32, bool)) -> f64 {
        const WARM: u32 = 20;
        let before = sched_getaffinity(None).expect("affinity");
        // SAFETY: the child goes on in this only thread, and ends below.
        let child = unsafe { libc::fork() };
        assert!(child >= 0, "fork: {}", std::io::Error::last_os_error());
        where_to.go(&before, u32::from(child != 0));
        if child == 0 {
            play(WARM, false);
            play(times, false);
            // SAFETY: ends the child.
            unsafe { libc::_exit(0) };
        }
        play(WARM, true);
        let begin = Instant::now();
        play(times, true);
        let took = begin.elapsed().as_secs_f64() * 1e6 / f64::from(times);
        let mut status = 0;
        // SAFETY: our own child, and a place of our own.
        unsafe { libc::waitpid(child, &mut status, 0) };
        assert_eq!(status, 0, "the child");
        sched_setaffinity(None, &before).expect("affinity");
        took
    }

    #[derive(Clone, Copy)]
    enum Where {
        Anywhere,
        /// Each process on one of its own, where there are two.
        Apart,
    }

    impl Where {
        fn go(self, all: &CpuSet, who: u32) {
            let mine = (0..CpuSet::MAX_CPU).filter(|cpu| all.is_set(*cpu)).nth(who as usize);
            if let (Self::Apart, Some(mine)) = (self, mine) {
                let mut one = CpuSet::new();
                one.set(mine);
                sched_setaffinity(None, &one).expect("affinity");
            }
        }
    }

    const RUNG: usize = 0;
    const ASKED: usize = 256;
    const ANSWERED: usize = 512;
    const BARE: usize = 1024;

    /// Bell, announcement and news in one cache line.
    struct Line(usize);

    fn send(view: &View, line: &Line) -> Result<(), AccessError> {
        view.fetch_add_u32(line.0 + 8, 1)?;
        if view.load_u32(line.0 + 4)? != 0 {
            view.ring(line.0, BellId::NOBODY)?;
        }
        Ok(())
    }

    fn receive(view: &View, line: &Line, patience: &Patience) -> Result<(), Error> {
        let take = || -> Result<_, Error> {
            let news = view.load_u32(line.0 + 8)?;
            Ok((news != 0 && view.compare_exchange_u32(line.0 + 8, news, news - 1)?.is_ok()).then_some(()))
        };
        patience.wait(take, || {
            view.swap_u32(line.0 + 4, 1)?;
            let seen = view.load_u32(line.0)?;
            if view.load_u32(line.0 + 8)? == 0 {
                bell::sleep(&[(view, line.0, seen)], None)?;
            }
            view.store_u32(line.0 + 4, 0)?;
            Ok(())
        })
    }

    fn ours(view: &View, times: u32, asks: bool, patience: fn() -> Patience) {
        let patience = patience();
        let (asked, answered) = (Line(ASKED), Line(ANSWERED));
        for _ in 0..times {
            if asks {
                send(view, &asked).expect("send");
                receive(view, &answered, &patience).expect("receive");
            } else {
                receive(view, &asked, &patience).expect("receive");
                send(view, &answered).expect("send");
            }
        }
    }

    /// Words that both processes have mapped, with no view in between.
    struct Bare<'a> {
        rung: &'a AtomicU32,
        asked: &'a AtomicU32,
        answered: &'a AtomicU32,
    }

    impl<'a> Bare<'a> {
        fn over(view: &'a View) -> Self {
            let word = |index: usize| {
                let at = view.trusted().as_ptr().wrapping_add(BARE + index * 256);
                // SAFETY: mapped while the view is borrowed, aligned, and accessed as atomics of this size alone.
                unsafe { AtomicU32::from_ptr(at.cast()) }
            };
            Self {
                rung: word(0),
                asked: word(1),
                answered: word(2),
            }
        }

        fn ring(&self) {
            tell(self.rung);
        }

        fn play(&self, times: u32, asks: bool) {
            for _ in 0..times {
                if asks {
                    tell(self.asked);
                    hear(self.answered);
                } else {
                    hear(self.asked);
                    tell(self.answered);
                }
            }
        }
    }

    fn tell(word: &AtomicU32) {
        word.fetch_add(1, Ordering::SeqCst);
        // SAFETY: a live word; nothing is touched but its waiters.
        unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAKE, i32::MAX) };
    }

    fn hear(word: &AtomicU32) {
        while word.load(Ordering::Acquire) == 0 {
            let for_ever = std::ptr::null::<libc::timespec>();
            // SAFETY: a live word, and no timeout.
            unsafe { libc::syscall(libc::SYS_futex, word.as_ptr(), libc::FUTEX_WAIT, 0, for_ever) };
        }
        word.fetch_sub(1, Ordering::SeqCst);
    }
}
