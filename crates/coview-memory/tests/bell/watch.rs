//! Watches and their futures, on every system.

use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};

use coview_memory::bell::Watch;
use coview_memory::{ErrorKind, Mapping, View};

use crate::common::{Actor, listen, say, tests_alone};
use crate::executor::block_on;
use crate::line::{Line, create, name, open, spawn};

/// Sends on the line that it is told.
pub(crate) fn ringer(words: &[&str]) {
    let view = open(words[0]);
    say("ready");
    while let Ok(index) = listen().parse() {
        Line::new(&view, index).send();
    }
}

pub(crate) fn start_ringer() -> Actor {
    let mut ringer = spawn("ringer", &[]);
    ringer.expect("ready");
    ringer
}

/// Announced, and with what its bell is.
pub(crate) fn bell_of(line: &Line) -> (Arc<View>, usize, u32) {
    line.announce();
    (Arc::clone(&line.view), line.bell(), line.seen())
}

pub(crate) fn lines(view: &Arc<View>, count: usize) -> Vec<Line> {
    (0..count).map(|index| Line::new(view, index).owned()).collect()
}

/// One more piece of news on a line of several, by the protocol.
async fn receive(lines: &[Line], watch: &Watch, index: usize, number: u32) {
    loop {
        let seen: Vec<_> = lines.iter().map(|line| bell_of(line).2).collect();
        if lines[index].news() >= number {
            return;
        }
        watch.rearm(&seen).unwrap();
        watch.changed().await.unwrap();
    }
}

tests_alone! {
    fn a_watch_is_awaited_on_any_executor() {
        let view = create();
        let lines = lines(&view, 3);
        let watch = Watch::new(lines.iter().map(bell_of)).unwrap();
        let mut ringer = start_ringer();
        for number in 1..=100 {
            for index in [0, 1, 2] {
                ringer.tell(&index.to_string());
                let receive = receive(&lines, &watch, index, number);
                match number % 2 {
                    0 => block_on(receive),
                    _ => pollster::block_on(receive),
                }
            }
        }
        ringer.hang_up();
        ringer.finish();
    }

    fn without_a_ring_it_goes_off_after_a_glance() {
        let view = create();
        let watch = Watch::new([bell_of(&Line::new(&view, 0))]).unwrap();
        block_on(watch.changed()).unwrap();
        block_on(Watch::new([]).unwrap().changed()).unwrap();
    }

    fn armed_with_an_old_value_it_goes_off_at_once() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        let watch = Watch::new([bell_of(&line)]).unwrap();
        let old = line.seen();
        line.ring();
        watch.rearm(&[old]).unwrap();
        let mut future = pin!(watch.changed());
        let waker = Waker::noop();
        assert!(matches!(future.as_mut().poll(&mut Context::from_waker(waker)), Poll::Ready(Ok(()))));
    }

    fn what_cannot_be_watched_is_refused() {
        let view = create();
        let kind = |offset| Watch::new([(Arc::clone(&view), offset, 0)]).unwrap_err().kind();
        assert_eq!(kind(1 << 16), ErrorKind::OutOfRange);
        assert_eq!(kind(3), ErrorKind::InvalidArgument);
        let watch = Watch::new([bell_of(&Line::new(&view, 0))]).unwrap();
        assert_eq!(watch.rearm(&[]).unwrap_err().kind(), ErrorKind::InvalidArgument);
        assert_eq!(watch.rearm(&[0, 0]).unwrap_err().kind(), ErrorKind::InvalidArgument);
    }

    fn several_tasks_wait_for_one_watch() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        let watch = Watch::new([bell_of(&line)]).unwrap();
        std::thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| block_on(watch.changed()).unwrap());
            }
            // One that is no longer wanted.
            let mut dropped = Box::pin(watch.changed());
            let _ = dropped.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            drop(dropped);
            line.ring();
        });
    }

    fn many_watches_at_once_are_each_told() {
        let view = create();
        let lines = lines(&view, 300);
        let watches: Vec<_> = lines.chunks(5).map(|lines| Watch::new(lines.iter().map(bell_of)).unwrap()).collect();
        let mut ringer = start_ringer();
        for index in [0, 299, 150, 3, 127, 128] {
            ringer.tell(&index.to_string());
            let number = lines[index].news().max(1);
            let of = index / 5;
            block_on(receive(&lines[of * 5..of * 5 + 5], &watches[of], index % 5, number));
        }
        ringer.hang_up();
        ringer.finish();
    }

    fn a_dropped_watch_has_let_go_of_its_views() {
        for round in 0..200 {
            let mapping = Mapping::create(&name(), 4096).unwrap();
            let view = Arc::new(mapping.view().unwrap());
            let watch = Watch::new([(view, 0, 0)]).unwrap();
            if round % 2 == 0 {
                std::thread::yield_now();
            }
            drop(mapping);
            drop(watch);
            assert_eq!(Mapping::open(&name()).unwrap_err().kind(), ErrorKind::NotFound);
        }
    }

    fn a_waker_may_do_as_it_likes() {
        let view = create();
        let lines = lines(&view, 3);
        let (told, hears) = mpsc::channel();
        let other = Watch::new([bell_of(&lines[2])]).unwrap();
        let wakers = [Does::panic(), Does::then(move || drop(other)), Does::then(move || told.send(()).unwrap())];
        let watches: Vec<_> = [0, 0, 1].map(|index: usize| Watch::new([bell_of(&lines[index])]).unwrap()).into();
        let mut futures: Vec<_> = watches.iter().map(|watch| Box::pin(watch.changed())).collect();
        for (future, does) in futures.iter_mut().zip(wakers) {
            let waker = Waker::from(Arc::new(does));
            // It may have gone off by its glance.
            let _ = future.as_mut().poll(&mut Context::from_waker(&waker));
        }
        lines[0].ring();
        lines[1].ring();
        hears.recv().unwrap();
    }

    fn watches_come_and_go_in_many_threads() {
        let view = create();
        let stop = AtomicBool::new(false);
        std::thread::scope(|threads| {
            let users = [0, 1, 2].map(|index: usize| {
                let line = Line::new(&view, index).owned();
                threads.spawn(move || {
                    for _ in 0..200 {
                        let watch = Watch::new([bell_of(&line)]).unwrap();
                        block_on(watch.changed()).unwrap();
                        watch.rearm(&[line.seen()]).unwrap();
                    }
                })
            });
            threads.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    (0..3).for_each(|index| Line::new(&view, index).send());
                    std::thread::sleep(std::time::Duration::from_micros(50));
                }
            });
            for user in users {
                user.join().unwrap();
            }
            stop.store(true, Ordering::Relaxed);
        });
    }
}

/// A waker that does something, once.
struct Does(Mutex<Option<Box<dyn FnOnce() + Send>>>);

impl Does {
    fn then(act: impl FnOnce() + Send + 'static) -> Self {
        Self(Mutex::new(Some(Box::new(act))))
    }

    fn panic() -> Self {
        Self::then(|| panic!("a waker that panics, on purpose"))
    }
}

impl Wake for Does {
    fn wake(self: Arc<Self>) {
        let act = self.0.lock().unwrap().take();
        act.into_iter().for_each(|act| act());
    }
}
