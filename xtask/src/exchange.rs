//! A plain Win32 program in C and `coview` under Wine: each reads what the other wrote.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::sh::{self, Result};
use crate::wine::Wine;

/// Longer than Wine needs to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A program that holds a mapping until its input ends; killed if something else goes wrong first.
struct Holder(Child);

impl Drop for Holder {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub(crate) fn run(wine: &Wine, coview: &Path, plain: &Path) -> Result {
    let name = format!("coview-exchange-{}", std::process::id());
    from_c(wine, coview, plain, &name)?;
    to_c(wine, coview, plain, &name)?;
    println!("a plain Win32 program and coview: each read what the other wrote");
    Ok(())
}

fn from_c(wine: &Wine, coview: &Path, plain: &Path, name: &str) -> Result {
    let mut writer = start(wine.command(plain).args(["create", name, "3:1, says C"]))?;
    let mut line = String::new();
    BufReader::new(writer.0.stdout.take().expect("piped")).read_line(&mut line)?;
    if line.trim() != "ready" {
        return Err(format!("the C program said {line:?} in place of being ready").into());
    }
    expect("coview read", "3:1, says C", || {
        wine.command(coview).args(["read", name, "--raw"]).output()
    })
}

fn to_c(wine: &Wine, coview: &Path, plain: &Path, name: &str) -> Result {
    let mut writer = start(wine.command(coview).args(["write", name, "--raw"]))?;
    writer
        .0
        .stdin
        .as_mut()
        .expect("piped")
        .write_all(b"4:1, says coview\n")?;
    expect("the C program", "4:1, says coview", || {
        wine.command(plain).args(["print", name]).output()
    })
}

fn start(command: &mut Command) -> Result<Holder> {
    Ok(Holder(command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?))
}

/// Asks until the answer is the text: the writer may still be on its way.
fn expect(who: &str, text: &str, ask: impl Fn() -> std::io::Result<Output>) -> Result {
    let start = Instant::now();
    loop {
        let Output { status, stdout, stderr } = ask()?;
        let said = String::from_utf8_lossy(&stdout);
        if status.success() && said.trim_end() == text {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            let complaint = String::from_utf8_lossy(&stderr);
            return Err(format!("{who} printed {said:?} in place of {text:?} ({status}): {complaint}").into());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// Where the chore finds its two programs.
pub(crate) fn programs(target: &str) -> (PathBuf, PathBuf) {
    let coview = sh::target_dir().join("std").join(target).join("debug/coview.exe");
    (coview, sh::root().join("xtask/windows/plain.c"))
}
