//! Programs that use it wrongly get an error code and nothing worse: random calls with handles that were closed,
//! addresses that lead nowhere, sizes and flags that mean nothing, thousands of them, from seeds. It is at its best
//! under AddressSanitizer: `cargo xtask sanitize address -- -p coview-win32 --test abuse`.
#![cfg(target_os = "linux")]

#[path = "common/alone.rs"]
mod alone;

use std::ffi::c_void;

use alone::alone;
use coview_win32::abi::{HANDLE, INVALID_HANDLE_VALUE, MEMORY_BASIC_INFORMATION, OVERLAPPED, SECURITY_ATTRIBUTES};
use coview_win32::*;

/// A generator that gives the same numbers for the same seed (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    fn of<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }
}

/// Addresses at which nothing is, whatever this process does.
const NOWHERE: [usize; 6] = [0, 1, 8, 4096, usize::MAX, usize::MAX - 4095];

/// What a program may have at hand, good and bad.
struct Program {
    random: Random,
    handles: Vec<HANDLE>,
    addresses: Vec<usize>,
    buffer: Box<[u64; 512]>,
    folder: std::path::PathBuf,
}

impl Program {
    fn new(seed: u64, folder: &std::path::Path) -> Self {
        Self {
            random: Random(seed | 1),
            handles: Vec::new(),
            addresses: Vec::new(),
            buffer: Box::new([0; 512]),
            folder: folder.to_owned(),
        }
    }

    fn handle(&mut self) -> HANDLE {
        let garbage = [
            std::ptr::null_mut(),
            INVALID_HANDLE_VALUE,
            std::ptr::without_provenance_mut(4),
            std::ptr::without_provenance_mut(self.random.next() as usize),
        ];
        match self.random.below(4) {
            0 => self.random.of(&garbage),
            _ if self.handles.is_empty() => std::ptr::null_mut(),
            // Closed ones stay in the list.
            _ => self.handles[self.random.below(self.handles.len())],
        }
    }

    /// Of a view or of what was one; inside of it, before it and behind it.
    fn address(&mut self) -> *mut c_void {
        if self.addresses.is_empty() || self.random.below(4) == 0 {
            return std::ptr::without_provenance_mut(self.random.of(&NOWHERE));
        }
        let base = self.addresses[self.random.below(self.addresses.len())];
        let moved = self.random.of(&[0, 0, 0, 1, 100, 4096, 65536, usize::MAX]);
        std::ptr::with_exposed_provenance_mut(base.wrapping_add(moved))
    }

    /// A place for an answer: good, none, or nowhere.
    fn place<T>(&mut self) -> *mut T {
        match self.random.below(4) {
            0 => std::ptr::without_provenance_mut(self.random.of(&NOWHERE)),
            _ => self.buffer.as_mut_ptr().cast(),
        }
    }

    fn size(&mut self) -> usize {
        let odd = self.random.next() as usize;
        self.random.of(&[
            0,
            1,
            4095,
            4096,
            65536,
            100_000,
            1 << 20,
            usize::MAX / 4,
            usize::MAX,
            odd,
        ])
    }

    fn flags(&mut self, good: &[u32]) -> u32 {
        match self.random.below(5) {
            0 => self.random.next() as u32,
            1 => self.random.of(good) | self.random.of(good),
            _ => self.random.of(good),
        }
    }

    fn name(&mut self) -> Vec<u8> {
        let names: [&[u8]; 9] = [
            b"\0",
            b"one\0",
            b"two\0",
            b"three\0",
            b"Local\\one\0",
            b"a\\b\0",
            b"Session\\1\\x\0",
            b"Local\\\0",
            b"\xff\xfe\0",
        ];
        self.random.of(&names).to_vec()
    }

    fn attributes(&mut self) -> SECURITY_ATTRIBUTES {
        let descriptor = if self.random.below(4) == 0 {
            self.place()
        } else {
            std::ptr::null_mut()
        };
        SECURITY_ATTRIBUTES::new(descriptor, self.random.below(2) as i32)
    }

    fn keep_handle(&mut self, handle: HANDLE) -> bool {
        let good = !handle.is_null() && handle != INVALID_HANDLE_VALUE;
        if good {
            self.handles.push(handle);
        }
        good
    }

    fn keep_address(&mut self, address: *mut c_void) -> bool {
        if !address.is_null() {
            self.addresses.push(address.expose_provenance());
        }
        !address.is_null()
    }

    /// One call; whether it succeeded.
    fn call(&mut self) -> bool {
        let protections = [2, 4, 8, 0x20, 0x40, 0x80, 0x0400_0004, 0x0800_0004, 0x0100_0002];
        let pages = [1, 2, 4, 8, 0x10, 0x20, 0x40, 0x80];
        let views = [0, 1, 2, 4, 6, 0xF_001F, 0x20, 0x24, 0x22];
        let mut name = self.name();
        let name_at = if self.random.below(8) == 0 {
            self.place()
        } else {
            name.as_mut_ptr()
        };
        let mut attributes = self.attributes();
        let attributes_at: *mut SECURITY_ATTRIBUTES = match self.random.below(4) {
            0 => &mut attributes,
            1 => std::ptr::without_provenance_mut(self.random.of(&NOWHERE)),
            _ => std::ptr::null_mut(),
        };
        let (flag, wait) = (self.random.below(2) as i32, self.random.of(&[0, 0, 1]));
        // Nothing is so small that it is not there, or so large that the machine would be filled.
        let mapped = self.random.of(&[0, 1, 4096, 65536, 200_000]);
        match self.random.below(33) {
            // SAFETY: for all of them: what the addresses lead to is this test's, or nothing.
            0..=2 => {
                let file = if self.random.below(2) == 0 {
                    INVALID_HANDLE_VALUE
                } else {
                    self.handle()
                };
                let flags = self.flags(&protections);
                // SAFETY: see above.
                let made = unsafe { CreateFileMappingA(file, attributes_at, flags, 0, mapped, name_at) };
                self.keep_handle(made)
            }
            3 => {
                let access = self.flags(&views);
                // SAFETY: see above.
                let opened = unsafe { OpenFileMappingA(access, flag, name_at) };
                self.keep_handle(opened)
            }
            4..=6 => {
                let (mapping, access) = (self.handle(), self.flags(&views));
                let (offset, len) = (self.random.of(&[0, 0, 65536, 4096, 1]), self.size());
                let base = if self.random.below(4) == 0 {
                    self.address()
                } else {
                    std::ptr::null_mut()
                };
                let view = MapViewOfFileEx(mapping, access, 0, offset, len, base);
                self.keep_address(view)
            }
            7 => FlushViewOfFile(self.address(), self.size()) != 0,
            8 | 9 => {
                let address = self.address();
                // SAFETY: nothing here touches a view.
                unsafe { UnmapViewOfFile(address) != 0 }
            }
            10 | 11 => CloseHandle(self.handle()) != 0,
            12 => {
                let (from, handle, to) = (self.handle(), self.handle(), self.handle());
                let mine = self.random.below(4) > 0;
                let (from, to) = if mine {
                    (INVALID_HANDLE_VALUE, INVALID_HANDLE_VALUE)
                } else {
                    (from, to)
                };
                let (access, options) = (self.flags(&views), self.flags(&[0, 1, 2, 3]));
                // Without a place the new handle would be nobody's to close, as on Windows.
                let place = match self.place::<HANDLE>() {
                    none if none.is_null() => self.buffer.as_mut_ptr().cast(),
                    place => place,
                };
                // SAFETY: see above.
                let done = unsafe { DuplicateHandle(from, handle, to, place, access, flag, options) != 0 };
                if done {
                    let made = std::ptr::without_provenance_mut(self.buffer[0] as usize);
                    self.keep_handle(made);
                }
                done
            }
            13 | 14 => {
                let path = self
                    .folder
                    .join(self.random.of(&["file", "other", "missing/file", "."]));
                let mut path = [path.as_os_str().as_encoded_bytes(), &[0]].concat();
                let (access, how) = (
                    self.flags(&[0x8000_0000, 0xC000_0000, 0xE000_0000, 0]),
                    self.flags(&[1, 2, 3, 4, 5]),
                );
                let flags = self.flags(&[0, 0x80, 0x0200_0000]);
                let none = std::ptr::null_mut();
                // SAFETY: see above.
                let file = unsafe { CreateFileA(path.as_mut_ptr(), access, 7, attributes_at, how, flags, none) };
                self.keep_handle(file)
            }
            15 => {
                let (file, high) = (self.handle(), self.place());
                // SAFETY: see above.
                unsafe { GetFileSize(file, high) != u32::MAX }
            }
            16 => {
                let (file, to, place) = (self.handle(), self.random.of(&[0, 1, 4096, 70_000, -1]), self.place());
                let from = self.flags(&[0, 1, 2]);
                // SAFETY: see above.
                unsafe { SetFilePointerEx(file, to, place, from) != 0 }
            }
            17 => SetEndOfFile(self.handle()) != 0,
            18 | 19 => {
                let (file, buffer, count) = (self.handle(), self.place(), self.random.of(&[0, 1, 4096]));
                let mut overlapped = OVERLAPPED {
                    Internal: 0,
                    InternalHigh: 0,
                    Offset: self.random.next() as u32 % 100_000,
                    OffsetHigh: 0,
                    hEvent: std::ptr::null_mut(),
                };
                let mut moved = 0;
                let at: *mut OVERLAPPED = if flag == 0 {
                    std::ptr::null_mut()
                } else {
                    &mut overlapped
                };
                let reads = self.random.below(2) == 0;
                // SAFETY: see above; the buffer has 4096 bytes.
                let read = reads && unsafe { ReadFile(file, buffer, count, &mut moved, at) != 0 };
                // SAFETY: see above.
                read || !reads && unsafe { WriteFile(file, buffer.cast_const(), count, &mut moved, at) != 0 }
            }
            20 => {
                let (address, info, len) = (
                    self.address(),
                    self.place::<MEMORY_BASIC_INFORMATION>(),
                    self.random.of(&[size_of::<MEMORY_BASIC_INFORMATION>(), 7, 100]),
                );
                // SAFETY: see above.
                unsafe { VirtualQuery(address, info, len) != 0 }
            }
            21 => {
                let (address, len, protect, old) = (self.address(), self.size(), self.flags(&pages), self.place());
                // SAFETY: see above; nothing here touches a view.
                unsafe { VirtualProtect(address, len, protect, old) != 0 }
            }
            22 => {
                let (address, protect) = (self.address(), self.flags(&pages));
                let (len, kind) = (
                    self.random.of(&[0, 1, 4096, 65536, 1 << 20]),
                    self.flags(&[0x1000, 0x2000, 0x3000, 0x8_0000]),
                );
                let made = VirtualAlloc(address, len, kind, protect);
                self.keep_address(made)
            }
            23 => {
                let (address, len, kind) = (
                    self.address(),
                    self.random.of(&[0, 0, 4096]),
                    self.flags(&[0x4000, 0x8000, 0x8002]),
                );
                // SAFETY: see above; nothing here touches what is given back.
                unsafe { VirtualFree(address, len, kind) != 0 }
            }
            24 => {
                let count = self.random.below(3) as i32 - 1;
                let made = match self.random.below(3) {
                    // SAFETY: see above.
                    0 => unsafe { CreateEventA(attributes_at, flag, flag, name_at) },
                    // SAFETY: see above.
                    1 => unsafe { CreateSemaphoreA(attributes_at, count, 2, name_at) },
                    // SAFETY: see above.
                    _ => unsafe { CreateMutexA(attributes_at, flag, name_at) },
                };
                self.keep_handle(made)
            }
            25 => {
                let object = self.handle();
                match self.random.below(4) {
                    0 => SetEvent(object) != 0,
                    1 => ResetEvent(object) != 0,
                    2 => ReleaseMutex(object) != 0,
                    // SAFETY: see above.
                    _ => unsafe { ReleaseSemaphore(object, self.random.below(4) as i32 - 1, self.place()) != 0 },
                }
            }
            26 => WaitForSingleObject(self.handle(), wait) != u32::MAX,
            27 => {
                let count = self.random.of(&[0, 1, 2, 5, 64, 65, 1000, u32::MAX]);
                let handles: Vec<HANDLE> = (0..65).map(|_| self.handle()).collect();
                let at = if self.random.below(8) == 0 {
                    self.place()
                } else {
                    handles.as_ptr().cast_mut()
                };
                // SAFETY: see above.
                unsafe { WaitForMultipleObjects(count, at, flag, wait) != u32::MAX }
            }
            28 => {
                let id = self.random.of(&[std::process::id(), 0, 1, u32::MAX, 4_000_000]);
                let process = OpenProcess(self.flags(&[0x10_0000, 0x1F_FFFF, 0x40]), flag, id);
                self.keep_handle(process)
            }
            29 => {
                let (address, process) = (
                    self.address(),
                    self.random.of(&[INVALID_HANDLE_VALUE, std::ptr::null_mut()]),
                );
                let kind = self.flags(&[0x4_2000, 0x4_2000, 0x1000, 0x3000]);
                let protect = self.flags(&[1, 4]);
                let (len, none) = (self.random.of(&[0, 4096, 65536, 1 << 20]), std::ptr::null());
                let address = if self.random.below(2) == 0 {
                    address
                } else {
                    std::ptr::null_mut()
                };
                let made = VirtualAlloc2(process, address, len, kind, protect, none, 0);
                self.keep_address(made)
            }
            30 => {
                let (mapping, address, process) = (self.handle(), self.address(), self.handle());
                let process = if flag == 0 { process } else { INVALID_HANDLE_VALUE };
                let (kind, protect) = (self.flags(&[0, 0x4000, 0x2000]), self.flags(&pages));
                let (offset, len) = (self.random.next() % 3 * 4096, self.random.of(&[0, 4096, 65536]));
                let made = MapViewOfFile3(
                    mapping,
                    process,
                    address,
                    offset,
                    len,
                    kind,
                    protect,
                    std::ptr::null(),
                    0,
                );
                self.keep_address(made)
            }
            31 => {
                let (address, how) = (self.address(), self.flags(&[0, 1, 2]));
                // SAFETY: nothing here touches a view.
                unsafe { UnmapViewOfFile2(INVALID_HANDLE_VALUE, address, how) != 0 }
            }
            _ => {
                let (first, last) = (self.place::<abi::FILETIME>(), self.place());
                let process = self.handle();
                // SAFETY: see above.
                unsafe { GetProcessTimes(process, first, last, first, last) != 0 }
            }
        }
    }

    fn end(mut self) {
        for handle in std::mem::take(&mut self.handles) {
            CloseHandle(handle);
        }
        for address in std::mem::take(&mut self.addresses) {
            let address = std::ptr::with_exposed_provenance_mut(address);
            // SAFETY: nothing touches it.
            unsafe { UnmapViewOfFile(address) };
            // SAFETY: as above.
            unsafe { VirtualFree(address, 0, 0x8000) };
        }
    }
}

/// Every number that a call here may answer with.
const KNOWN: &[u32] = &[
    2, 3, 4, 5, 6, 8, 13, 19, 21, 24, 38, 50, 80, 87, 109, 112, 123, 131, 132, 170, 183, 193, 206, 232, 288, 298, 487,
    998, 1006, 1113, 1132, 1224, 1314, 1338, 1450, 1455,
];

#[test]
fn random_calls_get_an_error_code_and_nothing_worse() {
    alone("random_calls_get_an_error_code_and_nothing_worse", |folder| {
        const UNSET: u32 = 0xABCD;
        let mut succeeded = 0;
        for seed in 1..=40 {
            let mut program = Program::new(seed * 0x9E37_79B9, folder);
            for call in 0..500 {
                SetLastError(UNSET);
                if program.call() {
                    succeeded += 1;
                } else {
                    let code = GetLastError();
                    assert!(KNOWN.contains(&code), "seed {seed}, call {call}: {code}");
                }
            }
            program.end();
        }
        assert!(
            (2_000..18_000).contains(&succeeded),
            "{succeeded} of 20000: too many of one kind"
        );
    });
}

#[test]
fn what_was_closed_or_unmapped_is_found_out() {
    alone("what_was_closed_or_unmapped_is_found_out", |_| {
        let none: *mut u8 = std::ptr::null_mut();
        // SAFETY: the text is this test's.
        let mapping =
            unsafe { CreateFileMappingA(INVALID_HANDLE_VALUE, none.cast(), 4, 0, 4096, c"wrong".as_ptr().cast()) };
        let view = MapViewOfFile(mapping, 0xF_001F, 0, 0, 0);
        assert!(!mapping.is_null() && !view.is_null());
        assert_eq!((CloseHandle(mapping), CloseHandle(mapping), GetLastError()), (1, 0, 6));
        assert!(MapViewOfFile(mapping, 4, 0, 0, 0).is_null());
        assert_eq!(GetLastError(), 6);
        // Many others later, the old number still means nothing.
        for _ in 0..1000 {
            // SAFETY: no address is given.
            let other = unsafe { CreateEventA(none.cast(), 1, 0, none) };
            assert_ne!(other, mapping);
            assert_eq!(CloseHandle(other), 1);
        }
        assert_eq!((SetEvent(mapping), GetLastError()), (0, 6));
        // SAFETY: nothing touches the view.
        assert_eq!(unsafe { UnmapViewOfFile(view) }, 1);
        // SAFETY: as above.
        assert_eq!((unsafe { UnmapViewOfFile(view) }, GetLastError()), (0, 487));
        assert_eq!((FlushViewOfFile(view, 0), GetLastError()), (0, 487));
    });
}
