//! The registry file's content: what an object is, as bytes of a fixed layout.
//!
//! Everything in it may have been written by anybody who may write to the file: `decode` checks it once, on a
//! private copy, and nothing reads it again.

use std::io;
use std::os::fd::OwnedFd;

use rustix::io::{pread, pwrite};

use super::errors::system;
use crate::error::Result;
use crate::os::Pages;
use crate::rights::Protection;

const MAGIC: &[u8; 8] = b"COVIEW\x000";
/// Fixed-size part, in bytes; the full name follows, then the path.
pub(super) const HEAD: usize = 192;
/// More than the longest name (32 766 UTF-16 units) and the longest path have in UTF-8.
pub(super) const LONGEST: usize = HEAD + 3 * 32_768 + 4096;
/// Where the flags lie in the file.
const FLAGS_AT: u64 = 20;
/// Its handles are inherited by programs that need not know us.
const INHERITABLE: u32 = 4;
/// Where the holders' table lies in the file.
pub(super) const HOLDERS_AT: u64 = 104;
pub(super) const HOLDERS: usize = 8;

/// What kind of object a name belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Mapping,
    Event,
    Semaphore,
    Mutex,
}

impl Kind {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Mapping => "a mapping",
            Self::Event => "an event",
            Self::Semaphore => "a semaphore",
            Self::Mutex => "a mutex",
        }
    }
}

/// A process that held the data's descriptor under that number when it wrote this down; a hint, checked on use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Holder {
    pub pid: u32,
    pub fd: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub kind: Kind,
    pub protection: Protection,
    pub pages: Pages,
    /// Whether the data is a file of the user's (or has no path at all), not a file beside the registry's.
    pub elsewhere: bool,
    /// Whether `size` is exact, as that of files.
    pub file: bool,
    /// Random: two objects of one name never share it.
    pub id: u128,
    /// Bytes of the mapping.
    pub size: u64,
    /// Which inode holds the data.
    pub device: u64,
    pub inode: u64,
    /// The kind's own number: an event's reset rule, a semaphore's maximum.
    pub param: u64,
    pub holders: [Holder; HOLDERS],
    pub name: String,
    /// Where the user's file was when the object was created; empty if there is none.
    pub path: Vec<u8>,
}

impl Record {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(HEAD + self.name.len() + self.path.len());
        bytes.extend_from_slice(MAGIC);
        for number in [
            self.kind as u32,
            Protection::ALL
                .iter()
                .position(|p| *p == self.protection)
                .map_or(0, |at| at as u32),
            self.pages as u32,
            u32::from(self.elsewhere) | u32::from(self.file) << 1,
        ] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        bytes.extend_from_slice(&self.id.to_le_bytes());
        for number in [self.size, self.device, self.inode, self.param] {
            bytes.extend_from_slice(&number.to_le_bytes());
        }
        for length in [self.name.len(), self.path.len()] {
            bytes.extend_from_slice(&(length as u32).to_le_bytes());
        }
        bytes.resize(HOLDERS_AT as usize, 0);
        bytes.extend_from_slice(&encode_holders(&self.holders));
        bytes.resize(HEAD, 0);
        bytes.extend_from_slice(self.name.as_bytes());
        bytes.extend_from_slice(&self.path);
        bytes
    }

    /// `None` for anything that `encode` did not make.
    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let (head, tail) = bytes.split_at_checked(HEAD)?;
        let mut at = MAGIC.len();
        if head[..at] != *MAGIC {
            return None;
        }
        let mut take = |len: usize| {
            at += len;
            &head[at - len..at]
        };
        let mut u32 = || u32::from_le_bytes(take(4).try_into().expect("four bytes"));
        let kind = *[Kind::Mapping, Kind::Event, Kind::Semaphore, Kind::Mutex].get(u32() as usize)?;
        let protection = *Protection::ALL.get(u32() as usize)?;
        let pages = *[Pages::Commit, Pages::Reserve, Pages::Large, Pages::Image].get(u32() as usize)?;
        let flags = u32();
        let id = u128::from_le_bytes(take(16).try_into().expect("sixteen bytes"));
        let mut u64 = || u64::from_le_bytes(take(8).try_into().expect("eight bytes"));
        let [size, device, inode, param] = [u64(), u64(), u64(), u64()];
        let mut u32 = || u32::from_le_bytes(take(4).try_into().expect("four bytes"));
        let [name_len, path_len] = [u32() as usize, u32() as usize];
        if flags > 7 || size == 0 || size > i64::MAX as u64 || id == 0 || name_len.checked_add(path_len)? != tail.len()
        {
            return None;
        }
        Some(Self {
            kind,
            protection,
            pages,
            elsewhere: flags & 1 != 0,
            file: flags & 2 != 0,
            id,
            size,
            device,
            inode,
            param,
            holders: decode_holders(&head[HOLDERS_AT as usize..]),
            name: String::from_utf8(tail[..name_len].to_vec()).ok()?,
            path: tail[name_len..].to_vec(),
        })
    }
}

/// A number that no other object has: 128 random bits, not zero.
pub(super) fn random(action: &'static str) -> Result<u128> {
    let mut bytes = [0; 16];
    let filled = rustix::rand::getrandom(&mut bytes, rustix::rand::GetRandomFlags::empty())
        .map_err(|os| system(action, "a random number", os.into()))?;
    let id = u128::from_le_bytes(bytes);
    if filled == 16 && id != 0 {
        Ok(id)
    } else {
        Err(system(action, "a random number", io::ErrorKind::Other.into()))
    }
}

/// Notes in a registry file that handles to its object are inherited. For who may not write to it the note stays out.
pub(super) fn note_inheritable(registry: &OwnedFd) -> io::Result<()> {
    let flags = read_flags(registry)? | INHERITABLE;
    pwrite(registry, &flags.to_le_bytes(), FLAGS_AT)?;
    Ok(())
}

pub(super) fn is_inheritable(registry: &OwnedFd) -> bool {
    read_flags(registry).is_ok_and(|flags| flags & INHERITABLE != 0)
}

fn read_flags(registry: &OwnedFd) -> io::Result<u32> {
    let mut flags = [0; 4];
    pread(registry, &mut flags, FLAGS_AT)?;
    Ok(u32::from_le_bytes(flags))
}

fn encode_holders(holders: &[Holder; HOLDERS]) -> [u8; HOLDERS * 8] {
    let mut bytes = [0; HOLDERS * 8];
    for (place, holder) in holders.iter().enumerate() {
        let (slot, _) = encode_holder(holder, place);
        bytes[place * 8..][..8].copy_from_slice(&slot);
    }
    bytes
}

/// One of them, and where in the file it lies.
pub(super) fn encode_holder(holder: &Holder, place: usize) -> ([u8; 8], u64) {
    let mut bytes = [0; 8];
    bytes[..4].copy_from_slice(&holder.pid.to_le_bytes());
    bytes[4..].copy_from_slice(&holder.fd.to_le_bytes());
    (bytes, HOLDERS_AT + place as u64 * 8)
}

fn decode_holders(bytes: &[u8]) -> [Holder; HOLDERS] {
    let mut holders = [Holder::default(); HOLDERS];
    for (holder, slot) in holders.iter_mut().zip(bytes.chunks_exact(8)) {
        let number = |at: usize| u32::from_le_bytes(slot[at..at + 4].try_into().expect("four bytes"));
        *holder = Holder {
            pid: number(0),
            fd: number(4),
        };
    }
    holders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Record {
        Record {
            kind: Kind::Semaphore,
            protection: Protection::ExecuteWriteCopy,
            pages: Pages::Image,
            elsewhere: true,
            file: false,
            id: 7 << 100 | 9,
            size: 5 << 33,
            device: 1,
            inode: 2,
            param: 3,
            holders: std::array::from_fn(|at| Holder {
                pid: at as u32,
                fd: 100 + at as u32,
            }),
            name: "共享".into(),
            path: b"/tmp/\xff".to_vec(),
        }
    }

    #[test]
    fn what_is_encoded_is_decoded() {
        let bytes = sample().encode();
        assert_eq!(Record::decode(&bytes), Some(sample()));
        assert_eq!(bytes[HOLDERS_AT as usize + 4], 100);
    }

    #[test]
    fn any_other_bytes_are_refused_and_none_panics() {
        let bytes = sample().encode();
        for len in 0..bytes.len() {
            assert_eq!(Record::decode(&bytes[..len]), None, "cut at {len}");
        }
        let mut state = 1u64;
        for _ in 0..200_000 {
            let mut bad = bytes.clone();
            for _ in 0..3 {
                state = state
                    .wrapping_mul(6364136223846793005)
                    .wrapping_add(1442695040888963407);
                let at = (state >> 33) as usize % bad.len();
                bad[at] = (state >> 24) as u8;
            }
            if let Some(record) = Record::decode(&bad) {
                assert!(record.size <= i64::MAX as u64 && record.size != 0);
            }
        }
    }
}
