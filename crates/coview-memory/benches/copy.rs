//! What copying costs: a view's `read_to` and `write`, and the primitive below them, beside `memcpy` between the same
//! memory, in turns in one run.
//!
//! `cargo bench -p coview-memory --bench copy`. Each figure is how many times as fast as `memcpy` we are: the median of
//! the rounds' ratios; above 1, we are faster. Without `--bench` (as a test) there is one short round.

use std::hint::black_box;
use std::time::Instant;

use coview_memory::{Mapping, View};

#[path = "../src/raw/mod.rs"]
#[allow(
    unused_imports,
    reason = "the copies are all that this needs of the crate's own module"
)]
mod raw;

const SIZES: [usize; 20] = [
    1,
    3,
    8,
    16,
    24,
    32,
    64,
    96,
    128,
    200,
    256,
    512,
    1024,
    2048,
    4096,
    16 << 10,
    64 << 10,
    256 << 10,
    1 << 20,
    4 << 20,
];

/// Source and destination from the start of a page, or one of them nine bytes later.
const ALIGNMENTS: [(&str, usize, usize); 3] = [("even", 0, 0), ("source + 9", 9, 0), ("target + 9", 0, 9)];

/// A copy between the view at an offset and private memory, in a direction of its own.
type Copy = fn(&View, usize, *mut u8, usize);

/// `memcpy`, the primitive and the view, out of it and into it.
const OUT: [Copy; 3] = [
    // SAFETY: `ratios` gives a range of the view and private memory of the same length, in all of these.
    |view, at, private, len| unsafe {
        view.trusted()
            .as_ptr()
            .wrapping_add(at)
            .copy_to_nonoverlapping(private, len)
    },
    // SAFETY: as above.
    |view, at, private, len| unsafe { raw::copy_out(view.trusted().as_ptr().wrapping_add(at), private, len) },
    |view, at, private, len| {
        // SAFETY: as above.
        let private = unsafe { std::slice::from_raw_parts_mut(private, len) };
        view.read_to(at, private).unwrap();
    },
];
const INTO: [Copy; 3] = [
    // SAFETY: as above.
    |view, at, private, len| unsafe {
        view.trusted()
            .as_ptr()
            .wrapping_add(at)
            .copy_from_nonoverlapping(private, len)
    },
    // SAFETY: as above.
    |view, at, private, len| unsafe { raw::copy_in(view.trusted().as_ptr().wrapping_add(at), private, len) },
    |view, at, private, len| {
        // SAFETY: as above.
        let private = unsafe { std::slice::from_raw_parts(private, len) };
        view.write(at, private).unwrap();
    },
];

/// Nanoseconds for one copy, after one that is not timed: each finds the caches as its own kind leaves them.
fn time(copy: Copy, view: &View, at: usize, private: *mut u8, len: usize, times: usize) -> f64 {
    copy(view, at, private, len);
    let start = Instant::now();
    for _ in 0..times {
        black_box(copy)(black_box(view), black_box(at), black_box(private), black_box(len));
    }
    start.elapsed().as_secs_f64() * 1e9 / times as f64
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The time of `memcpy`, and how many times as fast the two others are.
fn ratios(copies: [Copy; 3], view: &View, at: usize, private: *mut u8, len: usize, rounds: usize) -> (f64, [f64; 2]) {
    let times = ((1 << 19) / (len + 32)).clamp(3, 4000);
    let (mut memcpy, mut ours) = (Vec::new(), [Vec::new(), Vec::new()]);
    for _ in 0..rounds {
        let [base, primitive, whole] = copies.map(|copy| time(copy, view, at, private, len, times));
        memcpy.push(base);
        ours[0].push(base / primitive);
        ours[1].push(base / whole);
    }
    (median(memcpy), ours.map(median))
}

fn main() {
    let short = !std::env::args().any(|argument| argument == "--bench");
    let rounds = if short { 1 } else { 301 };
    let most = SIZES[SIZES.len() - 1] + 4096;
    let view = Mapping::unnamed(most as u64).unwrap().view().unwrap();
    view.fill(0, most, 1).unwrap();
    let mut memory = vec![2; most + 4096];
    let page = memory.as_mut_ptr();
    let page = page.wrapping_add(page.align_offset(4096));
    println!(
        "{:>8} {:>11} | {:>11} {:>9} {:>6} | {:>11} {:>9} {:>6}",
        "bytes", "", "out memcpy", "primitive", "view", "in memcpy", "primitive", "view"
    );
    for (alignment, source, target) in ALIGNMENTS {
        for len in SIZES {
            let (out, [out_primitive, out_view]) = ratios(OUT, &view, source, page.wrapping_add(target), len, rounds);
            let (into, [in_primitive, in_view]) = ratios(INTO, &view, target, page.wrapping_add(source), len, rounds);
            print!("{len:>8} {alignment:>11} | {out:>8.1} ns {out_primitive:>9.2} {out_view:>6.2}");
            println!(" | {into:>8.1} ns {in_primitive:>9.2} {in_view:>6.2}");
        }
    }
}
