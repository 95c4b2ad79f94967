//! Mappings and views, as their users see them, in one process.

use coview_memory::{
    Access, AccessError, ErrorKind, Lifetime, Mapping, Pages, Protection, Rights, Scope, Security, ViewOptions,
};

fn unique(what: &str) -> String {
    format!("test-mapping-{what}-{}", std::process::id())
}

#[test]
fn what_one_handle_writes_another_reads_and_the_name_goes_with_the_last() {
    let name = unique("hello");
    let first = Mapping::create(&name, 5 * 1024).unwrap();
    assert!(first.created());
    assert_eq!(first.size() % 4096, 0);
    first.view().unwrap().write(0, b"3:1\0").unwrap();
    let second = Mapping::open(&name).unwrap();
    assert!(!second.created());
    let mut buf = [0; 4];
    second.view().unwrap().read_to(0, &mut buf).unwrap();
    assert_eq!(&buf, b"3:1\0");
    drop(first);
    let third = Mapping::open_or_create(&name, 1).unwrap();
    assert!(!third.created());
    drop((second, third));
    assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_view_may_keep_the_handle_or_let_it_go() {
    let name = unique("keep");
    let mapping = Mapping::create(&name, 4096).unwrap();
    let mut view = mapping.view().unwrap();
    view.write(7, &9u8).unwrap();
    drop(mapping);
    assert!(Mapping::open(&name).is_ok());
    view.release_handle();
    assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
    let fresh = Mapping::create(&name, 4096).unwrap();
    assert_eq!(fresh.view().unwrap().read::<u8>(7).unwrap(), 0);
    assert_eq!(view.read::<u8>(7).unwrap(), 9);
}

#[test]
fn any_offset_and_length_and_both_numbers_in_the_error() {
    let mapping = Mapping::unnamed(3 * 4096).unwrap();
    let odd = ViewOptions::new().range(4097, 5000).map(&mapping).unwrap();
    odd.write(0, b"odd").unwrap();
    assert_eq!(mapping.view().unwrap().read_vec(4097, 3).unwrap(), b"odd");
    assert_eq!(
        odd.write(4999, b"ab").unwrap_err(),
        AccessError::OutOfRange {
            offset: 4999,
            len: 2,
            view: 5000
        }
    );
    assert_eq!(
        odd.load_u32(0).unwrap_err(),
        AccessError::Misaligned {
            position: 4097,
            align: 4
        }
    );
    assert_eq!(odd.load_u32(3).unwrap(), 0);
    // On every processor, those among them where Rust aligns a 64-bit integer to 4 bytes.
    assert_eq!(
        odd.load_u64(3).unwrap_err(),
        AccessError::Misaligned {
            position: 4100,
            align: 8
        }
    );
    assert_eq!(
        odd.load_u32(usize::MAX).unwrap_err(),
        AccessError::OutOfRange {
            offset: usize::MAX,
            len: 4,
            view: 5000
        }
    );
    let beyond = ViewOptions::new().range(4096, 2 * 4096 + 1).map(&mapping).unwrap_err();
    assert_eq!(beyond.kind(), ErrorKind::OutOfRange);
    assert!(
        beyond.to_string().contains("8193") && beyond.to_string().contains("12288"),
        "{beyond}"
    );
}

#[test]
fn words_are_one_thing_in_all_views() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let (one, two) = (mapping.view().unwrap(), mapping.view().unwrap());
    one.store_u64(8, 40).unwrap();
    assert_eq!(two.fetch_add_u64(8, 2).unwrap(), 40);
    assert_eq!(one.compare_exchange_u64(8, 42, 1).unwrap(), Ok(42));
    assert_eq!(one.compare_exchange_u64(8, 42, 1).unwrap(), Err(1));
    assert_eq!(two.swap_u32(8, 5).unwrap(), 1);
    assert_eq!(one.read::<[u8; 8]>(8).unwrap(), [5, 0, 0, 0, 0, 0, 0, 0]);
}

#[test]
fn copies_are_private_and_reading_views_refuse() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let shared = mapping.view().unwrap();
    let copy = ViewOptions::new().access(Access::Copy).map(&mapping).unwrap();
    let read = ViewOptions::new().access(Access::Read).map(&mapping).unwrap();
    shared.write(0, b"all").unwrap();
    assert_eq!(copy.read_vec(0, 3).unwrap(), b"all");
    copy.write(0, b"own").unwrap();
    assert_eq!(read.read_vec(0, 3).unwrap(), b"all");
    assert_eq!(read.write(0, b"no").unwrap_err(), AccessError::ReadOnly);
    assert_eq!(read.load_u64(0).unwrap() as u32, u32::from_le_bytes(*b"all\0"));
    let none = ViewOptions::new().access(Access::None).map(&mapping).unwrap();
    assert_eq!(none.read::<u8>(0).unwrap_err(), AccessError::NoAccess);
}

#[test]
fn reserved_memory_comes_by_commit_and_others_learn_of_it() {
    let name = unique("reserve");
    let mapping = Mapping::options().pages(Pages::Reserve).create(&name, 1 << 28).unwrap();
    let here = mapping.view().unwrap();
    let there = Mapping::open(&name).unwrap().view().unwrap();
    assert_eq!(
        here.read::<u8>(0).unwrap_err(),
        AccessError::NotCommitted { offset: 0, len: 1 }
    );
    here.commit(1 << 20, 8192).unwrap();
    here.commit(1 << 20, 8192).unwrap();
    here.write(1 << 20, b"news").unwrap();
    assert!(there.read::<u8>(1 << 20).is_err());
    there.sync_commits().unwrap();
    assert_eq!(there.read_vec(1 << 20, 4).unwrap(), b"news");
    assert!(there.read_vec((1 << 20) + 8191, 2).is_err());
    let later = mapping.view().unwrap();
    assert_eq!(later.read_vec(1 << 20, 4).unwrap(), b"news");
    assert_eq!(
        mapping.view().unwrap().commit(1 << 28, 1).unwrap_err().kind(),
        ErrorKind::OutOfRange
    );
}

#[test]
fn the_scopes_are_apart_and_a_missing_name_says_where_else_it_is() {
    let name = unique("scope");
    let global = Mapping::create(&format!("Global\\{name}"), 4096).unwrap();
    let error = Mapping::open(&name).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    if cfg!(target_os = "linux") {
        assert!(error.to_string().contains("Global"), "{error}");
    }
    let local = Mapping::create(&format!("Local\\{name}"), 4096).unwrap();
    local.view().unwrap().write(0, b"local").unwrap();
    assert_eq!(global.view().unwrap().read::<u8>(0).unwrap(), 0);
    assert_eq!(
        Mapping::open(&name).unwrap().view().unwrap().read_vec(0, 5).unwrap(),
        b"local"
    );
    let _ = Scope::Local;
}

#[test]
fn a_handle_with_fewer_rights_does_less() {
    let mapping = Mapping::unnamed(4096).unwrap();
    let reader = mapping.duplicate(Rights::READ).unwrap();
    assert_eq!(
        reader.duplicate(Rights::WRITE).unwrap_err().kind(),
        ErrorKind::AccessDenied
    );
    assert_eq!(
        ViewOptions::new()
            .access(Access::Write)
            .map(&reader)
            .unwrap_err()
            .kind(),
        ErrorKind::AccessDenied
    );
    assert_eq!(reader.view().unwrap().access(), Access::Read);
    let writer = mapping.duplicate(Rights::WRITE).unwrap();
    assert!(ViewOptions::new().access(Access::Write).map(&writer).is_ok());
    assert!(ViewOptions::new().access(Access::Read).map(&writer).is_err());
    assert!(mapping.duplicate(Rights::NONE).unwrap().view().is_err());
}

#[test]
fn protections_and_bad_arguments_are_typed() {
    let read_only = Mapping::options()
        .protection(Protection::ReadOnly)
        .create("", 1)
        .unwrap();
    assert_eq!(read_only.view().unwrap().access(), Access::Read);
    assert_eq!(Mapping::unnamed(0).unwrap_err().kind(), ErrorKind::InvalidArgument);
    assert_eq!(Mapping::unnamed(u64::MAX).unwrap_err().kind(), ErrorKind::NoMemory);
    assert_eq!(Mapping::unnamed(1 << 50).unwrap_err().kind(), ErrorKind::NoMemory);
    assert_eq!(
        Mapping::create(&unique("huge"), 1 << 50).unwrap_err().kind(),
        ErrorKind::NoMemory
    );
    let local = Mapping::options()
        .security(Security::mode(0o666))
        .create(&unique("wide"), 1);
    assert_eq!(local.unwrap_err().kind(), ErrorKind::InvalidArgument);
    let twice = unique("twice");
    let _one = Mapping::create(&twice, 1).unwrap();
    assert_eq!(Mapping::create(&twice, 1).unwrap_err().kind(), ErrorKind::AlreadyExists);
}

#[test]
fn a_persistent_mapping_outlives_its_handles() {
    let name = unique("persistent");
    let mut options = Mapping::options();
    options = options.lifetime(Lifetime::Persistent);
    let first = options.open_or_create(&name, 5000).unwrap();
    assert!(first.created() && first.size() == 5000);
    first.view().unwrap().write(4996, b"kept").unwrap();
    drop(first);
    assert_eq!(options.create(&name, 1).unwrap_err().kind(), ErrorKind::AlreadyExists);
    let again = options.open_or_create(&name, 1).unwrap();
    assert!(!again.created());
    assert_eq!(again.view().unwrap().read_vec(4996, 4).unwrap(), b"kept");
    drop(again);
    assert_eq!(options.open(&name).unwrap().size(), 5000);
    Mapping::remove_persistent(&name).unwrap();
    assert_eq!(options.open(&name).unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn a_file_is_mapped_to_the_byte() {
    let path = std::env::temp_dir().join(unique("file"));
    std::fs::write(&path, b"twelve bytes").unwrap();
    let file = std::fs::File::options().read(true).write(true).open(&path).unwrap();
    let name = unique("file");
    let mapping = Mapping::options().file(&file).create(&name, 0).unwrap();
    assert_eq!(mapping.size(), 12);
    let view = mapping.view().unwrap();
    view.write(0, b"TWELVE").unwrap();
    view.flush_with_metadata().unwrap();
    assert_eq!(std::fs::read(&path).unwrap(), b"TWELVE bytes");
    let other = Mapping::open(&name).unwrap();
    assert_eq!(other.view().unwrap().read_vec(7, 5).unwrap(), b"bytes");
    assert_eq!(
        other.view().unwrap().read_vec(7, 6).unwrap_err(),
        AccessError::OutOfRange {
            offset: 7,
            len: 6,
            view: 12
        }
    );
    drop((view, mapping, other));
    std::fs::remove_file(&path).unwrap();
}
