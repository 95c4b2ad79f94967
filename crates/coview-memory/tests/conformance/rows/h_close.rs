//! Unmapping and closing.

use super::row::{Row, in_c, same};

const OWNED: &str = "dropping does it once: ownership rules out the second time";

pub(super) const ROWS: &[Row] = &[
    same(
        "H01",
        "unmapping frees the addresses; a second time is refused (487), which ownership rules out",
    ),
    in_c(
        "H02",
        "any address inside unmaps the whole view",
        "no safe call takes an address",
    ),
    in_c(
        "H03",
        "an address in no view is refused: 487",
        "no safe call takes an address",
    ),
    same("H04", "a handle can be closed while views are open"),
    in_c("H05", "closing twice is refused: 6", OWNED),
    same("H06", "the order of unmapping and closing is free"),
    same("H07", "what was written reaches the file without a flush"),
    same("H08", "a process's end unmaps and closes everything"),
];
