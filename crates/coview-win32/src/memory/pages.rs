//! What the protections of pages mean, both ways.

use coview::Access;

use super::maps::Line;
use crate::codes::{error, page};
use crate::failure::{Answer, refuse};

/// What a protection lets a view do.
pub(super) fn access_of(protect: u32) -> Answer<Access> {
    Ok(match protect {
        page::NOACCESS => Access::None,
        page::READONLY => Access::Read,
        page::READWRITE => Access::Write,
        page::WRITECOPY => Access::Copy,
        // Linux has no pages that execute and cannot be read.
        page::EXECUTE | page::EXECUTE_READ => Access::ExecuteRead,
        page::EXECUTE_READWRITE => Access::ExecuteWrite,
        page::EXECUTE_WRITECOPY => Access::ExecuteCopy,
        _ => return refuse(error::INVALID_PARAMETER),
    })
}

/// Whether the pages of a view of that access may be given that protection (rows F01 to F03).
pub(super) fn admits(view: Access, protect: Access) -> bool {
    let executes = matches!(view, Access::ExecuteRead | Access::ExecuteWrite | Access::ExecuteCopy);
    let readable = view != Access::None;
    match protect {
        Access::None => true,
        Access::Read | Access::Copy => readable,
        Access::Write => view.writes_shared(),
        Access::ExecuteRead | Access::ExecuteCopy => executes,
        Access::ExecuteWrite => executes && view.writes_shared(),
    }
}

/// The protection of a view's page, from what the kernel says. `own`: the page is a copy of this process's alone, as
/// are all pages of memory without a file.
pub(super) fn protection_of(line: &Line, own: bool) -> u32 {
    let copies = !line.shared && !own;
    match (line.read, line.write, line.execute) {
        (_, true, true) if copies => page::EXECUTE_WRITECOPY,
        (_, true, true) => page::EXECUTE_READWRITE,
        (_, true, false) if copies => page::WRITECOPY,
        (_, true, false) => page::READWRITE,
        (true, false, true) => page::EXECUTE_READ,
        (false, false, true) => page::EXECUTE,
        (true, false, false) => page::READONLY,
        (false, false, false) => page::NOACCESS,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_views_pages_go_down_and_never_above_it() {
        for view in Access::ALL {
            assert!(admits(view, Access::None));
            assert_eq!(admits(view, Access::Write), view.writes_shared());
        }
        assert!(admits(Access::Read, Access::Copy) && !admits(Access::Read, Access::Write));
        assert!(!admits(Access::Write, Access::ExecuteRead));
        assert!(admits(Access::ExecuteWrite, Access::ExecuteWrite));
        assert!(!admits(Access::None, Access::Read));
    }
}
