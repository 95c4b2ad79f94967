//! Things that somebody put where files of ours belong.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use coview_memory::{ErrorKind, Mapping};
use rustix::fs::{CWD, FileType, Mode};

use crate::common::tests_alone;
use crate::mounts::skipped;

fn folder() -> PathBuf {
    let user = rustix::process::geteuid().as_raw();
    Mapping::directory().join(format!("coview-{user}"))
}

/// A file that a planted link leads to; it must stay as it is.
struct Victim(PathBuf);

impl Victim {
    fn new() -> Self {
        let path = Mapping::directory().join("victim");
        fs::write(&path, b"untouched").unwrap();
        Self(path)
    }

    #[track_caller]
    fn must_be_untouched(self) {
        assert_eq!(fs::read(&self.0).unwrap(), b"untouched");
        fs::remove_file(self.0).unwrap();
    }
}

fn fifo(path: &Path) {
    rustix::fs::mknodat(CWD, path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
}

tests_alone! {
    fn links_are_followed_nowhere() {
        let victim = Victim::new();
        drop(Mapping::create("first", 1).unwrap());
        for name in ["linked", r"Global\linked"] {
            let place = |suffix: &str| match name.starts_with("Global") {
                true => Mapping::directory().join(format!("coview-global.linked{suffix}")),
                false => folder().join(format!("linked{suffix}")),
            };
            // In the place of an object: it is in the way, and says so.
            symlink(&victim.0, place(".object")).unwrap();
            assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::Corrupted);
            assert_eq!(Mapping::create(name, 4096).unwrap_err().kind(), ErrorKind::Corrupted);
            fs::remove_file(place(".object")).unwrap();
            // In the place of what a dead creator leaves: it is removed as that would be.
            for suffix in [".data", ".new"] {
                symlink(&victim.0, place(suffix)).unwrap();
                let mapping = Mapping::create(name, 4096).unwrap();
                mapping.view().unwrap().write(0, b"not the victim").unwrap();
                drop(mapping);
                assert!(fs::symlink_metadata(place(suffix)).is_err());
            }
            // In the place of a live object's data.
            let mapping = Mapping::create(name, 4096).unwrap();
            fs::remove_file(place(".data")).unwrap();
            symlink(&victim.0, place(".data")).unwrap();
            // Its own data is still in the hands of this process, and is found there.
            mapping.view().unwrap().write(0, b"its own").unwrap();
            assert_eq!(Mapping::open(name).unwrap().view().unwrap().read_vec(0, 7).unwrap(), b"its own");
            drop(mapping);
            assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::NotFound);
        }
        victim.must_be_untouched();
    }

    fn a_link_as_lock_file_or_directory_is_refused() {
        let victim = Victim::new();
        fs::create_dir(folder()).unwrap();
        fs::set_permissions(folder(), Permissions::from_mode(0o700)).unwrap();
        for lock in [folder().join(".lock"), Mapping::directory().join("coview-global.lock")] {
            symlink(&victim.0, &lock).unwrap();
            let name = if lock.starts_with(folder()) { "x" } else { r"Global\x" };
            let error = Mapping::create(name, 1).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Corrupted, "{error}");
            assert!(error.to_string().contains("lock file"), "{error}");
            fs::remove_file(&lock).unwrap();
        }
        fs::remove_dir_all(folder()).unwrap();
        let elsewhere = Mapping::directory().join("elsewhere");
        fs::create_dir(&elsewhere).unwrap();
        symlink(&elsewhere, folder()).unwrap();
        assert_eq!(Mapping::create("x", 1).unwrap_err().kind(), ErrorKind::AccessDenied);
        fs::remove_file(folder()).unwrap();
        assert_eq!(fs::read_dir(&elsewhere).unwrap().count(), 0);
        fs::remove_dir(&elsewhere).unwrap();
        victim.must_be_untouched();
    }

    fn a_directory_that_lets_others_in_is_refused_and_says_how_to_mend_it() {
        drop(Mapping::create("x", 1).unwrap());
        // The name space is looked at when a process first uses it.
        for mode in [0o777, 0o770, 0o701] {
            fs::set_permissions(folder(), Permissions::from_mode(mode)).unwrap();
            fs::remove_file(folder().join(".lock")).unwrap();
            let error = Mapping::create("x", 1).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AccessDenied);
            assert!(error.to_string().contains("chmod 700"), "{error}");
            fs::set_permissions(folder(), Permissions::from_mode(0o700)).unwrap();
            drop(Mapping::create("x", 1).unwrap());
        }
    }

    fn a_pipe_a_directory_and_a_device_are_no_objects() {
        drop(Mapping::create("first", 1).unwrap());
        let object = folder().join("odd.object");
        let looked_at = || {
            for found in [Mapping::open("odd").map(drop), Mapping::identify("odd").map(drop)] {
                if let Err(error) = found {
                    assert!(matches!(error.kind(), ErrorKind::Corrupted | ErrorKind::NotFound), "{error}");
                }
            }
            match Mapping::create("odd", 4096) {
                Ok(mapping) => assert!(mapping.created()),
                Err(error) => assert!(
                    matches!(error.kind(), ErrorKind::Corrupted | ErrorKind::AccessDenied),
                    "{error}"
                ),
            }
        };
        fifo(&object);
        looked_at();
        let _ = fs::remove_file(&object);
        fs::create_dir(&object).unwrap();
        looked_at();
        fs::remove_dir(&object).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(&object).unwrap();
        looked_at();
        drop(socket);
        let _ = fs::remove_file(&object);
        let device = rustix::fs::makedev(1, 3);
        match rustix::fs::mknodat(CWD, &object, FileType::CharacterDevice, Mode::RUSR | Mode::WUSR, device) {
            Ok(()) => {
                looked_at();
                let _ = fs::remove_file(&object);
            }
            Err(_) => skipped("making a device is not permitted here"),
        }
        // In the place of the data.
        fs::create_dir(folder().join("odd.data")).unwrap();
        let error = Mapping::create("odd", 4096).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::Corrupted | ErrorKind::Os), "{error}");
        fs::remove_dir(folder().join("odd.data")).unwrap();
        fifo(&folder().join("odd.data"));
        assert!(Mapping::create("odd", 4096).is_ok());
    }
}
