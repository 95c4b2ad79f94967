//! The header and the library say the same: the functions, and the sizes of the structures.
#![cfg(target_os = "linux")]

#[path = "common/compiler.rs"]
mod compiler;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::mem::offset_of;
use std::process::Command;

use compiler::{Library, compile, library, links, root, said};
use coview_win32::abi::{FILETIME, MEMORY_BASIC_INFORMATION, OVERLAPPED, SECURITY_ATTRIBUTES, SYSTEM_INFO};

/// The functions that the header declares: `BOOL WINAPI CloseHandle(HANDLE hObject);`
fn declared() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for header in ["windows.h", "sddl.h"] {
        let text = std::fs::read_to_string(root().join("include").join(header)).unwrap();
        for (at, word) in text.match_indices(" WINAPI ") {
            let name = text[at + word.len()..].split('(').next().unwrap();
            if name.bytes().all(|letter| letter.is_ascii_alphanumeric()) {
                names.insert(name.to_owned());
            }
        }
    }
    names
}

fn wide32(name: &str) -> String {
    format!("coview_{name}_wide32")
}

/// The functions that the shared library exports.
fn exported() -> BTreeSet<String> {
    let mut nm = Command::new("nm");
    let output = nm
        .args(["-D", "--defined-only"])
        .arg(library(Library::Shared))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", said(&output));
    let names = said(&output);
    let name = |line: &str| Some(line.split_once(" T ")?.1.to_owned());
    names.lines().filter_map(name).collect()
}

#[test]
fn what_is_declared_is_exported_and_nothing_else() {
    let (declared, exported) = (declared(), exported());
    assert!(declared.len() > 60, "{declared:?}");
    let missing: Vec<_> = declared.difference(&exported).collect();
    assert!(missing.is_empty(), "not in the library: {missing:?}");
    let may: BTreeSet<_> = declared
        .iter()
        .cloned()
        .chain(declared.iter().map(|name| wide32(name)))
        .collect();
    // A sanitizer's runtime exports its own.
    let strangers: Vec<_> = exported
        .difference(&may)
        .filter(|name| !name.starts_with('_'))
        .collect();
    assert!(
        strangers.is_empty() || exported.len() > 1000,
        "not in the header: {strangers:?}"
    );
}

/// Every function is called by its name, with both kinds of `wchar_t`, so that a missing one does not link.
#[test]
fn every_function_can_be_linked_to() {
    if !links() {
        return;
    }
    let mut source = String::from("#include <windows.h>\n#include <sddl.h>\n#include <stdio.h>\nint main(void) {\n");
    for name in declared() {
        writeln!(source, "    printf(\"%d\\n\", (void (*)(void))&{name} != 0);").unwrap();
    }
    source += "    return 0;\n}\n";
    let folder = std::env::temp_dir().join(format!("coview-test-header-{}", std::process::id()));
    std::fs::create_dir(&folder).unwrap();
    let path = folder.join("all.c");
    std::fs::write(&path, source).unwrap();
    for (name, flags) in [
        ("wide32", vec![]),
        ("wide16", vec!["-fshort-wchar"]),
        ("unicode", vec!["-DUNICODE"]),
    ] {
        for kind in [Library::Static, Library::Shared] {
            let flags: Vec<_> = flags
                .iter()
                .copied()
                .chain(["-Wno-address", "-Wno-cast-function-type"])
                .collect();
            let program = compile(
                &format!("header-{name}-{kind:?}"),
                std::slice::from_ref(&path),
                &flags,
                kind,
            );
            let output = Command::new(&program).output().unwrap();
            std::fs::remove_file(program).unwrap();
            assert!(
                output.status.success() && !said(&output).contains('0'),
                "{}",
                said(&output)
            );
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn the_structures_are_laid_out_alike() {
    if !links() {
        return;
    }
    macro_rules! layout {
        ($($type:ident: $($field:ident),*;)*) => {{
            let mut source = String::from("#include <windows.h>\n#include <stdio.h>\nint main(void) {\n");
            let mut ours = String::new();
            $(
                writeln!(source, "printf(\"{0} %u\\n\", (unsigned)sizeof({0}));", stringify!($type)).unwrap();
                writeln!(ours, "{} {}", stringify!($type), size_of::<$type>()).unwrap();
                $(
                    writeln!(source, "printf(\"{1} %u\\n\", (unsigned)offsetof({0}, {1}));", stringify!($type), stringify!($field)).unwrap();
                    writeln!(ours, "{} {}", stringify!($field), offset_of!($type, $field)).unwrap();
                )*
            )*
            source += "return 0;\n}\n";
            (source, ours)
        }};
    }
    let (source, ours) = layout! {
        SECURITY_ATTRIBUTES: nLength, lpSecurityDescriptor, bInheritHandle;
        OVERLAPPED: Internal, InternalHigh, Offset, OffsetHigh, hEvent;
        SYSTEM_INFO: wProcessorArchitecture, dwPageSize, lpMinimumApplicationAddress, lpMaximumApplicationAddress,
            dwActiveProcessorMask, dwNumberOfProcessors, dwProcessorType, dwAllocationGranularity, wProcessorLevel;
        MEMORY_BASIC_INFORMATION: BaseAddress, AllocationBase, AllocationProtect, RegionSize, State, Protect, Type;
        FILETIME: dwLowDateTime, dwHighDateTime;
    };
    let path = std::env::temp_dir().join(format!("coview-test-layout-{}.c", std::process::id()));
    std::fs::write(&path, source).unwrap();
    let program = compile("layout", std::slice::from_ref(&path), &[], Library::Static);
    let output = Command::new(&program).output().unwrap();
    std::fs::remove_file(program).unwrap();
    std::fs::remove_file(path).unwrap();
    assert_eq!(said(&output), ours);
}
