//! Limits of a process and of the machine.

use coview_memory::{Access, ErrorKind, Mapping, Pages, Protection, ViewOptions};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::common::{Folder, leftovers, one_further_call, spawn, tests_alone};
use crate::mounts::{skipped, start_in};

/// A limit that is reached says which one it is, wherever in a call it is reached.
pub(crate) fn with_few_descriptors(_: &[&str]) {
    for limit in 3..40 {
        let most = getrlimit(Resource::Nofile).maximum;
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: Some(limit),
                maximum: most,
            },
        )
        .unwrap();
        let mut held = Vec::new();
        let error = loop {
            match Mapping::create(
                &format!(r"{}\few-{}", ["Local", "Global"][held.len() % 2], held.len()),
                4096,
            ) {
                Ok(mapping) => held.push(mapping),
                Err(error) => break error,
            }
        };
        assert!(error.to_string().contains("ulimit -n"), "{limit}: {error}");
        assert_eq!(
            error.os_error().and_then(|os| os.raw_os_error()),
            Some(libc::EMFILE),
            "{limit}: {error}"
        );
        if let Some(error) = Mapping::open("few-0")
            .err()
            .filter(|error| error.kind() != ErrorKind::NotFound)
        {
            assert!(error.to_string().contains("ulimit -n"), "{limit}: {error}");
        }
        drop(held);
        setrlimit(
            Resource::Nofile,
            Rlimit {
                current: most,
                maximum: most,
            },
        )
        .unwrap();
        one_further_call();
        assert_eq!(leftovers(Mapping::directory()), Vec::<String>::new(), "{limit}");
    }
}

pub(crate) fn where_nothing_executes(_: &[&str]) {
    let mapping = Mapping::options()
        .protection(Protection::ExecuteReadWrite)
        .create("code", 4096)
        .unwrap();
    let options = ViewOptions::new().access(Access::ExecuteRead);
    let refused = options.map(&mapping).unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::AccessDenied);
    assert!(refused.to_string().contains("noexec"), "{refused}");
    // Memory without a name lies elsewhere.
    let unnamed = Mapping::options()
        .protection(Protection::ExecuteReadWrite)
        .create("", 4096)
        .unwrap();
    assert!(options.map(&unnamed).is_ok());
}

/// A field of the part of /proc/self/smaps that begins with the memory of `name`.
fn smaps(name: &str, field: &str) -> Option<String> {
    let smaps = std::fs::read_to_string("/proc/self/smaps").unwrap();
    let mut lines = smaps.lines().skip_while(|line| !line.contains(name));
    lines.find_map(|line| Some(line.strip_prefix(field)?.trim().to_owned()))
}

tests_alone! {
    fn too_few_descriptors_are_named_and_leave_nothing() {
        spawn("descriptors", &[]).finish();
    }

    fn a_directory_mounted_noexec_says_so() {
        let folder = Folder::new("noexec");
        if let Some(inside) = start_in("noexec", "noexec", &folder) {
            inside.finish();
        }
    }

    fn more_memory_than_the_machine_has_is_refused_before_any_is_taken() {
        let machine = rustix::system::sysinfo();
        let all = machine.totalram as u64 * u64::from(machine.mem_unit);
        let before = std::time::Instant::now();
        for name in ["", "much", r"Global\much"] {
            let error = Mapping::create(name, all + (1 << 30)).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::NoMemory, "{error}");
        }
        // Filling all of it would take minutes.
        assert!(before.elapsed() < std::time::Duration::from_secs(20));
    }

    fn large_pages_are_large_or_the_error_says_what_to_set() {
        const SETTING: &str = "/proc/sys/vm/nr_hugepages";
        const LARGE: u64 = 2 << 20;
        let create = || Mapping::options().pages(Pages::Large).create("large", LARGE);
        let before = std::fs::read_to_string(SETTING).unwrap_or_default();
        let granted = std::fs::write(SETTING, "8").is_ok();
        let made = create();
        match made {
            Ok(mapping) => {
                let view = mapping.view().unwrap();
                view.write(LARGE as usize - 1, b"!").unwrap();
                assert_eq!(smaps("memfd:coview", "KernelPageSize:").as_deref(), Some("2048 kB"));
                let other = Mapping::open("large").unwrap().view().unwrap();
                assert_eq!(other.read_vec(LARGE as usize - 1, 1).unwrap(), b"!");
            }
            Err(error) => {
                if granted {
                    skipped("the machine has no large pages to give");
                }
                assert!(matches!(error.kind(), ErrorKind::NoMemory | ErrorKind::Unsupported), "{error}");
                assert!(error.to_string().contains("vm.nr_hugepages") || error.kind() == ErrorKind::Unsupported);
            }
        }
        if granted {
            std::fs::write(SETTING, &before).unwrap();
        }
    }
}
