//! `cargo xtask win32 install`: the files of the C library, where a system looks for them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;

use crate::sh::{self, Result};

/// Changes when a program that was linked to an older library would no longer run.
const ABI: &str = "0";

/// What a program must link to beside the static library: what Rust's standard library needs of the system.
const STATIC_NEEDS: &str = "-lgcc_s -lutil -lrt -lpthread -lm -ldl -lc";

pub(crate) fn run(prefix: &Path) -> Result {
    // Relative to where the chore was called: cargo runs in the workspace's root.
    let prefix = std::path::absolute(prefix)?;
    let (lib, include) = (prefix.join("lib"), prefix.join("include/coview-win32"));
    fs::create_dir_all(lib.join("pkgconfig"))?;
    fs::create_dir_all(&include)?;

    let name = format!("libcoview_win32.so.{ABI}");
    let build = |kind: &str, flags: &[&str]| {
        let mut cargo = sh::cargo();
        cargo.args([
            "rustc",
            "--release",
            "--package",
            "coview-win32",
            "--lib",
            "--crate-type",
            kind,
        ]);
        sh::run(cargo.arg("--").args(flags))
    };
    build("staticlib", &[])?;
    build("cdylib", &["-C", &format!("link-arg=-Wl,-soname,{name}")])?;

    let built = sh::target_dir().join("release");
    let version = env!("CARGO_PKG_VERSION");
    let full = format!("libcoview_win32.so.{version}");
    put(&built.join("libcoview_win32.a"), &lib.join("libcoview_win32.a"))?;
    put(&built.join("libcoview_win32.so"), &lib.join(&full))?;
    for link in [name.as_str(), "libcoview_win32.so"] {
        let link = lib.join(link);
        let _ = fs::remove_file(&link);
        symlink(&full, link)?;
    }
    for header in fs::read_dir(sh::root().join("crates/coview-win32/include"))? {
        let header = header?;
        put(&header.path(), &include.join(header.file_name()))?;
    }
    fs::write(lib.join("pkgconfig/coview-win32.pc"), pkg_config(version))?;
    println!(
        "installed in {}: use it with `pkg-config --cflags --libs coview-win32`",
        prefix.display()
    );
    Ok(())
}

/// By another name first: a program that runs with the old library keeps it whole.
fn put(from: &Path, to: &Path) -> Result {
    let new = to.with_extension("new");
    fs::copy(from, &new).map_err(|why| format!("{}: {why}", from.display()))?;
    Ok(fs::rename(new, to)?)
}

/// Relative to its own place, so that the folder may be moved.
fn pkg_config(version: &str) -> String {
    format!(
        "prefix=${{pcfiledir}}/../..\n\
         libdir=${{prefix}}/lib\n\
         includedir=${{prefix}}/include/coview-win32\n\
         \n\
         Name: coview-win32\n\
         Description: The file-mapping functions of Win32 for Linux\n\
         Version: {version}\n\
         Cflags: -I${{includedir}}\n\
         Libs: -L${{libdir}} -lcoview_win32\n\
         Libs.private: {STATIC_NEEDS}\n"
    )
}
