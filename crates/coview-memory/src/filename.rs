//! From any name to a file name and nothing else: percent-encoded as long as it is short, hashed beyond.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// The most bytes that an encoded name may have: room for a suffix within the 255 bytes of a file name.
const LONGEST: usize = 200;
/// How much of a long name stays readable before its hash.
const PREFIX: usize = 120;

/// The file name for `base`, without a suffix. Letters, digits, `-`, `_` and inner dots stay; all else becomes `%XX`.
/// A name whose encoding is longer than 200 bytes keeps 120 of them, then `~` (which encoding never makes) and the
/// first 128 bits of the name's SHA-256; whoever opens compares the full name, which the registry file holds.
pub(crate) fn encode(base: &str) -> String {
    let mut encoded = String::with_capacity(base.len());
    for (at, byte) in base.bytes().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => encoded.push(byte as char),
            b'.' if at > 0 => encoded.push('.'),
            _ => write!(encoded, "%{byte:02X}").expect("a String takes all"),
        }
    }
    if encoded.len() > LONGEST {
        encoded.truncate(PREFIX);
        encoded.push('~');
        for byte in &Sha256::digest(base.as_bytes())[..16] {
            write!(encoded, "{byte:02x}").expect("a String takes all");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::encode;

    #[test]
    fn no_name_becomes_a_path_or_another_name() {
        assert_eq!(encode("scoreboard"), "scoreboard");
        assert_eq!(encode("../etc"), "%2E.%2Fetc");
        assert_eq!(encode("."), "%2E");
        assert_eq!(encode("50%"), "50%25");
        assert_eq!(encode("a b"), "a%20b");
        let long = "长".repeat(100);
        assert!(encode(&long).len() <= 200 && encode(&long).contains('~'));
        assert_ne!(encode(&long), encode(&(long.clone() + "x")));
    }
}
