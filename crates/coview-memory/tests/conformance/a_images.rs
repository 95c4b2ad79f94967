//! A16, A18: images of PE files.

use std::fs::File;

use coview_memory::{Access, ErrorKind, Mapping, Pages, Protection, Result, Rights, ViewOptions};

use crate::pe::{self, Bits};
use crate::support::{TempFile, refused, under_wine, unique};

fn image(file: &File, name: &str) -> Result<Mapping> {
    Mapping::options()
        .pages(Pages::Image)
        .protection(Protection::ReadOnly)
        .file(file)
        .create(name, 0)
}

/// Win32: `ERROR_BAD_EXE_FORMAT`.
#[test]
fn a16_an_image_is_made_of_a_pe_file() {
    let of_nothing = Mapping::options().pages(Pages::Image).protection(Protection::ReadOnly);
    assert_eq!(refused(of_nothing.create("", 0)), ErrorKind::BadImage);
    assert_eq!(refused(of_nothing.create("", 4096)), ErrorKind::BadImage);
    let whole = pe::build(Bits::Pe64);
    let mut wrong = whole.clone();
    wrong[0x40] = b'N';
    for content in [&b""[..], b"MZ", b"some text", &wrong, &whole[..0x80]] {
        let file = TempFile::new("a16", content);
        let length = content.len();
        assert_eq!(
            refused(image(&file.open_to_read(), "")),
            ErrorKind::BadImage,
            "{length} bytes"
        );
    }
}

/// Not a row: a section that the file does not have. Wine lays it out.
#[test]
fn an_image_that_was_cut_short_is_none() {
    let file = TempFile::new("short-image", &pe::build(Bits::Pe64)[..0x500]);
    let made = image(&file.open_to_read(), "");
    if under_wine() {
        assert!(made.is_ok(), "Wine has learned it");
    } else {
        assert_eq!(refused(made), ErrorKind::BadImage);
    }
}

#[test]
fn a18_an_image_is_laid_out_by_its_section_headers() {
    for bits in [Bits::Pe32, Bits::Pe64] {
        let content = pe::build(bits);
        let file = TempFile::new(&format!("a18-{bits:?}"), &content);
        let name = unique(&format!("a18-{bits:?}"));
        let unnamed = image(&file.open_to_read(), "").unwrap();
        let _named = image(&file.open_to_read(), &name).unwrap();
        let opened = Mapping::options().rights(Rights::READ).open(&name).unwrap();
        for mapping in [&unnamed, &opened] {
            assert_eq!((mapping.pages(), mapping.size()), (Pages::Image, u64::from(pe::SIZE)));
            check_layout(mapping, &content);
        }
        // The file's own bytes stay where they are: the layout is the mapping's.
        assert_eq!(file.content(), content);
    }
}

fn check_layout(mapping: &Mapping, file: &[u8]) {
    let view = ViewOptions::new().access(Access::Read).map(mapping).unwrap();
    assert_eq!(view.len(), pe::SIZE as usize);
    // The DOS header and the signature; of the rest a loader may write into its copy (the base address).
    assert_eq!(view.compare(0, &file[..0x44]).unwrap(), None);
    for section in &pe::SECTIONS {
        let at = section.address as usize;
        assert_eq!(view.compare(at, section.content).unwrap(), None, "at {at:#x}");
        let rest = (section.virtual_size as usize).saturating_sub(section.content.len());
        let zeros = view.compare(at + section.content.len(), &vec![0; rest]).unwrap();
        assert_eq!(zeros, None, "behind the content of the section at {at:#x}");
    }
    let inside = ViewOptions::new()
        .access(Access::Read)
        .range(0x2010, 0x1000)
        .map(mapping)
        .unwrap();
    assert_eq!(inside.read_vec(0, 3).unwrap(), [0xDA; 3]);
}

/// Not a row. The size is the file's word: nobody may be ended by it, or made to take that much memory of their own.
#[cfg(target_os = "linux")]
#[test]
fn an_image_is_not_laid_out_in_the_programs_own_memory() {
    const PART: &str = "COVIEW_TEST_IMAGE_PART";
    const SIZE_OF_IMAGE: usize = 0x40 + 24 + 56;
    let Some(path) = std::env::var_os(PART) else {
        let mut content = pe::build(Bits::Pe64);
        content[SIZE_OF_IMAGE..][..4].copy_from_slice(&(64_u32 << 20).to_le_bytes());
        let file = TempFile::new("large-image", &content);
        let part = std::process::Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "a_images::an_image_is_not_laid_out_in_the_programs_own_memory",
            ])
            .env(PART, file.path())
            .output()
            .unwrap();
        assert!(part.status.success(), "{part:?}");
        return;
    };
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    let pages: u64 = pages.split(' ').next().unwrap().parse().unwrap();
    let taken = pages * rustix::param::page_size() as u64;
    let mut limit = rustix::process::getrlimit(rustix::process::Resource::As);
    limit.current = Some(taken + (16 << 20));
    rustix::process::setrlimit(rustix::process::Resource::As, limit).unwrap();
    let made = image(&File::open(path).unwrap(), "").unwrap();
    assert_eq!(made.size(), 64 << 20);
}

#[cfg(target_os = "linux")]
#[test]
fn whatever_the_headers_say_it_is_an_image_or_refused() {
    let whole = pe::build(Bits::Pe64);
    // But for the size's highest byte: gigabytes of zeros try nothing.
    for at in (0x3C..0x40).chain(0x44..0x93).chain(0x94..0x1C0) {
        for byte in [0, 1, 0x7F, 0xFF] {
            let mut content = whole.clone();
            content[at] = byte;
            let file = TempFile::new("any-image", &content);
            if let Err(error) = image(&file.open_to_read(), "") {
                assert_eq!(error.kind(), ErrorKind::BadImage, "{byte:#x} at {at:#x}: {error}");
            }
        }
    }
}

/// What the system says of it: the library refuses to read by such a view in any case.
#[cfg(target_os = "linux")]
#[test]
fn a_view_of_an_image_without_access_is_not_opened_by_the_sections() {
    let file = TempFile::new("no-access-image", &pe::build(Bits::Pe64));
    let mapping = image(&file.open_to_read(), "").unwrap();
    let view = ViewOptions::new().access(Access::None).map(&mapping).unwrap();
    let first = view.trusted().as_ptr().addr();
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap();
    let inside = maps.lines().filter_map(|line| {
        let (range, rest) = line.split_once(' ')?;
        let from = usize::from_str_radix(range.split_once('-')?.0, 16).ok()?;
        (first..first + view.len()).contains(&from).then_some(rest)
    });
    let rights: Vec<_> = inside.map(|rest| &rest[..3]).collect();
    assert!(
        !rights.is_empty() && rights.iter().all(|rights| *rights == "---"),
        "{rights:?}"
    );
}
