//! How a handle is found by another process that duplicates it (row I06).
//!
//! The handles are listed in a file of memory without a name, one slot for each place of the table; what a slot says is
//! text that `coview` makes and reads. Others look for the file among the descriptors in /proc. Without it (no
//! descriptor left, say) handles work as ever in this process.

use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, RawFd};
use std::os::unix::fs::FileExt;

use rustix::fs::{MemfdFlags, memfd_create};

use super::object::{Entry, Object};
use crate::file::FileId;

const NAME: &str = "coview-handles-1";
/// The first slot says whose the handles are.
const SLOT: usize = 512;
const HEADER: usize = 8;

/// This process's list.
pub(super) struct Exchange(Option<File>);

/// What a slot says of a handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) handle: u32,
    pub(super) token: String,
}

impl Exchange {
    pub(super) fn new() -> Self {
        let file = memfd_create(NAME, MemfdFlags::CLOEXEC).map(File::from).ok();
        let owner = Slot {
            handle: std::process::id(),
            token: String::new(),
        };
        Self(file.filter(|file| file.write_all_at(&owner.encode(), 0).is_ok()))
    }

    /// Lists a handle, if it is of a kind that others can take over.
    pub(super) fn note(&mut self, place: usize, handle: u32, entry: &Entry) {
        let (Some(file), Some(token)) = (&self.0, token(&entry.object, entry.access)) else {
            return;
        };
        let slot = Slot { handle, token };
        if slot.token.len() <= SLOT - HEADER {
            // On failure others do not find it.
            let _ = file.write_all_at(&slot.encode(), at(place));
        }
    }

    pub(super) fn forget(&mut self, place: usize) {
        if let Some(file) = &self.0 {
            // A slot that stays leads to a descriptor that is closed, which is found out.
            let _ = file.write_all_at(&[0; HEADER], at(place));
        }
    }
}

fn at(place: usize) -> u64 {
    (place * SLOT) as u64
}

/// A handle as text.
pub(super) fn token(object: &Object, access: u32) -> Option<String> {
    match object {
        Object::Mapping(mapping) => Some(format!("mapping {}", mapping.to_inherited())),
        Object::File(file) => {
            let FileId { device, inode } = FileId::of(&**file).ok()?;
            Some(format!("file {access} {} {device} {inode}", file.as_raw_fd()))
        }
        _ => None,
    }
}

/// What `token` has written: the rest after the kind; and of a file its rights, its descriptor, and which file it is.
pub(super) enum Told<'a> {
    Mapping(&'a str),
    File(u32, RawFd, FileId),
}

impl Slot {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(SLOT);
        for word in [self.handle, self.token.len() as u32] {
            bytes.extend_from_slice(&word.to_le_bytes());
        }
        bytes.extend_from_slice(self.token.as_bytes());
        bytes
    }

    fn decode(bytes: &[u8; SLOT]) -> Option<Self> {
        let word = |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
        let token = bytes.get(HEADER..HEADER.checked_add(word(4) as usize)?)?;
        Some(Self {
            handle: word(0),
            token: String::from_utf8(token.to_vec()).ok()?,
        })
    }

    pub(super) fn told(&self) -> Option<Told<'_>> {
        let (kind, rest) = self.token.split_once(' ')?;
        match kind {
            "mapping" => Some(Told::Mapping(rest)),
            "file" => {
                let mut fields = rest.split(' ');
                let access = fields.next()?.parse().ok()?;
                let fd = fields.next()?.parse().ok().filter(|fd| *fd >= 0)?;
                let device = fields.next()?.parse().ok()?;
                let inode = fields.next()?.parse().ok()?;
                Some(Told::File(access, fd, FileId { device, inode }))
            }
            _ => None,
        }
    }
}

/// The slot of a place in a list, if there is anything in it.
pub(super) fn read(file: &File, place: u64) -> Option<Slot> {
    let mut bytes = [0; SLOT];
    let mut filled = 0;
    while filled < SLOT {
        match file.read_at(&mut bytes[filled..], place * SLOT as u64 + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(os) if os.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return None,
        }
    }
    Slot::decode(&bytes).filter(|slot| slot.handle != 0)
}

/// The descriptors under which a process has lists.
pub(super) fn lists(process: u32) -> Vec<RawFd> {
    memory_files(&process.to_string(), NAME)
}

/// The descriptors under which a process has files of memory of that name.
pub(super) fn memory_files(process: &str, name: &str) -> Vec<RawFd> {
    // As /proc calls them.
    let link = format!("/memfd:{name} (deleted)");
    let entries = std::fs::read_dir(format!("/proc/{process}/fd"));
    let entries = entries.into_iter().flatten().flatten();
    let named =
        entries.filter(|entry| std::fs::read_link(entry.path()).is_ok_and(|to| to.as_os_str() == link.as_str()));
    named
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}
