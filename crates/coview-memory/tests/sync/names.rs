//! One name, one object of any kind.

use coview_memory::sync::{Event, Mutex, Reset, Semaphore};
use coview_memory::{ErrorKind, Mapping, Result, Security};

use crate::harness::unique;

#[derive(Clone, Copy, PartialEq, Debug)]
enum Kind {
    Mapping,
    Event,
    Semaphore,
    Mutex,
}

const KINDS: [Kind; 4] = [Kind::Mapping, Kind::Event, Kind::Semaphore, Kind::Mutex];

/// Keeps an object, and says whether the call created it.
type Kept = (Box<dyn std::any::Any>, bool);

impl Kind {
    fn create(self, name: &str) -> Result<Kept> {
        Ok(match self {
            Self::Mapping => Mapping::create(name, 1).map(|kept| (Box::new(kept) as _, true))?,
            Self::Event => Event::create(name, Reset::Auto, false).map(|kept| (Box::new(kept) as _, true))?,
            Self::Semaphore => Semaphore::create(name, 0, 1).map(|kept| (Box::new(kept) as _, true))?,
            Self::Mutex => Mutex::create(name).map(|kept| (Box::new(kept) as _, true))?,
        })
    }

    fn open_or_create(self, name: &str) -> Result<Kept> {
        Ok(match self {
            Self::Mapping => {
                let kept = Mapping::open_or_create(name, 1)?;
                let created = kept.created();
                (Box::new(kept), created)
            }
            Self::Event => {
                let kept = Event::open_or_create(name, Reset::Auto, false)?;
                let created = kept.created();
                (Box::new(kept), created)
            }
            Self::Semaphore => {
                let kept = Semaphore::open_or_create(name, 0, 1)?;
                let created = kept.created();
                (Box::new(kept), created)
            }
            Self::Mutex => {
                let kept = Mutex::open_or_create(name)?;
                let created = kept.created();
                (Box::new(kept), created)
            }
        })
    }

    fn open(self, name: &str) -> Result<Kept> {
        Ok(match self {
            Self::Mapping => Mapping::open(name).map(|kept| (Box::new(kept) as _, false))?,
            Self::Event => Event::open(name).map(|kept| (Box::new(kept) as _, false))?,
            Self::Semaphore => Semaphore::open(name).map(|kept| (Box::new(kept) as _, false))?,
            Self::Mutex => Mutex::open(name).map(|kept| (Box::new(kept) as _, false))?,
        })
    }
}

#[track_caller]
fn kind_of(result: Result<Kept>, name: &str) -> ErrorKind {
    let Err(error) = result else { panic!("{name} is had") };
    assert_eq!(error.name(), Some(name));
    error.kind()
}

/// B06 and B07, for every pair of kinds and in both scopes.
#[test]
fn b06_b07_a_name_belongs_to_one_kind_of_object() {
    for name in [unique("b06"), format!(r"Global\{}", unique("b06"))] {
        for made in KINDS {
            let kept = made.create(&name).unwrap();
            for other in KINDS.into_iter().filter(|other| *other != made) {
                for clash in [other.create(&name), other.open_or_create(&name), other.open(&name)] {
                    assert_eq!(kind_of(clash, &name), ErrorKind::NotAMapping, "{made:?} {other:?}");
                }
            }
            assert_eq!(kind_of(made.create(&name), &name), ErrorKind::AlreadyExists, "{made:?}");
            assert!(!made.open_or_create(&name).unwrap().1, "{made:?}");
            made.open(&name).unwrap();
            drop(kept);
            assert_eq!(kind_of(made.open(&name), &name), ErrorKind::NotFound, "{made:?}");
        }
        for made in KINDS {
            assert!(
                made.open_or_create(&name).unwrap().1,
                "nobody keeps the name of {made:?}"
            );
        }
    }
}

#[test]
fn a_clone_keeps_the_name_and_the_last_handle_takes_it_away() {
    let name = unique("last");
    let event = Event::create(&name, Reset::Manual, true).unwrap();
    let clone = event.try_clone().unwrap();
    drop(event);
    let opened = Event::open(&name).unwrap();
    assert!(opened.try_wait().unwrap());
    drop(clone);
    drop(opened);
    assert_eq!(Event::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
    let fresh = Event::create(&name, Reset::Manual, false).unwrap();
    assert!(!fresh.try_wait().unwrap(), "a new object of an old name");
}

#[test]
fn bad_names_and_wider_security_of_local_names_are_refused() {
    let mode = Security::mode(0o660);
    let refused = [
        Event::create(r"a\b", Reset::Auto, false).unwrap_err(),
        Semaphore::open(r"Session\1\x").unwrap_err(),
        Mutex::open_or_create(r"Local\").unwrap_err(),
    ];
    for error in refused {
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{error}");
    }
    assert_eq!(Mutex::open("").unwrap_err().kind(), ErrorKind::NotAMapping);
    let local = unique("local");
    for error in [
        Event::create_with(&local, Reset::Auto, false, &mode).unwrap_err(),
        Semaphore::open_or_create_with(&local, 0, 1, &mode).unwrap_err(),
        Mutex::create_with(&local, &mode).unwrap_err(),
    ] {
        assert_eq!(
            (error.kind(), error.name()),
            (ErrorKind::InvalidArgument, Some(local.as_str())),
            "{error}"
        );
    }
}
