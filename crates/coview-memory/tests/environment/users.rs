//! Several users of one machine, in `Global\` and in each other's way.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use coview_memory::{ErrorKind, Mapping, Rights, Security, ViewOptions};

use crate::common::{Puppet, leftovers, one_further_call, tests_alone};
use crate::mounts::skipped;

const OWNER: u32 = 65_533;
const OTHER: u32 = 65_534;
const NAME: &str = r"Global\of-a-user";

/// Only root can be several users.
fn is_root() -> bool {
    let root = rustix::process::geteuid().is_root();
    if !root {
        skipped("only root can be several users");
    }
    root
}

/// The owner makes the object, and holds it until it is told to go on.
fn owner(security: Security) -> Puppet {
    let owner = Puppet::as_user(OWNER, |strings| {
        let mapping = Mapping::options().security(security).create(NAME, 4096).unwrap();
        mapping.view().unwrap().write(0, b"theirs").unwrap();
        strings.stop_here();
    });
    owner.until_it_stops();
    owner
}

fn as_user(user: u32, part: impl FnOnce()) {
    Puppet::as_user(user, |_| part()).finish();
}

fn files() -> Vec<String> {
    leftovers(Mapping::directory())
}

fn open_to_read() -> coview_memory::Result<Mapping> {
    Mapping::options().rights(Rights::READ).open(NAME)
}

tests_alone! {
    fn a_private_object_is_its_users_alone() {
        if !is_root() {
            return;
        }
        let owner = owner(Security::private());
        as_user(OTHER, || {
            assert_eq!(Mapping::open(NAME).unwrap_err().kind(), ErrorKind::AccessDenied);
            assert_eq!(open_to_read().unwrap_err().kind(), ErrorKind::AccessDenied);
            let error = Mapping::create(NAME, 1).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::AccessDenied | ErrorKind::AlreadyExists), "{error}");
        });
        as_user(OWNER, || assert!(Mapping::open(NAME).is_ok()));
        owner.kill();
        as_user(OWNER, one_further_call);
        assert_eq!(files(), Vec::<String>::new());
    }

    fn who_may_read_reads_and_does_not_write() {
        if !is_root() {
            return;
        }
        let owner = owner(Security::mode(0o644));
        as_user(OTHER, || {
            let denied = Mapping::open(NAME).unwrap_err();
            assert_eq!(denied.kind(), ErrorKind::AccessDenied, "{denied}");
            let mapping = open_to_read().unwrap();
            assert_eq!(mapping.view().unwrap().read_vec(0, 6).unwrap(), b"theirs");
            assert!(mapping.view().unwrap().write(0, b"mine").is_err());
            let write = ViewOptions::new().access(coview_memory::Access::Write).map(&mapping);
            assert_eq!(write.unwrap_err().kind(), ErrorKind::AccessDenied);
        });
        owner.go_on();
        owner.finish();
        as_user(OWNER, one_further_call);
        assert_eq!(files(), Vec::<String>::new());
    }

    fn who_may_write_writes_the_data_and_never_the_registry() {
        if !is_root() {
            return;
        }
        let owner = owner(Security::mode(0o666));
        as_user(OTHER, || {
            Mapping::open(NAME).unwrap().view().unwrap().write(0, b"shared").unwrap();
            let registry = Mapping::directory().join("coview-global.of-a-user.object");
            assert!(fs::File::options().write(true).open(registry).is_err());
        });
        as_user(OWNER, || {
            assert_eq!(Mapping::open(NAME).unwrap().view().unwrap().read_vec(0, 6).unwrap(), b"shared");
        });
        owner.kill();
        as_user(OWNER, one_further_call);
        assert_eq!(files(), Vec::<String>::new());
    }

    fn what_another_user_closes_or_dies_with_last_its_owner_clears_away() {
        if !is_root() {
            return;
        }
        for dies in [false, true] {
            for security in [Security::mode(0o644), Security::mode(0o666)] {
                let owner = owner(security);
                let other = Puppet::as_user(OTHER, |strings| {
                    let mapping = open_to_read().unwrap();
                    strings.stop_here();
                    drop(mapping);
                });
                other.until_it_stops();
                owner.go_on();
                owner.finish();
                as_user(OWNER, || assert!(Mapping::open(NAME).is_ok(), "the other user keeps it"));
                match dies {
                    true => other.kill(),
                    false => {
                        other.go_on();
                        other.finish();
                    }
                }
                as_user(OTHER, || {
                    assert_eq!(open_to_read().unwrap_err().kind(), ErrorKind::NotFound, "dead for all");
                    assert_eq!(Mapping::create(NAME, 1).unwrap_err().kind(), ErrorKind::AccessDenied, "in the way");
                });
                as_user(OWNER, one_further_call);
                assert_eq!(files(), Vec::<String>::new(), "dies: {dies}");
            }
        }
    }

    fn each_user_has_local_names_of_its_own() {
        if !is_root() {
            return;
        }
        let mine = Mapping::create("own", 4096).unwrap();
        as_user(OTHER, || {
            assert_eq!(Mapping::open("own").unwrap_err().kind(), ErrorKind::NotFound);
            assert!(Mapping::create("own", 4096).unwrap().created());
            let folder = Mapping::directory().join("coview-0");
            assert!(fs::read_dir(folder).is_err(), "root's names are nobody's business");
        });
        drop(mine);
    }

    fn a_local_directory_that_another_user_made_is_refused() {
        if !is_root() {
            return;
        }
        let folder = Mapping::directory().join(format!("coview-{OTHER}"));
        as_user(OWNER, || {
            fs::create_dir(&folder).unwrap();
            fs::set_permissions(&folder, fs::Permissions::from_mode(0o777)).unwrap();
        });
        as_user(OTHER, || {
            let error = Mapping::create("x", 1).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
            assert!(error.to_string().contains(&OWNER.to_string()), "{error}");
        });
        fs::remove_dir_all(folder).unwrap();
    }

    fn an_object_that_leads_to_a_file_of_the_readers_own_is_refused() {
        if !is_root() {
            return;
        }
        // The attacker may read the victim's file, and makes an object over it: whoever opens that for writing would
        // write into the file with the victim's rights.
        let path = Mapping::directory().join("victims");
        as_user(OTHER, || {
            fs::write(&path, b"untouched").unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        });
        let attacker = Puppet::as_user(OWNER, |strings| {
            let file = fs::File::open(&path).unwrap();
            let options = Mapping::options().file(&file).protection(coview_memory::Protection::ReadOnly);
            let _trap = options.security(Security::mode(0o666)).create(NAME, 0).unwrap();
            // The record of a read-only mapping says so; the attacker can make it say anything.
            strings.stop_here();
        });
        attacker.until_it_stops();
        as_user(OTHER, || {
            let error = Mapping::options().rights(Rights::READ).open(NAME).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
        });
        as_user(OWNER, || assert!(open_to_read().is_ok(), "its own maker may"));
        attacker.kill();
        as_user(OWNER, one_further_call);
        fs::remove_file(path).unwrap();
    }
}
