//! Taking, asking and dropping, within one process.

use coview_memory::liveness::Presence;
use coview_memory::{ErrorKind, Mapping, Pages, Protection, Rights};

use crate::common::tests_alone;
use crate::spot::{Spot, channel};

#[track_caller]
fn works_in(spot: &Spot) {
    for place in [0, 1, 4095, Presence::PLACES - 1] {
        assert!(!spot.is_taken(place));
        let presence = spot.take(place).expect("nobody has it");
        assert!(spot.is_taken(place) && presence.is_mine());
        assert_eq!(presence.place(), place);
        assert!(spot.take(place).is_none(), "not even for who has it");
        assert!(spot.is_taken(place), "having tried changes nothing");
        assert!(!spot.is_taken(place ^ 1), "its neighbour is free");
        drop(presence);
        assert!(!spot.is_taken(place));
        drop(spot.take(place).expect("it is free at once"));
    }
}

tests_alone! {
    fn a_place_is_taken_until_it_is_dropped_in_mappings_of_every_kind() {
        for name in ["plain", r"Global\plain", ""] {
            works_in(&Spot::of(Mapping::create(name, 1).unwrap()));
            works_in(&Spot::of(Mapping::options().pages(Pages::Reserve).create(name, 1 << 30).unwrap()));
            works_in(&Spot::of(Mapping::options().inherit(true).create(name, 4096).unwrap()));
            works_in(&Spot::of(Mapping::options().protection(Protection::ReadOnly).create(name, 4096).unwrap()));
        }
    }

    fn a_place_can_be_taken_in_a_file_of_the_users() {
        let path = std::env::temp_dir().join(format!("coview-test-{}-places", std::process::id()));
        std::fs::write(&path, b"shorter than a page").unwrap();
        let file = std::fs::File::options().read(true).write(true).open(&path).unwrap();
        for name in ["file", ""] {
            works_in(&Spot::of(Mapping::options().file(&file).create(name, 0).unwrap()));
        }
        drop(file);
        std::fs::remove_file(path).unwrap();
    }

    fn every_handle_to_the_mapping_sees_it_and_one_that_reads_may_ask() {
        let spot = Spot::new("handles");
        let reader = spot.mapping.duplicate(Rights::READ).unwrap();
        let another = Mapping::options().rights(Rights::READ).open(&format!("handles-{}", std::process::id())).unwrap();
        let asks = |mapping: &Mapping| Presence::is_taken(mapping, spot.channel, 5).unwrap();
        assert!(!asks(&reader) && !asks(&another));
        let presence = spot.take(5).unwrap();
        assert!(asks(&reader) && asks(&another));
        assert!(Presence::take(&reader, spot.channel, 5).unwrap().is_none());
        drop(presence);
        assert!(!asks(&reader) && !asks(&another));
        // The handle's rights are about views.
        drop(Presence::take(&another, spot.channel, 5).unwrap().expect("this user may write"));
    }

    fn it_lasts_longer_than_the_handle_and_keeps_no_name() {
        let spot = Spot::new("brief");
        let name = format!("brief-{}", std::process::id());
        let reader = spot.mapping.duplicate(Rights::READ).unwrap();
        let (channel, presence) = (spot.channel, spot.take(1).unwrap());
        drop(spot);
        assert!(Presence::is_taken(&reader, channel, 1).unwrap());
        drop(reader);
        assert_eq!(Mapping::open(&name).unwrap_err().kind(), ErrorKind::NotFound);
        // Another object of the name has places of its own.
        let next = Spot::new("brief");
        assert!(!next.is_taken(1));
        let again = next.take(1).unwrap();
        drop(presence);
        assert!(next.is_taken(1));
        drop(again);
    }

    fn a_place_is_the_processs_and_not_a_threads() {
        let spot = Spot::new("threads");
        let presence = std::thread::scope(|threads| threads.spawn(|| spot.take(3).unwrap()).join().unwrap());
        assert!(spot.is_taken(3) && presence.is_mine());
        std::thread::scope(|threads| {
            threads.spawn(|| drop(presence));
        });
        assert!(!spot.is_taken(3));
    }

    fn a_thousand_places_are_a_thousand() {
        let spot = Spot::new("many");
        let places = |at: u32| at * 997;
        let mut all: Vec<_> = (0..1000).map(|at| spot.take(places(at)).unwrap()).collect();
        assert!((0..1000).all(|at| spot.is_taken(places(at)) && !spot.is_taken(places(at) + 1)));
        all.retain(|presence| presence.place() % 2 == 0);
        assert!((0..1000).all(|at| spot.is_taken(places(at)) == (places(at) % 2 == 0)));
        drop(all);
        assert!((0..1000).all(|at| !spot.is_taken(places(at))));
    }

    fn a_number_that_is_no_places_is_refused() {
        let spot = Spot::new("numbers");
        for place in [Presence::PLACES, u32::MAX] {
            let taking = Presence::take(&spot.mapping, spot.channel, place).unwrap_err();
            let asking = Presence::is_taken(&spot.mapping, spot.channel, place).unwrap_err();
            assert_eq!((taking.kind(), asking.kind()), (ErrorKind::InvalidArgument, ErrorKind::InvalidArgument));
            assert!(taking.to_string().contains("1048576"), "{taking}");
        }
    }

    fn mappings_do_not_share_places() {
        let (one, two) = (Spot::new("one"), Spot::new("two"));
        let here = one.take(9).unwrap();
        assert!(!two.is_taken(9));
        let there = two.take(9).unwrap();
        drop(here);
        assert!(two.is_taken(9) && !one.is_taken(9));
        drop(there);
        assert_ne!(channel(), channel());
    }
}
