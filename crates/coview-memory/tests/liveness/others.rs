//! Other users, other PID namespaces, other file systems, large pages.

use std::fs::File;
use std::process::{Command, Stdio};

use coview_memory::liveness::Presence;
use coview_memory::{ErrorKind, Mapping, Pages, Rights, Security};

use crate::common::{Puppet, command, one_further_call, start, tests_alone, until};
use crate::spot::{Spot, channel};

const OWNER: u32 = 65_533;
const OTHER: u32 = 65_534;

/// Says why a test cannot be made here; `alone` hands it on.
fn skipped(why: &str) {
    println!("SKIPPED {why}");
}

/// On a file that lies over another file system a place cannot be had, and the error says so.
pub(crate) fn over_a_layer(words: &[&str]) {
    let file = File::options()
        .read(true)
        .write(true)
        .create_new(true)
        .open(words[0])
        .unwrap();
    let spot = Spot::of(Mapping::options().file(&file).create("", 4096).unwrap());
    for _ in 0..3 {
        let error = Presence::take(&spot.mapping, spot.channel, 1).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("overlayfs"), "{error}");
        assert!(!spot.is_taken(1), "what fails leaves nothing taken");
    }
}

fn unshare(arguments: &[&str], program: &Command) -> Command {
    let mut unshare = Command::new("unshare");
    unshare
        .args(arguments)
        .arg(program.get_program())
        .args(program.get_args());
    for (key, value) in program.get_envs() {
        unshare.env(key, value.unwrap());
    }
    unshare
}

fn is_permitted(mut command: Command) -> bool {
    command
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

tests_alone! {
    fn another_user_asks_where_it_may_read_and_takes_where_it_may_write() {
        if !rustix::process::geteuid().is_root() {
            return skipped("only root can be several users");
        }
        let (name, channel) = (r"Global\of-a-user", channel());
        for (mode, rights, may_write) in [(0o644, Rights::READ, false), (0o666, Rights::ALL, true)] {
            let owner = Puppet::as_user(OWNER, |strings| {
                let mapping = Mapping::options().security(Security::mode(mode)).create(name, 4096).unwrap();
                let _presence = Presence::take(&mapping, channel, 1).unwrap().unwrap();
                strings.stop_here();
            });
            owner.until_it_stops();
            let other = Puppet::as_user(OTHER, |strings| {
                let mapping = Mapping::options().rights(rights).open(name).unwrap();
                assert!(Presence::is_taken(&mapping, channel, 1).unwrap());
                assert!(!Presence::is_taken(&mapping, channel, 2).unwrap());
                let taken = Presence::take(&mapping, channel, 2);
                match may_write {
                    true => assert!(taken.as_ref().unwrap().is_some()),
                    false => {
                        let error = taken.as_ref().unwrap_err();
                        assert_eq!(error.kind(), ErrorKind::AccessDenied, "{error}");
                    }
                }
                strings.stop_here();
                until(|| !Presence::is_taken(&mapping, channel, 1).unwrap());
                drop(taken);
            });
            other.until_it_stops();
            Puppet::as_user(OWNER, |_| {
                let mapping = Mapping::options().rights(Rights::READ).open(name).unwrap();
                assert_eq!(Presence::is_taken(&mapping, channel, 2).unwrap(), may_write);
            })
            .finish();
            owner.kill();
            other.go_on();
            other.finish();
            Puppet::as_user(OWNER, |_| one_further_call()).finish();
        }
    }

    fn a_process_of_another_pid_namespace_is_seen() {
        let mut arguments = vec!["--pid", "--fork", "--kill-child"];
        if !rustix::process::geteuid().is_root() {
            arguments.insert(0, "--map-root-user");
        }
        if !is_permitted(unshare(&arguments, &Command::new("true"))) {
            return skipped("PID namespaces are not permitted here");
        }
        for mount in [false, true] {
            if mount {
                arguments.push("--mount-proc");
            }
            let spot = Spot::new("namespace");
            // Both are number 1, each in its own.
            let mut first = start(&mut unshare(&arguments, &spot.command("holder", &["1"])));
            first.expect("1");
            let mut second = start(&mut unshare(&arguments, &spot.command("holder", &["1", "2"])));
            second.expect("1");
            assert!(spot.is_taken(1) && spot.is_taken(2));
            first.kill();
            until(|| !spot.is_taken(1));
            assert!(spot.is_taken(2));
            second.tell("end");
            second.finish();
            until(|| !spot.is_taken(2));
        }
    }

    fn a_file_on_a_layered_file_system_is_refused() {
        let folder = Mapping::directory();
        // The lower layers of an overlay must be on a file system that it takes: on a tmpfs of their own.
        let script = r#"
            mount -t tmpfs none "$1" && cd "$1" && mkdir lower upper work over &&
            mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work over"#;
        let how = if rustix::process::geteuid().is_root() { "-m" } else { "-rm" };
        let place = folder.join("layers");
        std::fs::create_dir(&place).unwrap();
        let shell = |script: &str| {
            let mut shell = Command::new("sh");
            shell.args(["-c", script, "sh"]).arg(&place);
            shell
        };
        if is_permitted(unshare(&[how], &shell(script))) {
            let part = command("over a layer", &[place.join("over/file").to_str().unwrap()]);
            let mut inside = shell(&format!("{script} && shift && exec \"$@\""));
            inside.arg(part.get_program()).args(part.get_args());
            for (key, value) in part.get_envs() {
                inside.env(key, value.unwrap());
            }
            start(&mut unshare(&[how], &inside)).finish();
        } else {
            skipped("mounting an overlay is not permitted here");
        }
        std::fs::remove_dir(place).unwrap();
    }

    fn a_mapping_of_large_pages_has_places_too() {
        const SETTING: &str = "/proc/sys/vm/nr_hugepages";
        let before = std::fs::read_to_string(SETTING).unwrap_or_default();
        let granted = std::fs::write(SETTING, "8").is_ok();
        match Mapping::options().pages(Pages::Large).create("large", 4 << 20) {
            Ok(mapping) => {
                let spot = Spot::of(mapping);
                let all: Vec<_> = (0..10).map(|place| spot.take(place).unwrap()).collect();
                assert!((0..10).all(|place| spot.is_taken(place)), "they cost no memory");
                drop(all);
                assert!((0..10).all(|place| !spot.is_taken(place)));
            }
            Err(_) => skipped("the machine has no large pages to give"),
        }
        if granted {
            std::fs::write(SETTING, &before).unwrap();
        }
    }
}
