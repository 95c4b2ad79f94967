//! C programs of these tests: compiled by the machine's `cc` against the header and the library that cargo has built.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What the static library needs of the system: what Rust's standard library needs.
const SYSTEM: &[&str] = &["-lgcc_s", "-lutil", "-lrt", "-lpthread", "-lm", "-ldl", "-lc"];

/// How a program is linked to the library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Library {
    Static,
    Shared,
}

/// Cargo builds the C libraries into the folder of the test program.
pub(crate) fn library(kind: Library) -> PathBuf {
    let folder = std::env::current_exe().unwrap().parent().unwrap().to_owned();
    let library = folder.join(match kind {
        Library::Static => "libcoview_win32.a",
        Library::Shared => "libcoview_win32.so",
    });
    assert!(library.is_file(), "{} was not built", library.display());
    library
}

/// Whether C programs can be linked to the library: not when Rust's sanitizers are in it, whose runtime is not that of
/// the C compiler's. Says so if not.
pub(crate) fn links() -> bool {
    let sanitized = std::env::var_os("COVIEW_SANITIZED").is_some();
    if sanitized {
        println!("SKIPPED: a library with a sanitizer in it cannot be linked to a C program");
    }
    !sanitized
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Compiles the sources into a program of that name beside the test program. Warnings are errors.
pub(crate) fn compile(name: &str, sources: &[PathBuf], flags: &[&str], kind: Library) -> PathBuf {
    let library = library(kind);
    let folder = library.parent().unwrap();
    let program = folder.join(format!("{name}-{}", std::process::id()));
    let mut compiler = Command::new("cc");
    compiler.args(["-std=c11", "-Wall", "-Wextra", "-Werror", "-g", "-pthread"]);
    if cfg!(target_pointer_width = "32") {
        compiler.arg("-m32");
        // Debian keeps the kernel's headers, which are the same for both, where only the other kind looks.
        compiler.args(["-idirafter", "/usr/include/x86_64-linux-gnu"]);
    }
    compiler
        .arg(format!("-I{}", root().join("include").display()))
        .args(flags)
        .args(sources);
    compiler.arg("-o").arg(&program).arg(&library).args(SYSTEM);
    compiler.arg(format!("-Wl,-rpath,{}", folder.display()));
    let output = compiler.output().expect("a C compiler, `cc`, is needed");
    assert!(output.status.success(), "{compiler:?}\n{}", said(&output));
    program
}

/// All that a program printed.
pub(crate) fn said(output: &Output) -> String {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}{}", text(&output.stdout), text(&output.stderr))
}
