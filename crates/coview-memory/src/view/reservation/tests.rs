//! Reservations: addresses that are kept, memory of one's own there, and views in their place.

use super::*;
use crate::{Pages, Rights};

const UNIT: usize = 64 * 1024;

fn ring(mapping: &Mapping) -> (View, View) {
    let (first, second) = Reservation::new(2 * UNIT).unwrap().split(UNIT).unwrap();
    let map = |place| ViewOptions::new().map_into(mapping, place).unwrap();
    (map(first), map(second))
}

#[test]
fn a_range_mapped_twice_goes_on_at_its_beginning() {
    let mapping = Mapping::unnamed(UNIT as u64).unwrap();
    let (first, second) = ring(&mapping);
    let start = first.trusted().as_ptr();
    assert_eq!(second.trusted().as_ptr().addr(), start.addr() + UNIT);
    for at in 0..8 {
        // SAFETY: over the seam, within the two views, which are neighbours and this test's alone.
        unsafe { start.wrapping_add(UNIT - 4 + at).write_volatile(at as u8) };
    }
    assert_eq!(first.read_vec(UNIT - 4, 4).unwrap(), [0, 1, 2, 3]);
    assert_eq!(first.read_vec(0, 4).unwrap(), [4, 5, 6, 7]);
    drop(first);
    assert_eq!(second.read_vec(0, 4).unwrap(), [4, 5, 6, 7], "the neighbour stays");
}

#[test]
fn what_is_reserved_is_nobody_elses() {
    let place = Reservation::aligned(1, 1 << 20).unwrap();
    assert_eq!((place.len(), place.address() % (1 << 20)), (page::size(), 0));
    let taken = Reservation::at(place.address(), 1).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddressInUse);
    let mapping = Mapping::unnamed(UNIT as u64).unwrap();
    let view = ViewOptions::new().at(place.address()).map(&mapping);
    assert_eq!(view.unwrap_err().kind(), ErrorKind::AddressInUse);
    for bad in [Reservation::new(0), Reservation::aligned(1, 3), Reservation::at(1, 1)] {
        assert_eq!(bad.unwrap_err().kind(), ErrorKind::InvalidArgument);
    }
    assert_eq!(Reservation::new(usize::MAX).unwrap_err().kind(), ErrorKind::NoMemory);
}

#[test]
fn what_does_not_fit_gives_the_reservation_back() {
    let mapping = Mapping::unnamed(UNIT as u64).unwrap();
    let place = Reservation::new(2 * UNIT).unwrap();
    let address = place.address();
    let (error, place) = ViewOptions::new().map_into(&mapping, place).unwrap_err();
    assert_eq!((error.kind(), place.address()), (ErrorKind::InvalidArgument, address));
    let reader = mapping.duplicate(Rights::READ).unwrap();
    let (first, _) = place.split(UNIT).unwrap();
    let (error, first) = ViewOptions::new()
        .access(Access::Write)
        .map_into(&reader, first)
        .unwrap_err();
    assert_eq!((error.kind(), first.address()), (ErrorKind::AccessDenied, address));
    let view = ViewOptions::new().map_into(&reader, first).unwrap();
    assert_eq!((view.access(), view.trusted().as_ptr().addr()), (Access::Read, address));
    for at in [0, 1, UNIT] {
        let (refused, whole) = Reservation::new(UNIT).unwrap().split(at).unwrap_err();
        assert_eq!((refused.kind(), whole.len()), (ErrorKind::InvalidArgument, UNIT));
    }
}

#[test]
fn memory_of_ones_own_is_zero_and_goes_when_it_is_taken_away() {
    let (page, place) = (page::size(), Reservation::new(4 * page::size()).unwrap());
    assert!(!place.is_committed(0, 1));
    place.commit(page + 1, page, Access::Write).unwrap();
    assert!(place.is_committed(page, 2 * page) && !place.is_committed(0, page) && !place.is_committed(page, 3 * page));
    let at = place.as_ptr().wrapping_add(page);
    // SAFETY: committed above, and this test's alone.
    unsafe { at.write_volatile(7) };
    place.commit(0, 4 * page, Access::Write).unwrap();
    // SAFETY: as above.
    assert_eq!(unsafe { at.read_volatile() }, 7, "committing twice changes nothing");
    assert_eq!(place.committed_run(page), (true, 4 * page));
    let (first, second) = place.split(2 * page).unwrap();
    assert!(first.is_committed(0, 2 * page) && second.is_committed(0, 2 * page));
    // SAFETY: nobody relies on it.
    unsafe { first.decommit(page, page) }.unwrap();
    assert!(first.is_committed(0, page) && !first.is_committed(page, 1));
    assert_eq!(
        (first.committed_run(0), first.committed_run(page)),
        ((true, page), (false, 2 * page))
    );
    // SAFETY: nobody touches it.
    let missing = unsafe { first.protect(page, 1, Access::Read) };
    assert_eq!(missing.unwrap_err().kind(), ErrorKind::AccessDenied);
    first.commit(page, 1, Access::Read).unwrap();
    // SAFETY: committed again.
    assert_eq!(unsafe { at.read_volatile() }, 0);
    assert_eq!(
        first.commit(0, 1, Access::Copy).unwrap_err().kind(),
        ErrorKind::InvalidArgument
    );
    assert_eq!(
        first.commit(page, 2 * page, Access::Read).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

#[test]
fn a_view_leaves_its_addresses_as_a_reservation() {
    let mapping = Mapping::unnamed(UNIT as u64).unwrap();
    let view = mapping.view().unwrap();
    let address = view.trusted().as_ptr().addr();
    let place = view.into_reservation();
    assert_eq!(
        (place.address(), place.len(), place.is_committed(0, 1)),
        (address, UNIT, false)
    );
    let again = ViewOptions::new().map_into(&mapping, place).unwrap();
    assert_eq!(again.trusted().as_ptr().addr(), address);
}

#[test]
fn a_view_of_a_reserved_mapping_takes_a_place_too() {
    let mapping = Mapping::options()
        .pages(Pages::Reserve)
        .create("", UNIT as u64)
        .unwrap();
    let view = ViewOptions::new()
        .map_into(&mapping, Reservation::new(UNIT).unwrap())
        .unwrap();
    assert!(view.write(0, b"x").is_err());
    view.commit(0, 1).unwrap();
    view.write(0, b"x").unwrap();
}
