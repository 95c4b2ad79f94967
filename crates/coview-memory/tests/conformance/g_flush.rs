//! G01 to G03, G05 to G07, G09: flushing.

use coview_memory::{Access, ErrorKind, Mapping, ViewOptions};

use crate::support::{TempFile, refused, unique};

#[test]
fn g01_flushed_bytes_are_in_the_file() {
    let file = TempFile::new("g01", &[0; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    view.write(5000, b"now").unwrap();
    assert_eq!(&file.content()[5000..5003], b"now");
    view.flush_range(5000, 3).unwrap();
    assert_eq!(&file.content()[5000..5003], b"now");
}

#[test]
fn g02_without_a_length_to_the_end() {
    let file = TempFile::new("g02", &[0; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = ViewOptions::new().offset(100).map(&mapping).unwrap();
    view.write(8899, b"!").unwrap();
    view.flush().unwrap();
    assert_eq!(file.content()[8999], b'!');
}

#[test]
fn g03_flushing_memory_succeeds() {
    for name in [String::new(), unique("g03")] {
        let mapping = Mapping::create(&name, 4096).unwrap();
        let view = mapping.view().unwrap();
        view.flush().unwrap();
        view.flush_range(1, 2).unwrap();
    }
}

/// Win32: `ERROR_INVALID_PARAMETER`.
#[test]
fn g05_a_length_beyond_the_view() {
    let file = TempFile::new("g05", &[0; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    for (offset, len) in [(0, 9001), (9001, 0), (1, usize::MAX)] {
        assert_eq!(refused(view.flush_range(offset, len)), ErrorKind::OutOfRange);
    }
}

#[test]
fn g06_the_range_need_not_be_aligned() {
    let file = TempFile::new("g06", &[0; 9000]);
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = ViewOptions::new().offset(4099).map(&mapping).unwrap();
    for (offset, len) in [(0, 1), (1, 4095), (17, 4867), (4901, 0)] {
        view.flush_range(offset, len).unwrap();
    }
}

#[test]
fn g07_metadata_is_another_call() {
    let file = TempFile::new("g07", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = mapping.view().unwrap();
    view.write(0, b"CONTENT").unwrap();
    view.flush().unwrap();
    view.flush_with_metadata().unwrap();
    assert_eq!(file.content(), b"CONTENT");
}

#[test]
fn g09_flushing_a_view_to_read() {
    let file = TempFile::new("g09", b"content");
    let mapping = Mapping::options().file(&file.open()).create("", 0).unwrap();
    let view = ViewOptions::new().access(Access::Read).map(&mapping).unwrap();
    view.flush().unwrap();
    view.flush_range(3, 2).unwrap();
}
