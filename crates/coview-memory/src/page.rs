//! Page arithmetic, in one place.

/// The size of the system's pages in bytes.
pub(crate) fn size() -> usize {
    crate::os::imp::page_size()
}

/// `bytes` rounded up to whole pages; `None` when that is no 64-bit number.
pub(crate) fn round_up(bytes: u64) -> Option<u64> {
    bytes.checked_next_multiple_of(size() as u64)
}
