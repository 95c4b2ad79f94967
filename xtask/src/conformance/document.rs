//! The document: the table, row by row, and its counts.

use std::fmt::Write;

use super::columns::{Columns, SYSTEMS};
use super::rows::{Class, Row, SECTIONS};

pub(super) fn write(columns: &Columns) -> String {
    let mut text = String::from(TOP);
    text += &counts(columns);
    for (title, rows) in SECTIONS {
        write!(
            text,
            "\n## {title}\n\n| Row | Behaviour | {} | Why |\n",
            SYSTEMS.join(" | ")
        )
        .unwrap();
        text += "|---|---|---|---|---|---|---|\n";
        for row in rows {
            let said = columns.of_row(row).join(" | ");
            writeln!(text, "| {} | {} | {said} | {} |", row.id, row.behaviour, why(row)).unwrap();
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

fn counts(columns: &Columns) -> String {
    let mut text = String::from("| | hold | deviate | with the C functions | nothing to test | not run |\n");
    text += "|---|---|---|---|---|---|\n";
    for (system, name) in SYSTEMS.into_iter().enumerate() {
        let counts = columns.counts(system).map(|count| count.to_string());
        writeln!(text, "| {name} | {} |", counts.join(" | ")).unwrap();
    }
    text
}

fn why(row: &Row) -> String {
    let mut reasons = Vec::new();
    if row.class == Class::Emulated {
        reasons.push("On Linux at a cost: emulated".to_owned());
    }
    reasons.extend(Some(row.how.reason().to_owned()).filter(|reason| !reason.is_empty()));
    let systems = SYSTEMS.into_iter().zip([row.linux, row.wine, row.c_linux, row.c_wine]);
    for (at, (system, reason)) in systems.enumerate() {
        // The C functions may deviate as the Rust API does: then it is said once.
        let said_before = at >= 2 && reason == [row.linux, row.wine][at - 2];
        reasons.extend(
            reason
                .filter(|_| !said_before)
                .map(|reason| format!("{system}: {reason}")),
        );
    }
    reasons.join(". ")
}

const TOP: &str = "\
# How near to Win32

`cargo xtask conformance` writes this file: one row for each behaviour of Win32's file mappings that a program may rely
on, and whether it is the same here, through the Rust API and with the C functions. Each row's test asserts what Windows
does, or, where a deviation is recorded, the deviation, so that the record stays true. The Rust tests are in
`crates/coview-memory/tests/conformance`, and their names begin with the row's; the C program is in
`crates/coview-win32/tests/c`, and has a function for each row. Numbers are Win32's errors; the Rust API has kinds of
errors in their place.

**Nothing here was seen on a real Windows**: the Windows code runs under Wine 8, so that a row that holds there holds on
Windows as far as Wine is right. What Wine does otherwise is listed as Wine's deviation; for the C program, which has
there Wine's own functions to try, that is what the column is for.

*C*: about numbers, addresses or calls that a Rust program never sees, and tested with the C functions alone.
*–*: nothing to test. A reason that is given for the Rust API goes for C too, where C deviates and has none of its own.

";

#[cfg(test)]
mod tests {
    use super::super::columns::{DEVIATES, HOLDS, IN_C, UNSEEN};
    use super::*;

    #[test]
    fn what_is_said_survives_a_run_that_says_nothing_new() {
        let columns = Columns::all([HOLDS, DEVIATES, IN_C, UNSEEN]);
        let document = write(&columns);
        assert_eq!(Columns::of(&document), columns);
        assert_eq!(Columns::of(""), Columns::all([UNSEEN; 4]));
        let summary = summary(&document);
        assert!(summary.contains("| Wine | 0 | 146 | 0 | 0 | 0 |"), "{summary}");
        assert!(summary.contains("| C under Wine | 0 | 0 | 0 | 0 | 146 |"), "{summary}");
    }
}
