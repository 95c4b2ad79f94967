//! A tiny PE file, built byte by byte: no compiler needed, and odd where linkers are not.

/// How many bytes a section takes in the file is a multiple of this.
const FILE_ALIGNMENT: u32 = 0x200;
/// Where a section begins in memory is a multiple of this.
const SECTION_ALIGNMENT: u32 = 0x1000;
/// How much of the file's beginning is headers.
const HEADERS: u32 = 0x400;

const READ: u32 = 0x4000_0000;
const WRITE: u32 = 0x8000_0000;
const EXECUTE: u32 = 0x2000_0000;

pub(crate) struct Section {
    name: &'static [u8; 8],
    /// What lies in the file; it is filled up to whole file sectors with zeros.
    pub(crate) content: &'static [u8],
    /// How long it is in memory.
    pub(crate) virtual_size: u32,
    /// Where it begins in memory.
    pub(crate) address: u32,
    characteristics: u32,
}

/// Less in memory than in a file's sector; more in memory than in the file, across pages; nothing in the file at all.
pub(crate) const SECTIONS: [Section; 3] = [
    Section {
        name: b".text\0\0\0",
        content: &[0xC3; 0x123],
        virtual_size: 0x123,
        address: 0x1000,
        characteristics: 0x20 | READ | EXECUTE,
    },
    Section {
        name: b".data\0\0\0",
        content: &[0xDA; 0x2F1],
        virtual_size: 0x1801,
        address: 0x2000,
        characteristics: 0x40 | READ | WRITE,
    },
    Section {
        name: b".bss\0\0\0\0",
        content: &[],
        virtual_size: 0x10,
        address: 0x4000,
        characteristics: 0x80 | READ | WRITE,
    },
];

/// In memory, all of it.
pub(crate) const SIZE: u32 = 0x5000;

/// Which headers the file has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bits {
    Pe32,
    Pe64,
}

/// The file: DOS header, PE headers, section headers, sections.
pub(crate) fn build(bits: Bits) -> Vec<u8> {
    let mut file = Bytes(Vec::new());
    file.put(b"MZ").pad_to(0x3C).u32(0x40);
    let optional_size = if bits == Bits::Pe64 { 0xF0 } else { 0xE0 };
    file.put(b"PE\0\0").u16(if bits == Bits::Pe64 { 0x8664 } else { 0x14C });
    file.u16(SECTIONS.len() as u16).u32(0).u32(0).u32(0).u16(optional_size);
    // Executable, and for large addresses or a 32-bit machine.
    file.u16(if bits == Bits::Pe64 { 0x22 } else { 0x102 });
    optional_header(&mut file, bits);
    let mut at = HEADERS;
    for section in &SECTIONS {
        let sectors = (section.content.len() as u32).next_multiple_of(FILE_ALIGNMENT);
        file.put(section.name)
            .u32(section.virtual_size)
            .u32(section.address)
            .u32(sectors);
        file.u32(if sectors == 0 { 0 } else { at }).u32(0).u32(0).u32(0);
        file.u32(section.characteristics);
        at += sectors;
    }
    file.pad_to(HEADERS as usize);
    for section in &SECTIONS {
        file.put(section.content);
        let sectors = file.0.len().next_multiple_of(FILE_ALIGNMENT as usize);
        file.pad_to(sectors);
    }
    file.0
}

fn optional_header(file: &mut Bytes, bits: Bits) {
    let begin = file.0.len();
    let wide = bits == Bits::Pe64;
    file.u16(if wide { 0x20B } else { 0x10B }).u16(0);
    // Sizes of code and data, the entry, where code begins; of 32-bit files also where data begins.
    file.u32(0x200).u32(0x400).u32(0).u32(0x1000).u32(0x1000);
    if wide {
        file.u64(0x1_4000_0000);
    } else {
        file.u32(0x2000).u32(0x0040_0000);
    }
    file.u32(SECTION_ALIGNMENT).u32(FILE_ALIGNMENT);
    // Versions of the system, of the image, of the subsystem.
    file.u16(4).u16(0).u16(0).u16(0).u16(4).u16(0).u32(0);
    file.u32(SIZE).u32(HEADERS).u32(0).u16(3).u16(0);
    // What stack and heap reserve and commit.
    for size in [0x10_0000, 0x1000, 0x10_0000, 0x1000] {
        if wide {
            file.u64(size);
        } else {
            file.u32(size as u32);
        }
    }
    // Sixteen directories, all of them empty.
    file.u32(0).u32(16).pad_to(begin + if wide { 0xF0 } else { 0xE0 });
}

struct Bytes(Vec<u8>);

impl Bytes {
    fn put(&mut self, bytes: &[u8]) -> &mut Self {
        self.0.extend_from_slice(bytes);
        self
    }

    fn u16(&mut self, value: u16) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    fn u32(&mut self, value: u32) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    fn u64(&mut self, value: u64) -> &mut Self {
        self.put(&value.to_le_bytes())
    }

    fn pad_to(&mut self, len: usize) -> &mut Self {
        assert!(self.0.len() <= len);
        self.0.resize(len, 0);
        self
    }
}
