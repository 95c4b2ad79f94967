//! What can be typed: the commands, their flags and their help.

use std::path::PathBuf;
use std::time::Duration;

use clap::builder::NonEmptyStringValueParser;
use clap::{Args, Parser, Subcommand};

use crate::units::{parse_duration, parse_interval, parse_size};

const EXIT_CODES: &str = "\
Exit codes:
  0  done; for `read --follow`: the mapping is gone or was replaced
  1  an error, said on stderr
  2  the command line makes no sense, or the name breaks a rule
  3  no such mapping, or none came within the time of --wait
  4  `write` refused a line or more and took the others";

const ABOUT: &str = "\
Named shared memory with Windows semantics on every system.

Two terminals show what it is:
  coview write scoreboard           type 3:1, and leave it running
  coview read scoreboard --follow   prints it, and whatever is typed next
When the writer ends, or is killed, the name is gone at once, and nothing is left behind.";

#[derive(Debug, Parser)]
#[command(
    name = "coview",
    version,
    about = "Named shared memory with Windows semantics on every system",
    long_about = ABOUT,
    after_help = EXIT_CODES,
    disable_help_subcommand = true
)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show each line typed to whoever looks at a mapping
    #[command(long_about = WRITE_ABOUT, after_help = format!("{WRITE_EXAMPLES}\n\n{EXIT_CODES}"))]
    Write(WriteArgs),
    /// Print what a mapping holds
    #[command(long_about = READ_ABOUT, after_help = format!("{READ_EXAMPLES}\n\n{EXIT_CODES}"))]
    Read(ReadArgs),
    /// See it work: a writer, two readers, one of them killed, and nothing left
    Demo,
    /// One of the processes of `demo`.
    #[command(hide = true)]
    DemoRole {
        #[command(subcommand)]
        role: Role,
    },
}

const WRITE_ABOUT: &str = "\
Takes lines from stdin; each replaces the content of the mapping: its bytes, without the line ending, and a NUL after
them, at offset 0. `exit` alone on a line, or the end of input, ends it.

The mapping lives as long as a program holds it: when this one ends, and nobody else holds it, it is gone. If a
mapping of that name exists already, whichever program made it, it is opened, and its size and backing stay.

A line that is too long, or that holds a NUL, is refused: the content stays as it was, and the exit code is 4.";

const WRITE_EXAMPLES: &str = "\
Examples:
  coview write scoreboard                         type lines; leave it running
  echo 3:1 | coview write scoreboard --linger 1m  one line, there for a minute
  coview write notes --file notes.bin             what is written stays in the file";

/// The arguments of `coview write`.
#[derive(Debug, Args)]
pub(crate) struct WriteArgs {
    /// The mapping's name; `Local\` (the default) and `Global\` before it choose the scope
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// Size of a new mapping, as 4096, 5KiB, 1MiB [default: 5KiB, or the file's length]
    #[arg(long, value_parser = parse_size)]
    pub(crate) size: Option<u64>,
    /// Back a new mapping by this file, which is created if missing; a larger --size makes it grow
    #[arg(long, value_name = "PATH")]
    pub(crate) file: Option<PathBuf>,
    /// Hold the mapping that long after the end of input, as 500ms, 20s, 2m
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub(crate) linger: Option<Duration>,
    /// The plain layout: bytes and a NUL at offset 0. The only layout for now, and the default
    #[arg(long)]
    pub(crate) raw: bool,
}

const READ_ABOUT: &str = "\
Prints the content of a mapping, up to its first NUL (or the whole mapping if there is none), and a line end.
On a terminal, without flags, it asks as it goes: `yes` prints, `exit` ends.

Any program may have made the mapping. It is opened for reading only, and this program never keeps it alive.

--wait gives a mapping that appears while it waits a second to get its first content.

--follow prints each content that it sees, until the mapping is gone or replaced by another of that name. A plain
mapping has no wake-up: it is looked at every --interval, and a content that lasted less may be missed, as is one
that equals the content before it. An empty content at the beginning is not printed.

--json prints one object per content and line:
  {\"name\":\"scoreboard\",\"bytes\":3,\"text\":\"3:1\"}
and for bytes that are no UTF-8, so that none is lost:
  {\"name\":\"scoreboard\",\"bytes\":2,\"hex\":\"ff00\"}";

const READ_EXAMPLES: &str = "\
Examples:
  coview read scoreboard
  coview read scoreboard --wait=10s
  coview read scoreboard --wait --follow --json";

/// The arguments of `coview read`.
#[derive(Debug, Args)]
pub(crate) struct ReadArgs {
    /// The mapping's name; `Local\` (the default) and `Global\` before it choose the scope
    #[arg(value_parser = NonEmptyStringValueParser::new())]
    pub(crate) name: String,
    /// Wait until the mapping is there: for ever, or that long
    #[arg(long, value_name = "TIME", num_args = 0..=1, require_equals = true, value_parser = parse_duration)]
    pub(crate) wait: Option<Option<Duration>>,
    /// Print each new content until the mapping is gone or replaced
    #[arg(long)]
    pub(crate) follow: bool,
    /// Print a line of JSON per content
    #[arg(long)]
    pub(crate) json: bool,
    /// How often --wait and --follow look; at least 1ms
    #[arg(long, value_name = "TIME", default_value = "20ms", value_parser = parse_interval)]
    pub(crate) interval: Duration,
    /// The plain layout: bytes and a NUL at offset 0. The only layout for now, and the default
    #[arg(long)]
    pub(crate) raw: bool,
}

/// The processes of `coview demo`, beside the one that was typed.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    Writer { name: String },
    Reader { name: String, number: usize },
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }

    #[test]
    fn wait_takes_its_time_after_an_equals_sign_only() {
        let wait = |args: &[&str]| match Cli::try_parse_from(args).unwrap().command {
            Command::Read(args) => (args.name, args.wait),
            other => panic!("{other:?}"),
        };
        let ten = Some(Some(Duration::from_secs(10)));
        assert_eq!(wait(&["coview", "read", "--wait", "x"]), ("x".into(), Some(None)));
        assert_eq!(wait(&["coview", "read", "x", "--wait=10s"]), ("x".into(), ten));
        assert_eq!(wait(&["coview", "read", "x"]), ("x".into(), None));
    }
}
