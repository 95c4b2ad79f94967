//! A directory of names that has room for one mebibyte.

use coview_memory::{ErrorKind, Mapping, Pages};

use crate::common::{Folder, leftovers, one_further_call, tests_alone};
use crate::mounts::start_in;

fn files() -> Vec<String> {
    leftovers(Mapping::directory())
}

pub(crate) fn in_one_mebibyte(_: &[&str]) {
    // More than there is: refused as a whole, and nothing of it stays.
    let large = Mapping::create("large", 4 << 20).unwrap_err();
    assert_eq!(large.kind(), ErrorKind::NoMemory, "{large}");
    assert!(large.to_string().contains("4194304"), "{large}");
    assert_eq!(files(), Vec::<String>::new());

    let fits = Mapping::create("fits", 512 << 10).unwrap();
    fits.view().unwrap().fill(0, 512 << 10, 7).unwrap();
    let second = Mapping::create("second", 768 << 10).unwrap_err();
    assert_eq!(second.kind(), ErrorKind::NoMemory, "{second}");
    assert_eq!(files().len(), 2);
    drop(fits);
    assert_eq!(files(), Vec::<String>::new());

    // Many small ones, until it is full; each one that was made can be written to its last byte.
    let mut small = Vec::new();
    let full = loop {
        match Mapping::create(
            &format!(r"{}\small-{}", ["Local", "Global"][small.len() % 2], small.len()),
            4096,
        ) {
            Ok(mapping) => small.push(mapping),
            Err(full) => break full,
        }
    };
    assert_eq!(full.kind(), ErrorKind::NoMemory, "{full}");
    assert!(small.len() > 50, "{}", small.len());
    assert_eq!(files().len(), small.len() * 2);
    for mapping in &small {
        mapping.view().unwrap().fill(0, 4096, 1).unwrap();
        mapping.view().unwrap().write(4095, b"!").unwrap();
    }
    // Room comes with the first that is closed.
    small.pop();
    assert!(Mapping::create("again", 4096).is_ok());
    drop(small);
    assert_eq!(files(), Vec::<String>::new());

    // Addresses cost nothing, memory does.
    let reserved = Mapping::options()
        .pages(Pages::Reserve)
        .create("reserved", 64 << 20)
        .unwrap();
    let view = reserved.view().unwrap();
    view.commit(0, 4096).unwrap();
    view.write(0, b"there").unwrap();
    let more = view.commit(4096, 8 << 20).unwrap_err();
    assert_eq!(more.kind(), ErrorKind::NoMemory, "{more}");
    assert_eq!(view.read_vec(0, 5).unwrap(), b"there");
    drop((reserved, view));
    one_further_call();
    assert_eq!(files(), Vec::<String>::new());
}

tests_alone! {
    fn a_full_file_system_is_an_error_and_never_a_signal() {
        let folder = Folder::new("full");
        if let Some(inside) = start_in("size=1m", "full", &folder) {
            inside.finish();
        }
    }
}
