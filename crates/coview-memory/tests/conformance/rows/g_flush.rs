//! Flushing.

use super::row::{Row, in_c, nothing, same};

pub(super) const ROWS: &[Row] = &[
    same("G01", "flushed bytes are read from the file, and were before"),
    same("G02", "without a length: to the end of the view"),
    same("G03", "flushing memory does nothing and succeeds"),
    in_c(
        "G04",
        "an address in no view is refused: 487",
        "no safe call takes an address",
    )
    .c_wine("another error: 87"),
    same(
        "G05",
        "a length beyond the view is refused: 87, which is `OutOfRange` here",
    ),
    same("G06", "the range need not be aligned"),
    same("G07", "metadata and the disk's cache are another call"),
    nothing(
        "G08",
        "the file's time may stay when a view writes",
        "allowed, not promised",
    ),
    same("G09", "flushing a view to read succeeds"),
    nothing(
        "G10",
        "a locked range can make flushing fail for a moment",
        "on Windows it is tried again; elsewhere unknown",
    ),
];
