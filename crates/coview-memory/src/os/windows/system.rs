//! The sizes that Windows maps by. Microsoft: "GetSystemInfo", "SYSTEM_INFO".

use std::sync::OnceLock;

use windows_sys::Win32::System::SystemInformation::{GetSystemInfo, SYSTEM_INFO};

struct Sizes {
    page: usize,
    granularity: usize,
    highest: usize,
}

fn sizes() -> &'static Sizes {
    static SIZES: OnceLock<Sizes> = OnceLock::new();
    SIZES.get_or_init(|| {
        let mut info = SYSTEM_INFO::default();
        // SAFETY: it fills in the struct that it is given, and cannot fail.
        unsafe { GetSystemInfo(&mut info) };
        Sizes {
            page: info.dwPageSize as usize,
            granularity: info.dwAllocationGranularity as usize,
            highest: info.lpMaximumApplicationAddress.addr(),
        }
    })
}

/// The unit of protection and commitment: 4 KiB.
pub(crate) fn page_size() -> usize {
    sizes().page
}

/// What the offset of a view must be a multiple of: 64 KiB.
pub(super) fn granularity() -> u64 {
    sizes().granularity as u64
}

/// The highest address that a process can have something at.
pub(super) fn highest_address() -> usize {
    sizes().highest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_begin_at_multiples_of_whole_pages() {
        assert!(page_size().is_power_of_two() && page_size() >= 4096);
        assert!(granularity().is_power_of_two() && granularity() >= page_size() as u64);
    }
}
