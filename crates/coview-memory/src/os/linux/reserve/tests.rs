//! What the set of committed pages says and memory does not have.

use super::super::region::{Region, Wanted};
use super::*;
use crate::os::{Pages, Place};
use crate::rights::Access;

fn reading(unit: usize) -> (Region, Arc<OwnedFd>) {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let data = Arc::new(rustix::fs::memfd_create("coview-test", flags).unwrap());
    memory::fill("test", &data, 8 * unit as u64, Pages::Reserve).unwrap();
    let wanted = Wanted {
        access: Access::Read,
        offset: 0,
        len: 8 * unit,
        unit,
        reserved: Some(8 * unit as u64),
        image: false,
    };
    (Region::map(&data, &wanted, Place::Anywhere).unwrap(), data)
}

#[test]
fn a_page_that_cannot_come_is_not_reported_and_the_others_are() {
    let page = crate::os::imp::page_size();
    let (region, data) = reading(page);
    // As a full file system: a touch there is a SIGBUS.
    rustix::fs::ftruncate(&*data, 3 * page as u64).unwrap();
    let reserve = region.reserve.as_ref().unwrap();
    // SAFETY: reading changes no byte.
    if unsafe { reserve.pages.advise(4 * page, page, Advice::LinuxPopulateRead) }.is_ok() {
        eprintln!("this emulator takes the advice and does nothing; only a kernel can be asked");
        return;
    }
    let mut found = Vec::new();
    reserve
        .learn(page, 5 * page, &mut |at, len| found.push((at, len)))
        .unwrap();
    assert_eq!(found, [(page, page), (2 * page, page)]);
    // The way of old kernels.
    let base = reserve.pages.base;
    assert!(populate::read_by_copy(base.wrapping_add(page), 2 * page));
    assert!(!populate::read_by_copy(base.wrapping_add(page), 3 * page));
}

#[test]
fn what_is_there_is_learned_in_one_run() {
    let page = crate::os::imp::page_size();
    let (region, _data) = reading(page);
    let mut found = Vec::new();
    let reserve = region.reserve.as_ref().unwrap();
    reserve
        .learn(2 * page, 4 * page, &mut |at, len| found.push((at, len)))
        .unwrap();
    assert_eq!(found, [(2 * page, 4 * page)]);
}

#[test]
fn a_touch_is_repeated_where_there_is_memory() {
    let page = crate::os::imp::page_size();
    let (region, data) = reading(page);
    let reserve = region.reserve.as_ref().unwrap();
    let is_open = |at: usize| {
        // Without a touch: the kernel says so.
        populate::read_by_copy(reserve.pages.base.wrapping_add(at), page)
    };
    // Of the eight pages three, behind each other.
    let set = [0b0001_1100_u8];
    rustix::io::pwrite(&*data, &set, 8 * page as u64).unwrap();
    let address = |at: usize| reserve.pages.address() + at * page;
    assert!(!reserve.learn_of(address(1)) && !reserve.learn_of(address(5)) && !reserve.learn_of(address(8)));
    reserve.note_changed(4 * page..5 * page, ProtFlags::empty());
    assert!(!reserve.learn_of(address(4)));
    assert!(reserve.learn_of(address(3) + 7));
    if !populate::read_by_copy((&raw const set).cast(), 1) {
        eprintln!("this emulator copies nothing out of a process; only a kernel can be asked");
        return;
    }
    assert_eq!(
        [1, 2, 3, 4, 5].map(|at| is_open(at * page)),
        [false, true, true, false, false]
    );
    // The set lies: as a full file system.
    rustix::fs::ftruncate(&*data, 6 * page as u64).unwrap();
    assert!(reserve.is_brought(5 * page, page));
    if !reserve.is_there(6 * page, page) {
        assert!(!reserve.is_brought(5 * page, 2 * page) && !reserve.is_brought(7 * page, page));
        assert!(!is_open(6 * page));
    }
}
