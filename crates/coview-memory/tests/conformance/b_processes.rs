//! B24, B25, B27, B28: names, among processes.

use coview_memory::{ErrorKind, Mapping, Security};

use crate::roles::{Other, Role};
use crate::support::{refused, unique};

#[test]
fn b24_the_name_lives_while_another_process_holds_it() {
    let name = unique("b24");
    let mapping = Mapping::create(&name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"kept").unwrap();
    let other = Role::Open.start(&[&name]);
    assert_eq!(other.said(), "kept");
    drop(mapping);
    let again = Mapping::open_or_create(&name, 4096).unwrap();
    assert!(!again.created());
    assert_eq!(again.view().unwrap().read_vec(0, 4).unwrap(), b"kept");
    drop(again);
    assert!(other.finish().1);
    assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
}

#[test]
fn b25_a_killed_process_holds_nothing() {
    for turn in 0..5 {
        let name = unique(&format!("b25-{turn}"));
        let mapping = Mapping::create(&name, 4096).unwrap();
        mapping.view().unwrap().write(0, b"gone").unwrap();
        let other = Role::Open.start(&[&name]);
        assert_eq!(other.said(), "gone");
        drop(mapping);
        assert!(Mapping::identify(&name).unwrap().is_some());
        other.kill();
        assert_eq!(refused(Mapping::open(&name)), ErrorKind::NotFound);
        let fresh = Mapping::create(&name, 4096).unwrap();
        assert_eq!(fresh.view().unwrap().read_vec(0, 4).unwrap(), [0; 4]);
    }
}

/// Win32: `ERROR_ALREADY_EXISTS` in the second process.
#[test]
fn b27_a_second_process_that_creates_gets_the_object() {
    let name = unique("b27");
    let mapping = Mapping::create(&name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"data").unwrap();
    assert_eq!(Role::Create.start(&[&name]).said(), "false data");
    drop(mapping);
    assert_eq!(Role::Create.start(&[&name]).said(), "true \0\0\0\0");
}

/// Win32: `ERROR_ACCESS_DENIED`.
#[test]
fn b28_security_says_who_may_open() {
    let name = format!(r"Global\{}", unique("b28"));
    let wide = if cfg!(windows) {
        Security::sddl("D:(A;;0x5;;;WD)")
    } else {
        Security::mode(0o644)
    };
    let mapping = Mapping::options().security(wide).create(&name, 4096).unwrap();
    mapping.view().unwrap().write(0, b"read").unwrap();
    let Some(stranger) = Stranger::new() else {
        return;
    };
    assert_eq!(stranger.open(&name, "read").said(), "read");
    assert_eq!(stranger.open(&name, "write").said(), "AccessDenied");
    drop(mapping);
    if cfg!(unix) {
        let _private = Mapping::create(&name, 4096).unwrap();
        assert_eq!(stranger.open(&name, "read").said(), "AccessDenied");
    }
}

/// A process that is not the owner: on Linux of another user, which only root can start; on Windows the security
/// says nothing of the owner, so that any process will do.
struct Stranger {
    /// A copy of this program where that user can reach it.
    #[cfg(unix)]
    program: std::path::PathBuf,
}

#[cfg(unix)]
impl Stranger {
    fn new() -> Option<Self> {
        use std::os::unix::fs::{MetadataExt, PermissionsExt};
        let myself = std::fs::metadata("/proc/self").unwrap().uid();
        if myself != 0 {
            return None;
        }
        let program = std::env::temp_dir().join(unique("b28"));
        // Not by this process: others start their children meanwhile, and one that for a moment has the copy open for
        // writing makes starting it fail (ETXTBSY).
        let copied = std::process::Command::new("cp")
            .arg(std::env::current_exe().unwrap())
            .arg(&program)
            .status();
        assert!(copied.unwrap().success());
        std::fs::set_permissions(&program, PermissionsExt::from_mode(0o755)).unwrap();
        Some(Self { program })
    }

    fn open(&self, name: &str, rights: &str) -> Other {
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65_534;
        let model = Role::OpenWith.command(&[name, rights]);
        let mut command = std::process::Command::new(&self.program);
        command.args(model.get_args());
        command.envs(model.get_envs().filter_map(|(name, value)| Some((name, value?))));
        command
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        Other::new(command.uid(NOBODY).gid(NOBODY).current_dir("/"))
    }
}

#[cfg(unix)]
impl Drop for Stranger {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.program);
    }
}

#[cfg(windows)]
impl Stranger {
    fn new() -> Option<Self> {
        Some(Self {})
    }

    fn open(&self, name: &str, rights: &str) -> Other {
        Role::OpenWith.start(&[name, rights])
    }
}
