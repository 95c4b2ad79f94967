//! Imports run downward only, and siblings do not know each other.

use super::Findings;
use super::scan::crate_paths;
use super::tree::{File, Tree};

/// Which crates of the workspace a crate may name in its manifest. The chores may use anything.
const CRATES: [(&str, &[&str]); 4] = [
    ("coview-memory", &[]),
    ("coview", &["coview-memory"]),
    ("coview-cli", &["coview"]),
    ("coview-win32", &["coview"]),
];

/// Plain data, at the bottom of the floor: whoever needs a name or an error may have one.
const DATA: &[&str] = &["error", "filename", "name", "rights", "security"];

/// A module of a crate and what it may import from outside of itself.
struct Layer {
    of: &'static str,
    module: &'static str,
    below: &'static [&'static [&'static str]],
    /// Whether its submodules may import each other.
    siblings_meet: bool,
}

const LAYERS: [Layer; 9] = [
    Layer {
        of: "coview-memory",
        module: "os",
        below: &[DATA, &["raw"]],
        siblings_meet: false,
    },
    Layer {
        of: "coview-memory",
        module: "bell",
        below: &[DATA, &["os", "view"]],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "sync",
        below: &[DATA, &["os"]],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "raw",
        below: &[],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "error",
        below: &[DATA],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "filename",
        below: &[DATA],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "name",
        below: &[DATA],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "rights",
        below: &[DATA],
        siblings_meet: true,
    },
    Layer {
        of: "coview-memory",
        module: "security",
        below: &[DATA],
        siblings_meet: true,
    },
];

pub(super) fn crates_depend_downward(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for (name, may) in CRATES {
        let manifest = format!("crates/{name}/Cargo.toml");
        for file in tree.files().filter(|file| file.path == manifest) {
            for (line, text) in file.text.lines().enumerate() {
                let key = text.split(['.', ' ', '=']).next().unwrap_or("");
                let ours = CRATES.iter().any(|(other, _)| *other == key);
                if ours && !may.contains(&key) {
                    findings.push(file.finding(line, format!("{name} must not know of {key}")));
                }
            }
        }
    }
    findings
}

pub(super) fn modules_import_downward(tree: &Tree) -> Findings {
    let mut findings = Findings::new();
    for layer in LAYERS {
        for file in tree.sources() {
            let Some(module) = module(file, layer.of).filter(|module| module[0] == layer.module) else {
                continue;
            };
            for (path, line) in crate_paths(&file.text, &module) {
                if let Some(why) = forbidden(tree, &layer, &module, &path) {
                    findings.push(file.finding(line, format!("{} must not know of {why}", module.join("::"))));
                }
            }
        }
    }
    findings
}

/// What of this path the module must not know.
fn forbidden(tree: &Tree, layer: &Layer, module: &[String], path: &[String]) -> Option<String> {
    let top = path.first()?;
    if top != layer.module {
        let below = layer.below.iter().any(|names| names.contains(&top.as_str()));
        return (!below).then(|| top.clone());
    }
    // The layer's own file lists its submodules, and all may use what it declares.
    let (own, other) = (module.get(1)?, path.get(1)?);
    let folder = format!("crates/{}/src/{}/{other}", layer.of, layer.module);
    let sibling = own != other && (tree.has(&folder) || tree.has(&format!("{folder}.rs")));
    (sibling && !layer.siblings_meet).then(|| path[..2].join("::"))
}

/// A source's place in its crate: `["os", "linux"]`; nothing for the crate's root and for other crates.
fn module(file: &File, of: &str) -> Option<Vec<String>> {
    let inside = file
        .path
        .strip_prefix(&format!("crates/{of}/src/"))?
        .strip_suffix(".rs")?;
    let mut parts: Vec<_> = inside.split('/').map(str::to_owned).collect();
    parts.pop_if(|last| last == "mod" || last == "lib");
    (!parts.is_empty()).then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_looks_up_is_found() {
        let up = Tree::of(&[(
            "crates/coview-memory/Cargo.toml",
            "[dependencies]\ncoview.workspace = true\n",
        )]);
        assert_eq!(
            crates_depend_downward(&up),
            ["crates/coview-memory/Cargo.toml:2: coview-memory must not know of coview"]
        );
        let past = Tree::of(&[("crates/coview-cli/Cargo.toml", "coview-memory = { path = \"\" }\n")]);
        assert_eq!(crates_depend_downward(&past).len(), 1);
        let down = Tree::of(&[(
            "crates/coview/Cargo.toml",
            "name = \"coview\"\ncoview-memory.workspace = true\n",
        )]);
        assert_eq!(crates_depend_downward(&down), Findings::new());
    }

    const LINUX: &str = "crates/coview-memory/src/os/linux/mod.rs";

    #[test]
    fn a_module_that_looks_up_is_found() {
        let tree = Tree::of(&[(
            LINUX,
            "use crate::name::Name;\nuse crate::{error::E, mapping::Mapping};\n",
        )]);
        assert_eq!(
            modules_import_downward(&tree),
            [format!("{LINUX}:2: os::linux must not know of mapping")]
        );
        let data = Tree::of(&[("crates/coview-memory/src/rights.rs", "use crate::os::X;")]);
        assert_eq!(modules_import_downward(&data).len(), 1);
    }

    #[test]
    fn siblings_that_meet_are_found() {
        let windows = ("crates/coview-memory/src/os/windows/mod.rs", "");
        let tree = Tree::of(&[
            (
                LINUX,
                "use super::windows::Handle;\nuse super::Region;\nuse self::lock::Lock;",
            ),
            windows,
        ]);
        assert_eq!(
            modules_import_downward(&tree),
            [format!("{LINUX}:1: os::linux must not know of os::windows")]
        );
    }
}
