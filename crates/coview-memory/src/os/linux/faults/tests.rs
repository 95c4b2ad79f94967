//! The list of views: what is in it is found, whatever others do to it.

use std::os::fd::OwnedFd;
use std::sync::Arc;

use super::super::memory;
use super::super::region::{Region, Wanted};
use super::*;
use crate::os::{Pages, Place as Spot, RegionContract};
use crate::rights::Access;

fn reserved(pages: usize) -> Region {
    let page = crate::os::imp::page_size();
    let size = (pages * page) as u64;
    let data: OwnedFd = memory::unnamed("test", size, Pages::Reserve).unwrap();
    let wanted = Wanted {
        access: Access::Write,
        offset: 0,
        len: pages * page,
        unit: page,
        reserved: Some(size),
        image: false,
    };
    Region::map(&Arc::new(data), &wanted, Spot::Anywhere).unwrap()
}

#[test]
fn every_view_is_found_while_others_come_and_go() {
    let stop = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    // More than a block holds.
                    drop((0..PLACES + 5).map(|_| reserved(1)).collect::<Vec<_>>());
                }
            });
        }
        let kept: Vec<_> = (1..PLACES + 9).map(reserved).collect();
        for _ in 0..200 {
            for region in &kept {
                let base = region.base().addr();
                for address in [base, base + region.len() - 1] {
                    let found = find(address).unwrap();
                    assert!(std::ptr::eq(found, &raw const **region.reserve.as_ref().unwrap()));
                }
            }
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(find(0).is_none());
    let gone = reserved(1);
    let base = gone.base().addr();
    drop(gone);
    // Another thread's test may have got the address; ours is not in the list.
    let _ = find(base);
}

#[test]
fn a_thread_is_sent_back_to_a_page_once() {
    let page = crate::os::imp::page_size();
    assert!(!is_second_try(5 * page, 1) && is_second_try(5 * page + 9, 1));
    assert!(!is_second_try(6 * page, 1));
    assert!(!is_second_try(6 * page, 2));
    assert!(!is_second_try(5 * page, 1));
}
