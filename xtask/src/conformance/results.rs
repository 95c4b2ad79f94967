//! What a run of the suite says of each row.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use super::rows;
use crate::sh::{self, Result};

/// The rows whose tests have passed on a system.
#[derive(Debug)]
pub(super) struct Results(BTreeSet<String>);

impl Results {
    /// Runs the suite; a test that fails is an error that shows what it printed.
    pub(super) fn of(system: &str, tests: &mut Command) -> Result<Self> {
        eprintln!("$ {}", sh::show(tests));
        let out = tests.stderr(Stdio::inherit()).output()?;
        let text = String::from_utf8_lossy(&out.stdout);
        if !out.status.success() {
            return Err(format!("{system}: not all rows are as recorded\n{text}").into());
        }
        Ok(Self::parse(&text))
    }

    fn parse(text: &str) -> Self {
        let passed = text.lines().filter_map(|line| line.trim_end().strip_suffix(" ... ok"));
        Self(passed.filter_map(rows::row_of_test).collect())
    }

    pub(super) fn passed(&self, row: &str) -> bool {
        self.0.contains(row)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_that_passed_are_found_and_no_others() {
        let results = Results::parse(
            "running 3 tests\ntest a_sizes::a22_an_empty_file ... ok\r\ntest b_names::b01_same ... FAILED\n\
             test roles::act ... ok\ntest complete::the_table_has_every_row_once ... ok\ntest result: ok.",
        );
        assert_eq!(results.0.into_iter().collect::<Vec<_>>(), ["A22"]);
    }
}
