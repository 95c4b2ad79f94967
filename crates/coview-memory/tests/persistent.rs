//! Mappings that outlive their handles: what persists, what does not pretend to, and who has created it.

use std::path::PathBuf;
use std::sync::Barrier;

use coview_memory::{Access, ErrorKind, Lifetime, Mapping, MappingOptions, Result, Rights, ViewOptions};

fn options() -> MappingOptions<'static> {
    Mapping::options().lifetime(Lifetime::Persistent)
}

/// A name that no other test has; its file goes at the end.
struct Persistent(String);

impl Persistent {
    fn new(what: &str) -> Self {
        Self(format!("test-persistent-{what}-{}", std::process::id()))
    }

    /// All names of these tests are their own file names.
    fn path(&self) -> PathBuf {
        let folder = if cfg!(windows) {
            PathBuf::from(std::env::var_os("LOCALAPPDATA").unwrap()).join("Coview")
        } else if let Some(state) = std::env::var_os("XDG_STATE_HOME").filter(|state| !state.is_empty()) {
            PathBuf::from(state).join("coview")
        } else {
            PathBuf::from(std::env::var_os("HOME").unwrap()).join(".local/state/coview")
        };
        folder.join(format!("{}.data", self.0))
    }
}

impl Drop for Persistent {
    fn drop(&mut self) {
        let _ = Mapping::remove_persistent(&self.0);
    }
}

#[track_caller]
fn refused(made: Result<Mapping>) -> ErrorKind {
    made.expect_err("it is refused").kind()
}

#[test]
fn the_file_is_where_these_tests_look_for_it() {
    let name = Persistent::new("where");
    let made = options().create(&name.0, 5000).unwrap();
    assert!(made.created() && made.is_file());
    assert_eq!(std::fs::metadata(name.path()).unwrap().len(), 5000);
}

#[test]
fn memory_of_that_name_does_not_persist_and_is_refused() {
    let name = Persistent::new("memory");
    let memory = Mapping::create(&name.0, 4096).unwrap();
    assert_eq!(refused(options().create(&name.0, 4096)), ErrorKind::AlreadyExists);
    assert_eq!(
        refused(options().open_or_create(&name.0, 4096)),
        ErrorKind::AlreadyExists
    );
    assert!(!name.path().exists(), "a file was left behind");
    drop(memory);
    // The file is there, and then comes memory of that name.
    drop(options().create(&name.0, 4096).unwrap());
    let _memory = Mapping::create(&name.0, 4096).unwrap();
    assert_eq!(
        refused(options().open_or_create(&name.0, 4096)),
        ErrorKind::AlreadyExists
    );
    assert_eq!(refused(options().open(&name.0)), ErrorKind::AlreadyExists);
    assert!(name.path().exists(), "the refused one removed the file");
}

/// On Windows a file that is mapped cannot be removed (row I03).
#[cfg(target_os = "linux")]
#[test]
fn a_removed_file_that_is_still_held_is_not_taken_for_the_new_one() {
    let name = Persistent::new("held");
    let held = options().create(&name.0, 4096).unwrap();
    Mapping::remove_persistent(&name.0).unwrap();
    assert_eq!(refused(options().open(&name.0)), ErrorKind::NotFound);
    for made in [options().create(&name.0, 4096), options().open_or_create(&name.0, 4096)] {
        assert_eq!(refused(made), ErrorKind::AlreadyExists);
    }
    drop(held);
    assert!(options().create(&name.0, 4096).unwrap().created());
}

#[test]
fn exactly_one_of_many_creators_has_created_it() {
    for round in 0..20 {
        let name = Persistent::new(&format!("race-{round}"));
        let start = Barrier::new(4);
        let one = |refuse: bool| {
            start.wait();
            if refuse {
                options().create(&name.0, 8192)
            } else {
                options().open_or_create(&name.0, 8192)
            }
        };
        let all: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|n| scope.spawn(move || (n, one(n % 2 == 0)))).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let created = all.iter().filter(|(_, made)| made.as_ref().is_ok_and(Mapping::created));
        assert_eq!(created.count(), 1, "{all:?}");
        for (n, made) in &all {
            match made {
                Ok(made) => assert!(made.size() == 8192 && (n % 2 == 1 || made.created()), "{all:?}"),
                Err(error) => assert_eq!((n % 2, error.kind()), (0, ErrorKind::AlreadyExists), "{all:?}"),
            }
        }
        assert!(name.path().exists(), "a creator that failed removed the file");
    }
}

#[test]
fn an_empty_file_is_taken_over_and_is_nothing_to_open() {
    let name = Persistent::new("empty");
    drop(options().create(&name.0, 1).unwrap());
    std::fs::File::create(name.path()).unwrap();
    assert_eq!(refused(options().open(&name.0)), ErrorKind::NotFound);
    let made = options().create(&name.0, 100).unwrap();
    assert!(made.created() && made.size() == 100);
}

#[test]
fn opening_gives_the_rights_that_were_asked_for_and_a_reader_is_in_no_writers_way() {
    let name = Persistent::new("rights");
    let made = options().create(&name.0, 4096).unwrap();
    made.view().unwrap().write(0, b"kept").unwrap();
    drop(made);
    let reader = options().rights(Rights::READ).open(&name.0).unwrap();
    assert_eq!((reader.rights(), reader.created()), (Rights::READ, false));
    assert_eq!(reader.view().unwrap().access(), Access::Read);
    let denied = ViewOptions::new().access(Access::Write).map(&reader).unwrap_err();
    assert_eq!(denied.kind(), ErrorKind::AccessDenied);
    let writer = options().open(&name.0).unwrap();
    assert_eq!(writer.rights(), Rights::ALL);
    writer.view().unwrap().write(0, b"news").unwrap();
    assert_eq!(reader.view().unwrap().read_vec(0, 4).unwrap(), b"news");
}

#[test]
fn a_file_that_may_only_be_read_is_opened_by_readers() {
    let name = Persistent::new("read-only");
    drop(options().create(&name.0, 4096).unwrap());
    let allow = |writing: bool| {
        let mut permissions = std::fs::metadata(name.path()).unwrap().permissions();
        permissions.set_readonly(!writing);
        std::fs::set_permissions(name.path(), permissions).unwrap();
    };
    allow(false);
    let reader = options().rights(Rights::READ).open(&name.0).unwrap();
    assert_eq!(reader.rights(), Rights::READ);
    assert_eq!(reader.view().unwrap().access(), Access::Read);
    drop(reader);
    // Who administers the machine writes whatever the bits say.
    if std::fs::File::options().write(true).open(name.path()).is_err() {
        assert_eq!(refused(options().open(&name.0)), ErrorKind::AccessDenied);
    }
    allow(true);
}

#[cfg(unix)]
#[test]
fn a_link_in_the_files_place_is_not_followed() {
    let name = Persistent::new("link");
    drop(options().create(&name.0, 4096).unwrap());
    let elsewhere = std::env::temp_dir().join(format!("coview-persistent-link-{}", std::process::id()));
    std::fs::rename(name.path(), &elsewhere).unwrap();
    std::os::unix::fs::symlink(&elsewhere, name.path()).unwrap();
    for made in [
        options().open(&name.0),
        options().rights(Rights::READ).open(&name.0),
        options().open_or_create(&name.0, 4096),
        options().create(&name.0, 4096),
    ] {
        made.unwrap_err();
    }
    std::fs::remove_file(elsewhere).unwrap();
}

/// The environment is a process's: the test plays its part in another.
#[test]
fn opening_and_removing_make_no_folder() {
    const PART: &str = "COVIEW_TEST_NO_FOLDER";
    if std::env::var_os(PART).is_some() {
        assert_eq!(refused(options().open("coview-nowhere")), ErrorKind::NotFound);
        let removed = Mapping::remove_persistent("coview-nowhere").unwrap_err();
        assert_eq!(removed.kind(), ErrorKind::NotFound);
        return;
    }
    let state = std::env::temp_dir().join(format!("coview-no-folder-{}", std::process::id()));
    let part = std::process::Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "opening_and_removing_make_no_folder"])
        .env(PART, "1")
        .env("XDG_STATE_HOME", &state)
        .env("LOCALAPPDATA", &state)
        .output()
        .unwrap();
    assert!(part.status.success(), "{part:?}");
    assert!(!state.exists(), "a folder was made");
}
