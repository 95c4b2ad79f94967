//! What is needed beside mappings: rings, waiting, liveness.

use super::row::{Row, in_c, near, same};

pub(super) const ROWS: &[Row] = &[
    in_c(
        "J01",
        "one range mapped twice, back to back",
        "no safe call places a view at an address",
    )
    .c_wine("lacks a function, or placeholders, before Wine 9"),
    in_c(
        "J02",
        "the same on Windows before version 10 1803",
        "nothing here maps a range twice (J01)",
    ),
    same("J03", "a semaphore counts, and not beyond its maximum: 298"),
    same(
        "J04",
        "64 objects can be waited for at once, processes among them, not 65 (87)",
    ),
    same("J05", "a mutex whose owner died says so once"),
    same("J06", "when a process was created, and that it ended"),
    near(
        "J07",
        "a dead process can still be opened while anybody has a handle to it",
    )
    .linux("until its parent has waited for it, whoever has a handle")
    .c_linux_too(),
];
