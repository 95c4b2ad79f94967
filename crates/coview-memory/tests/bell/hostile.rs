//! What may stand beside a bell in place of its owner.

use coview_memory::Scope;
use coview_memory::bell::BellId;
use zerocopy::{FromBytes, IntoBytes};

use crate::common::{Random, listen, say, tests_alone};
use crate::line::{Line, create, open, spawn};

/// Owns line 1, for others in either scope, and ends when it is told.
pub(crate) fn passer_by(words: &[&str]) {
    let view = open(words[0]);
    let scope = if words[1] == "Global" {
        Scope::Global
    } else {
        Scope::Local
    };
    view.write(1024, &BellId::mine(scope).unwrap()).unwrap();
    say("ready");
    let line = Line::new(&view, 0);
    for number in 1..=20 {
        line.receive(number);
        say(number);
    }
    listen();
}

tests_alone! {
    fn whatever_owner_is_named_ringing_comes_back_and_wakes_the_right_ones_alone() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        let mut random = Random::new(7);
        let mut ids: Vec<BellId> = vec![BellId::NOBODY, BellId::read_from_bytes(&[0xff; 16]).unwrap()];
        for _ in 0..300 {
            let bytes: [u64; 2] = std::array::from_fn(|_| random.next());
            ids.push(BellId::read_from_bytes(bytes.as_bytes()).unwrap());
            // Nearly ours.
            let mut nearly = line.owner();
            let at = random.below(16);
            nearly.as_mut_bytes()[at] ^= 1 << random.below(8);
            ids.push(nearly);
        }
        std::thread::scope(|threads| {
            let receives = threads.spawn(|| line.receive(1));
            for id in ids {
                view.ring(2048, id).unwrap();
            }
            line.send();
            assert_eq!(receives.join().unwrap(), 0);
        });
    }

    fn an_owner_of_either_scope_is_woken_and_a_dead_one_is_nobody() {
        for scope in ["Local", "Global"] {
            let view = create();
            let mut owner = spawn("passer-by", &[scope]);
            owner.expect("ready");
            let id: BellId = view.read(1024).unwrap();
            let line = Line::new(&view, 0);
            for number in 1..=20 {
                line.change();
                view.ring(line.bell(), id).unwrap();
                owner.expect(&number.to_string());
            }
            owner.kill();
            for _ in 0..100 {
                view.ring(line.bell(), id).unwrap();
            }
        }
    }
}
