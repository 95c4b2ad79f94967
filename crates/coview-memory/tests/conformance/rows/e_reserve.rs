//! Reserved memory, and committing it.

use super::row::{Row, emulated, in_c, same};

pub(super) const ROWS: &[Row] = &[
    emulated("E01", "a view of reserved memory has addresses and no pages"),
    same("E02", "touching a reserved page faults")
        .wine("gives the page")
        .c_wine_too(),
    emulated("E03", "committing in one view commits for all views and processes"),
    same("E04", "committing twice is fine"),
    same("E05", "later views see what is committed"),
    in_c(
        "E06",
        "pages of a view cannot be decommitted: 87",
        "there is no such call",
    ),
    same("E07", "committing beyond the view is refused: 487"),
    same("E08", "reserving a file means nothing: its pages are committed"),
    same("E09", "committing in a file's view is refused: 5"),
    in_c(
        "E10",
        "telling that a view's content is not needed changes nothing",
        "a hint of Win32's own, without a use",
    ),
];
