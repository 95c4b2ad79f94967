//! The files that the rules look at: what git tracks, and what it would.

use std::path::Path;
use std::process::Command;

use crate::sh::{self, Result};

pub(super) struct File {
    /// From the workspace's root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

#[derive(Default)]
pub(super) struct Tree {
    files: Vec<File>,
}

impl Tree {
    pub(super) fn read(root: &Path) -> Result<Self> {
        let list = ["ls-files", "--cached", "--others", "--exclude-standard", "-z"];
        let paths = sh::output(Command::new("git").args(list).current_dir(root))?;
        let mut tree = Self::default();
        for path in paths.split_terminator('\0') {
            // Neither what is deleted but not yet committed, nor what is no text.
            if let Ok(text) = std::fs::read_to_string(root.join(path)) {
                tree.files.push(File {
                    path: path.to_owned(),
                    text,
                });
            }
        }
        Ok(tree)
    }

    pub(super) fn len(&self) -> usize {
        self.files.len()
    }

    pub(super) fn files(&self) -> impl Iterator<Item = &File> {
        self.files.iter()
    }

    /// The Rust sources.
    pub(super) fn sources(&self) -> impl Iterator<Item = &File> {
        self.files().filter(|file| file.path.ends_with(".rs"))
    }

    /// Whether this is a file or a folder of the tree.
    pub(super) fn has(&self, path: &str) -> bool {
        let folder = format!("{path}/");
        self.files()
            .any(|file| file.path == path || file.path.starts_with(&folder))
    }

    /// A tree that is nowhere but in a test.
    #[cfg(test)]
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let file = |(path, text): &(&str, &str)| File {
            path: (*path).into(),
            text: (*text).into(),
        };
        Self {
            files: files.iter().map(file).collect(),
        }
    }
}

impl File {
    /// What is wrong with a line of this file; lines count from 0 here and from 1 for people.
    pub(super) fn finding(&self, line: usize, what: impl std::fmt::Display) -> String {
        format!("{}:{}: {what}", self.path, line + 1)
    }
}
