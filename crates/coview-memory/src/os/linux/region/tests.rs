//! What the set of committed pages says and memory does not have.

use super::*;
use crate::os::Pages as Kind;

fn reading(unit: usize) -> (Region, Arc<OwnedFd>) {
    let flags = rustix::fs::MemfdFlags::CLOEXEC;
    let data = Arc::new(rustix::fs::memfd_create("coview-test", flags).unwrap());
    super::super::memory::fill("test", &data, 8 * unit as u64, Kind::Reserve).unwrap();
    let wanted = Wanted {
        access: Access::Read,
        offset: 0,
        len: 8 * unit,
        unit,
        reserved: Some(8 * unit as u64),
        image: false,
    };
    (Region::map(&data, &wanted).unwrap(), data)
}

#[test]
fn a_page_that_cannot_come_is_not_reported_and_the_others_are() {
    let page = crate::os::imp::page_size();
    let (region, data) = reading(page);
    // As a full file system: a touch there is a SIGBUS.
    rustix::fs::ftruncate(&*data, 3 * page as u64).unwrap();
    if region.advise_pages(4 * page, page, Hint::LinuxPopulateRead).is_ok() {
        eprintln!("this emulator takes the advice and does nothing; only a kernel can be asked");
        return;
    }
    let mut found = Vec::new();
    let reserve = region.reserve.as_ref().unwrap();
    region
        .learn(reserve, page, 5 * page, &mut |at, len| found.push((at, len)))
        .unwrap();
    assert_eq!(found, [(page, page), (2 * page, page)]);
    // The way of old kernels.
    let base = region.pages.base;
    assert!(super::super::populate::read_by_copy(base.wrapping_add(page), 2 * page));
    assert!(!super::super::populate::read_by_copy(base.wrapping_add(page), 3 * page));
}

#[test]
fn what_is_there_is_learned_in_one_run() {
    let page = crate::os::imp::page_size();
    let (region, _data) = reading(page);
    let mut found = Vec::new();
    let reserve = region.reserve.as_ref().unwrap();
    region
        .learn(reserve, 2 * page, 4 * page, &mut |at, len| found.push((at, len)))
        .unwrap();
    assert_eq!(found, [(2 * page, 4 * page)]);
}
