//! What a run says of each row.

use std::collections::BTreeMap;
use std::process::{Command, ExitStatus, Stdio};

use super::rows;
use crate::sh::{self, Result};

/// What was seen of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Seen {
    /// Its test has passed; whether it asserts a deviation is not in the name.
    Passed,
    Holds,
    Deviates,
    /// There is no test.
    Nothing,
}

/// What was seen on one system.
#[derive(Debug)]
pub(super) struct Results(BTreeMap<String, Seen>);

impl Results {
    /// Runs the suite of the Rust API; a test that fails is an error that shows what it printed.
    pub(super) fn of_tests(system: &str, tests: &mut Command) -> Result<Self> {
        let run = Run::of(system, tests)?;
        run.succeeded(&run.text)?;
        Ok(Self::parse_tests(&run.text))
    }

    /// Runs the C program; a row that fails is an error that shows what it printed of it.
    pub(super) fn of_c(system: &str, program: &mut Command) -> Result<Self> {
        let run = Run::of(system, program)?;
        let odd: Vec<_> = run.text.lines().filter(|line| seen_in(line).is_none()).collect();
        run.succeeded(&odd.join("\n"))?;
        Ok(Self::parse_c(&run.text))
    }

    fn parse_tests(text: &str) -> Self {
        let passed = text.lines().filter_map(|line| line.trim_end().strip_suffix(" ... ok"));
        Self(
            passed
                .filter_map(rows::row_of_test)
                .map(|row| (row, Seen::Passed))
                .collect(),
        )
    }

    pub(super) fn parse_c(text: &str) -> Self {
        Self(text.lines().filter_map(seen_in).collect())
    }

    pub(super) fn of(&self, row: &str) -> Option<Seen> {
        self.0.get(row).copied()
    }
}

/// What a line of the C program says.
fn seen_in(line: &str) -> Option<(String, Seen)> {
    let mut words = line.split_whitespace();
    let (row, word) = (words.next()?, words.next()?);
    let seen = match word {
        "holds" => Seen::Holds,
        "deviates" => Seen::Deviates,
        "nothing" => Seen::Nothing,
        _ => return None,
    };
    Some((row.to_owned(), seen))
}

/// What a program printed, and how it ended.
struct Run {
    system: String,
    text: String,
    status: ExitStatus,
}

impl Run {
    fn of(system: &str, command: &mut Command) -> Result<Self> {
        eprintln!("$ {}", sh::show(command));
        let out = command.stderr(Stdio::inherit()).output()?;
        Ok(Self {
            system: system.to_owned(),
            text: String::from_utf8_lossy(&out.stdout).into_owned(),
            status: out.status,
        })
    }

    fn succeeded(&self, shown: &str) -> Result {
        let Self { system, status, .. } = self;
        if !status.success() {
            return Err(format!("{system}: not all rows are as recorded ({status})\n{shown}").into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_that_passed_are_found_and_no_others() {
        let results = Results::parse_tests(
            "running 3 tests\ntest a_sizes::a22_an_empty_file ... ok\r\ntest b_names::b01_same ... FAILED\n\
             test roles::act ... ok\ntest complete::the_table_has_every_row_once ... ok\ntest result: ok.",
        );
        assert_eq!(
            results.0.into_iter().collect::<Vec<_>>(),
            [("A22".to_owned(), Seen::Passed)]
        );
    }

    #[test]
    fn what_the_c_program_says_is_understood() {
        let results = Results::parse_c(
            "A01 holds\r\nA13 deviates\nD27 nothing (one machine)\nB01 FAILED b_names.c:7: x, last error 5\n",
        );
        assert_eq!(results.of("A01"), Some(Seen::Holds));
        assert_eq!(results.of("A13"), Some(Seen::Deviates));
        assert_eq!(results.of("D27"), Some(Seen::Nothing));
        assert_eq!(results.of("B01"), None);
    }
}
