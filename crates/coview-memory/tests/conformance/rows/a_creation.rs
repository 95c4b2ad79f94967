//! Creating: arguments, sizes, the file behind.

use super::row::{Class, Row, emulated, in_c, near, same};

const ENUM: &str = "one enum value at a time: the type cannot say it";

pub(super) const ROWS: &[Row] = &[
    same(
        "A01",
        "memory without a size is refused, also under a name that exists: 87",
    ),
    same("A02", "a new object is told from an existing one: last error 0"),
    in_c(
        "A03",
        "protections that make no sense (0, no access, execute alone) are refused: 87",
        ENUM,
    ),
    same("A04", "six protections, of memory and of files"),
    in_c("A05", "two protections at once are refused: 87", ENUM),
    same("A06", "a file opened for reading admits no writing mapping: 5"),
    same("A07", "a file opened for reading admits read-only and write-copy"),
    near("A08", "an executable mapping needs a file opened for executing: 5")
        .linux("a descriptor has no right to execute; a file system mounted noexec refuses the view instead")
        .c_wine("does not ask for the right"),
    same("A09", "a file opened without any access admits nothing: 5"),
    same("A10", "a file opened for writing alone admits nothing: 5"),
    same("A11", "memory is committed unless something else is asked for"),
    in_c("A12", "reserve and commit together are refused: 87", ENUM),
    Row {
        class: Class::Apart,
        ..in_c(
            "A13",
            "uncached and write-combined pages need commit or reserve beside them: 87",
            "such pages are for device drivers, so that there is no option for them",
        )
    }
    .c_linux("refused beside them too: 50"),
    same("A14", "large pages of a file are refused: 87"),
    near(
        "A15",
        "large pages need the privilege to lock memory (1314) and a size of whole ones (87)",
    )
    .linux("no privilege: the administrator sets large pages aside, and NoMemory says how when there are none")
    .wine("gives ordinary pages without asking for the privilege")
    .c_linux_too()
    .c_wine_too(),
    emulated(
        "A16",
        "an image of no file, an empty one or one that is no PE file is refused: 193",
    ),
    in_c(
        "A17",
        "an image combined with other ways to have pages is refused: 87",
        ENUM,
    ),
    emulated("A18", "an image is laid out by its section headers"),
    in_c("A19", "the flag for files is refused: 87", "there is no such option"),
    in_c(
        "A20",
        "something that is no file handle is refused: 6",
        "a `&File` is always a file's",
    ),
    same("A21", "a folder or a pipe is refused: 193, which is `FileInvalid` here").c_wine("another error: 6"),
    same("A22", "an empty file without a size is refused: 1006"),
    same("A23", "a file shorter than the mapping is made longer at once"),
    same("A24", "what a file grows by is zero"),
    same("A25", "a mapping that cannot write does not make its file grow: 8"),
    same("A26", "a file that cannot grow for want of room: 112")
        .wine("makes it longer without having the room")
        .c_wine_too(),
    same("A27", "an absurd size is refused and the file stays as it was: 8 or 87"),
    same(
        "A28",
        "a mapping smaller than its file: its beginning, and the file keeps its length",
    ),
    same("A29", "size 0 with a file is the file's length, to the byte"),
    same("A30", "the size is exact of a file, and in whole pages of memory"),
    same("A31", "the size stays when the file grows later"),
    same("A32", "fresh memory is zero"),
    same("A33", "more than there is cannot be committed (1455), but reserved")
        .wine("counts no commitment")
        .c_wine_too(),
    same("A34", "a handle is not inherited unless asked for"),
    same("A35", "a new handle's rights follow from the protection"),
];
