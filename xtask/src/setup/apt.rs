//! Debian's packages: from the machine's own archive, and single ones from a release that it does not follow.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::sh::{self, Result};

/// Installs those of the packages that are missing.
pub(super) fn install(packages: &[&str]) -> Result {
    let missing: Vec<_> = packages.iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    sh::run(apt_get().args(["update", "-qq"]))?;
    let words = missing.iter().map(|package| **package).collect::<Vec<_>>().join(" ");
    // The name of every file unpacked is no news; errors go to standard error.
    sh::run(
        apt_get()
            .args(["install", "-qq", "--yes", "--no-install-recommends"])
            .args(missing)
            .stdout(Stdio::null()),
    )
    .map_err(|why| format!("{why}\nThese Debian packages are needed (as root): {words}").into())
}

fn is_installed(package: &str) -> bool {
    let query = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status}", package])
        .output();
    query.is_ok_and(|out| out.stdout == b"installed")
}

/// The version that a package must have, and the release that has it.
pub(super) struct Wanted<'a> {
    pub(super) package: &'a str,
    pub(super) version: &'a str,
    pub(super) suite: &'a str,
}

/// Downloads one package into `folder` from a release that the machine need not follow, without a trace in its apt.
pub(super) fn download(wanted: &Wanted, folder: &Path) -> Result<PathBuf> {
    let sources = folder.join("sources.list");
    std::fs::write(&sources, format!("{}\n", source_line(wanted.suite)?))?;
    let private = || -> Result<Command> {
        let mut apt = apt_get();
        apt.current_dir(folder);
        let state = [
            ("Dir::Etc::SourceParts", "no-parts"),
            ("Dir::State::Lists", "lists"),
            ("Dir::Cache", "cache"),
        ];
        for (key, name) in state {
            std::fs::create_dir_all(folder.join(name).join("partial"))?;
            apt.arg(format!("-o{key}={}", folder.join(name).display()));
        }
        // Its own user may not write here.
        apt.arg(format!("-oDir::Etc::SourceList={}", sources.display()))
            .arg("-oAPT::Sandbox::User=root");
        Ok(apt)
    };
    sh::run(private()?.args(["update", "-qq"]))?;
    // Debian adds its own revision to the version.
    sh::run(
        private()?
            .args(["download", "-qq"])
            .arg(format!("{}={}*", wanted.package, wanted.version)),
    )?;
    let is_package = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "deb");
    let mut files = std::fs::read_dir(folder)?.filter_map(|entry| Some(entry.ok()?.path()));
    files
        .find(is_package)
        .ok_or_else(|| "apt-get downloaded nothing".into())
}

/// The machine's own archive, for another release.
fn source_line(suite: &str) -> Result<String> {
    let own = sh::output(apt_get().args([
        "indextargets",
        "--format",
        "$(REPO_URI)",
        "Created-By: Packages",
        "Label: Debian",
        "Component: main",
    ]))?;
    let archive = own
        .lines()
        .next()
        .ok_or("apt knows no Debian archive: run `apt-get update` first")?;
    let keys = "/usr/share/keyrings/debian-archive-keyring.gpg";
    Ok(format!("deb [signed-by={keys}] {archive} {suite} main"))
}

fn apt_get() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive").env("LC_ALL", "C");
    apt
}
