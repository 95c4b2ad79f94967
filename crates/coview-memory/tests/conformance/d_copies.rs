//! D21 to D23, D26: views that copy what they write.

use coview_memory::{Access, Mapping, ViewOptions};

use crate::support::TempFile;

#[test]
fn d21_what_is_written_to_a_copy_is_its_own() {
    let file = TempFile::new("d21", b"shared");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let copies = ViewOptions::new().access(Access::Copy);
    let (one, two) = (copies.map(&mapping).unwrap(), copies.map(&mapping).unwrap());
    one.write(0, b"own").unwrap();
    one.flush().unwrap();
    assert_eq!(one.read_vec(0, 6).unwrap(), b"ownred");
    for other in [&two, &mapping.view().unwrap()] {
        assert_eq!(other.read_vec(0, 6).unwrap(), b"shared");
    }
    drop(one);
    assert_eq!(copies.map(&mapping).unwrap().read_vec(0, 6).unwrap(), b"shared");
    assert_eq!(file.content(), b"shared");
}

#[test]
fn d22_a_copy_follows_others_where_it_has_not_written() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&mapping).unwrap();
    for value in [1u8, 2, 3] {
        mapping.view().unwrap().write(0, &value).unwrap();
        assert_eq!(copy.read::<u8>(0).unwrap(), value);
    }
}

#[test]
fn d23_a_written_page_becomes_private_and_no_other() {
    let page = Mapping::unnamed(1).unwrap().size() as usize;
    let mapping = Mapping::unnamed(3 * page as u64).unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&mapping).unwrap();
    copy.write(page, b"own").unwrap();
    let shared = mapping.view().unwrap();
    for offset in [0, page, 2 * page] {
        shared.write(offset, b"all").unwrap();
    }
    assert_eq!(copy.read_vec(0, 3).unwrap(), b"all");
    assert_eq!(copy.read_vec(page, 3).unwrap(), b"own");
    assert_eq!(copy.read_vec(2 * page, 3).unwrap(), b"all");
}

#[test]
fn d26_every_page_of_a_copy_can_be_written() {
    let mapping = Mapping::unnamed(1 << 20).unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&mapping).unwrap();
    copy.fill(0, 1 << 20, 7).unwrap();
    assert_eq!(mapping.view().unwrap().compare(0, &vec![0; 1 << 20]).unwrap(), None);
}
