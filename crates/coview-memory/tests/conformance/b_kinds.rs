//! B06, B07: one name, one object of one kind.

use coview_memory::sync::{Event, Mutex, Reset, Semaphore};
use coview_memory::{ErrorKind, Mapping};

use crate::support::{refused, unique};

/// Win32: `ERROR_INVALID_HANDLE`.
#[test]
fn b06_a_mapping_cannot_take_anothers_name() {
    let [event, semaphore, mutex] = ["event", "semaphore", "mutex"].map(|what| unique(&format!("b06-{what}")));
    let _event = Event::create(&event, Reset::Auto, false).unwrap();
    let _semaphore = Semaphore::create(&semaphore, 1, 1).unwrap();
    let _mutex = Mutex::create(&mutex).unwrap();
    for name in [&event, &semaphore, &mutex] {
        assert_eq!(
            refused(Mapping::open_or_create(name, 4096)),
            ErrorKind::NotAMapping,
            "{name}"
        );
        assert_eq!(refused(Mapping::create(name, 4096)), ErrorKind::NotAMapping, "{name}");
    }
}

/// Win32: `ERROR_INVALID_HANDLE`.
#[test]
fn b07_nor_they_a_mappings() {
    let (mapping, event) = (unique("b07-mapping"), unique("b07-event"));
    let _mapping = Mapping::create(&mapping, 4096).unwrap();
    let _event = Event::create(&event, Reset::Auto, false).unwrap();
    assert_eq!(
        refused(Event::open_or_create(&mapping, Reset::Auto, false)),
        ErrorKind::NotAMapping
    );
    assert_eq!(
        refused(Semaphore::open_or_create(&mapping, 1, 1)),
        ErrorKind::NotAMapping
    );
    assert_eq!(refused(Mutex::open_or_create(&mapping)), ErrorKind::NotAMapping);
    assert_eq!(refused(Event::open(&mapping)), ErrorKind::NotAMapping);
    assert_eq!(refused(Mapping::open(&event)), ErrorKind::NotAMapping);
    assert_eq!(refused(Semaphore::open(&event)), ErrorKind::NotAMapping);
}
