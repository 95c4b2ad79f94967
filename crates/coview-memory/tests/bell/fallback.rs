//! Where futex_waitv cannot be had.

use coview_memory::bell::Watch;

use crate::common::{forbid_waitv, listen, say, tests_alone};
use crate::line::{Line, create, spawn};
use crate::many::any_of_many_is_heard;

pub(crate) fn without_waitv(words: &[&str]) {
    forbid_waitv(words[1].parse().unwrap());
    any_of_many_is_heard();
    let view = create();
    let lines = [0, 1, 2].map(|index| Line::new(&view, index).owned());
    let watch = Watch::new(lines.iter().map(|line| (line.view.clone(), line.bell(), line.seen()))).unwrap();
    for line in &lines {
        std::thread::scope(|threads| {
            threads.spawn(|| line.ring());
            pollster::block_on(watch.changed()).unwrap();
        });
        watch.rearm(&lines.each_ref().map(Line::seen)).unwrap();
    }
    say("well");
    listen();
}

tests_alone! {
    fn without_futex_waitv_every_bell_is_heard_as_well() {
        for error in [libc::ENOSYS, libc::EPERM] {
            let mut actor = spawn("no waitv", &[&error.to_string()]);
            actor.expect("well");
            actor.hang_up();
            actor.finish();
        }
    }
}
