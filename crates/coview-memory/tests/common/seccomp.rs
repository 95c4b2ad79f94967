//! Kernels that lack a call, by a filter that forbids it.

/// Makes futex_waitv fail with that number in this process, as an older kernel or a sandbox does.
pub(crate) fn forbid_waitv(error: i32) {
    let load = |offset| libc::sock_filter {
        code: 0x20,
        jt: 0,
        jf: 0,
        k: offset,
    };
    let answer = |value| libc::sock_filter {
        code: 0x06,
        jt: 0,
        jf: 0,
        k: value,
    };
    let number = libc::SYS_futex_waitv as u32;
    let filter = [
        // `seccomp_data` begins with the call's number.
        load(0),
        libc::sock_filter {
            code: 0x15,
            jt: 0,
            jf: 1,
            k: number,
        },
        answer(libc::SECCOMP_RET_ERRNO | error as u32),
        answer(libc::SECCOMP_RET_ALLOW),
    ];
    let program = libc::sock_fprog {
        len: filter.len() as u16,
        filter: filter.as_ptr().cast_mut(),
    };
    // SAFETY: numbers alone.
    assert_eq!(unsafe { libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) }, 0);
    // SAFETY: the program lives until the kernel has copied it.
    let set = unsafe { libc::syscall(libc::SYS_seccomp, libc::SECCOMP_SET_MODE_FILTER, 1, &program) };
    assert_eq!(set, 0, "{}", std::io::Error::last_os_error());
}
