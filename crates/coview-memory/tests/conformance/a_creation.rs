//! A01 to A15, A32 to A35: the arguments of creating a mapping of memory.

use coview_memory::{Access, ErrorKind, Mapping, Pages, Protection, Rights, ViewOptions};

use crate::roles::Role;
use crate::support::{TempFile, refused, under_wine, unique};

/// Win32: `ERROR_INVALID_PARAMETER`.
#[test]
fn a01_memory_needs_a_size() {
    let name = unique("a01");
    assert_eq!(refused(Mapping::create(&name, 0)), ErrorKind::InvalidArgument);
    let _exists = Mapping::create(&name, 1).unwrap();
    assert_eq!(refused(Mapping::open_or_create(&name, 0)), ErrorKind::InvalidArgument);
    assert_eq!(refused(Mapping::unnamed(0)), ErrorKind::InvalidArgument);
}

/// Win32: last error 0, as against `ERROR_ALREADY_EXISTS`.
#[test]
fn a02_a_new_object_is_told_from_an_existing_one() {
    let name = unique("a02");
    let new = Mapping::open_or_create(&name, 1).unwrap();
    let existing = Mapping::open_or_create(&name, 1).unwrap();
    assert!(new.created() && !existing.created());
}

#[test]
fn a04_six_protections_of_memory_and_of_files() {
    let file = TempFile::new("a04", b"content");
    for protection in Protection::ALL {
        let options = Mapping::options().protection(protection);
        let memory = options.create("", 4096).unwrap();
        let named = options.create(&unique(&format!("a04-{protection:?}")), 4096).unwrap();
        let of_file = options.file(&file.open()).create("", 0).unwrap();
        for mapping in [memory, named, of_file] {
            assert_eq!(mapping.protection(), Some(protection));
        }
    }
}

#[test]
fn a11_memory_is_committed_unless_reserved() {
    let mapping = Mapping::unnamed(4096).unwrap();
    assert_eq!(mapping.pages(), Pages::Commit);
    mapping.view().unwrap().fill(0, 4096, 1).unwrap();
}

/// Win32: `ERROR_INVALID_PARAMETER`.
#[test]
fn a14_no_large_pages_of_a_file() {
    let file = TempFile::new("a14", &[0; 4096]);
    let large = Mapping::options().pages(Pages::Large).file(&file.open()).create("", 0);
    assert_eq!(refused(large), ErrorKind::InvalidArgument);
}

/// Win32: `ERROR_PRIVILEGE_NOT_HELD`, `ERROR_INVALID_PARAMETER`.
#[test]
fn a15_large_pages_must_be_set_up_and_whole() {
    let options = Mapping::options().pages(Pages::Large);
    let Some(page) = large_page() else {
        assert_eq!(refused(options.create("", 1 << 21)), ErrorKind::Unsupported);
        return;
    };
    let odd = options.create("", page + 4096);
    match options.create("", page) {
        Ok(mapping) => {
            assert_eq!((mapping.size(), mapping.pages()), (page, Pages::Large));
            mapping.view().unwrap().fill(0, page as usize, 1).unwrap();
        }
        Err(error) if cfg!(windows) => {
            assert_eq!(error.kind(), ErrorKind::PrivilegeNotHeld);
            assert!(!under_wine(), "Wine asks for no privilege: {error}");
            return;
        }
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::NoMemory);
            assert!(error.to_string().contains("hugepages"), "{error}");
        }
    }
    assert_eq!(refused(odd), ErrorKind::InvalidArgument);
}

fn large_page() -> Option<u64> {
    if cfg!(windows) {
        return Some(2 << 20);
    }
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("Hugepagesize:"))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()
        .map(|size| size * 1024)
}

#[test]
fn a32_fresh_memory_is_zero() {
    let pattern = Mapping::unnamed(1 << 20).unwrap();
    pattern.view().unwrap().fill(0, 1 << 20, 0xA5).unwrap();
    drop(pattern);
    for name in [String::new(), unique("a32")] {
        let fresh = Mapping::create(&name, 1 << 20).unwrap();
        assert_eq!(fresh.view().unwrap().compare(0, &vec![0; 1 << 20]).unwrap(), None);
    }
}

/// Win32: `ERROR_COMMITMENT_LIMIT`.
#[test]
fn a33_more_than_there_is_can_be_reserved_only() {
    for name in [String::new(), unique("a33")] {
        let reserved = Mapping::options().pages(Pages::Reserve).create(&name, 8 << 30).unwrap();
        assert_eq!((reserved.size(), reserved.pages()), (8 << 30, Pages::Reserve));
    }
    let all = Mapping::unnamed(512 << 30);
    if under_wine() {
        assert!(all.is_ok(), "recorded: Wine counts no commitment");
    } else {
        assert_eq!(refused(all), ErrorKind::NoMemory);
        assert_eq!(
            refused(Mapping::create(&unique("a33-all"), 512 << 30)),
            ErrorKind::NoMemory
        );
    }
}

/// Win32: `ERROR_INVALID_HANDLE` in the child.
#[test]
fn a34_a_handle_is_not_inherited_unless_asked_for() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let child = Role::Inherited.start(&[&mapping.to_inherited()]);
    assert_eq!(child.said(), "AccessDenied");
}

#[test]
fn a35_a_new_handles_rights_follow_from_the_protection() {
    let (read, write, execute) = (Rights::READ, Rights::WRITE, Rights::EXECUTE);
    for (protection, rights) in [
        (Protection::ReadOnly, read),
        (Protection::WriteCopy, read),
        (Protection::ReadWrite, read | write),
        (Protection::ExecuteRead, read | execute),
        (Protection::ExecuteWriteCopy, read | execute),
        (Protection::ExecuteReadWrite, read | write | execute),
    ] {
        let mapping = Mapping::options().protection(protection).create("", 1).unwrap();
        assert_eq!(mapping.rights(), rights, "{protection:?}");
        let writes = ViewOptions::new().access(Access::Write).map(&mapping).is_ok();
        assert_eq!(writes, rights.contains(write), "{protection:?}");
    }
}
