//! What the proof is for: after a place has fallen nothing is written any more, not even by a thread that was deep in
//! the kernel when its process was killed.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::time::Duration;

use coview_memory::Mapping;
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::process::{Signal, kill_process, set_parent_process_death_signal};

use crate::common::{Random, fork_child, reap, tests_alone};
use crate::spot::Spot;

const SIZE: usize = 64 << 20;
const DEAD: u8 = 0xaa;
const OURS: u8 = 2;
/// Filling the memory three times takes seconds where ThreadSanitizer checks every word of it.
const ROUNDS: usize = if cfg!(coview_portable) { 25 } else { 100 };

/// A file to copy from.
fn source() -> File {
    let file = File::from(memfd_create("source", MemfdFlags::CLOEXEC).unwrap());
    file.set_len(SIZE as u64).unwrap();
    let mapping = Mapping::options().file(&file).create("", 0).unwrap();
    mapping.view().unwrap().fill(0, SIZE, DEAD).unwrap();
    file
}

tests_alone! {
    fn nothing_is_written_after_a_place_has_fallen() {
        let source = source();
        let spot = Spot::of(Mapping::create("", SIZE as u64).unwrap());
        let view = spot.mapping.view().unwrap();
        view.prefault(0, SIZE).unwrap();
        let mut random = Random::new(3);
        let (mut halfway, mut written) = (0, 0);
        for _ in 0..ROUNDS {
            view.fill(0, SIZE, 1).unwrap();
            let child = fork_child(|| {
                // Else it copies for ever if the test ends early, and whoever reads what the test says waits for it.
                set_parent_process_death_signal(Some(Signal::KILL)).unwrap();
                let _presence = spot.take(0).unwrap();
                let base = view.trusted().as_ptr().addr();
                let copy = || {
                    let into = std::ptr::without_provenance_mut(base);
                    loop {
                        // SAFETY: the kernel writes into the view, which this process keeps until it is killed.
                        unsafe { libc::pread(source.as_raw_fd(), into, SIZE, 0) };
                    }
                };
                std::thread::scope(|threads| {
                    threads.spawn(copy);
                    threads.spawn(copy);
                });
            });
            // It copies when its first byte has arrived.
            while view.load_u32(0).unwrap() != u32::from_ne_bytes([DEAD; 4]) {
                std::thread::yield_now();
            }
            assert!(spot.is_taken(0));
            std::thread::sleep(Duration::from_micros(random.next() % 8000));
            view.fill(0, SIZE, 1).unwrap();
            kill_process(child, Signal::KILL).unwrap();
            while spot.is_taken(0) {}
            // What a peer does that has this proof: it takes the memory for its own.
            halfway += usize::from(view.load_u32(SIZE - 4).unwrap() != view.load_u32(0).unwrap());
            view.fill(0, SIZE, OURS).unwrap();
            std::thread::sleep(Duration::from_millis(20));
            let touched = (0..SIZE).step_by(4096).any(|at| view.load_u32(at).unwrap() != u32::from_ne_bytes([OURS; 4]));
            written += usize::from(touched);
            reap(child);
        }
        println!("{halfway} of {ROUNDS} were killed in the middle of a copy, {written} wrote afterwards");
        assert_eq!(written, 0);
    }
}
