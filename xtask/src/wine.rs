//! Windows programs on Linux: a Wine of the workspace's own, in the target folder.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::sh::{self, Result};

pub(crate) const MINGW: &str = "x86_64-w64-mingw32-gcc";

/// Wine with the environment that [`Wine::prepare`] has made ready.
pub(crate) struct Wine {
    program: PathBuf,
    prefix: PathBuf,
}

impl Wine {
    /// Finds Wine and makes its folder on first use, with what Wine 8 lacks for Rust programs.
    pub(crate) fn prepare() -> Result<Self> {
        let wine = Self {
            program: sh::need("wine64")?,
            prefix: sh::target_dir().join("wine"),
        };
        let system = wine.prefix.join("drive_c/windows/system32");
        if !system.join("kernel32.dll").is_file() {
            std::fs::create_dir_all(&wine.prefix)?;
            sh::run(Command::new(&wine.program).arg("wineboot").envs(wine.environment()))?;
        }
        c_library(
            &sh::root().join("xtask/windows/bcryptprimitives.c"),
            &system.join("bcryptprimitives.dll"),
        )?;
        Ok(wine)
    }

    /// The program that runs Windows programs: cargo's `runner`.
    pub(crate) fn program(&self) -> &Path {
        &self.program
    }

    /// What [`Self::program`] must find in its environment.
    pub(crate) fn environment(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("WINEPREFIX", self.prefix.clone()),
            ("WINEDEBUG", "-all".into()),
            // The conformance suite records where Wine itself deviates; nothing else asks.
            ("COVIEW_WINE", "1".into()),
            // No menu entries outside the target folder, no questions about installing .NET and a browser.
            ("WINEDLLOVERRIDES", "winemenubuilder.exe,mscoree,mshtml=".into()),
        ]
    }

    /// A Windows program, ready to be given its arguments and run.
    pub(crate) fn command(&self, exe: &Path) -> Command {
        let mut command = Command::new(&self.program);
        command.arg(exe).envs(self.environment());
        command
    }
}

/// Builds a Windows program from one C file, unless it is there and fresh.
pub(crate) fn c_program(source: &Path, exe: &Path) -> Result {
    mingw(source, exe, &[])
}

/// Builds a Windows DLL from one C file, unless it is there and fresh.
fn c_library(source: &Path, dll: &Path) -> Result {
    mingw(source, dll, &["-shared"])
}

fn mingw(source: &Path, made: &Path, kind: &[&str]) -> Result {
    if sh::is_fresh(made, source) {
        return Ok(());
    }
    let gcc = sh::need(MINGW)?;
    sh::run(
        Command::new(gcc)
            .args(kind)
            .args(["-O2", "-Wall", "-Wextra", "-o"])
            .args([made, source])
            .arg("-ladvapi32"),
    )
}
