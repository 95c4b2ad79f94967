//! `coview write`: lines from stdin, each of which replaces the content.

use std::fs::File;
use std::io::{self, BufRead, IsTerminal};
use std::path::Path;

use coview::{Access, ErrorKind, Mapping, View, ViewOptions};

use crate::cli::WriteArgs;
use crate::exit::{Exit, Failure, prompt, say};
use crate::lines::{Line, Lines};
use crate::plain;

const DEFAULT_SIZE: u64 = 5 * 1024;

pub(crate) fn run(args: &WriteArgs) -> Result<Exit, Failure> {
    let mapping = open_or_create(args)?;
    if !mapping.created() {
        say(already_there(args, &mapping));
    }
    let view = ViewOptions::new().access(Access::Write).map(&mapping)?;

    let asking = io::stdin().is_terminal();
    if asking {
        let room = plain::room(&view);
        say(format_args!(
            "{:?} has room for {room} bytes. Each line replaces the content; exit ends.",
            args.name
        ));
    }
    let exit = take_lines(io::stdin().lock(), &view, asking)?;

    view.flush()?;
    if let Some(time) = args.linger {
        std::thread::sleep(time);
    }
    Ok(exit)
}

fn take_lines(input: impl BufRead, view: &View, asking: bool) -> Result<Exit, Failure> {
    let room = plain::room(view);
    let mut lines = Lines::new(input, room);
    let (mut number, mut exit) = (0u64, Exit::Success);
    loop {
        if asking {
            prompt("> ");
        }
        number += 1;
        let why = match lines
            .next()
            .map_err(|error| Failure::system("cannot read stdin", &error))?
        {
            None => return Ok(exit),
            Some(Line::Whole(line)) if line == b"exit" => return Ok(exit),
            Some(Line::TooLong(len)) => format!("it has {len} bytes, and there is room for {room}"),
            Some(Line::Whole(line)) => match line.iter().position(|byte| *byte == 0) {
                Some(at) => format!("byte {at} is a NUL, and a NUL ends the content"),
                None => {
                    plain::put(view, &line)?;
                    continue;
                }
            },
        };
        say(format_args!(
            "line {number} is refused: {why}; the content stays as it was"
        ));
        exit = Exit::LineRefused;
    }
}

fn open_or_create(args: &WriteArgs) -> Result<Mapping, Failure> {
    let name = &args.name;
    let Some(path) = &args.file else {
        return Ok(Mapping::open_or_create(name, args.size.unwrap_or(DEFAULT_SIZE))?);
    };
    // A mapping that exists keeps its backing, and then the file must be neither made nor grown.
    match Mapping::open(name) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        there => return Ok(there?),
    }
    let (file, len) = open_file(path).map_err(|error| Failure::system(path.display(), &error))?;
    let size = match (args.size, len) {
        (Some(size), _) => size,
        (None, 0) => DEFAULT_SIZE,
        // The file's length, whatever it is when the mapping is made.
        (None, _) => 0,
    };
    Ok(Mapping::options().file(&file).open_or_create(name, size)?)
}

fn open_file(path: &Path) -> io::Result<(File, u64)> {
    let file = File::options()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .open(path)?;
    let len = file.metadata()?.len();
    Ok((file, len))
}

/// What to say of a mapping that was not made here.
fn already_there(args: &WriteArgs, mapping: &Mapping) -> String {
    let flags = match (args.size.is_some(), args.file.is_some()) {
        (false, false) => "",
        (true, false) => "; --size is ignored",
        (false, true) => "; --file is ignored",
        (true, true) => "; --size and --file are ignored",
    };
    format!(
        "{:?} exists already, with {} bytes, and is used as it is{flags}",
        args.name,
        mapping.size()
    )
}
