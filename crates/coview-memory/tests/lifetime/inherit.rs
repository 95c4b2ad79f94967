//! Handles that a program inherits from the one that started it.

use coview_memory::{ErrorKind, Mapping};

use crate::common::{command, listen, say, spawn, start, tests_alone};

/// Takes over the handle of its first word, if it can, and says what it finds.
pub(crate) fn heir(words: &[&str]) {
    // SAFETY: the token is of the process that started this one, and is used here alone.
    match unsafe { Mapping::from_inherited(words[0]) } {
        Ok(mapping) => {
            let text = mapping.view().unwrap().read_vec(0, 4).unwrap();
            say(String::from_utf8(text).unwrap());
            listen();
            mapping.view().unwrap().write(0, b"heir").unwrap();
            say("written");
            listen();
        }
        Err(error) => say(format!("{:?}", error.kind())),
    }
}

/// Has a mapping, and starts a heir that says what it says.
pub(crate) fn parent(words: &[&str]) {
    let mapping = mine(words[0], true);
    let mut heir = command("heir", &[&mapping.to_inherited()]).spawn().unwrap();
    heir.wait().unwrap();
}

fn mine(name: &str, inherit: bool) -> Mapping {
    let mapping = Mapping::options().inherit(inherit).create(name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"mine").unwrap();
    mapping
}

fn unique(name: &str) -> String {
    format!("coview-test-{}-{name}", std::process::id())
}

tests_alone! {
    fn an_heir_keeps_the_name_when_its_parent_closes() {
        for name in [unique("heir"), format!(r"Global\{}", unique("heir"))] {
            let mapping = mine(&name, true);
            let id = mapping.identity();
            let mut heir = spawn("heir", &[&mapping.to_inherited()]);
            heir.expect("mine");
            drop(mapping);
            let here = Mapping::open(&name).unwrap();
            assert_eq!(here.identity(), id);
            heir.tell("write");
            heir.expect("written");
            assert_eq!(here.view().unwrap().read_vec(0, 4).unwrap(), b"heir");
            drop(here);
            heir.tell("end");
            heir.finish();
            assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
        }
    }

    fn an_heir_keeps_the_name_when_its_parent_is_killed() {
        let name = unique("orphan");
        let mut parent = spawn("parent", &[&name]);
        // The heir has its parent's voice.
        parent.expect("mine");
        let id = Mapping::identify(&name).unwrap();
        assert!(id.is_some());
        parent.kill_only();
        assert_eq!(Mapping::identify(&name).unwrap(), id);
        assert_eq!(Mapping::open(&name).unwrap().view().unwrap().read_vec(0, 4).unwrap(), b"mine");
        parent.hang_up();
        // The heir writes, has no more to hear, and ends. Its voice falls silent after it has closed: what it is still
        // removing then is not left behind.
        parent.expect("written");
        assert_eq!(parent.hear(), None);
        assert_eq!(Mapping::identify(&name).unwrap(), None);
    }

    fn what_is_not_inherited_is_refused() {
        let mapping = mine(&unique("private"), false);
        let mut heir = spawn("heir", &[&mapping.to_inherited()]);
        heir.expect("AccessDenied");
        heir.finish();
        let mut nobody = spawn("heir", &["no token"]);
        nobody.expect("InvalidArgument");
        nobody.finish();
    }

    fn a_duplicate_is_inherited_if_it_is_to_be_and_not_because_its_source_is() {
        for name in [unique("twin"), String::new()] {
            let (plain, open) = (mine(&name, false), Mapping::options().inherit(true));
            let twin = open.duplicate(&plain).unwrap();
            let mut heir = spawn("heir", &[&twin.to_inherited()]);
            heir.expect("mine");
            let private = twin.try_clone().unwrap();
            let mut stranger = spawn("heir", &[&private.to_inherited()]);
            stranger.expect("AccessDenied");
            stranger.finish();
            drop((plain, twin, private));
            heir.tell("write");
            heir.expect("written");
            if !name.is_empty() {
                assert!(Mapping::open(&name).is_ok());
            }
            heir.tell("end");
            heir.finish();
        }
    }

    fn an_unnamed_mapping_is_inherited_too() {
        let mapping = mine("", true);
        let mut heir = start(&mut command("heir", &[&mapping.to_inherited()]));
        heir.expect("mine");
        heir.tell("write");
        heir.expect("written");
        assert_eq!(mapping.view().unwrap().read_vec(0, 4).unwrap(), b"heir");
        heir.tell("end");
        heir.finish();
    }
}
