//! The writer: creates the mapping and sends.

use std::thread::sleep;
use std::time::{Duration, Instant};

use coview::Mapping;

use super::message::text;
use super::relay::{LOOK, Relay, SIZE, lives, sign_of_life};
use super::stage::{KILLED_BY, VICTIM, check_time};
use super::{MESSAGES, READERS};
use crate::exit::{Exit, Failure};

/// Slow enough to watch.
const PACE: Duration = Duration::from_millis(10);
/// How many looks at a reader's place before the question whether it lives, which is a call to the system.
const LOOKS: u32 = 50;

pub(super) fn run(name: &str) -> Result<Exit, Failure> {
    let started = Instant::now();
    let mapping = Mapping::create(name, SIZE)?;
    let relay = Relay::new(mapping.view()?);

    let mut readers: Vec<usize> = (0..READERS).collect();
    for reader in &readers {
        while relay.checked(*reader)?.is_none() {
            // Whoever started the demo ends it when a reader does not come, but may have been killed itself.
            check_time(started)?;
            sleep(LOOK);
        }
    }

    let start = Instant::now();
    for number in 1..=MESSAGES {
        relay.send(number, &text(number))?;
        let mut living = Vec::new();
        for reader in readers {
            if has_it(&relay, name, reader, number)? {
                living.push(reader);
            }
        }
        readers = living;
        if number == KILLED_BY {
            // Not before the kill, however late it comes on a busy machine.
            while lives(&sign_of_life(name, VICTIM))? {
                check_time(started)?;
                sleep(LOOK);
            }
        }
        sleep((PACE * number).saturating_sub(start.elapsed()));
    }
    Ok(Exit::Success)
}

/// Waits until the reader has the message; false if it died before.
fn has_it(relay: &Relay, name: &str, reader: usize, number: u32) -> Result<bool, Failure> {
    let sign = sign_of_life(name, reader);
    loop {
        for _ in 0..LOOKS {
            if relay.checked(reader)?.is_some_and(|checked| checked >= number) {
                return Ok(true);
            }
            sleep(LOOK);
        }
        if !lives(&sign)? {
            return Ok(false);
        }
    }
}
