//! Bringing pages into memory on kernels before 5.14, which have no `MADV_POPULATE_READ`.

use std::io;

/// The most parts that one call takes (`IOV_MAX`).
const PARTS: usize = 1024;

/// Whether a byte of each page can be read. The kernel copies them, and answers with an error where our own touch
/// would be a SIGBUS.
pub(super) fn read_by_copy(base: *const u8, len: usize) -> bool {
    let page = super::page_size();
    let me = std::process::id() as libc::pid_t;
    let mut bytes = [0_u8; PARTS];
    let starts: Vec<usize> = (0..len).step_by(page).collect();
    starts.chunks(PARTS).all(|starts| {
        let from: Vec<_> = starts
            .iter()
            .map(|start| libc::iovec {
                iov_base: base.wrapping_add(*start).cast_mut().cast(),
                iov_len: 1,
            })
            .collect();
        let to = libc::iovec {
            iov_base: bytes.as_mut_ptr().cast(),
            iov_len: from.len(),
        };
        loop {
            // SAFETY: `to` is as long as the parts of `from` together, which the kernel checks and only reads.
            let copied = unsafe { libc::process_vm_readv(me, &to, 1, from.as_ptr(), from.len() as _, 0) };
            if copied >= 0 {
                return copied as usize == from.len();
            }
            if io::Error::last_os_error().kind() != io::ErrorKind::Interrupted {
                return false;
            }
        }
    })
}
