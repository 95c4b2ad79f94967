//! Somebody clears the directory of names while it is in use.

use coview_memory::{ErrorKind, Mapping};

use crate::common::tests_alone;

fn clear() {
    for entry in std::fs::read_dir(Mapping::directory()).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_dir() {
            std::fs::remove_dir_all(entry.path()).unwrap();
        } else {
            std::fs::remove_file(entry.path()).unwrap();
        }
    }
}

tests_alone! {
    fn names_are_lost_memory_is_not_and_new_names_work() {
        for name in ["cleared", r"Global\cleared"] {
            let old = Mapping::create(name, 4096).unwrap();
            let view = old.view().unwrap();
            view.write(0, b"kept").unwrap();
            clear();
            assert_eq!(Mapping::open(name).unwrap_err().kind(), ErrorKind::NotFound);
            let new = Mapping::create(name, 4096).unwrap();
            assert_ne!(new.identity(), old.identity());
            assert_eq!(new.view().unwrap().read_vec(0, 4).unwrap(), [0; 4]);
            assert_eq!(view.read_vec(0, 4).unwrap(), b"kept");
            assert_eq!(old.try_clone().unwrap().view().unwrap().read_vec(0, 4).unwrap(), b"kept");
            // The old one's end is not the new one's.
            drop((old, view));
            assert_eq!(Mapping::identify(name).unwrap(), Some(new.identity()));
        }
    }

    fn a_directory_that_is_gone_altogether_is_an_error_that_names_it() {
        let parked = Mapping::directory().with_extension("parked");
        let before = Mapping::create("parked", 4096).unwrap();
        std::fs::rename(Mapping::directory(), &parked).unwrap();
        drop(before);
        std::fs::remove_dir_all(&parked).unwrap();
        let error = Mapping::create("nowhere", 4096).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("COVIEW_DIR"), "{error}");
        std::fs::create_dir(Mapping::directory()).unwrap();
        assert!(Mapping::create("somewhere", 4096).is_ok());
    }
}
