//! A message: its number, a text of its own length, and a checksum over both.

/// Little-endian: number (4 bytes), length of the text (4), checksum (8).
pub(super) const HEADER: usize = 16;
/// The longest text.
pub(super) const LONGEST: usize = 3000;

/// A message as it was read: what memory that another process writes happened to hold.
pub(super) struct Message {
    pub(super) header: [u8; HEADER],
    pub(super) text: Vec<u8>,
}

impl Message {
    /// As it lies in the mapping.
    pub(super) fn encode(number: u32, text: &str) -> Vec<u8> {
        debug_assert!(text.len() <= LONGEST);
        let mut bytes = Vec::with_capacity(HEADER + text.len());
        bytes.extend_from_slice(&number.to_le_bytes());
        bytes.extend_from_slice(&(text.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&checksum(number, text.as_bytes()).to_le_bytes());
        bytes.extend_from_slice(text.as_bytes());
        bytes
    }

    /// The length of the text behind this header; `None` if no text is that long. Checked before anything is read
    /// by it.
    pub(super) fn text_len(header: &[u8; HEADER]) -> Option<usize> {
        let len = u32::from_le_bytes(header[4..8].try_into().expect("four bytes")) as usize;
        (len <= LONGEST).then_some(len)
    }

    /// Whether it is that message, complete and unmixed.
    pub(super) fn is_complete(&self, number: u32) -> bool {
        self.header[..4] == number.to_le_bytes() && self.header[8..] == checksum(number, &self.text).to_le_bytes()
    }

    /// The part of its text that fits into a line.
    pub(super) fn score(&self) -> String {
        let score = self.text.split(|byte| *byte == b' ').next().unwrap_or_default();
        String::from_utf8_lossy(score).into_owned()
    }
}

/// FNV-1a, 64 bits.
fn checksum(number: u32, text: &[u8]) -> u64 {
    let bytes = number.to_le_bytes();
    let all = bytes.iter().chain(text);
    all.fold(0xcbf2_9ce4_8422_2325, |sum, byte| {
        (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// What the writer has to say: the score of a long match, and as much cheering as fits the moment, so that messages
/// differ in length and a mixture of two would show.
pub(super) fn text(number: u32) -> String {
    let home = (1..=number).filter(|goal| goal % 5 < 3).count();
    let mut text = format!("{home}:{}", number as usize - home);
    let cheering = number as usize * 37 % (LONGEST - text.len());
    text.extend(" hurrah!".chars().cycle().take(cheering));
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether these bytes pass for message `number`.
    fn passes(number: u32, bytes: &[u8]) -> bool {
        let (header, text) = bytes.split_at(HEADER);
        let message = Message {
            header: header.try_into().unwrap(),
            text: text.to_vec(),
        };
        Message::text_len(&message.header) == Some(text.len()) && message.is_complete(number)
    }

    #[test]
    fn a_message_is_known_again_and_a_mixture_is_not() {
        let bytes = Message::encode(7, &text(7));
        assert!(passes(7, &bytes) && !passes(8, &bytes));
        for at in 0..bytes.len() {
            let mut mixed = bytes.clone();
            mixed[at] ^= 1;
            assert!(!passes(7, &mixed), "byte {at}");
        }
    }

    #[test]
    fn no_text_is_too_long_and_each_begins_with_the_score() {
        assert!((1..=1000).all(|number| text(number).len() <= LONGEST));
        let message = Message {
            header: [0; HEADER],
            text: text(7).into_bytes(),
        };
        assert_eq!(message.score(), "5:2");
    }
}
