//! Python's `multiprocessing.shared_memory`.

use std::process::{Command, Stdio};

use coview_memory::{Mapping, Rights};

use crate::program::{Program, names_are_in_dev_shm, unique};

const MAKES: &str = r#"
import sys
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(name=sys.argv[1], create=True, size=8192)
memory.buf[100:111] = b"from Python"
print("made", flush=True)
sys.stdin.readline()
assert bytes(memory.buf[0:9]) == b"from Rust"
memory.close()
memory.unlink()
"#;

const OPENS: &str = r#"
import sys
from multiprocessing import resource_tracker
from multiprocessing.shared_memory import SharedMemory
memory = SharedMemory(name=sys.argv[1])
# Until Python 3.13 whoever opens is also taken for the one who must unlink at the end (python/cpython#82300).
resource_tracker.unregister(memory._name, "shared_memory")
assert memory.size == 8192
assert bytes(memory.buf[0:9]) == b"from Rust"
memory.buf[100:111] = b"from Python"
print("opened", flush=True)
sys.stdin.readline()
memory.close()
"#;

fn python(script: &str, name: &str) -> Option<Program> {
    let probe = Command::new("python3")
        .args(["-c", "import multiprocessing.shared_memory"])
        .stderr(Stdio::null())
        .status();
    if !probe.is_ok_and(|status| status.success()) {
        println!("SKIPPED there is no python3 with multiprocessing.shared_memory");
        return None;
    }
    Some(Program::start(Command::new("python3").args(["-c", script, name])))
}

#[test]
fn what_python_made_is_opened_here() {
    let name = unique("python-makes");
    let Some(mut program) = python(MAKES, &name) else {
        return;
    };
    program.expect("made");
    let mapping = Mapping::open_posix(&name, Rights::ALL).unwrap();
    let view = mapping.view().unwrap();
    assert_eq!(view.read_vec(100, 11).unwrap(), b"from Python");
    view.write(0, b"from Rust").unwrap();
    program.go_on();
    program.finish();
}

#[test]
fn what_is_made_here_is_opened_by_python() {
    if !names_are_in_dev_shm() {
        return;
    }
    let name = unique("python-opens");
    let mapping = Mapping::create(&format!(r"Global\{name}"), 8192).unwrap();
    let view = mapping.view().unwrap();
    view.write(0, b"from Rust").unwrap();
    let Some(mut program) = python(OPENS, &format!("coview-global.{name}.data")) else {
        return;
    };
    program.expect("opened");
    assert_eq!(view.read_vec(100, 11).unwrap(), b"from Python");
    program.go_on();
    program.finish();
    // What Python leaves alone is still there.
    assert!(Mapping::open(&format!(r"Global\{name}")).is_ok());
}
