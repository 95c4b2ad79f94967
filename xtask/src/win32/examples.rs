//! `cargo xtask win32 examples`: the writer and the reader of examples/win32, here and under Wine, with each other and
//! with `coview`.
//!
//! They are built unchanged for both systems: here as a user would, against the installed library, found by pkg-config.

use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::install;
use crate::sh::{self, Result};
use crate::std_from_source::cargo;
use crate::windows::TARGET;
use crate::wine::Wine;

/// The programs of one system.
struct System<'a> {
    name: &'static str,
    folder: PathBuf,
    coview: PathBuf,
    wine: Option<&'a Wine>,
}

pub(crate) fn run(folder: &Path) -> Result {
    let prefix = folder.join("prefix");
    install::run(&prefix)?;
    sh::run(sh::cargo().args(["build", "--package", "coview-cli"]))?;
    let linux = System {
        name: "Linux",
        folder: folder.join("linux"),
        coview: sh::target_dir().join("debug/coview"),
        wine: None,
    };
    build_here(&prefix, &linux.folder)?;

    let wine = Wine::prepare()?;
    sh::run(cargo("build", TARGET, "std")?.args(["--package", "coview-cli"]))?;
    let windows = System {
        name: "Wine",
        folder: folder.join("windows"),
        coview: sh::target_dir().join("std").join(TARGET).join("debug/coview.exe"),
        wine: Some(&wine),
    };
    build_for_windows(&windows.folder)?;

    for system in [linux, windows] {
        system.writer_to_reader()?;
        system.writer_to_coview()?;
        system.coview_to_reader()?;
        println!(
            "{}: the writer, the reader and coview: each read what the others wrote",
            system.name
        );
    }
    Ok(())
}

const PROGRAMS: [&str; 2] = ["writer", "reader"];

fn source(program: &str) -> PathBuf {
    sh::root().join("examples/win32").join(program).with_extension("cpp")
}

fn build_here(prefix: &Path, folder: &Path) -> Result {
    std::fs::create_dir_all(folder)?;
    let flags = sh::output(
        Command::new(sh::need("pkg-config")?)
            .args(["--cflags", "--libs", "coview-win32"])
            .env("PKG_CONFIG_PATH", prefix.join("lib/pkgconfig")),
    )?;
    for program in PROGRAMS {
        let mut compiler = Command::new(sh::need("c++")?);
        compiler.args(["-O2", "-Wall", "-Wextra", "-Werror", "-o"]);
        compiler.arg(folder.join(program)).arg(source(program));
        compiler.args(flags.split_whitespace());
        compiler.arg(format!("-Wl,-rpath,{}", prefix.join("lib").display()));
        sh::run(&mut compiler)?;
    }
    Ok(())
}

fn build_for_windows(folder: &Path) -> Result {
    std::fs::create_dir_all(folder)?;
    for program in PROGRAMS {
        let mut compiler = Command::new(sh::need("x86_64-w64-mingw32-g++")?);
        compiler.args(["-O2", "-Wall", "-Wextra", "-Werror", "-static", "-o"]);
        compiler
            .arg(folder.join(program).with_extension("exe"))
            .arg(source(program));
        sh::run(&mut compiler)?;
    }
    Ok(())
}

impl System<'_> {
    fn start(&self, program: &Path, words: &[&str]) -> Result<Running> {
        let mut command = match self.wine {
            Some(wine) => wine.command(program),
            None => Command::new(program),
        };
        let mut child = command
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        Ok(Running {
            input: child.stdin.take(),
            output: BufReader::new(child.stdout.take().expect("piped")),
            child,
        })
    }

    fn example(&self, program: &str, name: &str) -> Result<Running> {
        let mut path = self.folder.join(program);
        if self.wine.is_some() {
            path.set_extension("exe");
        }
        self.start(&path, &[name])
    }

    fn unique(&self, what: &str) -> String {
        format!("coview-example-{what}-{}", std::process::id())
    }

    fn writer_to_reader(&self) -> Result {
        let name = self.unique("pair");
        let mut writer = self.example("writer", &name)?;
        writer.say("3:1, says the writer")?;
        writer.hear("Written.")?;
        let mut reader = self.example("reader", &name)?;
        reader.say("yes")?;
        reader.hear("3:1, says the writer")?;
        writer.say("3:2, says the writer")?;
        writer.hear("Written.")?;
        reader.say("yes")?;
        reader.hear("3:2, says the writer")?;
        reader.end()?;
        writer.end()
    }

    fn writer_to_coview(&self) -> Result {
        let name = self.unique("out");
        let mut writer = self.example("writer", &name)?;
        writer.say("4:1, for coview")?;
        writer.hear("Written.")?;
        let mut reader = self.start(&self.coview, &["read", &name, "--raw"])?;
        reader.hear("4:1, for coview")?;
        writer.end()
    }

    fn coview_to_reader(&self) -> Result {
        let name = self.unique("in");
        let mut writer = self.start(&self.coview, &["write", &name, "--raw"])?;
        writer.say("5:1, from coview")?;
        // It does not answer: what it wrote is there when coview itself reads it.
        let mut follower = self.start(&self.coview, &["read", &name, "--raw", "--wait=60s", "--follow"])?;
        follower.hear("5:1, from coview")?;
        let mut reader = self.example("reader", &name)?;
        reader.say("yes")?;
        reader.hear("5:1, from coview")?;
        reader.end()?;
        writer.end()
    }
}

/// A program that is talked to; killed if something goes wrong first.
struct Running {
    child: Child,
    input: Option<ChildStdin>,
    output: BufReader<ChildStdout>,
}

impl Running {
    fn say(&mut self, line: &str) -> Result {
        Ok(writeln!(self.input.as_mut().expect("piped"), "{line}")?)
    }

    /// Until a line ends in that: a prompt may stand before it.
    fn hear(&mut self, text: &str) -> Result {
        let mut heard = String::new();
        while self.output.read_line(&mut heard)? > 0 {
            if heard.trim_end().ends_with(text) {
                return Ok(());
            }
        }
        Err(format!("{heard:?} was printed in place of {text:?}").into())
    }

    /// Told to, it ends, and well.
    fn end(mut self) -> Result {
        self.say("exit")?;
        drop(self.input.take());
        self.output.read_to_end(&mut Vec::new())?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("an example ended with {status}").into())
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
