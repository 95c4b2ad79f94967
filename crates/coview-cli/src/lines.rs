//! Lines of input as bytes, in bounded memory: whatever comes, no more is kept than there is room for.

use std::io::{self, BufRead};

/// Reads lines and keeps of each no more than `room` bytes.
pub(crate) struct Lines<R> {
    input: R,
    room: usize,
}

/// A line without its line ending, LF or CRLF.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Line {
    Whole(Vec<u8>),
    /// More bytes than there is room for; how many they were.
    TooLong(u64),
}

impl<R: BufRead> Lines<R> {
    pub(crate) fn new(input: R, room: usize) -> Self {
        Self { input, room }
    }

    /// The next line; `None` at the end of the input. A last line need not end in a line ending.
    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        // One byte more than the room, for the CR of a line that fills it.
        let most = self.room.saturating_add(1);
        let (mut kept, mut len, mut last) = (Vec::new(), 0u64, None);
        let ended = loop {
            let chunk = match self.input.fill_buf() {
                Ok(chunk) => chunk,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if chunk.is_empty() {
                break false;
            }
            let newline = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..newline.unwrap_or(chunk.len())];
            kept.extend_from_slice(&part[..part.len().min(most - kept.len())]);
            len += part.len() as u64;
            last = part.last().copied().or(last);
            let used = part.len() + usize::from(newline.is_some());
            self.input.consume(used);
            if newline.is_some() {
                break true;
            }
        };
        if !ended && len == 0 {
            return Ok(None);
        }
        if ended && last == Some(b'\r') {
            len -= 1;
        }
        if len > self.room as u64 {
            return Ok(Some(Line::TooLong(len)));
        }
        kept.truncate(len as usize);
        Ok(Some(Line::Whole(kept)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines of `input`, read through a buffer so small that every line is put together from pieces.
    fn all(input: &[u8], room: usize) -> Vec<Line> {
        let mut lines = Lines::new(io::BufReader::with_capacity(2, input), room);
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    fn whole(bytes: &[u8]) -> Line {
        Line::Whole(bytes.to_vec())
    }

    #[test]
    fn line_endings_go_and_all_other_bytes_stay() {
        let lines = all(b"one\ntwo\r\n\n\r\n\xff\rx\r\r\nlast\r", 100);
        let expected: [&[u8]; 6] = [b"one", b"two", b"", b"", b"\xff\rx\r", b"last\r"];
        assert_eq!(lines, expected.map(whole));
        assert_eq!(all(b"", 100), []);
    }

    #[test]
    fn a_line_too_long_is_counted_and_the_next_one_is_whole() {
        assert_eq!(all(b"abcd\nab\n", 3), [Line::TooLong(4), whole(b"ab")]);
        assert_eq!(all(b"abc\r\nabcd\r\n", 3), [whole(b"abc"), Line::TooLong(4)]);
        assert_eq!(all(b"abcdefgh", 3), [Line::TooLong(8)]);
        assert_eq!(all(b"\na\n", 0), [whole(b""), Line::TooLong(1)]);
    }
}
