//! Atomic words of a view, by offset and by value: never a reference to one.
//!
//! Loads acquire and stores release; what reads and changes at once is sequentially consistent. Words and copies may
//! meet on the same bytes at the same time: `raw` says why that is sound, and on which processors.

use crate::raw::{self, Word};
use crate::view::{AccessError, View};

impl View {
    /// The address of a word that may be read.
    #[inline]
    pub(crate) fn word<W: Word>(&self, offset: usize) -> Result<*mut W, AccessError> {
        self.touchable(offset, size_of::<W>())?;
        let at = self.at(offset).cast::<W>();
        // By its size: on 32-bit x86 Rust aligns a 64-bit integer to 4 bytes, and such a word is not whole.
        if at.addr().is_multiple_of(size_of::<W>()) {
            return Ok(at);
        }
        Err(AccessError::Misaligned {
            position: self.offset + offset as u64,
            align: size_of::<W>(),
        })
    }

    /// The address of a word that may be written.
    #[inline]
    fn word_to_write<W: Word>(&self, offset: usize) -> Result<*mut W, AccessError> {
        self.writable(offset, size_of::<W>())?;
        self.word(offset)
    }
}

macro_rules! words {
    ($($word:ident, $bits:literal: $load:ident $store:ident $swap:ident $compare_exchange:ident $fetch_add:ident
        $fetch_sub:ident $fetch_and:ident $fetch_or:ident $fetch_xor:ident;)*) => { $(
        #[doc = concat!("Words of ", $bits, " bits. Their place is a multiple of their size, from the mapping's beginning.")]
        impl View {
            #[doc = concat!("Loads the ", $bits, "-bit word at `offset`; what its writer wrote before is seen, too (acquire).")]
            #[inline]
            pub fn $load(&self, offset: usize) -> Result<$word, AccessError> {
                let at = self.word::<$word>(offset)?;
                // SAFETY: MAPPED, and `word` has checked that it lies in the view, can be read, and is aligned.
                Ok(unsafe { raw::load(at.cast_const()) })
            }

            #[doc = concat!("Stores the ", $bits, "-bit word at `offset`, after everything written before (release).")]
            #[inline]
            pub fn $store(&self, offset: usize, value: $word) -> Result<(), AccessError> {
                let at = self.word_to_write::<$word>(offset)?;
                // SAFETY: MAPPED, and `word_to_write` has checked the range, the right to write and the alignment.
                unsafe { raw::store(at, value) };
                Ok(())
            }

            #[doc = concat!("Stores the ", $bits, "-bit word and returns what was there.")]
            #[inline]
            pub fn $swap(&self, offset: usize, value: $word) -> Result<$word, AccessError> {
                let at = self.word_to_write::<$word>(offset)?;
                // SAFETY: as for the store.
                Ok(unsafe { raw::swap(at, value) })
            }

            #[doc = concat!("Stores `new` if the ", $bits, "-bit word is `current`: `Ok` of what was there, or `Err` of what is there instead.")]
            #[inline]
            pub fn $compare_exchange(
                &self,
                offset: usize,
                current: $word,
                new: $word,
            ) -> Result<Result<$word, $word>, AccessError> {
                let at = self.word_to_write::<$word>(offset)?;
                // SAFETY: as for the store.
                Ok(unsafe { raw::compare_exchange(at, current, new) })
            }

            words!(change $word $bits: $fetch_add fetch_add "Adds to", $fetch_sub fetch_sub "Subtracts from",
                $fetch_and fetch_and "Ands", $fetch_or fetch_or "Ors", $fetch_xor fetch_xor "Exclusively ors");
        }
    )* };
    (change $word:ident $bits:literal: $($name:ident $raw:ident $does:literal),*) => { $(
        #[doc = concat!($does, " the ", $bits, "-bit word, wrapping, and returns what was there.")]
        #[inline]
        pub fn $name(&self, offset: usize, value: $word) -> Result<$word, AccessError> {
            let at = self.word_to_write::<$word>(offset)?;
            // SAFETY: MAPPED, and `word_to_write` has checked the range, the right to write and the alignment.
            Ok(unsafe { raw::$raw(at, value) })
        }
    )* };
}

words! {
    u32, "32": load_u32 store_u32 swap_u32 compare_exchange_u32 fetch_add_u32 fetch_sub_u32 fetch_and_u32 fetch_or_u32
        fetch_xor_u32;
    u64, "64": load_u64 store_u64 swap_u64 compare_exchange_u64 fetch_add_u64 fetch_sub_u64 fetch_and_u64 fetch_or_u64
        fetch_xor_u64;
}
