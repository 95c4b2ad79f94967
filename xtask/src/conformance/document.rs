//! The document: the table, row by row, and its counts.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::results::Results;
use super::rows::{self, Class, How, Row, SECTIONS};

const HOLDS: &str = "holds";
const DEVIATES: &str = "deviates";
const IN_C: &str = "C";
const NOTHING: &str = "–";
/// Said to be tested, and no test of it has passed there.
const UNSEEN: &str = "not run";

/// What is said of each row on one system.
pub(super) type Column = BTreeMap<String, &'static str>;

/// Joins what the rows record with what was seen.
pub(super) fn column(results: Results, deviation: impl Fn(&Row) -> Option<&'static str>) -> Column {
    let word = |row: &Row| match row.how {
        How::CFunctions(_) => IN_C,
        How::Nothing(_) => NOTHING,
        How::Test if !results.passed(row.id) => UNSEEN,
        How::Test if deviation(row).is_some() => DEVIATES,
        How::Test => HOLDS,
    };
    rows::all().map(|row| (row.id.to_owned(), word(row))).collect()
}

/// What an earlier document says of Wine.
pub(super) fn wine_column(document: &str) -> Column {
    let words = [HOLDS, DEVIATES, IN_C, NOTHING, UNSEEN];
    let said = document.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| ")?.split(" | ");
        let (id, wine) = (cells.next()?, cells.nth(2)?);
        let word = words.into_iter().find(|word| *word == wine)?;
        Some((id.to_owned(), word))
    });
    let said: Column = said.collect();
    rows::all()
        .map(|row| (row.id.to_owned(), said.get(row.id).copied().unwrap_or(UNSEEN)))
        .collect()
}

pub(super) fn write(linux: &Column, wine: &Column) -> String {
    let mut text = String::from(TOP);
    text += &counts(linux, wine);
    for (title, rows) in SECTIONS {
        write!(
            text,
            "\n## {title}\n\n| Row | Behaviour | Linux | Wine | Why |\n|---|---|---|---|---|\n"
        )
        .unwrap();
        for row in rows {
            let (linux, wine) = (linux[row.id], wine[row.id]);
            let cost = if linux == HOLDS && row.class == Class::Emulated {
                ", at a cost"
            } else {
                ""
            };
            writeln!(
                text,
                "| {} | {} | {linux}{cost} | {wine} | {} |",
                row.id,
                row.behaviour,
                why(row)
            )
            .unwrap();
        }
    }
    text
}

/// The table of counts alone.
pub(super) fn summary(document: &str) -> String {
    let table = document
        .lines()
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'));
    table.flat_map(|line| [line, "\n"]).collect()
}

fn counts(linux: &Column, wine: &Column) -> String {
    let mut text = String::from("| | hold | deviate | with the C functions | nothing to test | not run |\n");
    text += "|---|---|---|---|---|---|\n";
    for (system, column) in [("Linux", linux), ("Wine", wine)] {
        let count = |word| column.values().filter(|said| **said == word).count();
        let [hold, deviate, in_c, nothing, unseen] = [HOLDS, DEVIATES, IN_C, NOTHING, UNSEEN].map(count);
        writeln!(
            text,
            "| {system} | {hold} | {deviate} | {in_c} | {nothing} | {unseen} |"
        )
        .unwrap();
    }
    text
}

fn why(row: &Row) -> String {
    let said = |system: &str, reason: Option<&str>| reason.map(|reason| format!("{system}: {reason}"));
    let how = Some(row.how.reason().to_owned()).filter(|reason| !reason.is_empty());
    let reasons = [how, said("Linux", row.linux), said("Wine", row.wine)];
    reasons.into_iter().flatten().collect::<Vec<_>>().join(". ")
}

const TOP: &str = "\
# How near to Win32

`cargo xtask conformance` writes this file: one row for each behaviour of Win32's file mappings that a program may rely
on, and whether it is the same here. Each row's test asserts what Windows does, or, where a deviation is recorded, the
deviation, so that the record stays true; it is in `crates/coview-memory/tests/conformance`, and its name begins with
the row's. Numbers are Win32's errors; the Rust API has kinds of errors in their place.

**Nothing here was seen on a real Windows**: the Windows code runs under Wine, so that a row that holds there holds on
Windows as far as Wine is right. What Wine does otherwise is listed as Wine's deviation.

*C*: about numbers, addresses or calls that a Rust program never sees; it is tested with the C functions.
*At a cost*: emulated. *–*: nothing to test.

";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_of_wine_survives_a_run_without_it() {
        let all = |word| rows::all().map(|row| (row.id.to_owned(), word)).collect::<Column>();
        let document = write(&all(HOLDS), &all(DEVIATES));
        assert_eq!(wine_column(&document), all(DEVIATES));
        assert_eq!(wine_column(""), all(UNSEEN));
        assert!(
            summary(&document).contains("| Wine | 0 | 146 | 0 | 0 | 0 |"),
            "{}",
            summary(&document)
        );
    }
}
