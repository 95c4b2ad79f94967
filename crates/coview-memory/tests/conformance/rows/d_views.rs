//! Views.

use super::row::{Class, Row, in_c, near, nothing, same};

const ADDRESS: &str = "no safe call gives or takes an address";
const ALIGNMENT: &str = "a view begins at any byte here: alignment is the library's business";
const ARGUMENT: &str = "a `&Mapping` is always a mapping's";

pub(super) const ROWS: &[Row] = &[
    same(
        "D01",
        "which protection admits which view: read and copy always, the rest as it says (5)",
    ),
    same(
        "D02",
        "a view without access takes addresses, needs the right to read, and faults when touched",
    ),
    same("D03", "read and write together is write"),
    same("D04", "copy beside read or write changes nothing: only alone it copies"),
    same(
        "D05",
        "execute alone is no access; beside read, write and copy it adds to them",
    ),
    same("D06", "without a length: from the offset to the end"),
    in_c(
        "D07",
        "an offset that is no multiple of 64 KiB is refused: 1132",
        ALIGNMENT,
    ),
    same("D08", "one byte beyond the mapping is refused: 5"),
    same("D09", "an offset at or beyond the end is refused: 5").c_wine("another error: 87"),
    same("D10", "an absurd length is refused: 87, which is `OutOfRange` here").c_wine("another error: 5"),
    in_c("D11", "a view's address is a multiple of 64 KiB", ADDRESS),
    in_c(
        "D12",
        "a view is there in whole pages",
        "a `View` has exactly the bytes asked for",
    ),
    Row {
        class: Class::Near,
        ..same(
            "D13",
            "what lies behind the file's end in its last page never reaches it",
        )
    },
    in_c(
        "D14",
        "an address that is no multiple of 64 KiB is refused: 1132",
        ADDRESS,
    ),
    in_c("D15", "an address that is taken is refused: 487", ADDRESS),
    in_c("D16", "a free address is taken exactly", ADDRESS),
    same("D17", "two views of one object: two places, the same bytes"),
    same("D18", "two mappings of one file: the same bytes"),
    in_c("D19", "something that is no mapping's handle is refused: 6", ARGUMENT),
    same("D20", "writing to a view to read faults"),
    same("D21", "what is written to a copy is its own, and never in the file"),
    same("D22", "a copy's pages that it has not written follow what others write"),
    near(
        "D23",
        "a written page of a copy becomes private, the others stay as they are",
    )
    .linux("the system does not tell which pages are private; what they hold is the same")
    .c_wine("VirtualQuery does not tell"),
    same("D24", "unmapping one view leaves the others"),
    same("D25", "a view outlives the handles of its mapping and file"),
    near("D26", "a copy is charged for all its pages at once")
        .linux("the kernel charges by its overcommit setting, and gives pages when they are written")
        .c_linux_too(),
    nothing(
        "D27",
        "files of other machines are not coherent",
        "one machine, and no promise",
    ),
    nothing(
        "D28",
        "an input error in a file's view is an exception",
        "needs a broken disk; Linux ends the process (SIGBUS)",
    ),
];
