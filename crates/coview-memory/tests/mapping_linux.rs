//! Mappings over descriptors and files that others made, or damaged, on Linux.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::os::fd::{AsFd, OwnedFd};

use coview_memory::{ErrorKind, Mapping, Pages, Protection, Rights, Security, ViewOptions};
use rustix::fs::{MemfdFlags, OFlags, fcntl_getfl, ftruncate, memfd_create};

fn unique(what: &str) -> String {
    format!("test-linux-{what}-{}", std::process::id())
}

#[test]
fn a_reserved_mapping_whose_set_was_cut_off_is_corrupted_and_no_signal() {
    let name = unique("cut");
    let mapping = Mapping::options().pages(Pages::Reserve).create(&name, 1 << 20).unwrap();
    let file = File::options().write(true).open(mapping.data_path().unwrap()).unwrap();
    file.set_len(1 << 20).unwrap();
    assert_eq!(mapping.view().unwrap_err().kind(), ErrorKind::Corrupted);
    assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::Corrupted);
}

#[test]
fn more_than_there_can_be_is_refused_before_any_of_it_is_taken() {
    let error = Mapping::options()
        .pages(Pages::Reserve)
        .create("", 1 << 55)
        .unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoMemory);
}

/// More memory than machines have, in fewer addresses than there are.
#[test]
#[cfg(target_pointer_width = "64")]
fn committing_more_than_there_is_is_refused_before_any_of_it_is_taken() {
    let reserved = Mapping::options().pages(Pages::Reserve).create("", 1 << 40).unwrap();
    let view = reserved.view().unwrap();
    let error = view.commit(0, 1 << 40).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NoMemory);
    assert!(error.to_string().contains("bytes asked, and"), "{error}");
    view.commit(4096, 4096).unwrap();
    view.commit(4096, 4096).unwrap();
}

#[test]
fn who_cannot_write_hands_out_no_descriptor_that_writes() {
    let path = std::env::temp_dir().join(unique("rights"));
    std::fs::write(&path, b"bytes").unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    for protection in [Protection::ReadOnly, Protection::WriteCopy] {
        let options = Mapping::options().protection(protection);
        let named = unique("rights");
        let reserve = Mapping::options().protection(protection).pages(Pages::Reserve);
        for mapping in [
            options.create("", 4096).unwrap(),
            options.create(&named, 4096).unwrap(),
            reserve.create("", 4096).unwrap(),
            Mapping::options()
                .protection(protection)
                .file(&file)
                .create("", 0)
                .unwrap(),
        ] {
            mapping.view().unwrap();
            let flags = fcntl_getfl(mapping.as_fd()).unwrap();
            assert_eq!(flags & OFlags::RWMODE, OFlags::RDONLY, "{mapping:?}");
            let back = Mapping::try_from(OwnedFd::try_from(mapping).unwrap()).unwrap();
            assert!(!back.rights().contains(Rights::WRITE) && back.rights().contains(Rights::READ));
        }
    }
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn a_descriptor_of_large_pages_is_one_of_large_pages() {
    let Ok(memory) = memfd_create("large", MemfdFlags::CLOEXEC | MemfdFlags::HUGETLB) else {
        return;
    };
    ftruncate(&memory, 4 << 21).unwrap();
    let mapping = Mapping::try_from(memory).unwrap();
    assert_eq!(mapping.pages(), Pages::Large);
    // Any offset; there may be no such pages, and then it is that.
    match ViewOptions::new().range(4096, 4096).map(&mapping) {
        Ok(view) => view.write(0, b"large").unwrap(),
        Err(error) => assert_eq!(error.kind(), ErrorKind::NoMemory, "{error}"),
    }
}

#[test]
fn memory_that_somebody_else_left_empty_is_there_or_refused() {
    let name = unique("sparse");
    let path = std::path::Path::new("/dev/shm").join(&name);
    let file = File::create(&path).unwrap();
    file.set_len(1 << 20).unwrap();
    let blocks = || std::os::unix::fs::MetadataExt::blocks(&file.metadata().unwrap());
    Mapping::open_posix(&name, Rights::READ).unwrap();
    assert_eq!(blocks(), 0);
    let mapping = Mapping::open_posix(&name, Rights::ALL).unwrap();
    assert_eq!((mapping.size(), blocks()), (1 << 20, 2048));
    file.set_len(1 << 45).unwrap();
    for (rights, refused) in [(Rights::ALL, true), (Rights::READ, false)] {
        let opened = Mapping::open_posix(&name, rights);
        assert_eq!(
            opened.err().map(|error| error.kind()),
            refused.then_some(ErrorKind::NoMemory)
        );
    }
    let file = File::options().read(true).write(true).open(&path).unwrap();
    let mapped = Mapping::options().file(&file).create("", 0);
    assert_eq!(mapped.unwrap_err().kind(), ErrorKind::NoMemory);
    std::fs::remove_file(&path).unwrap();
}

#[test]
fn data_that_only_another_users_process_can_show_is_denied() {
    use std::os::unix::process::CommandExt;
    const NAME: &str = "COVIEW_TEST_OPEN";
    if let Ok(name) = std::env::var(NAME) {
        let error = Mapping::options().rights(Rights::READ).open(&name).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
        assert!(error.to_string().contains("another user's"), "{error}");
        println!("denied as it should be");
        return;
    }
    if !rustix::process::geteuid().is_root() {
        return; // Nobody to become.
    }
    let path = std::env::temp_dir().join(unique("shown"));
    std::fs::write(&path, b"bytes").unwrap();
    let file = File::options().read(true).write(true).open(&path).unwrap();
    let name = format!("Global\\{}", unique("shown"));
    let security = Security::mode(0o666);
    let _mapping = Mapping::options()
        .file(&file)
        .security(security)
        .create(&name, 0)
        .unwrap();
    std::fs::remove_file(&path).unwrap();
    let mut other = std::process::Command::new(std::env::current_exe().unwrap());
    other
        .args([
            "--exact",
            "--nocapture",
            "data_that_only_another_users_process_can_show_is_denied",
        ])
        .env(NAME, &name)
        .uid(65534)
        .gid(65534);
    // Where that user cannot reach this program, nothing is learned.
    if let Ok(output) = other.output() {
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("denied as it should be"),
            "{text}"
        );
    }
}
