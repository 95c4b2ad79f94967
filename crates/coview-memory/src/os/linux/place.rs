//! Where among the addresses something is to lie, and what to say if it cannot.

use rustix::io::Errno;

use super::addresses::Addresses;
use crate::error::{Error, ErrorKind, Result};
use crate::os::Place;

/// Addresses without memory, `len` bytes in whole pages, of which byte `skew` lies where it is wanted; `None` where
/// that is anywhere. `unit` is what the first must be a multiple of: the page, or the large page.
pub(crate) fn reserve(
    action: &'static str,
    place: Place,
    len: usize,
    (unit, skew): (usize, usize),
) -> Result<Option<Addresses>> {
    let askew = |wanted: &str| {
        let detail = format!(
            "{wanted}, where the mapping's large pages of {unit} bytes do not let it lie; choose a multiple of {unit} \
             for it, and for the offset"
        );
        Err(Error::new(ErrorKind::InvalidArgument, action, detail))
    };
    match place {
        Place::Anywhere => Ok(None),
        Place::Aligned(align) => {
            if skew % align.min(unit) != 0 {
                return askew(&format!("a multiple of {align} is wanted"));
            }
            Addresses::reserve_aligned(len, align.max(unit))
                .map(Some)
                .map_err(|os| no_addresses(action, len, os))
        }
        Place::At(address) => {
            let Some(first) = address.checked_sub(skew).filter(|first| first.is_multiple_of(unit)) else {
                return askew(&format!("address {address:#x} is wanted"));
            };
            Addresses::reserve_at(first, len)
                .map(Some)
                .map_err(|os| not_there(action, first, len, os))
        }
    }
}

/// There are no such addresses, or too many are taken.
pub(crate) fn no_addresses(action: &'static str, len: usize, os: Errno) -> Error {
    let detail = format!("{len} bytes of addresses; see vm.max_map_count and ulimit -v");
    Error::new(ErrorKind::NoMemory, action, detail).with_os(os)
}

fn not_there(action: &'static str, address: usize, len: usize, os: Errno) -> Error {
    if os == Errno::EXIST {
        let detail = format!("something lies within {len} bytes from {address:#x} on; choose another address");
        return Error::new(ErrorKind::AddressInUse, action, detail).with_os(os);
    }
    // The kernel says the same of an address that no process has, and of too little: where there is room elsewhere, it
    // was the address.
    if Addresses::reserve(len).is_err() {
        return no_addresses(action, len, os);
    }
    let detail = format!("no process can have the {len} bytes from {address:#x} on; choose another address");
    Error::new(ErrorKind::AddressInUse, action, detail).with_os(os)
}
