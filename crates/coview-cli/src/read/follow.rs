//! `--follow`: each new content, until the mapping is gone or replaced.

use std::time::Duration;

use crate::exit::{Exit, Failure, say};
use crate::plain::{self, Content};
use crate::read::print::Printer;
use crate::read::{Fate, Source};

pub(crate) fn run(source: &Source, printer: &mut Printer<'_>, interval: Duration) -> Result<Exit, Failure> {
    let mut shown: Option<Content> = None;
    loop {
        // Asked before the content is read: what was written last, right before the end, is read after all.
        let fate = source.still_the_same()?;
        if let Some(content) = news(source, shown.as_ref())? {
            // That nothing was there yet is no news.
            if shown.is_some() || !content.is_empty() {
                printer.print(content.bytes())?;
                shown = Some(content);
            }
        }
        match fate {
            Fate::Same => std::thread::sleep(interval),
            Fate::Gone => say(format_args!("{:?} is gone", source.name())),
            Fate::Replaced => say(format_args!("{:?} is another mapping now", source.name())),
        }
        if fate != Fate::Same {
            return Ok(Exit::Success);
        }
    }
}

/// The content, if it is another one than was shown last.
fn news(source: &Source, shown: Option<&Content>) -> Result<Option<Content>, Failure> {
    if let Some(shown) = shown
        && shown.is_in(source.view())?
    {
        return Ok(None);
    }
    let content = plain::stable(source.view())?;
    Ok(Some(content).filter(|content| Some(content) != shown))
}
