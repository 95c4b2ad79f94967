//! Bringing pages into memory on kernels before 5.14, which have no `MADV_POPULATE_READ`.

use std::io;

/// How many parts one call is given: few, so that they have room on a signal's stack.
const PARTS: usize = 64;

/// Whether a byte of each page can be read. The kernel copies them, and answers with an error where our own touch
/// would be a SIGBUS. Async-signal-safe.
pub(super) fn read_by_copy(base: *const u8, len: usize) -> bool {
    let page = super::page_size();
    let pages = len.div_ceil(page);
    (0..pages)
        .step_by(PARTS)
        .all(|first| read_some(base.wrapping_add(first * page), (pages - first).min(PARTS)))
}

fn read_some(base: *const u8, pages: usize) -> bool {
    let me = std::process::id() as libc::pid_t;
    let mut bytes = [0_u8; PARTS];
    let from: [libc::iovec; PARTS] = std::array::from_fn(|at| libc::iovec {
        iov_base: base.wrapping_add(at * super::page_size()).cast_mut().cast(),
        iov_len: 1,
    });
    let to = libc::iovec {
        iov_base: bytes.as_mut_ptr().cast(),
        iov_len: pages,
    };
    loop {
        // SAFETY: `to` is as long as the parts of `from` together, which the kernel checks and only reads.
        let copied = unsafe { libc::process_vm_readv(me, &to, 1, from.as_ptr(), pages as _, 0) };
        if copied >= 0 {
            return copied as usize == pages;
        }
        if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
            return false;
        }
    }
}
