//! Pages of a view whose protection changes: Win32's `VirtualProtect`, on Linux.
#![cfg(target_os = "linux")]

mod common;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use common::{assert_killed, fork_child, reap};
use coview_memory::{Access, AccessError, ErrorKind, Mapping, Pages, Protection, Result, Rights, View, ViewOptions};

fn page() -> usize {
    rustix::param::page_size()
}

fn protect(view: &View, offset: usize, len: usize, access: Access) -> Result<()> {
    // SAFETY: these tests touch no page against its protection, but in children that are to die of it, and know which
    // private content they lose.
    unsafe { view.trusted().protect(offset, len, access) }
}

fn byte(view: &View, offset: usize) -> *mut u8 {
    view.trusted().as_ptr().wrapping_add(offset)
}

/// Whether a touch of that byte ends a process, by SIGSEGV.
fn kills(view: &View, offset: usize, write: bool) -> bool {
    let at = byte(view, offset);
    let child = fork_child(|| {
        if write {
            // SAFETY: the byte lies in the view. That it may not be written is what is asked here.
            unsafe { at.write_volatile(1) };
        } else {
            // SAFETY: as above, for reading.
            unsafe { at.read_volatile() };
        }
    });
    let status = reap(child);
    if status.exit_status() == Some(0) {
        return false;
    }
    assert_killed(status);
    true
}

#[test]
fn f01_down_and_up_again_for_whole_pages() {
    let mapping = Mapping::unnamed(4 * page() as u64).unwrap();
    let view = mapping.view().unwrap();
    view.fill(0, view.len(), 7).unwrap();
    protect(&view, page() + 5, page(), Access::Read).unwrap();
    let writable: Vec<_> = (0..4).map(|at| !kills(&view, at * page(), true)).collect();
    assert_eq!(writable, [true, false, false, true]);
    assert_eq!(view.read::<u8>(page()).unwrap(), 7);
    protect(&view, page(), 2 * page(), Access::None).unwrap();
    assert!(kills(&view, page(), false) && !kills(&view, 3 * page(), false));
    protect(&view, page(), 2 * page(), Access::Write).unwrap();
    view.write(page(), &8_u8).unwrap();
    assert_eq!(mapping.view().unwrap().read::<u8>(page()).unwrap(), 8);
    protect(&view, view.len(), 0, Access::None).unwrap();
    view.write(view.len() - 1, &1_u8).unwrap();
    assert_eq!(
        protect(&view, 1, view.len(), Access::Read).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

#[test]
fn f02_the_descriptor_has_the_last_word() {
    let mapping = Mapping::unnamed(page() as u64).unwrap();
    let reader = mapping.duplicate(Rights::READ).unwrap().view().unwrap();
    for access in [Access::Write, Access::ExecuteWrite] {
        let error = protect(&reader, 0, 1, access).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
    }
    reader.read::<u8>(0).unwrap();
    assert!(kills(&reader, 0, true));
}

#[test]
fn f03_pages_become_private_and_shared_again() {
    let mapping = Mapping::unnamed(5 * page() as u64).unwrap();
    let shared = mapping.view().unwrap();
    for access in [Access::Write, Access::Read] {
        shared.fill(0, shared.len(), b'a').unwrap();
        // Neither the mapping's beginning nor a page's.
        let offset = page() + 10;
        let view = ViewOptions::new().access(access).offset(offset as u64).map(&mapping);
        let view = view.unwrap();
        protect(&view, page(), page(), Access::Copy).unwrap();
        for at in [page(), 2 * page()] {
            // SAFETY: the byte is in the view, and its page may be written now.
            unsafe { byte(&view, at).write_volatile(b'p') };
            assert_eq!(view.read::<u8>(at).unwrap(), b'p');
            assert_eq!(shared.read::<u8>(offset + at).unwrap(), b'a');
        }
        shared.write(offset, b"b").unwrap();
        assert_eq!(view.read::<u8>(0).unwrap(), b'b');
        // Reading leaves them private, as Windows does.
        protect(&view, 0, view.len(), Access::Read).unwrap();
        assert_eq!(view.read::<u8>(page()).unwrap(), b'p');
        protect(&view, page(), 1, Access::Copy).unwrap();
        assert_eq!(view.read::<u8>(page()).unwrap(), b'p');
        protect(&view, page(), 1, Access::Write).unwrap();
        assert_eq!(view.read::<u8>(page()).unwrap(), b'a');
        // SAFETY: as above; and the page is shared again.
        unsafe { byte(&view, page()).write_volatile(b's') };
        assert_eq!(shared.read::<u8>(offset + page()).unwrap(), b's');
        // Its neighbour is still private.
        assert_eq!(view.read::<u8>(2 * page()).unwrap(), b'p');
    }
}

#[test]
fn a_copy_stays_one_and_keeps_what_it_has() {
    let mapping = Mapping::unnamed(page() as u64).unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&mapping).unwrap();
    copy.write(0, b"own").unwrap();
    assert_eq!(
        protect(&copy, 0, 1, Access::Write).unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
    protect(&copy, 0, 1, Access::Read).unwrap();
    protect(&copy, 0, 1, Access::Copy).unwrap();
    assert_eq!(copy.read::<[u8; 3]>(0).unwrap(), *b"own");
    assert_eq!(mapping.view().unwrap().read::<[u8; 3]>(0).unwrap(), [0; 3]);
}

#[test]
fn pages_that_are_not_committed_have_nothing_to_protect_and_learning_undoes_nothing() {
    let mapping = Mapping::options()
        .pages(Pages::Reserve)
        .create("", 64 * page() as u64)
        .unwrap();
    let (view, other) = (mapping.view().unwrap(), mapping.view().unwrap());
    let error = protect(&view, 0, 1, Access::Read).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::AccessDenied);
    assert_eq!(
        error.to_string(),
        coview_memory::Error::from(AccessError::NotCommitted { offset: 0, len: 1 }).to_string()
    );
    // It learns of others' commits by itself.
    other.commit(0, 3 * page()).unwrap();
    protect(&view, page(), page(), Access::Read).unwrap();
    other.commit(5 * page(), page()).unwrap();
    view.sync_commits().unwrap();
    view.commit(0, 6 * page()).unwrap();
    assert!(kills(&view, page(), true) && !kills(&view, 2 * page(), true) && !kills(&view, 5 * page(), true));
    protect(&view, page(), page(), Access::Write).unwrap();
    view.write(page(), b"again").unwrap();
    assert_eq!(other.read::<[u8; 5]>(page()).unwrap(), *b"again");
}

#[test]
fn what_only_reads_can_have_private_pages_written() {
    let mapping = Mapping::options()
        .protection(Protection::ReadOnly)
        .create("", page() as u64)
        .unwrap();
    let view = mapping.view().unwrap();
    protect(&view, 0, 1, Access::Copy).unwrap();
    // SAFETY: the byte is in the view, and its page may be written now.
    unsafe { byte(&view, 0).write_volatile(9) };
    assert_eq!(
        (
            view.read::<u8>(0).unwrap(),
            mapping.view().unwrap().read::<u8>(0).unwrap()
        ),
        (9, 0)
    );
}

/// How the kernel protects the page at that address: `rw-s`, say.
fn protection_at(address: usize) -> String {
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let line = maps.lines().find(|line| {
        let (start, end) = line.split(' ').next().unwrap().split_once('-').unwrap();
        let number = |text| usize::from_str_radix(text, 16).unwrap();
        (number(start)..number(end)).contains(&address)
    });
    line.unwrap().split(' ').nth(1).unwrap().to_owned()
}

#[test]
fn learning_of_commits_gives_no_page_back_what_was_taken_from_it() {
    const LEN: usize = 4 << 20;
    let mapping = Mapping::options().pages(Pages::Reserve).create("", LEN as u64).unwrap();
    let view = mapping.view().unwrap();
    view.commit(0, LEN).unwrap();
    let stop = AtomicBool::new(false);
    let rounds = [AtomicU64::new(0), AtomicU64::new(0)];
    std::thread::scope(|scope| {
        for mine in &rounds {
            let (view, stop) = (&view, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    view.sync_commits().unwrap();
                    view.commit(0, LEN).unwrap();
                    mine.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        let mut opened = Vec::new();
        // Each page once: only the first time is anybody in the middle of opening it.
        for at in 0..LEN / page() {
            protect(&view, at * page(), page(), Access::None).unwrap();
            let before = rounds.each_ref().map(|mine| mine.load(Ordering::SeqCst));
            let is_done = |at: usize| rounds[at].load(Ordering::SeqCst) > before[at];
            while !(is_done(0) && is_done(1)) {
                std::thread::yield_now();
            }
            if protection_at(byte(&view, at * page()).addr()) != "---s" {
                opened.push(at);
            }
        }
        stop.store(true, Ordering::Relaxed);
        assert!(opened.is_empty(), "opened again: {opened:?}");
    });
}
