//! The rights of a handle that is opened.

use super::row::{Row, nothing, same};

pub(super) const ROWS: &[Row] = &[
    same(
        "C01",
        "a handle to read: views to read and to copy, and none to write (5)",
    ),
    same("C02", "a handle to write alone: views to write, and none to read (5)"),
    same("C03", "a handle to copy is a handle to read"),
    same("C04", "all access is every right but that to execute"),
    same("C05", "no right at all is refused: 5").c_wine("gives a handle without a right"),
    same("C06", "opening needs no size: a view is of the whole object"),
    nothing(
        "C07",
        "asking for an object's size needs a right of its own",
        "a `Mapping` knows its size from opening, and no function of Win32 asks",
    ),
];
