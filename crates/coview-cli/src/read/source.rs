//! The mapping that is read: a view of it, and never a handle for longer than it takes to map.

use std::time::{Duration, Instant};

use coview::{Access, ErrorKind, Mapping, Rights, View, ViewOptions};

use crate::exit::{Exit, Failure};
use crate::plain::{self, Content};

/// How long a mapping that has just appeared may be empty before that counts as its content: whoever made it is about
/// to write.
const FIRST_CONTENT: Duration = Duration::from_secs(1);

/// A read-only view without a handle: a reader keeps the bytes and never the name (conformance row B21), so that
/// readers do not keep a mapping alive whose writer is gone.
pub(crate) struct Source {
    name: String,
    identity: u128,
    view: View,
    /// Whether it was waited for.
    fresh: bool,
}

/// What became of a mapping under its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    Same,
    Gone,
    /// The name is that of another object now.
    Replaced,
}

impl Source {
    /// The mapping of that name; if there is none the failure says how to make one.
    pub(crate) fn open(name: &str) -> Result<Self, Failure> {
        Self::try_open(name).map_err(|error| match error.kind() {
            ErrorKind::NotFound => no_such_mapping(name, &error.to_string()),
            _ => error.into(),
        })
    }

    /// As [`open`](Self::open), once it is there: waits for ever, or for `limit`.
    pub(crate) fn wait(name: &str, limit: Option<Duration>, interval: Duration) -> Result<Self, Failure> {
        let (start, mut fresh) = (Instant::now(), false);
        loop {
            match Self::try_open(name) {
                Ok(source) => return Ok(Self { fresh, ..source }),
                Err(error) if error.kind() == ErrorKind::NotFound => {
                    if limit.is_some_and(|limit| start.elapsed() >= limit) {
                        return Err(no_such_mapping(name, &format!("waited in vain: {error}")));
                    }
                }
                Err(error) => return Err(error.into()),
            }
            fresh = true;
            let left = limit.map_or(interval, |limit| limit.saturating_sub(start.elapsed()));
            std::thread::sleep(interval.min(left));
        }
    }

    fn try_open(name: &str) -> coview::Result<Self> {
        let mapping = Mapping::options().rights(Rights::READ).open(name)?;
        let view = ViewOptions::new()
            .access(Access::Read)
            .keep_handle(false)
            .map(&mapping)?;
        Ok(Self {
            name: name.into(),
            identity: mapping.identity(),
            view,
            fresh: false,
        })
    }

    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn view(&self) -> &View {
        &self.view
    }

    /// The content now. Of a mapping that was waited for: once there is one, or after a second.
    pub(crate) fn content(&self) -> Result<Content, Failure> {
        let start = Instant::now();
        loop {
            let content = plain::stable(&self.view)?;
            if !self.fresh || !content.is_empty() || start.elapsed() >= FIRST_CONTENT {
                return Ok(content);
            }
        }
    }

    /// Whether the name still is that of the mapping behind the view.
    ///
    /// Linux knows an identity of each object. Windows has none, and there the object that the name has now is opened
    /// for a moment and its bytes are compared with the view's, so a replacement shows when its content differs.
    pub(crate) fn still_the_same(&self) -> Result<Fate, Failure> {
        match Mapping::identify(&self.name) {
            Ok(None) => Ok(Fate::Gone),
            Ok(Some(0)) => self.same_content(),
            Ok(Some(identity)) if identity == self.identity => Ok(Fate::Same),
            Ok(Some(_)) => Ok(Fate::Replaced),
            Err(error) => fate_of(error),
        }
    }

    /// Two views of one object differ only while somebody writes; of two objects they differ at every look.
    fn same_content(&self) -> Result<Fate, Failure> {
        const LOOKS: u32 = 50;
        let now = match Self::try_open(&self.name) {
            Ok(now) => now,
            Err(error) => return fate_of(error),
        };
        if now.view.len() != self.view.len() {
            return Ok(Fate::Replaced);
        }
        for _ in 0..LOOKS {
            if plain::stable(&now.view)?.is_in(&self.view)? {
                return Ok(Fate::Same);
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        Ok(Fate::Replaced)
    }
}

fn fate_of(error: coview::Error) -> Result<Fate, Failure> {
    match error.kind() {
        ErrorKind::NotFound => Ok(Fate::Gone),
        // Of another kind, or somebody else's: not the one that we could open.
        ErrorKind::NotAMapping | ErrorKind::AccessDenied => Ok(Fate::Replaced),
        // Somebody stopped amid creating or closing it: the next look will tell.
        ErrorKind::Busy => Ok(Fate::Same),
        _ => Err(error.into()),
    }
}

fn no_such_mapping(name: &str, why: &str) -> Failure {
    let typed = as_typed(name);
    let words = format!(
        "{why}\n  Start a writer, and leave it running:  coview write {typed}\n  \
         Or wait for one:                       coview read --wait {typed}"
    );
    Failure::new(Exit::NoSuchMapping, words)
}

/// The name as it can be typed in a shell.
fn as_typed(name: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_.".contains(c);
    let quoted = match name {
        _ if name.chars().all(plain) => name.to_owned(),
        _ if cfg!(windows) => format!("\"{name}\""),
        _ => format!("'{}'", name.replace('\'', r"'\''")),
    };
    if name.starts_with('-') {
        format!("-- {quoted}")
    } else {
        quoted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fate_of_a_mapping_is_told() {
        let name = format!("coview-cli-unit-fate-{}", std::process::id());
        let make = |content: &[u8]| {
            let view = Mapping::create(&name, 4096).unwrap().view().unwrap();
            plain::put(&view, content).unwrap();
            view
        };
        let old = make(b"old");
        let source = Source::open(&name).unwrap();
        assert_eq!(source.still_the_same().unwrap(), Fate::Same);
        plain::put(&old, b"older").unwrap();
        assert_eq!(source.still_the_same().unwrap(), Fate::Same);
        drop(old);
        assert_eq!(source.still_the_same().unwrap(), Fate::Gone);
        let new = make(b"new");
        assert_eq!(source.still_the_same().unwrap(), Fate::Replaced);
        assert_eq!(source.content().unwrap().bytes(), b"older");
        drop(new);
        assert_eq!(source.still_the_same().unwrap(), Fate::Gone);
    }

    #[test]
    fn the_hint_can_be_typed() {
        assert_eq!(as_typed("score-board_1.x"), "score-board_1.x");
        assert_eq!(as_typed("-x"), "-- -x");
        #[cfg(unix)]
        assert_eq!(as_typed(r"Global\it's"), r"'Global\it'\''s'");
    }
}
