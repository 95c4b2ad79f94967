//! That the table is whole: every row once, every row that is said to be tested by a test of its name, and no other.

use std::collections::BTreeSet;
use std::process::Command;

use crate::rows::{self, Class, How, Row};

/// How many rows each section has.
const COUNTS: [usize; 10] = [35, 28, 7, 28, 10, 3, 10, 8, 10, 7];

#[test]
fn the_table_has_every_row_once() {
    let expected = ('A'..='J')
        .zip(COUNTS)
        .flat_map(|(section, count)| (1..=count).map(move |row| format!("{section}{row:02}")));
    assert_eq!(
        rows::all().map(|row| row.id.to_owned()).collect::<Vec<_>>(),
        expected.collect::<Vec<_>>()
    );
    for ((title, rows), count) in rows::SECTIONS.into_iter().zip(COUNTS) {
        assert!(
            rows.len() == count && title.chars().next() == rows[0].id.chars().next(),
            "{title}"
        );
    }
    assert_eq!(rows::all().count(), 146);
}

#[test]
fn every_row_says_what_and_why() {
    rows::all().for_each(check);
}

#[track_caller]
fn check(row: &Row) {
    let id = row.id;
    assert!(
        !row.behaviour.is_empty() && (row.how == How::Test || !row.how.reason().is_empty()),
        "{id}"
    );
    let deviations = [row.linux, row.wine, row.c_linux, row.c_wine];
    let texts = [row.behaviour, row.how.reason()];
    for text in texts.into_iter().chain(deviations.into_iter().flatten()) {
        assert!(!text.contains('|'), "{id} would break its line of the document");
    }
    assert!(
        row.how == How::Test || (row.linux, row.wine) == (None, None),
        "{id}: only a test shows a deviation"
    );
    assert!(
        !matches!(row.how, How::Nothing(_)) || deviations == [None; 4],
        "{id}: nothing deviates"
    );
    let same = matches!(row.class, Class::Same | Class::Emulated);
    assert!(!same || row.linux.is_none(), "{id} is to hold on Linux");
}

#[test]
fn every_tested_row_has_a_test_of_its_name() {
    let list = Command::new(std::env::current_exe().unwrap())
        .arg("--list")
        .output()
        .unwrap();
    let list = String::from_utf8(list.stdout).unwrap();
    let tests: BTreeSet<_> = list.lines().filter_map(rows::row_of_test).collect();
    let tested = rows::all()
        .filter(|row| row.how == How::Test)
        .map(|row| row.id.to_owned());
    assert_eq!(tests, tested.collect());
}
