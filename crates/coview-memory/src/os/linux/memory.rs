//! Memory: where the bytes of a mapping come from, and whether they are really there.
//!
//! Committed means that every page exists before anybody is told of the mapping: `fallocate` makes a full tmpfs an
//! error here instead of a SIGBUS at a later touch. What cannot succeed is refused before it fills the machine.

use std::fs;
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::path::Path;
use std::sync::OnceLock;

use rustix::fs::{
    FallocateFlags, MemfdFlags, SealFlags, fcntl_add_seals, fstat, fstatfs, fstatvfs, ftruncate, memfd_create,
};

use super::commits;
use super::errors::system;
use crate::error::{Error, ErrorKind, Result};
use crate::os::Pages;

/// Asking the control group what is left costs more than smaller requests do.
const WORTH_ASKING: u64 = 1 << 20;
/// The numbers of file systems (linux/magic.h).
const TMPFS: u32 = 0x0102_1994;
const HUGETLBFS: u32 = 0x9584_58f6;

/// An unnamed file of memory: as large as asked, never larger or smaller, and gone with its last descriptor and view.
pub(super) fn unnamed(action: &'static str, size: u64, pages: Pages) -> Result<OwnedFd> {
    let large = if pages == Pages::Large {
        MemfdFlags::HUGETLB
    } else {
        MemfdFlags::empty()
    };
    let memory = memfd_create("coview", MemfdFlags::CLOEXEC | MemfdFlags::ALLOW_SEALING | large)
        .map_err(|os| no_memory(action, size, pages, os.into()))?;
    fill(action, &memory, size, pages)?;
    // Nobody can cut it short: no SIGBUS by truncation. Linux has no such seal for a file with a name.
    fcntl_add_seals(&memory, SealFlags::SHRINK | SealFlags::GROW | SealFlags::SEAL)
        .map_err(|os| system(action, "sealing the memory", os.into()))?;
    Ok(memory)
}

/// Gives a fresh, empty file its length and, as far as `pages` says so, its memory.
pub(super) fn fill(action: &'static str, file: &OwnedFd, size: u64, pages: Pages) -> Result<()> {
    let failed = |os: rustix::io::Errno| no_memory(action, size, pages, os.into());
    match pages {
        Pages::Reserve => {
            let map = commits::map_of(size);
            check_available(action, file, map.end - map.start)?;
            ftruncate(file, map.end).map_err(failed)?;
            allocate(file.as_fd(), FallocateFlags::empty(), map.start, map.end - map.start).map_err(failed)
        }
        Pages::Large => {
            ftruncate(file, size).map_err(failed)?;
            allocate(file.as_fd(), FallocateFlags::empty(), 0, size).map_err(failed)
        }
        Pages::Commit | Pages::Image => {
            check_available(action, file, size)?;
            allocate(file.as_fd(), FallocateFlags::empty(), 0, size).map_err(failed)
        }
    }
}

/// `fallocate`, whatever signals arrive. A signal undoes all that one call has done: so each call does a part, and a
/// smaller one after each signal, down to what is done between any two.
pub(super) fn allocate(file: BorrowedFd<'_>, flags: FallocateFlags, from: u64, len: u64) -> rustix::io::Result<()> {
    let (mut at, end) = (from, from + len);
    let mut part = 32 << 20;
    while at < end {
        let now = part.min(end - at);
        match rustix::fs::fallocate(file, flags, at, now) {
            Ok(()) => at += now,
            // No smaller than a large page, of which a file may consist.
            Err(rustix::io::Errno::INTR) => part = (part / 2).max(2 << 20),
            Err(os) => return Err(os),
        }
    }
    Ok(())
}

/// Refuses what the file system or the machine does not have now, before a part of it is taken.
pub(super) fn check_available(action: &'static str, file: &OwnedFd, size: u64) -> Result<()> {
    let system = fstatvfs(file).ok().filter(|system| system.f_blocks > 0);
    let room = system.map_or(u64::MAX, |system| system.f_bavail.saturating_mul(system.f_frsize));
    let rooms = [
        (room, "the file system of the names"),
        (machine_room(size), "the machine"),
        (group_room(size), "the control group of this process (memory.max)"),
    ];
    match rooms.into_iter().min_by_key(|(room, _)| *room) {
        Some((room, place)) if size > room => {
            let detail = format!("{size} bytes asked, and {place} has {room} bytes left");
            Err(Error::new(ErrorKind::NoMemory, action, detail))
        }
        _ => Ok(()),
    }
}

/// At least so many bytes does the machine have; exact where it is close. The memory of files can be swapped out.
fn machine_room(size: u64) -> u64 {
    let quick = rustix::system::sysinfo();
    let unit = u64::from(quick.mem_unit);
    let free = (quick.freeram as u64).saturating_mul(unit);
    if size < free / 2 {
        return free;
    }
    let swap = (quick.freeswap as u64).saturating_mul(unit);
    meminfo("MemAvailable:").unwrap_or(free).saturating_add(swap)
}

/// What the control group still allows; containers are limited by it.
fn group_room(size: u64) -> u64 {
    if size < WORTH_ASKING {
        return u64::MAX;
    }
    let text = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let path = text.lines().find_map(|line| line.strip_prefix("0::"));
    path.and_then(|path| room_in(Path::new(&format!("/sys/fs/cgroup{path}"))))
        .unwrap_or(u64::MAX)
}

/// What a group (version 2) allows beyond what it has: its cache of files gives way, and its memory can be swapped out.
/// None if nothing limits it.
fn room_in(group: &Path) -> Option<u64> {
    let text = |file: &str| fs::read_to_string(group.join(file)).ok();
    let number = |file: &str| text(file)?.trim().parse::<u64>().ok();
    let left = number("memory.max")?.saturating_sub(number("memory.current")?);
    let stat = text("memory.stat").unwrap_or_default();
    let cache = |field: &str| {
        let line = stat.lines().find_map(|line| line.strip_prefix(field))?;
        line.trim().parse::<u64>().ok()
    };
    let cache = cache("inactive_file ").unwrap_or(0) + cache("active_file ").unwrap_or(0);
    let free = meminfo("SwapFree:").unwrap_or(0);
    let swap = match number("memory.swap.max") {
        Some(most) => free.min(most.saturating_sub(number("memory.swap.current").unwrap_or(0))),
        None => free,
    };
    Some(left.saturating_add(cache).saturating_add(swap))
}

fn meminfo(field: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(field))?;
    line.trim()
        .strip_suffix("kB")?
        .trim()
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}

/// The size of a large page, in bytes; none where the kernel has none.
pub(super) fn large_page() -> Option<u64> {
    static SIZE: OnceLock<Option<u64>> = OnceLock::new();
    *SIZE.get_or_init(|| meminfo("Hugepagesize:"))
}

/// Of a file of large pages: how large they are. The machine may have several sizes, and a file system has one.
pub(super) fn large_unit(file: impl AsFd) -> Option<usize> {
    let system = fstatfs(file).ok().filter(|system| system.f_type as u32 == HUGETLBFS)?;
    usize::try_from(system.f_bsize)
        .ok()
        .filter(|size| size.is_power_of_two())
}

/// Whether a file lies in tmpfs or hugetlbfs, and so in memory.
pub(super) fn is_memory(file: impl AsFd) -> bool {
    fstatfs(file).is_ok_and(|system| [TMPFS, HUGETLBFS].contains(&(system.f_type as u32)))
}

/// Gives memory to a file of memory that somebody else made `size` bytes long, perhaps without any: a touch of a page
/// that cannot come would end this process. Files on disks are left as they are.
pub(super) fn fill_holes(action: &'static str, file: &OwnedFd, size: u64) -> Result<()> {
    if !fstatfs(file).is_ok_and(|system| system.f_type as u32 == TMPFS) {
        return Ok(());
    }
    let there = fstat(file).map_or(0, |file| (file.st_blocks as u64).saturating_mul(512));
    check_available(action, file, size.saturating_sub(there))?;
    match allocate(file.as_fd(), FallocateFlags::KEEP_SIZE, 0, size) {
        Err(os @ (rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT | rustix::io::Errno::NOMEM)) => {
            Err(no_memory(action, size, Pages::Commit, os.into()))
        }
        // Sealed, say: then it stays as its maker wants it.
        _ => Ok(()),
    }
}

fn no_memory(action: &'static str, size: u64, pages: Pages, os: io::Error) -> Error {
    if pages == Pages::Large {
        let detail = format!(
            "{size} bytes of large pages asked, and the system has too few set aside; \
             as root: sysctl vm.nr_hugepages=N"
        );
        return Error::new(ErrorKind::NoMemory, action, detail).with_os(os);
    }
    system(action, format!("{size} bytes of memory"), os)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_has_room_where_its_cache_gives_way() {
        let group = std::env::temp_dir().join(format!("coview-test-group-{}", std::process::id()));
        fs::create_dir(&group).unwrap();
        let write = |file: &str, text: &str| fs::write(group.join(file), text).unwrap();
        write("memory.max", "1000\n");
        write("memory.current", "900\n");
        write("memory.stat", "anon 200\ninactive_file 300\nactive_file 400\nshmem 0\n");
        write("memory.swap.max", "0\n");
        assert_eq!(room_in(&group), Some(800));
        write("memory.max", "max\n");
        assert_eq!(room_in(&group), None);
        fs::remove_dir_all(&group).unwrap();
    }

    #[test]
    fn the_message_says_what_is_short() {
        let memory = unnamed("test", 4096, Pages::Commit).unwrap();
        let error = check_available("test", &memory, 1 << 60).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NoMemory);
        let text = error.to_string();
        assert!(text.contains("the machine") || text.contains("control group"), "{text}");
    }
}
