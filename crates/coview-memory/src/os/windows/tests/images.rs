//! PE files, laid out by the kernel: this test program's own.

use super::support::*;

fn image(file: &File) -> CreateRequest<'_> {
    CreateRequest {
        pages: Pages::Image,
        protection: Protection::ReadOnly,
        file: Some(file),
        ..request(None, 0)
    }
}

fn own() -> File {
    File::open(std::env::current_exe().unwrap()).unwrap()
}

/// Where the headers say that a number is.
fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()) as usize
}

#[test]
fn a16_what_is_no_pe_file_is_no_image() {
    for content in [&b""[..], b"MZ", &[0x55; 5000]] {
        let scratch = Scratch::new(content);
        let file = File::open(&scratch.0).unwrap();
        assert_eq!(refused(Handle::create(&image(&file))), ErrorKind::BadImage);
    }
}

#[test]
fn a18_an_image_is_laid_out_by_its_section_headers() {
    let handle = made(&image(&own()));
    assert!(handle.facts().pages == Pages::Image && handle.facts().file);
    let region = map(&handle, Access::Read);
    let headers = read(&region, 0, 4096);
    assert_eq!(&headers[..2], b"MZ");
    let pe = number(&headers, 0x3c);
    assert_eq!(&headers[pe..pe + 4], b"PE\0\0");
    // SizeOfImage, SizeOfOptionalHeader and the first section's VirtualAddress. Microsoft: "PE Format".
    let size = number(&headers, pe + 24 + 56).next_multiple_of(4096);
    assert_eq!(handle.facts().size as usize, size);
    let sections = pe + 24 + (number(&headers, pe + 20) & 0xffff);
    let (laid_out, in_file) = (number(&headers, sections + 12), number(&headers, sections + 20));
    let content = std::fs::read(std::env::current_exe().unwrap()).unwrap();
    assert_eq!(read(&region, laid_out, 64), &content[in_file..in_file + 64]);
    // Every byte of it can be read.
    assert_eq!(read(&region, 0, size).len(), size);
    region.flush(0, size).unwrap();
}

#[test]
fn a_copy_of_an_image_can_be_written_everywhere_and_a_shared_view_is_refused() {
    let file = own();
    let handle = made(&image(&file));
    let size = handle.facts().size as usize;
    let before = read(&map(&handle, Access::Read), 5, 1);
    let copy = handle
        .map(Access::Copy, 5, size - 5, Place::Anywhere)
        .unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(read(&copy, 0, 1), before);
    for at in (0..copy.len()).step_by(4096) {
        write(&copy, at, &[!before[0]]);
    }
    assert_eq!(read(&map(&handle, Access::Read), 5, 1), before);

    let data = Scratch::new(&std::fs::read(std::env::current_exe().unwrap()).unwrap());
    let file = data.open();
    let writing = made(&CreateRequest {
        protection: Protection::ReadWrite,
        ..image(&file)
    });
    assert_eq!(
        refused(writing.map(Access::Write, 0, 1, Place::Anywhere)),
        ErrorKind::AccessDenied
    );
}
