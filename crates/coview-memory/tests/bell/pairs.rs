//! Two processes that answer each other, one that calls several, and several threads of each.

use crate::common::{say, tests_alone};
use crate::line::{Line, create, open, spawn};

/// How often two processes answer each other. Under Wine each answer takes several trips to its server.
const ROUNDS: u32 = if cfg!(windows) { 2_000 } else { 10_000 };

/// Answers on line 1 what comes on line 0, or on those after, by its second word.
pub(crate) fn partner(words: &[&str]) {
    let (view, first) = (open(words[0]), words[1].parse::<usize>().unwrap());
    let rounds = words[2].parse().unwrap();
    let (mine, theirs) = (Line::new(&view, first).owned(), Line::new(&view, first + 1));
    say("ready");
    let lost: u32 = (1..=rounds)
        .map(|number| {
            let lost = mine.receive(number);
            theirs.send();
            lost
        })
        .sum();
    say(lost);
}

tests_alone! {
    fn two_processes_answer_each_other_and_no_ring_is_lost() {
        let view = create();
        let mine = Line::new(&view, 1).owned();
        let mut partner = spawn("partner", &["0", &ROUNDS.to_string()]);
        partner.expect("ready");
        let theirs = Line::new(&view, 0);
        let lost: u32 = (1..=ROUNDS).map(|number| {
            theirs.send();
            mine.receive(number)
        }).sum();
        assert_eq!(lost, 0);
        partner.expect("0");
        partner.finish();
    }

    fn one_process_calls_four_and_hears_them_all() {
        const CALLS: u32 = 300;
        let view = create();
        // All four answer on the line after their own: each on one of its own.
        let mut partners: Vec<_> = (0..4)
            .map(|index| spawn("partner", &[&(2 * index).to_string(), &CALLS.to_string()]))
            .collect();
        let answers: Vec<_> = (0..4).map(|index| Line::new(&view, 2 * index + 1).owned()).collect();
        for partner in &mut partners {
            partner.expect("ready");
        }
        for number in 1..=CALLS {
            for index in 0..4 {
                Line::new(&view, 2 * index).send();
            }
            for answer in &answers {
                assert_eq!(answer.receive(number), 0);
            }
        }
        for mut partner in partners {
            partner.expect("0");
            partner.finish();
        }
    }

    fn each_of_several_threads_is_woken_by_its_own_bell() {
        const ROUNDS: u32 = 400;
        let view = create();
        let answers: Vec<_> = (0..THREADS).map(|index| Line::new(&view, 2 * index + 1).owned()).collect();
        let mut crew = spawn("crew", &[&ROUNDS.to_string()]);
        crew.expect("ready");
        let lost: u32 = std::thread::scope(|threads| {
            let calls: Vec<_> = answers.iter().enumerate().map(|(index, answer)| {
                let theirs = Line::new(&view, 2 * index);
                threads.spawn(move || {
                    (1..=ROUNDS).map(|number| {
                        theirs.send();
                        answer.receive(number)
                    }).sum::<u32>()
                })
            }).collect();
            calls.into_iter().map(|call| call.join().unwrap()).sum()
        });
        assert_eq!(lost, 0);
        crew.expect("0");
        crew.finish();
    }

    fn all_threads_that_sleep_on_one_bell_are_woken() {
        let view = create();
        let line = Line::new(&view, 0).owned();
        for number in 1..=200 {
            let lost: u32 = std::thread::scope(|threads| {
                let sleepers = [(); 3].map(|()| threads.spawn(|| {
                    // Several announce: none takes it back for the others.
                    let lost = line.receive(number);
                    line.announce();
                    lost
                }));
                while !line.is_announced() {
                    std::thread::yield_now();
                }
                line.change();
                line.ring();
                sleepers.into_iter().map(|sleeper| sleeper.join().unwrap()).sum()
            });
            assert_eq!(lost, 0);
        }
    }
}

const THREADS: usize = 5;

/// As many partners as there are threads.
pub(crate) fn crew(words: &[&str]) {
    let (view, rounds) = (open(words[0]), words[1].parse().unwrap());
    let lines: Vec<_> = (0..THREADS)
        .map(|index| (Line::new(&view, 2 * index).owned(), Line::new(&view, 2 * index + 1)))
        .collect();
    say("ready");
    let lost: u32 = std::thread::scope(|threads| {
        let answers = lines.iter().map(|(mine, theirs)| {
            threads.spawn(move || {
                (1..=rounds)
                    .map(|number| {
                        let lost = mine.receive(number);
                        theirs.send();
                        lost
                    })
                    .sum::<u32>()
            })
        });
        let answers: Vec<_> = answers.collect();
        answers.into_iter().map(|answer| answer.join().unwrap()).sum()
    });
    say(lost);
}
