//! The suite: each test for each implementation that this build has.

/// The tests of [`Copies`](crate::raw::contract::Copies) for the `Machine` that the module names, up to and around these
/// sizes.
macro_rules! copies {
    ($most:literal, $large:expr) => {
        #[test]
        fn every_size_and_alignment() {
            tests::copies::every_size_and_alignment::<Machine>($most);
        }

        #[test]
        fn large_sizes() {
            tests::copies::large_sizes::<Machine>(&$large);
        }

        #[test]
        fn random_ranges() {
            tests::copies::random_ranges::<Machine>();
        }

        #[test]
        fn neighbours_keep_theirs() {
            tests::copies::neighbours_keep_theirs::<Machine>();
        }

        #[cfg(all(unix, not(miri)))]
        #[test]
        fn copies_stay_within() {
            tests::pages::copies_stay_within::<Machine>();
        }
    };
}

/// The tests of [`Word`](crate::raw::contract::Word), likewise.
macro_rules! words {
    () => {
        words!(u32, u64: word_operations counts_are_exact messages_arrive_complete full_fences);

        #[test]
        fn words_do_not_tear() {
            tests::words::words_do_not_tear::<Machine>();
        }

        #[test]
        fn copies_race_with_words() {
            tests::copies::copies_race_with_words::<Machine, u32>(0, u32::MAX);
        }

        #[cfg(all(unix, not(miri)))]
        #[test]
        fn read_only() {
            tests::pages::read_only::<Machine>();
        }
    };
    (u32, u64: $($test:ident)*) => { $(
        #[test]
        fn $test() {
            tests::words::$test::<Machine, u32>();
            tests::words::$test::<Machine, u64>();
        }
    )* };
}

/// What holds for assembly, and is the one rule of the portable code.
macro_rules! mixed_sizes {
    () => {
        #[test]
        fn copies_race_with_long_words() {
            tests::copies::copies_race_with_words::<Machine, u64>(0, u64::MAX);
        }
    };
}

mod portable {
    use crate::raw::{portable::Portable as Machine, tests};

    // A cell has 4 bytes: longer ranges show nothing new, and take minutes under an emulator.
    #[cfg(not(miri))]
    copies!(300, [4096, 65536]);
    #[cfg(miri)]
    copies!(24, [1024]);
    words!();
}

#[cfg(all(target_arch = "aarch64", not(miri)))]
mod aarch64 {
    use crate::raw::{aarch64::Aarch64 as Machine, tests};

    copies!(1100, [2048, 4096, 65536, 1 << 20]);
    words!();
    mixed_sizes!();
}

#[cfg(all(
    any(target_arch = "x86_64", all(target_arch = "x86", target_feature = "sse2")),
    not(miri)
))]
mod x86 {
    use crate::raw::{tests, x86::X86 as Machine};

    copies!(1100, [2048, 4096, 65536, 1 << 20]);
    words!();
    mixed_sizes!();

    /// The tests of copies for one of the ways to copy, whichever this processor would choose.
    macro_rules! way {
        ($name:ident, $copy:ident, $feature:tt) => {
            mod $name {
                use crate::raw::x86::{self, X86};
                use crate::raw::{contract::Copies, tests};

                enum Machine {}

                impl Copies for Machine {
                    unsafe fn copy_out(src: *const u8, dst: *mut u8, len: usize) {
                        if len > 32 && is_x86_feature_detected!($feature) {
                            // SAFETY: the same contract, and the processor has what it takes.
                            unsafe { x86::$copy(dst, src, len) }
                        } else {
                            // SAFETY: the same contract.
                            unsafe { X86::copy_out(src, dst, len) }
                        }
                    }

                    unsafe fn copy_in(dst: *mut u8, src: *const u8, len: usize) {
                        // SAFETY: the same contract: the ways know no direction.
                        unsafe { Self::copy_out(src, dst, len) }
                    }
                }

                copies!(1100, [2048, 4096, 65536, 1 << 20]);
            }
        };
    }

    way!(sse2, copy_sse2, "sse2");
    way!(avx, copy_avx, "avx");
    #[cfg(target_arch = "x86_64")]
    way!(string, copy_string, "avx");
}
