//! The plain layout: bytes at offset 0 and a NUL after them, as C programs have always shared a text.
//!
//! It has no version, no length and no lock, so nobody can promise that a reader never meets a change halfway. What
//! can be done without telling other programs is done here: a careful order of writing, and reading twice.

use std::sync::atomic::{Ordering, fence};
use std::time::Duration;

use coview::{AccessError, View};

/// How many times [`stable`] looks before it takes what it has: a writer that never rests must not stop a reader.
const LOOKS: u32 = 100;
/// How many looks an empty content must last, and the pause between two of them.
const EMPTY_LOOKS: u32 = 10;
const EMPTY_PAUSE: Duration = Duration::from_millis(1);
/// How much is read at first, and at most at once, on the way to the NUL: a mapping may be far larger than its text.
const FIRST_READ: usize = 4096;
const LARGEST_READ: usize = 1 << 20;

/// How many bytes a content may have: all of the view but for the NUL.
pub(crate) fn room(view: &View) -> usize {
    view.len() - 1
}

/// Replaces the content. `content` holds no NUL and fits into [`room`].
///
/// The order: first a NUL at offset 0, so that the content is empty from then on; then the new end, so that bytes of
/// older and longer contents never come into sight; then the new bytes but the first; and the first one last, which
/// shows them all at once. A reader that begins meanwhile finds nothing, and so does everyone if this process is killed
/// halfway. Only one that is in the middle of reading can get a mixture, never longer than the longer of the two
/// contents, and reading twice uncovers it. (Writing the text and then its NUL would show the rest of the old
/// text behind a shorter new one, and behind a longer one whatever the memory held before.)
pub(crate) fn put(view: &View, content: &[u8]) -> Result<(), AccessError> {
    debug_assert!(content.len() <= room(view) && !content.contains(&0));
    view.write(0, &0u8)?;
    let Some((first, rest)) = content.split_first() else {
        return Ok(());
    };
    // Each step is seen before the next one by other processors too.
    fence(Ordering::SeqCst);
    view.write(content.len(), &0u8)?;
    fence(Ordering::SeqCst);
    view.write(1, rest)?;
    fence(Ordering::SeqCst);
    view.write(0, first)
}

/// What was read: up to the NUL, or the whole view if there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    /// With the NUL, if there was one: so it is compared as well.
    seen: Vec<u8>,
    ended: bool,
}

impl Content {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.seen[..self.seen.len() - usize::from(self.ended)]
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.bytes().is_empty()
    }

    /// Whether the view holds exactly this now.
    pub(crate) fn is_in(&self, view: &View) -> Result<bool, AccessError> {
        Ok((self.ended || self.seen.len() == view.len()) && view.compare(0, &self.seen)?.is_none())
    }
}

/// Reads until the content stays the same for two looks in a row, a bounded number of times.
///
/// An empty content is also how a change looks halfway (see [`put`]): it must last for ten milliseconds.
pub(crate) fn stable(view: &View) -> Result<Content, AccessError> {
    let (mut content, mut empty_looks) = (once(view)?, 0);
    for _ in 0..LOOKS {
        if content.is_empty() {
            std::thread::sleep(EMPTY_PAUSE);
            empty_looks += 1;
        }
        if !content.is_in(view)? {
            (content, empty_looks) = (once(view)?, 0);
        } else if !content.is_empty() || empty_looks >= EMPTY_LOOKS {
            break;
        }
    }
    Ok(content)
}

fn once(view: &View) -> Result<Content, AccessError> {
    // What others have committed of a reserved mapping is known from now on; a failure shows when it is read.
    let _ = view.sync_commits();
    let (mut seen, mut step) = (Vec::new(), FIRST_READ);
    while seen.len() < view.len() {
        let part = view.read_vec(seen.len(), step.min(view.len() - seen.len()))?;
        if let Some(nul) = part.iter().position(|byte| *byte == 0) {
            seen.extend_from_slice(&part[..=nul]);
            return Ok(Content { seen, ended: true });
        }
        seen.extend_from_slice(&part);
        step = (step * 2).min(LARGEST_READ);
    }
    Ok(Content { seen, ended: false })
}

#[cfg(test)]
mod tests {
    use super::*;
    use coview::Mapping;

    fn view() -> View {
        Mapping::unnamed(64 * 1024).unwrap().view().unwrap()
    }

    #[test]
    fn what_is_put_is_read_whatever_was_there() {
        let view = view();
        view.fill(0, view.len(), b'#').unwrap();
        let long = vec![b'x'; room(&view)];
        for content in [&b"3:1"[..], b"", b"a longer one", b"4", &long, b"after"] {
            put(&view, content).unwrap();
            let read = stable(&view).unwrap();
            assert_eq!(read.bytes(), content);
            assert!(read.is_in(&view).unwrap());
        }
    }

    #[test]
    fn without_a_nul_it_is_the_whole_view() {
        let view = view();
        view.fill(0, view.len(), b'#').unwrap();
        let read = stable(&view).unwrap();
        assert_eq!(read.bytes().len(), view.len());
        assert!(read.is_in(&view).unwrap());
        view.write(view.len() - 1, b"\0").unwrap();
        assert!(!read.is_in(&view).unwrap());
        assert_eq!(stable(&view).unwrap().bytes().len(), room(&view));
    }

    #[test]
    fn a_content_that_only_grew_is_another_one() {
        let view = view();
        put(&view, b"3:1").unwrap();
        let before = stable(&view).unwrap();
        put(&view, b"3:10").unwrap();
        assert!(!before.is_in(&view).unwrap());
    }

    #[test]
    fn a_reader_never_sees_more_than_the_longer_of_two_contents() {
        let mapping = Mapping::unnamed(4096).unwrap();
        let (ours, theirs) = (mapping.view().unwrap(), mapping.view().unwrap());
        // What older contents have left behind.
        ours.fill(0, ours.len(), b'#').unwrap();
        let contents = [vec![b'a'; 700], vec![b'b'; 300]];
        put(&ours, &contents[0]).unwrap();
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for _ in 0..5_000 {
                    contents.iter().for_each(|content| put(&theirs, content).unwrap());
                }
            });
            while !writer.is_finished() {
                let read = once(&ours).unwrap();
                assert!(read.bytes().len() <= 700 && !read.bytes().contains(&b'#'));
            }
        });
        assert_eq!(stable(&ours).unwrap().bytes(), contents[1]);
    }
}
