//! Views at an address of the caller's choice, and at multiples of more than a page.

#[path = "conformance/pe.rs"]
#[allow(dead_code)]
mod pe;

use std::fs::File;
use std::sync::{Mutex, MutexGuard, PoisonError};

use coview_memory::{Access, ErrorKind, Mapping, Pages, Protection, View, ViewOptions};

const UNIT: usize = 64 * 1024;

fn address(view: &View) -> usize {
    view.trusted().as_ptr().addr()
}

/// One test at a time: what one has just seen free, another would take.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An address that was free a moment ago, with room around it.
fn free_address(bytes: u64) -> usize {
    let large = Mapping::options().pages(Pages::Reserve).create("", bytes).unwrap();
    let view = ViewOptions::new().aligned(UNIT).map(&large).unwrap();
    address(&view) + 4 * UNIT
}

fn image() -> Mapping {
    let path = std::env::temp_dir().join(format!("coview-test-places-{}-image", std::process::id()));
    std::fs::write(&path, pe::build(pe::Bits::Pe64)).unwrap();
    let options = Mapping::options().pages(Pages::Image).protection(Protection::ReadOnly);
    let mapping = options.file(&File::open(&path).unwrap()).create("", 0).unwrap();
    let _ = std::fs::remove_file(&path);
    mapping
}

#[test]
fn a_view_lies_at_the_free_address_that_was_asked_for() {
    let _turn = turn();
    let mapping = Mapping::unnamed(4 * UNIT as u64).unwrap();
    mapping.view().unwrap().write(2 * UNIT, b"here").unwrap();
    let wanted = free_address(1 << 26);
    let view = ViewOptions::new()
        .range(2 * UNIT as u64, 100)
        .at(wanted)
        .map(&mapping)
        .unwrap();
    assert_eq!((address(&view), view.len()), (wanted, 100));
    assert_eq!(view.read::<[u8; 4]>(0).unwrap(), *b"here");
    let taken = ViewOptions::new().at(wanted).map(&mapping).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddressInUse, "{taken}");
    // Its end is taken, not its beginning.
    let taken = ViewOptions::new().at(wanted - UNIT).map(&mapping).unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AddressInUse, "{taken}");
    view.write(0, b"kept").unwrap();
    drop(view);
    let again = ViewOptions::new().at(wanted).map(&mapping).unwrap();
    assert_eq!(
        (address(&again), again.read::<[u8; 4]>(2 * UNIT).unwrap()),
        (wanted, *b"kept")
    );
}

#[test]
fn what_is_no_place_is_refused_in_words() {
    let _turn = turn();
    let mapping = Mapping::unnamed(4 * UNIT as u64).unwrap();
    let all = ViewOptions::new();
    let wanted = free_address(1 << 27);
    for (options, kind) in [
        (all.at(wanted + 4096), ErrorKind::InvalidArgument),
        (all.at(0), ErrorKind::InvalidArgument),
        (all.at(wanted).offset(4096), ErrorKind::InvalidArgument),
        (all.aligned(0), ErrorKind::InvalidArgument),
        (all.aligned(3 * UNIT), ErrorKind::InvalidArgument),
        (all.aligned(UNIT).offset(4096), ErrorKind::InvalidArgument),
        (all.aligned(1 << 20).offset(4096), ErrorKind::InvalidArgument),
        (all.at(wanted | UNIT).aligned(2 * UNIT), ErrorKind::InvalidArgument),
        // Addresses of the kernel's, and past the last one.
        (all.at(!(UNIT - 1)), ErrorKind::AddressInUse),
    ] {
        let error = options.map(&mapping).unwrap_err();
        assert_eq!(error.kind(), kind, "{options:?}: {error}");
    }
    // A 64-bit kernel leaves 32-bit programs all of their addresses.
    if usize::BITS == 64 {
        let half = 1 << (usize::BITS - 1);
        let kernels = all.at(half).map(&mapping).unwrap_err();
        assert_eq!(kernels.kind(), ErrorKind::AddressInUse, "{kernels}");
        let nowhere = all.aligned(half).map(&mapping).unwrap_err();
        assert_eq!(nowhere.kind(), ErrorKind::NoMemory, "{nowhere}");
    }
}

#[test]
fn a_view_lies_at_a_multiple() {
    let _turn = turn();
    let mapping = Mapping::unnamed(4 * UNIT as u64).unwrap();
    let mut views = Vec::new();
    for align in [1, 8, 4096, UNIT, 1 << 20, 1 << 24] {
        for offset in [0, UNIT as u64, 3 * UNIT as u64] {
            let view = ViewOptions::new().offset(offset).aligned(align).map(&mapping).unwrap();
            assert_eq!(address(&view) % align, 0, "{align}");
            view.write(0, &offset).unwrap();
            assert_eq!(mapping.view().unwrap().read::<u64>(offset as usize).unwrap(), offset);
            views.push(view);
        }
    }
    let small = ViewOptions::new().range(4096, 5).aligned(4096).map(&mapping).unwrap();
    assert_eq!((address(&small) % 4096, small.len()), (0, 5));
    let copy = ViewOptions::new().access(Access::Copy).aligned(1 << 20);
    let copy = copy.map(&mapping).unwrap();
    copy.write(0, b"own").unwrap();
    assert_eq!(mapping.view().unwrap().read::<u8>(0).unwrap(), 0);
}

#[test]
fn a_reserved_mapping_is_mapped_where_it_was_asked_for() {
    let _turn = turn();
    let mapping = Mapping::options().pages(Pages::Reserve).create("", 1 << 24).unwrap();
    let wanted = free_address(1 << 28);
    let there = ViewOptions::new().at(wanted).map(&mapping).unwrap();
    let aligned = ViewOptions::new()
        .offset(UNIT as u64)
        .aligned(1 << 22)
        .map(&mapping)
        .unwrap();
    assert_eq!((address(&there), address(&aligned) % (1 << 22)), (wanted, 0));
    assert!(there.read::<u8>(UNIT).is_err());
    there.commit(UNIT, 4096).unwrap();
    there.write(UNIT, b"news").unwrap();
    assert!(!aligned.is_committed(0, 1).unwrap());
    aligned.sync_commits().unwrap();
    assert!(aligned.is_committed(0, 4096).unwrap() && !aligned.is_committed(0, 4097).unwrap());
    assert_eq!(aligned.read::<[u8; 4]>(0).unwrap(), *b"news");
    assert!(Mapping::unnamed(1).unwrap().view().unwrap().is_committed(0, 1).unwrap());
    assert_eq!(
        coview_memory::Error::from(there.is_committed(1, 1 << 24).unwrap_err()).kind(),
        ErrorKind::OutOfRange
    );
}

#[test]
fn an_image_is_mapped_where_it_was_asked_for() {
    let _turn = turn();
    let mapping = image();
    let plain = mapping.view().unwrap();
    let wanted = free_address(1 << 29);
    for (options, multiple) in [
        (ViewOptions::new().at(wanted), wanted),
        (ViewOptions::new().aligned(1 << 20), 1 << 20),
    ] {
        let view = match options.map(&mapping) {
            // Wine puts images where it likes.
            Err(error) if cfg!(windows) && error.kind() == ErrorKind::Unsupported => continue,
            mapped => mapped.unwrap(),
        };
        assert_eq!(address(&view) % multiple, 0);
        assert_eq!(view.read::<[u8; 2]>(0).unwrap(), *b"MZ");
        for section in &pe::SECTIONS {
            let at = section.address as usize;
            let content = view.read_vec(at, section.content.len()).unwrap();
            assert_eq!(content, section.content);
            assert_eq!(plain.read_vec(at, content.len()).unwrap(), content);
        }
    }
}
