//! Patience between threads, and on a machine of one processor.

use std::time::Duration;

use coview_memory::bell::{self, Patience};

use crate::common::tests_alone;
#[cfg(target_os = "linux")]
use crate::common::{listen, say};
#[cfg(target_os = "linux")]
use crate::line::spawn;
use crate::line::{Line, create};

fn receive(line: &Line, number: u32, patience: &Patience) {
    let look = || Ok((line.news() >= number).then_some(()));
    let sleep = || {
        line.announce();
        let seen = line.seen();
        if line.news() >= number {
            return Ok(());
        }
        bell::sleep(&[(&line.view, line.bell(), seen)], None)
    };
    patience.wait(look, sleep).unwrap();
}

tests_alone! {
    fn however_patient_two_threads_answer_each_other() {
        let kinds: [fn() -> Patience; 3] =
            [Patience::none, || Patience::spin(Duration::from_micros(10)), Patience::adaptive];
        for patience in kinds {
            let view = create();
            let (here, there) = (Line::new(&view, 0).owned(), Line::new(&view, 1).owned());
            std::thread::scope(|threads| {
                threads.spawn(|| {
                    let patience = patience();
                    for number in 1..=2000 {
                        receive(&there, number, &patience);
                        here.send();
                    }
                });
                let patience = patience();
                for number in 1..=2000 {
                    there.send();
                    receive(&here, number, &patience);
                }
            });
        }
    }
}

/// Nobody else can run while it spins: so it does not.
#[cfg(target_os = "linux")]
pub(crate) fn on_one_processor(_words: &[&str]) {
    let mut one = rustix::thread::CpuSet::new();
    let mine = rustix::thread::sched_getaffinity(None).unwrap();
    one.set((0..1024).find(|cpu| mine.is_set(*cpu)).unwrap());
    rustix::thread::sched_setaffinity(None, &one).unwrap();
    for patience in [Patience::adaptive(), Patience::spin(Duration::from_micros(20))] {
        let mut looks = 0;
        let slept = std::cell::Cell::new(false);
        let look = || {
            looks += 1;
            Ok::<_, ()>(slept.get().then_some(()))
        };
        patience
            .wait(look, || {
                slept.set(true);
                Ok(())
            })
            .unwrap();
        assert_eq!(looks, 2, "one look, one sleep, one look");
    }
    say("well");
    listen();
}

#[cfg(target_os = "linux")]
tests_alone! {
    fn on_one_processor_nobody_spins() {
        let mut actor = spawn("one processor", &[]);
        actor.expect("well");
        actor.hang_up();
        actor.finish();
    }
}
