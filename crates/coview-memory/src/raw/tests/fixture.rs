//! Memory to copy to and fro, and numbers.

/// Fewer rounds where each is slow.
pub(super) const fn rounds(many: usize) -> usize {
    if cfg!(miri) { many / 1000 } else { many }
}

/// Bytes that start at a multiple of 64, set to [`GUARD`].
pub(super) struct Area(Vec<Line>);

#[derive(Clone)]
#[repr(align(64))]
struct Line(#[expect(dead_code, reason = "accessed through the area's address")] [u8; 64]);

/// What a byte is that nobody wrote.
pub(super) const GUARD: u8 = 0xa5;

impl Area {
    pub(super) fn new(len: usize) -> Area {
        Area(vec![Line([GUARD; 64]); len.div_ceil(64)])
    }

    pub(super) fn base(&mut self) -> *mut u8 {
        self.0.as_mut_ptr().cast()
    }

    /// The bytes, while nobody else accesses them.
    pub(super) fn bytes(&mut self) -> &mut [u8] {
        let len = size_of_val(&self.0[..]);
        // SAFETY: these are the initialized bytes of the lines, borrowed with them.
        unsafe { std::slice::from_raw_parts_mut(self.base(), len) }
    }
}

/// An area that two threads access, through `raw` only.
#[derive(Clone, Copy)]
pub(super) struct Shared(pub(super) *mut u8);

// SAFETY: the users of the pointer keep to the contract of `raw`, which allows any number of threads.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub(super) fn at<T>(self, offset: usize) -> *mut T {
        self.0.wrapping_add(offset).cast()
    }
}

/// Whether nobody wrote these bytes, said fast: each is as the one before it, and the first is a guard.
pub(super) fn untouched(bytes: &[u8]) -> bool {
    match bytes {
        [] => true,
        [first, rest @ ..] => *first == GUARD && *rest == bytes[..rest.len()],
    }
}

/// A seeded stream of numbers (xorshift).
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end as u64).unwrap()
    }
}

/// Bytes that tell their index for a long while.
pub(super) fn pattern(len: usize) -> Vec<u8> {
    (0..len).map(|i| (i * 7 + i / 256) as u8).collect()
}
