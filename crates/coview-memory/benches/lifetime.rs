//! What names cost: create, open, map and close beside the bare `shm_open` and `mmap`, in turns in one run; and what it
//! costs to be present in a mapping, and to ask who is.
//!
//! `cargo bench -p coview-memory --bench lifetime`. Each figure is the median of many rounds; the ratio is the median
//! of the rounds' ratios; below 1, we are faster. Without `--bench` (as a test) there is one short round.

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
    use std::os::fd::OwnedFd;
    use std::time::Instant;

    use coview_memory::Mapping;
    use coview_memory::liveness::Presence;
    use rustix::fs::{FallocateFlags, Mode, fallocate, fstat, ftruncate};
    use rustix::mm::{MapFlags, ProtFlags, mmap, munmap};
    use rustix::shm;

    const SIZE: u64 = 4096;

    /// A name, and how often to do it.
    type Work = fn(&str, u32);

    pub(super) fn main() {
        let short = !std::env::args().any(|argument| argument == "--bench");
        let (rounds, times) = if short { (1, 10) } else { (201, 200) };
        let name = format!("bench-lifetime-{}", std::process::id());
        println!("{:<34} {:>10} {:>10} {:>7}", "4 KiB", "Coview", "bare", "ratio");
        let rows: [(&str, Work, Work); 3] = [
            ("create, map, unmap, close, remove", ours_create, bare_create),
            ("open, map, unmap, close", ours_open, bare_open),
            ("map, unmap", ours_map, bare_map),
        ];
        for (what, ours, bare) in rows {
            let _kept = Mapping::create(&format!("{name}-kept"), SIZE).expect("the mapping to open");
            let _bare = Bare::create(&format!("{name}-kept"));
            let (mut ours_took, mut bare_took, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
            for _ in 0..rounds {
                let (a, b) = (time(ours, &name, times), time(bare, &name, times));
                ours_took.push(a);
                bare_took.push(b);
                ratios.push(a / b);
            }
            let [a, b, ratio] = [ours_took, bare_took, ratios].map(median);
            println!("{what:<34} {a:>7.2} us {b:>7.2} us {ratio:>7.2}");
        }
        for taken in [1, 100, 1000] {
            let mapping = Mapping::unnamed(SIZE).expect("the mapping to be present in");
            let _others: Vec<_> = (0..taken).map(|place| take(&mapping, place)).collect();
            let row = |what: &str, work: &dyn Fn()| {
                let took = (0..rounds).map(|_| time(|_, times| (0..times).for_each(|_| work()), &name, times));
                let what = format!("{what} ({taken} are)");
                println!("{what:<34} {:>7.2} us", median(took.collect()));
            };
            row("take, drop a place", &|| drop(take(&mapping, taken)));
            row("ask whether one is taken", &|| assert!(!is_taken(&mapping, taken)));
        }
    }

    fn take(mapping: &Mapping, place: u32) -> Presence {
        let taken = Presence::take(mapping, 1, place).expect("take a place");
        taken.expect("nobody has it")
    }

    fn is_taken(mapping: &Mapping, place: u32) -> bool {
        Presence::is_taken(mapping, 1, place).expect("ask")
    }

    fn time(work: impl Fn(&str, u32), name: &str, times: u32) -> f64 {
        let start = Instant::now();
        work(name, times);
        start.elapsed().as_secs_f64() * 1e6 / f64::from(times)
    }

    fn median(mut values: Vec<f64>) -> f64 {
        values.sort_by(f64::total_cmp);
        values[values.len() / 2]
    }

    fn ours_create(name: &str, times: u32) {
        for _ in 0..times {
            let mapping = Mapping::create(name, SIZE).expect("create");
            mapping.view().expect("map").write(0, &1u8).expect("write");
        }
    }

    fn ours_open(name: &str, times: u32) {
        let name = format!("{name}-kept");
        for _ in 0..times {
            let mapping = Mapping::open(&name).expect("open");
            mapping.view().expect("map");
        }
    }

    fn ours_map(name: &str, times: u32) {
        let mapping = Mapping::open(&format!("{name}-kept")).expect("open");
        for _ in 0..times {
            mapping.view().expect("map");
        }
    }

    fn bare_create(name: &str, times: u32) {
        for _ in 0..times {
            let bare = Bare::create(name);
            let view = BareView::map(&bare.fd);
            // SAFETY: a page that this process alone has mapped.
            unsafe { view.0.cast::<u8>().write_volatile(1) };
        }
    }

    fn bare_open(name: &str, times: u32) {
        let name = format!("/{name}-kept");
        for _ in 0..times {
            let fd = shm::open(&*name, shm::OFlags::RDWR, Mode::empty()).expect("shm_open");
            assert_eq!(fstat(&fd).expect("fstat").st_size as u64, SIZE);
            BareView::map(&fd);
        }
    }

    fn bare_map(name: &str, times: u32) {
        let fd = shm::open(&*format!("/{name}-kept"), shm::OFlags::RDWR, Mode::empty()).expect("shm_open");
        for _ in 0..times {
            BareView::map(&fd);
        }
    }

    /// The bare calls, unlinked at the end: committed as ours are.
    struct Bare {
        fd: OwnedFd,
        name: String,
    }

    impl Bare {
        fn create(name: &str) -> Self {
            let name = format!("/{name}");
            let flags = shm::OFlags::RDWR | shm::OFlags::CREATE | shm::OFlags::EXCL;
            let fd = shm::open(&*name, flags, Mode::RUSR | Mode::WUSR).expect("shm_open");
            ftruncate(&fd, SIZE).expect("ftruncate");
            fallocate(&fd, FallocateFlags::empty(), 0, SIZE).expect("fallocate");
            Self { fd, name }
        }
    }

    impl Drop for Bare {
        fn drop(&mut self) {
            shm::unlink(&*self.name).expect("shm_unlink");
        }
    }

    struct BareView(*mut std::ffi::c_void);

    impl BareView {
        fn map(fd: &OwnedFd) -> Self {
            let prot = ProtFlags::READ | ProtFlags::WRITE;
            // SAFETY: no address is given: nothing that exists is replaced.
            let base = unsafe { mmap(std::ptr::null_mut(), SIZE as usize, prot, MapFlags::SHARED, fd, 0) };
            Self(base.expect("mmap"))
        }
    }

    impl Drop for BareView {
        fn drop(&mut self) {
            // SAFETY: mapped above, and nobody keeps its address.
            unsafe { munmap(self.0, SIZE as usize) }.expect("munmap");
        }
    }
}
