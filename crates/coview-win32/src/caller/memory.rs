//! The caller's memory. An address may be anything: the kernel looks whether it can be read or written, so that a bad
//! one is an error and not the end of the process.

use std::io;
use std::mem::MaybeUninit;
use std::os::fd::AsRawFd;

use crate::abi::Plain;
use crate::codes::error;
use crate::failure::{Answer, refuse};

/// Which way bytes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    FromCaller,
    ToCaller,
}

/// Copies `len` bytes between an address of ours and one of the caller's.
///
/// # Safety
/// `ours` is `len` bytes of this library's own, to be written when they come from the caller and else read. What lies
/// at `theirs` is the caller's to hand over.
unsafe fn transfer(ours: *mut u8, theirs: *mut u8, len: usize, way: Way) -> Answer<()> {
    // SAFETY: the caller's promise.
    match unsafe { at_once(ours, theirs, len, way) } {
        // A sandbox, or qemu, without that call.
        Err(os) if matches!(os.raw_os_error(), Some(libc::ENOSYS | libc::EPERM | libc::EACCES)) => {
            // SAFETY: the caller's promise.
            Ok(unsafe { by_pipe(ours, theirs, len, way) }?)
        }
        done => Ok(done?),
    }
}

/// By process_vm_readv(2) or process_vm_writev(2) on this process itself.
///
/// # Safety
/// As [`transfer`].
unsafe fn at_once(ours: *mut u8, theirs: *mut u8, len: usize, way: Way) -> io::Result<()> {
    let range = |base: *mut u8| libc::iovec {
        iov_base: base.cast(),
        iov_len: len,
    };
    let (here, there) = (range(ours), range(theirs));
    let me = std::process::id() as libc::pid_t;
    let done = match way {
        // SAFETY: `here` is ours to be written; the kernel checks `there`.
        Way::FromCaller => unsafe { libc::process_vm_readv(me, &here, 1, &there, 1, 0) },
        // SAFETY: `here` is ours to be read; the kernel checks `there`.
        Way::ToCaller => unsafe { libc::process_vm_writev(me, &here, 1, &there, 1, 0) },
    };
    match usize::try_from(done) {
        Ok(copied) if copied == len => Ok(()),
        Ok(_) => Err(io::Error::from_raw_os_error(libc::EFAULT)),
        Err(_) => Err(io::Error::last_os_error()),
    }
}

/// Through a pipe, which checks addresses, too, and takes longer.
///
/// # Safety
/// As [`transfer`].
unsafe fn by_pipe(ours: *mut u8, theirs: *mut u8, len: usize, way: Way) -> io::Result<()> {
    // As much as a pipe always takes.
    const PIECE: usize = 4096;
    let (output, input) = io::pipe()?;
    let (from, to) = match way {
        Way::FromCaller => (theirs, ours),
        Way::ToCaller => (ours, theirs),
    };
    let moved = |done: isize, wanted: usize| match usize::try_from(done) {
        Ok(moved) if moved == wanted => Ok(()),
        Ok(_) => Err(io::Error::from_raw_os_error(libc::EFAULT)),
        Err(_) => Err(io::Error::last_os_error()),
    };
    for at in (0..len).step_by(PIECE) {
        let piece = PIECE.min(len - at);
        let (from, to) = (from.wrapping_add(at).cast(), to.wrapping_add(at).cast());
        // SAFETY: the part is ours to be read, or the kernel checks it.
        let written = unsafe { libc::write(input.as_raw_fd(), from, piece) };
        moved(written, piece)?;
        // SAFETY: the part is ours to be written, or the kernel checks it.
        let read = unsafe { libc::read(output.as_raw_fd(), to, piece) };
        moved(read, piece)?;
    }
    Ok(())
}

/// What lies at that address.
///
/// # Safety
/// It is the caller's to hand over: nobody changes it meanwhile.
pub(crate) unsafe fn read<T: Plain>(from: *const T) -> Answer<T> {
    let mut value = MaybeUninit::<T>::uninit();
    // SAFETY: a place of our own of that size; the rest is the caller's promise.
    unsafe {
        transfer(
            value.as_mut_ptr().cast(),
            from.cast_mut().cast(),
            size_of::<T>(),
            Way::FromCaller,
        )
    }?;
    // SAFETY: all bytes have just been written, and `Plain` says that any bytes are a value.
    Ok(unsafe { value.assume_init() })
}

/// `count` of them, one after the other.
///
/// # Safety
/// As [`read`].
pub(crate) unsafe fn read_many<T: Plain>(from: *const T, count: usize) -> Answer<Vec<T>> {
    let mut values = Vec::<T>::with_capacity(count);
    let len = count * size_of::<T>();
    // SAFETY: the vector has room for `count`; the rest is the caller's promise.
    unsafe { transfer(values.as_mut_ptr().cast(), from.cast_mut().cast(), len, Way::FromCaller) }?;
    // SAFETY: `count` of them have just been written, and `Plain` says that any bytes are a value.
    unsafe { values.set_len(count) };
    Ok(values)
}

/// Puts a value where the caller wants it.
///
/// # Safety
/// The place is the caller's to be written.
pub(crate) unsafe fn write<T: Plain>(to: *mut T, value: T) -> Answer<()> {
    let mut value = value;
    // SAFETY: a value of our own; the rest is the caller's promise.
    unsafe { transfer((&raw mut value).cast(), to.cast(), size_of::<T>(), Way::ToCaller) }
}

/// As [`write`], unless the address is NULL.
///
/// # Safety
/// As [`write`].
pub(crate) unsafe fn write_if_wanted<T: Plain>(to: *mut T, value: T) -> Answer<()> {
    if to.is_null() {
        return Ok(());
    }
    // SAFETY: the caller's promise.
    unsafe { write(to, value) }
}

/// Units up to the first zero, without it; more than `most` are no name.
///
/// # Safety
/// As [`read`].
pub(super) unsafe fn read_to_zero<T: Plain + PartialEq + From<u8>>(from: *const T, most: usize) -> Answer<Vec<T>> {
    // Never over the end of a page in one piece: the next one may not be there, and need not be.
    const PAGE: usize = 4096;
    let zero = T::from(0);
    let mut units = Vec::new();
    let mut at = from;
    if !at.addr().is_multiple_of(size_of::<T>()) {
        return refuse(error::NOACCESS);
    }
    loop {
        let room = (PAGE - at.addr() % PAGE) / size_of::<T>();
        // SAFETY: the caller's promise.
        let piece = unsafe { read_many(at, room) }?;
        match piece.iter().position(|unit| *unit == zero) {
            Some(end) => units.extend_from_slice(&piece[..end]),
            None => units.extend_from_slice(&piece),
        }
        if units.len() > most {
            return refuse(error::INVALID_NAME);
        }
        if piece.contains(&zero) {
            return Ok(units);
        }
        at = at.wrapping_add(room);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_address_is_an_error() {
        for bad in [0usize, 8, 4096, usize::MAX - 7] {
            let at = std::ptr::without_provenance_mut::<u32>(bad);
            // SAFETY: not kept, on purpose: the kernel checks.
            assert_eq!(unsafe { read(at) }, refuse(error::NOACCESS));
            // SAFETY: as above.
            assert_eq!(unsafe { write(at, 7) }, refuse(error::NOACCESS));
        }
        let place = &mut 1u64;
        // SAFETY: a place of our own.
        assert_eq!((unsafe { write(place, 2) }, *place), (Ok(()), 2));
    }

    #[test]
    fn a_pipe_does_as_much() {
        let (mut ours, theirs) = (vec![0u8; 10_000], vec![7u8; 10_000]);
        let (to, from, len) = (ours.as_mut_ptr(), theirs.as_ptr().cast_mut(), ours.len());
        // SAFETY: two vectors of our own.
        unsafe { by_pipe(to, from, len, Way::FromCaller) }.unwrap();
        assert_eq!(ours, theirs);
        for way in [Way::FromCaller, Way::ToCaller] {
            // SAFETY: the second is not kept, on purpose: the kernel checks.
            let bad = unsafe { by_pipe(to, std::ptr::without_provenance_mut(4096), 8, way) };
            assert_eq!(bad.unwrap_err().raw_os_error(), Some(libc::EFAULT));
        }
    }

    #[test]
    fn text_ends_at_its_zero_and_not_at_the_end_of_its_page() {
        let text = [b"x".repeat(9000), vec![0]].concat();
        // SAFETY: a text of our own.
        let read = unsafe { read_to_zero(text.as_ptr(), 10_000) };
        assert_eq!(read.unwrap().len(), 9000);
        // SAFETY: as above.
        let read = unsafe { read_to_zero(text.as_ptr(), 8999) };
        assert_eq!(read, refuse(error::INVALID_NAME));
    }
}
