//! Names.

use super::row::{Row, in_c, near, same};

pub(super) const ROWS: &[Row] = &[
    same(
        "B01",
        "the same name again: the same object, and the caller is told so (183)",
    ),
    same(
        "B02",
        "the second call's size is ignored, and a view of it is refused: 5",
    ),
    same("B03", "the second call's file is ignored"),
    same(
        "B04",
        "the second call's protection is ignored, and a view to write is refused: 87",
    )
    .wine("maps a view to write")
    .c_wine_too(),
    same("B05", "case matters"),
    same(
        "B06",
        "a mapping cannot take an event's, semaphore's or mutex's name: 6",
    ),
    same(
        "B07",
        "nor they a mapping's, nor does opening mistake one for the other: 6",
    ),
    same("B08", "a name that nobody holds is not found: 2"),
    in_c(
        "B09",
        "opening needs a name: 87",
        "a `&str` is always there; the empty one is B17",
    ),
    same("B10", "a backslash after the prefix is refused: 3"),
    same("B11", "`Local\\` in front changes nothing"),
    same("B12", "`Global\\` in front is another name"),
    same("B13", "prefixes are case-sensitive, others are refused: 3"),
    near("B14", "creating in `Global\\` needs a privilege (5), opening does not")
        .linux("no privilege: every user may create there, and only the owner can remove")
        .c_linux_too(),
    same("B15", "the prefix `Session\\` is reserved: 5").c_wine("creates an object behind it"),
    same("B16", "every other character is legal"),
    same("B17", "the empty name creates an unnamed object, and opens nothing: 6"),
    same("B18", "32766 UTF-16 units are the most"),
    in_c(
        "B19",
        "in the 8-bit functions MAX_PATH is the most: 206",
        "a Rust name is Unicode",
    ),
    same(
        "B20",
        "a name with a NUL in it is refused above the kernel's own interface",
    ),
    same("B21", "the name goes with the last handle although views remain"),
    same(
        "B22",
        "creating again then gives a new, zeroed object; the old view keeps its bytes",
    ),
    same("B23", "the same of a named mapping of a file"),
    same("B24", "the creator closes, another process holds on: the name lives"),
    same("B25", "a killed process holds nothing: the name is gone at once"),
    same("B26", "unnamed objects are always distinct"),
    same(
        "B27",
        "a second process that creates gets the object and sees what is in it",
    ),
    near(
        "B28",
        "who may open is checked against the object's security: 5; reading alone can be granted",
    )
    .linux("mode bits in place of access lists: owner, one group, everybody; seen when the suite runs as root")
    .c_linux_too(),
];
