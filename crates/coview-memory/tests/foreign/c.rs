//! A C program with `shm_open`, `open`, `memfd_create` and `mmap`.

use std::path::PathBuf;
use std::process::Command;

use coview_memory::{ErrorKind, Mapping, Rights};

use crate::program::{Program, names_are_in_dev_shm, unique};

/// The compiled program, which goes with this value.
struct Stranger {
    program: PathBuf,
}

impl Stranger {
    /// Nothing if there is no C compiler.
    fn compiled(test: &str) -> Option<Self> {
        // Where programs may be executed; /dev/shm is mounted noexec on many machines.
        let program = std::env::temp_dir().join(unique(test));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/foreign/stranger.c");
        let compiled = Command::new("cc")
            .args(["-Wall", "-o"])
            .arg(&program)
            .args([source, "-lrt"])
            .status();
        match compiled {
            Ok(status) => assert!(status.success(), "cc {source}: {status}"),
            Err(error) => {
                println!("SKIPPED cc: {error}");
                return None;
            }
        }
        Some(Self { program })
    }

    fn start(&self, how: &str, name: &str) -> Program {
        Program::start(Command::new(&self.program).args([how, name]))
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.program);
    }
}

/// What both sides see of a mapping that the program shares.
#[track_caller]
fn exchange(mapping: &Mapping, mut program: Program) {
    assert_eq!(mapping.size(), 8192);
    let view = mapping.view().unwrap();
    assert_eq!(view.read_vec(4096, 7).unwrap(), b"from C\0");
    view.write(0, b"from Rust\0").unwrap();
    program.go_on();
    program.finish();
}

#[test]
fn what_c_made_with_shm_open_is_opened_here() {
    let Some(stranger) = Stranger::compiled("c-makes") else {
        return;
    };
    let name = format!("/{}", unique("c-makes"));
    let mut program = stranger.start("make", &name);
    program.hear();
    let reader = Mapping::open_posix(&name, Rights::READ).unwrap();
    assert!(reader.view().unwrap().write(0, b"no").is_err());
    // It is no name of Coview's, and Coview says whose it is.
    let error = Mapping::open(&name[1..]).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    if names_are_in_dev_shm() {
        assert!(error.to_string().contains("open_posix"), "{error}");
    }
    let mapping = Mapping::open_posix(&name, Rights::ALL).unwrap();
    exchange(&mapping, program);
    // Gone for others; the memory stays as long as it is mapped.
    assert_eq!(
        Mapping::open_posix(&name, Rights::READ).unwrap_err().kind(),
        ErrorKind::NotFound
    );
    assert_eq!(mapping.view().unwrap().read_vec(4096, 6).unwrap(), b"from C");
}

#[test]
fn what_c_made_with_memfd_create_is_opened_here() {
    let Some(stranger) = Stranger::compiled("c-memfd") else {
        return;
    };
    let mut program = stranger.start("memfd", "anonymous");
    let said = program.hear();
    let (pid, fd) = said.split_once(' ').unwrap();
    let mapping = Mapping::open_path(format!("/proc/{pid}/fd/{fd}"), Rights::ALL).unwrap();
    exchange(&mapping, program);
}

#[test]
fn what_is_made_here_is_opened_by_c() {
    let Some(stranger) = Stranger::compiled("c-opens") else {
        return;
    };
    if !names_are_in_dev_shm() {
        return;
    }
    let global = Mapping::create(&format!(r"Global\{}", unique("c-opens")), 8192).unwrap();
    global.view().unwrap().write(0, b"from Rust\0").unwrap();
    let mut program = stranger.start("open", &format!("/coview-global.{}.data", unique("c-opens")));
    program.hear();
    exchange(&global, program);

    let local = Mapping::create(&unique("c-path"), 8192).unwrap();
    local.view().unwrap().write(0, b"from Rust\0").unwrap();
    let mut program = stranger.start("path", local.data_path().unwrap().to_str().unwrap());
    program.hear();
    exchange(&local, program);
    // A stranger's map is no handle: the name went with ours.
    drop(local);
    assert_eq!(
        Mapping::open(&unique("c-path")).unwrap_err().kind(),
        ErrorKind::NotFound
    );
}
