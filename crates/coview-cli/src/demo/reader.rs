//! A reader: opens the mapping by its name, and takes every message, in order and checked.

use std::thread::sleep;

use coview::{Access, Mapping, ViewOptions};

use super::MESSAGES;
use super::relay::{LOOK, Relay, lives, sign_of_life};
use crate::exit::{Exit, Failure};

/// How many looks for a message before the question whether the writer lives, which is a call to the system.
const LOOKS: u32 = 500;

pub(super) fn run(name: &str, reader: usize) -> Result<Exit, Failure> {
    let _life = Mapping::create(&sign_of_life(name, reader), 1)?;
    let mapping = Mapping::open(name)?;
    // A view without a handle: the mapping's name is the writer's alone, and tells whether the writer lives.
    let view = ViewOptions::new()
        .access(Access::Write)
        .keep_handle(false)
        .map(&mapping)?;
    drop(mapping);
    let relay = Relay::new(view);

    relay.step(reader, 0)?;
    for number in 1..=MESSAGES {
        wait_for(&relay, name, number)?;
        if !relay.slot()?.is_some_and(|message| message.is_complete(number)) {
            return Err(broken(format!("message {number} is not complete")));
        }
        relay.step(reader, number)?;
    }
    Ok(Exit::Success)
}

fn wait_for(relay: &Relay, name: &str, number: u32) -> Result<(), Failure> {
    loop {
        // Asked first: what was sent right before the end is found below.
        let writer_lives = lives(name)?;
        for _ in 0..LOOKS {
            match relay.number()? {
                there if there == number => return Ok(()),
                there if there > number => {
                    return Err(broken(format!("message {number} was missed")));
                }
                _ => sleep(LOOK),
            }
        }
        if !writer_lives {
            return Err(broken(format!("the writer is gone before message {number}")));
        }
    }
}

fn broken(words: String) -> Failure {
    Failure::new(Exit::Failed, words)
}
