//! H01, H04, H06 to H08: unmapping and closing.

use coview_memory::{ErrorKind, Mapping, ViewOptions};

use crate::roles::Role;
use crate::support::{TempFile, refused, unique};

#[test]
fn h01_unmapping_frees_the_addresses() {
    let file = TempFile::new("h01", &[7; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = ViewOptions::new()
        .range(5000, 2)
        .keep_handle(false)
        .map(&mapping)
        .unwrap();
    drop(mapping);
    assert!(is_mapped(&file));
    drop(view);
    assert!(!is_mapped(&file));
}

#[cfg(target_os = "linux")]
fn is_mapped(file: &TempFile) -> bool {
    let path = file.path().to_str().unwrap();
    std::fs::read_to_string("/proc/self/maps")
        .unwrap()
        .lines()
        .any(|line| line.ends_with(path))
}

/// A mapped file cannot be cut (I01).
#[cfg(windows)]
fn is_mapped(file: &TempFile) -> bool {
    file.open().set_len(1).is_err()
}

#[test]
fn h04_closing_a_handle_with_open_views() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let mut view = mapping.view().unwrap();
    view.write(0, b"kept").unwrap();
    drop(mapping);
    view.release_handle();
    assert_eq!(view.read_vec(0, 4).unwrap(), b"kept");
}

#[test]
fn h06_the_order_is_free() {
    for close_first in [true, false] {
        let name = unique(&format!("h06-{close_first}"));
        let mapping = Mapping::create(&name, 4096).unwrap();
        let view = ViewOptions::new().keep_handle(false).map(&mapping).unwrap();
        if close_first {
            drop(mapping);
            view.write(0, b"x").unwrap();
        } else {
            drop(view);
            mapping.view().unwrap().write(0, b"x").unwrap();
            drop(mapping);
        }
        assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
    }
}

#[test]
fn h07_what_was_written_reaches_the_file() {
    let file = TempFile::new("h07", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    mapping.view().unwrap().write(0, b"CONTENT").unwrap();
    drop(mapping);
    assert_eq!(file.content(), b"CONTENT");
}

#[test]
fn h08_a_processs_end_closes_everything() {
    let name = unique("h08");
    let other = Role::Create.start(&[&name]);
    assert_eq!(other.said(), "true \0\0\0\0");
    assert!(Mapping::identify(&name).unwrap().is_some());
    let (_, success) = other.finish();
    assert!(success);
    assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
}
