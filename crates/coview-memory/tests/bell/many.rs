//! More bells than any system watches at once.

use std::time::{Duration, Instant};

use coview_memory::{Mapping, View, bell};

use crate::common::{listen, say, tests_alone};
use crate::line::{Line, create, open, spawn};

const BELLS: usize = 200;

/// Rings the bell that it is told.
pub(crate) fn ringer(words: &[&str]) {
    let view = open(words[0]);
    say("ready");
    while let Ok(index) = listen().parse() {
        Line::new(&view, index).send();
    }
}

/// Another process rings one of 200 bells, each time another one.
pub(crate) fn any_of_many_is_heard() {
    let view = create();
    let lines: Vec<_> = (0..BELLS).map(|index| Line::new(&view, index).owned()).collect();
    let mut ringer = spawn("ringer of many", &[]);
    ringer.expect("ready");
    for index in [0, 1, 63, 64, 127, 128, 150, 199, 0] {
        for line in &lines {
            line.announce();
        }
        let seen: Vec<_> = lines.iter().map(Line::seen).collect();
        let before: Vec<_> = lines.iter().map(Line::news).collect();
        ringer.tell(&index.to_string());
        let bells: Vec<(&View, usize, u32)> = lines
            .iter()
            .zip(&seen)
            .map(|(line, seen)| (&*line.view, line.bell(), *seen))
            .collect();
        while lines[index].news() == before[index] {
            bell::sleep(&bells, None).unwrap();
        }
    }
    ringer.hang_up();
    ringer.finish();
}

tests_alone! {
    fn one_of_two_hundred_bells_is_heard() {
        any_of_many_is_heard();
    }

    fn a_sleep_ends_with_its_time_and_not_before() {
        let view = Mapping::unnamed(1 << 16).unwrap().view().unwrap();
        for count in [0, 1, 2, 128, 129, 200] {
            let bells: Vec<_> = (0..count).map(|index| (&view, index * 4, 0)).collect();
            let time = Duration::from_millis(20);
            let begin = Instant::now();
            while begin.elapsed() < time {
                bell::sleep(&bells, Some(time.saturating_sub(begin.elapsed()))).unwrap();
            }
            bell::sleep(&bells, Some(Duration::ZERO)).unwrap();
        }
        let begin = Instant::now();
        while begin.elapsed() < bell::GLANCE {
            bell::sleep(&[(&view, 0, 0)], None).unwrap();
        }
    }

    fn a_bell_that_has_been_rung_is_not_slept_on() {
        let view = Mapping::unnamed(1 << 16).unwrap().view().unwrap();
        view.ring(4 * 199, bell::BellId::NOBODY).unwrap();
        let bells: Vec<_> = (0..200).map(|index| (&view, index * 4, 0)).collect();
        for bells in [&bells[199..], &bells[198..], &bells[72..], &bells] {
            bell::sleep(bells, None).unwrap();
        }
    }

    fn a_place_that_is_no_word_of_the_view_is_refused() {
        let view = Mapping::unnamed(4096).unwrap().view().unwrap();
        let kind = |offset| bell::sleep(&[(&view, 0, 0), (&view, offset, 0)], None).unwrap_err().kind();
        assert_eq!(kind(4096), coview_memory::ErrorKind::OutOfRange);
        assert_eq!(kind(2), coview_memory::ErrorKind::InvalidArgument);
        assert!(view.ring(usize::MAX, bell::BellId::NOBODY).is_err());
        let reads = Mapping::create(&crate::line::name(), 4096).unwrap();
        let reader = reads.duplicate(coview_memory::Rights::READ).unwrap().view().unwrap();
        assert_eq!(reader.ring(0, bell::BellId::NOBODY), Err(coview_memory::AccessError::ReadOnly));
        // It can be slept on all the same.
        let writer = reads.view().unwrap();
        std::thread::scope(|threads| {
            let sleeps = threads.spawn(|| {
                while reader.load_u32(0).unwrap() == 0 {
                    bell::sleep(&[(&reader, 0, 0)], None).unwrap();
                }
            });
            writer.ring(0, bell::BellId::mine(coview_memory::Scope::Local).unwrap()).unwrap();
            sleeps.join().unwrap();
        });
    }
}
