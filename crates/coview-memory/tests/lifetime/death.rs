//! What stays after a process: nothing, however it ended.

use coview_memory::{ErrorKind, Mapping, ViewOptions};

use crate::common::{Random, assert_nothing_left, listen, one_further_call, say, spawn, tests_alone};

/// Has a name, until it is told to end or is killed.
pub(crate) fn holder(names: &[&str]) {
    let mappings: Vec<_> = names
        .iter()
        .map(|name| Mapping::open_or_create(name, 4096).unwrap())
        .collect();
    for mapping in &mappings {
        mapping.view().unwrap().write(0, b"mine").unwrap();
    }
    say("ready");
    listen();
}

/// Has a view of a name, and no handle.
pub(crate) fn viewer(names: &[&str]) {
    let mapping = Mapping::open(names[0]).unwrap();
    let view = ViewOptions::new().keep_handle(false).map(&mapping).unwrap();
    drop(mapping);
    say("ready");
    listen();
    say(String::from_utf8(view.read_vec(0, 4).unwrap()).unwrap());
}

/// Exits without closing.
pub(crate) fn leaver(names: &[&str]) {
    let mapping = Mapping::create(names[0], 4096).unwrap();
    mapping.view().unwrap().write(0, b"mine").unwrap();
    say("ready");
    listen();
    std::process::exit(0);
}

/// Has many objects, in both scopes.
pub(crate) fn collector(words: &[&str]) {
    let count = words[0].parse().unwrap();
    let name = |at: usize| format!(r"{}\{}-{at}", ["Local", "Global"][at % 2], words[1]);
    let all: Vec<_> = (0..count).map(|at| Mapping::create(&name(at), 4096).unwrap()).collect();
    say(all.len());
    listen();
}

/// Creates and closes a large mapping, over and over.
pub(crate) fn large_creator(names: &[&str]) {
    say("ready");
    loop {
        drop(Mapping::create(names[0], 64 << 20).unwrap());
    }
}

#[track_caller]
fn is_gone(name: &str) {
    assert_eq!(Mapping::identify(name).unwrap(), None);
    assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::NotFound);
}

fn unique(name: &str) -> String {
    format!("coview-test-{}-{name}", std::process::id())
}

tests_alone! {
    fn a_killed_creators_name_is_gone_and_the_next_one_is_empty() {
        for name in [unique("killed"), format!(r"Global\{}", unique("killed"))] {
            let mut creator = spawn("holder", &[&name]);
            creator.expect("ready");
            assert_eq!(Mapping::open(&name).unwrap().view().unwrap().read_vec(0, 4).unwrap(), b"mine");
            creator.kill();
            is_gone(&name);
            let next = Mapping::create(&name, 8192).unwrap();
            assert_eq!((next.created(), next.size()), (true, 8192));
            assert_eq!(next.view().unwrap().compare(0, &[0; 8192]).unwrap(), None);
        }
    }

    fn a_creator_may_go_while_others_hold() {
        let name = unique("others");
        let mut creator = spawn("holder", &[&name]);
        creator.expect("ready");
        let here = Mapping::open(&name).unwrap();
        let mut other = spawn("holder", &[&name]);
        other.expect("ready");
        creator.kill();
        drop(here);
        let again = Mapping::open(&name).unwrap();
        assert_eq!(again.view().unwrap().read_vec(0, 4).unwrap(), b"mine");
        drop(again);
        other.tell("end");
        other.finish();
        is_gone(&name);
    }

    fn a_view_without_a_handle_keeps_no_name() {
        let name = unique("viewer");
        let mapping = Mapping::create(&name, 4096).unwrap();
        mapping.view().unwrap().write(0, b"mine").unwrap();
        let mut viewer = spawn("viewer", &[&name]);
        viewer.expect("ready");
        drop(mapping);
        is_gone(&name);
        let next = Mapping::create(&name, 4096).unwrap();
        assert_eq!(next.view().unwrap().read_vec(0, 4).unwrap(), [0; 4]);
        viewer.tell("read");
        viewer.expect("mine");
        viewer.finish();
    }

    fn exiting_without_closing_is_closing() {
        let name = unique("leaver");
        let mut leaver = spawn("leaver", &[&name]);
        leaver.expect("ready");
        leaver.tell("leave");
        leaver.finish();
        is_gone(&name);
    }

    fn a_killed_process_leaves_none_of_many_objects() {
        let mut collector = spawn("collector", &["300", &unique("many")]);
        collector.expect("300");
        collector.kill();
        one_further_call();
        assert_nothing_left();
    }

    fn killed_while_it_creates_a_large_mapping_it_leaves_nothing() {
        let name = unique("large");
        let mut random = Random::new(1);
        for _ in 0..25 {
            let mut creator = spawn("large creator", &[&name]);
            creator.expect("ready");
            std::thread::sleep(std::time::Duration::from_micros(random.next() % 30_000));
            creator.kill();
            one_further_call();
            assert_nothing_left();
            is_gone(&name);
        }
    }
}
