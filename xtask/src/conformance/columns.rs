//! What the document says of each row on each system: what the rows record, joined with what was seen.

use std::collections::BTreeMap;

use super::results::{Results, Seen};
use super::rows::{self, How, Row};
use crate::sh::Result;

pub(super) const HOLDS: &str = "holds";
pub(super) const DEVIATES: &str = "deviates";
pub(super) const IN_C: &str = "C";
pub(super) const NOTHING: &str = "–";
/// Said to be tested, and no test of it has passed there.
pub(super) const UNSEEN: &str = "not run";
const WORDS: [&str; 5] = [HOLDS, DEVIATES, IN_C, NOTHING, UNSEEN];

/// The columns in the document's order.
pub(super) const SYSTEMS: [&str; 4] = ["Linux", "Wine", "C on Linux", "C under Wine"];

/// What is said of each row on one system.
type Column = BTreeMap<&'static str, &'static str>;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Columns([Column; 4]);

impl Columns {
    /// What an earlier document says.
    pub(super) fn of(document: &str) -> Self {
        let mut columns = Self::all([UNSEEN; 4]);
        for line in document.lines() {
            let Some(cells) = line.strip_prefix("| ") else { continue };
            let cells: Vec<_> = cells.split(" | ").collect();
            let Some(row) = rows::all().find(|row| row.id == cells[0]) else {
                continue;
            };
            for (column, cell) in columns.0.iter_mut().zip(&cells[2..]) {
                if let Some(word) = WORDS.into_iter().find(|word| word == cell) {
                    column.insert(row.id, word);
                }
            }
        }
        columns
    }

    /// One word for all rows of a system.
    pub(super) fn all(words: [&'static str; 4]) -> Self {
        Self(words.map(|word| rows::all().map(|row| (row.id, word)).collect()))
    }

    pub(super) fn rust_on_linux(&mut self, results: &Results) {
        self.0[0] = of_tests(results, |row| row.linux);
    }

    pub(super) fn rust_under_wine(&mut self, results: &Results) {
        self.0[1] = of_tests(results, |row| row.wine);
    }

    pub(super) fn c_on_linux(&mut self, results: &Results) -> Result {
        self.0[2] = of_c(results, |row| row.c_linux)?;
        Ok(())
    }

    pub(super) fn c_under_wine(&mut self, results: &Results) -> Result {
        self.0[3] = of_c(results, |row| row.c_wine)?;
        Ok(())
    }

    pub(super) fn of_row(&self, row: &Row) -> [&'static str; 4] {
        [0, 1, 2, 3].map(|system| self.0[system][row.id])
    }

    /// How many rows hold, deviate, are for C, have nothing to test, were not run.
    pub(super) fn counts(&self, system: usize) -> [usize; 5] {
        WORDS.map(|word| self.0[system].values().filter(|said| **said == word).count())
    }
}

fn of_tests(results: &Results, deviation: impl Fn(&Row) -> Option<&'static str>) -> Column {
    let word = |row: &Row| match row.how {
        How::CFunctions(_) => IN_C,
        How::Nothing(_) => NOTHING,
        How::Test if results.of(row.id).is_none() => UNSEEN,
        How::Test if deviation(row).is_some() => DEVIATES,
        How::Test => HOLDS,
    };
    rows::all().map(|row| (row.id, word(row))).collect()
}

/// The program says itself what deviates; the table must say why, and of nothing else.
fn of_c(results: &Results, deviation: impl Fn(&Row) -> Option<&'static str>) -> Result<Column> {
    let mut column = Column::new();
    for row in rows::all() {
        let seen = results.of(row.id);
        if (seen == Some(Seen::Deviates)) != deviation(row).is_some() && seen.is_some() {
            return Err(format!("{}: the C program and the table differ on whether it deviates", row.id).into());
        }
        if (seen == Some(Seen::Nothing)) && !matches!(row.how, How::Nothing(_)) {
            return Err(format!(
                "{}: the C program has nothing to test, and the table does not say so",
                row.id
            )
            .into());
        }
        let word = match seen {
            Some(Seen::Passed | Seen::Holds) => HOLDS,
            Some(Seen::Deviates) => DEVIATES,
            Some(Seen::Nothing) => NOTHING,
            None => UNSEEN,
        };
        column.insert(row.id, word);
    }
    Ok(column)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_deviates_in_c_must_be_in_the_table() {
        let mut columns = Columns::all([UNSEEN; 4]);
        columns
            .c_on_linux(&Results::parse_c("A01 holds\nI06 deviates\nD27 nothing\n"))
            .unwrap();
        let said = |id| columns.of_row(rows::all().find(|row| row.id == id).unwrap())[2];
        assert_eq!(
            ["A01", "I06", "D27", "A02"].map(said),
            [HOLDS, DEVIATES, NOTHING, UNSEEN]
        );
        for wrong in ["A01 deviates", "I06 holds", "A01 nothing"] {
            assert!(
                Columns::all([UNSEEN; 4]).c_on_linux(&Results::parse_c(wrong)).is_err(),
                "{wrong}"
            );
        }
    }
}
