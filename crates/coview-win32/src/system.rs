//! What the machine is like, and sleeping.

use std::time::Duration;

use crate::abi::SYSTEM_INFO;
use crate::caller;
use crate::codes::{GRANULARITY, wait};
use crate::failure::failed;

/// Tells of pages, addresses and processors. Win32: `GetSystemInfo`.
///
/// # Safety
/// `info` leads to a `SYSTEM_INFO` to be written.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn GetSystemInfo(info: *mut SYSTEM_INFO) {
    let processors = std::thread::available_parallelism().map_or(1, |count| count.get() as u32);
    let (architecture, kind) = match () {
        () if cfg!(target_arch = "x86_64") => (9, 8664),
        () if cfg!(target_arch = "x86") => (0, 586),
        () if cfg!(target_arch = "aarch64") => (12, 0),
        () => (0xFFFF, 0),
    };
    let told = SYSTEM_INFO {
        wProcessorArchitecture: architecture,
        wReserved: 0,
        dwPageSize: rustix::param::page_size() as u32,
        lpMinimumApplicationAddress: GRANULARITY,
        lpMaximumApplicationAddress: crate::memory::LAST_ADDRESS,
        dwActiveProcessorMask: if processors >= usize::BITS {
            usize::MAX
        } else {
            (1 << processors) - 1
        },
        dwNumberOfProcessors: processors,
        dwProcessorType: kind,
        dwAllocationGranularity: GRANULARITY as u32,
        wProcessorLevel: 0,
        wProcessorRevision: 0,
    };
    // SAFETY: the caller's promise.
    if let Err(code) = unsafe { caller::write(info, told) } {
        failed(code, ());
    }
}

/// The size of a large page in bytes; 0 where there are none. Win32: `GetLargePageMinimum`.
#[unsafe(no_mangle)]
pub extern "C" fn GetLargePageMinimum() -> usize {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("Hugepagesize:"));
    let kib = line.and_then(|line| line.trim().strip_suffix("kB")?.trim().parse::<usize>().ok());
    kib.unwrap_or(0) * 1024
}

/// Lets this thread rest that many milliseconds; `INFINITE` never ends. Win32: `Sleep`.
#[unsafe(no_mangle)]
pub extern "C" fn Sleep(milliseconds: u32) {
    match milliseconds {
        0 => std::thread::yield_now(),
        wait::INFINITE => loop {
            std::thread::sleep(Duration::from_secs(3600));
        },
        some => std::thread::sleep(Duration::from_millis(some.into())),
    }
}
