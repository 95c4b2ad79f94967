//! Killed and stopped at the worst moments.

use rustix::process::{Pid, Signal, kill_process};

use crate::common::{Puppet, listen, say, tests_alone};
use crate::line::{Line, create, open, spawn};

/// Receives on line 0, again and again.
pub(crate) fn sleeper(words: &[&str]) {
    let line = Line::new(&open(words[0]), 0).owned();
    say("ready");
    for number in 1.. {
        line.receive(number);
        say(number);
        if number == 3 {
            break;
        }
    }
    listen();
}

tests_alone! {
    fn a_ringer_that_is_killed_before_it_rings_is_noticed_within_a_glance() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        let ringer = Puppet::new(|strings| {
            strings.stop_here();
            line.change();
            strings.stop_here();
        });
        ringer.until_it_stops();
        std::thread::scope(|threads| {
            let receives = threads.spawn(|| line.receive(1));
            while !line.is_announced() {
                std::thread::yield_now();
            }
            let seen = line.seen();
            ringer.go_on();
            ringer.until_it_stops();
            ringer.kill();
            receives.join().unwrap();
            assert_eq!(line.seen(), seen, "nobody has rung");
        });
    }

    fn a_ringer_that_is_killed_before_it_wakes_anybody_is_noticed_within_a_glance() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        std::thread::scope(|threads| {
            let receives = threads.spawn(|| line.receive(1));
            while !line.is_announced() {
                std::thread::yield_now();
            }
            Puppet::new(|_| {
                line.change();
                // The addition that ringing begins with, and no more.
                line.view.fetch_add_u32(line.bell(), 1).unwrap();
            }).finish();
            receives.join().unwrap();
        });
    }

    fn a_sleeper_that_is_killed_stands_in_nobodys_way() {
        let view = create();
        let line = Line::new(&view, 0);
        let mut sleeper = spawn("sleeper", &[]);
        sleeper.expect("ready");
        while !line.is_announced() {
            std::thread::yield_now();
        }
        sleeper.kill();
        assert!(line.is_announced(), "its announcement stays");
        line.send();
        // The next owner finds what was sent meanwhile.
        let mut next = spawn("sleeper", &[]);
        next.expect("ready");
        next.expect("1");
        for number in ["2", "3"] {
            line.send();
            next.expect(number);
        }
        next.hang_up();
        next.finish();
    }

    fn a_sleeper_that_is_stopped_is_woken_when_it_goes_on() {
        let view = create();
        let line = Line::new(&view, 0);
        let mut sleeper = spawn("sleeper", &[]);
        sleeper.expect("ready");
        let id = Pid::from_raw(sleeper.id().cast_signed()).unwrap();
        for number in ["1", "2", "3"] {
            while !line.is_announced() {
                std::thread::yield_now();
            }
            kill_process(id, Signal::STOP).unwrap();
            line.send();
            kill_process(id, Signal::CONT).unwrap();
            sleeper.expect(number);
        }
        sleeper.hang_up();
        sleeper.finish();
    }
}
