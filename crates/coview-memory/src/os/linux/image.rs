//! Images: a PE file laid out in memory by its section headers, as `SEC_IMAGE` lays it out.
//!
//! Sections lie in the file at multiples of 512 bytes and in memory at multiples of a page, so that the layout is a
//! copy, made once when the mapping is created; views of it are private, each section with its own protection.
//! Relocations and imports are the loader's business, not a mapping's, on Windows as here. The file is untrusted:
//! every number of it is checked before it is used.

use std::fs::File;
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::FileExt;

use object::LittleEndian as LE;
use object::pe::{IMAGE_SCN_MEM_EXECUTE, IMAGE_SCN_MEM_WRITE, ImageDosHeader, ImageNtHeaders32, ImageNtHeaders64};
use object::read::pe::{ImageNtHeaders, ImageOptionalHeader};
use rustix::mm::ProtFlags;

use super::errors::system;
use crate::error::{Error, ErrorKind, Result};

/// What the headers say, checked.
struct Layout {
    /// Bytes in memory, in whole pages.
    size: u64,
    /// How much of the file's beginning is headers.
    headers: u64,
    sections: Vec<Section>,
}

struct Section {
    /// Where in memory it begins; a multiple of the section alignment.
    at: u64,
    /// Bytes in memory, in whole pages.
    len: u64,
    /// Where in the file its content begins, and how much of it there is.
    from: u64,
    content: u64,
    prot: ProtFlags,
}

/// More than any linker makes; what claims more is no image that we lay out.
const LARGEST: u64 = 1 << 31;
/// Enough for the headers of an image with the most sections there can be.
const HEADERS: usize = 1 << 16;

/// How much is copied at once.
const PIECE: usize = 1 << 16;

/// A file's layout, checked against the file, and not yet made.
pub(super) struct Plan<'a> {
    action: &'static str,
    file: &'a File,
    /// How much of the file's beginning is headers, and lies in memory as it does there.
    headers: u64,
    layout: Layout,
}

/// Reads the headers, and nothing else yet.
pub(super) fn plan<'a>(action: &'static str, file: &'a File) -> Result<Plan<'a>> {
    let no_image = |detail: &str| Error::new(ErrorKind::BadImage, action, detail);
    let length = file.metadata().map_err(|os| no_image("its length").with_os(os))?.len();
    let head = read(file, 0, length.min(HEADERS as u64)).map_err(|os| no_image("its headers").with_os(os))?;
    let layout = parse(&head).ok_or_else(|| no_image("no PE headers, or headers that contradict themselves"))?;
    for section in &layout.sections {
        if section.from.checked_add(section.content).is_none_or(|end| end > length) {
            return Err(no_image("a section lies beyond the end of the file"));
        }
    }
    Ok(Plan {
        action,
        file,
        headers: layout.headers.min(length),
        layout,
    })
}

impl Plan<'_> {
    /// Bytes in memory, in whole pages.
    pub(super) fn size(&self) -> u64 {
        self.layout.size
    }

    /// Lays the file out in `data`, which is zero and of that size. Never all of it in this process's memory: the
    /// size is the file's word.
    pub(super) fn write_to(&self, data: &OwnedFd) -> Result<()> {
        let mut piece = vec![0; PIECE];
        self.copy(&mut piece, data, (0, 0, self.headers))?;
        for section in &self.layout.sections {
            self.copy(&mut piece, data, (section.from, section.at, section.content))?;
        }
        Ok(())
    }

    fn copy(&self, piece: &mut [u8], data: &OwnedFd, (from, to, len): (u64, u64, u64)) -> Result<()> {
        let mut done = 0;
        while done < len {
            let piece = &mut piece[..(len - done).min(PIECE as u64) as usize];
            self.file
                .read_exact_at(piece, from + done)
                .map_err(|os| Error::new(ErrorKind::BadImage, self.action, "a section's content").with_os(os))?;
            write_all_at(data, piece, to + done).map_err(|os| system(self.action, "the image", os))?;
            done += piece.len() as u64;
        }
        Ok(())
    }
}

fn write_all_at(data: &OwnedFd, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match rustix::io::pwrite(data, bytes, at) {
            Ok(0) => return Err(io::ErrorKind::WriteZero.into()),
            Ok(written) => {
                bytes = &bytes[written..];
                at += written as u64;
            }
            Err(rustix::io::Errno::INTR) => {}
            Err(os) => return Err(os.into()),
        }
    }
    Ok(())
}

/// Calls `apply` with each part's offset, length and protection, as the image's own headers at its beginning say.
pub(super) fn protect_sections(
    image: &OwnedFd,
    mut apply: impl FnMut(u64, u64, ProtFlags) -> io::Result<()>,
) -> Result<()> {
    let failed = |os: io::Error| Error::new(ErrorKind::Os, "map a view", "an image's sections").with_os(os);
    let mut head = vec![0; HEADERS];
    let filled = rustix::io::pread(image, &mut head, 0).map_err(|os| failed(os.into()))?;
    // Somebody may have written over the headers since: then the view keeps the access that it was mapped with.
    let Some(layout) = parse(&head[..filled]) else {
        return Ok(());
    };
    for section in &layout.sections {
        apply(section.at, section.len, section.prot).map_err(failed)?;
    }
    Ok(())
}

fn read(file: &File, at: u64, len: u64) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; len as usize];
    file.read_exact_at(&mut bytes, at)?;
    Ok(bytes)
}

fn parse(head: &[u8]) -> Option<Layout> {
    let dos = ImageDosHeader::parse(head).ok()?;
    let at = u64::from(dos.nt_headers_offset());
    let mut offset = at;
    if let Ok((headers, _)) = ImageNtHeaders64::parse(head, &mut offset) {
        return checked(head, headers, offset);
    }
    offset = at;
    let (headers, _) = ImageNtHeaders32::parse(head, &mut offset).ok()?;
    checked(head, headers, offset)
}

fn checked<Headers: ImageNtHeaders>(head: &[u8], headers: &Headers, sections_at: u64) -> Option<Layout> {
    let page = super::page_size() as u64;
    let optional = headers.optional_header();
    let size = u64::from(optional.size_of_image()).checked_next_multiple_of(page)?;
    let header_bytes = u64::from(optional.size_of_headers());
    if size == 0 || size > LARGEST || header_bytes > size {
        return None;
    }
    let mut sections = Vec::new();
    // As the loader wants them: one behind the other. What overlaps could be copied as often as there are sections.
    let mut free = 0;
    for section in headers.sections(head, sections_at).ok()?.iter() {
        let virtual_size = u64::from(section.virtual_size.get(LE));
        let raw = u64::from(section.size_of_raw_data.get(LE));
        let content = if section.pointer_to_raw_data.get(LE) == 0 {
            0
        } else {
            raw
        };
        let at = u64::from(section.virtual_address.get(LE));
        let len = if virtual_size == 0 { raw } else { virtual_size }.checked_next_multiple_of(page)?;
        let end = at.checked_add(len)?;
        if at % page != 0 || at < free || end > size {
            return None;
        }
        free = end;
        let characteristics = section.characteristics.get(LE);
        let mut prot = ProtFlags::READ;
        // Written pages of an image are private to the view that writes them.
        prot.set(ProtFlags::WRITE, characteristics & IMAGE_SCN_MEM_WRITE != 0);
        prot.set(ProtFlags::EXEC, characteristics & IMAGE_SCN_MEM_EXECUTE != 0);
        let from = u64::from(section.pointer_to_raw_data.get(LE));
        sections.push(Section {
            at,
            len,
            from,
            content: content.min(len),
            prot,
        });
    }
    Some(Layout {
        size,
        headers: header_bytes,
        sections,
    })
}
