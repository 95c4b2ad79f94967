//! Files under a mapping, handles, processes.

use super::row::{Row, apart, in_c, same};

pub(super) const ROWS: &[Row] = &[
    apart("I01", "a mapped file can be made longer, not shorter: 1224")
        .linux("any program may cut it; mapping what is no longer there is refused, an open view would fault")
        .c_linux("refused within the process; another one may cut it"),
    apart("I02", "a mapped file cannot be replaced by truncating it: 1224")
        .linux("as I01: the system has no lock that others must respect")
        .c_linux("refused within the process; another one may truncate it"),
    apart("I03", "a mapped file cannot be deleted: 5")
        .linux("the name goes and the file lives on as long as the mapping")
        .wine("deletes the name, as Linux does")
        .c_linux("refused within the process; another one may delete it")
        .c_wine_too(),
    same(
        "I04",
        "a mapped file is shared with everybody once its own handle is closed",
    ),
    same(
        "I05",
        "a handle duplicated with fewer rights has no more; with none it maps nothing (5)",
    ),
    same("I06", "a handle of an unnamed object can be given to another process")
        .c_linux("the other process fetches it; giving it is refused: 50"),
    same("I07", "a child has the handles that are inheritable, and no other (6)"),
    same("I08", "views and reading and writing the file see the same bytes"),
    in_c(
        "I09",
        "waiting for a mapping is refused: 5",
        "only what can be waited for has a call to wait",
    ),
    in_c("I10", "a mapping has no file type: 6", "a `Mapping` is no `File`").c_wine("says that it is a file"),
];
