//! `Lifetime::Persistent`: a named mapping over a file of this user's, whose path follows from the name.
//!
//! The file decides. It appears under its path whole, by a link, so that of any number of creators one has made it,
//! and a killed one leaves nothing. The live object of that name is then made over the file, or is there already;
//! in both cases it is looked at whether it is the file's: a name may also be that of memory, or of a file that was
//! removed and is still held.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::error::{Error, ErrorKind, Result};
use crate::mapping::draft::Draft;
use crate::mapping::{Mapping, MappingOptions};
use crate::name::{Name, Scope};
use crate::os::{Existing, Handle, HandleContract, Pages, imp};
use crate::rights::{Protection, Rights};

/// How often somebody else may remove the file at the very moment when it is opened, before we give up.
const TRIES: usize = 16;

/// Creates the file, or takes it as it is: content that is there counts as the object existing.
pub(super) fn make(
    options: &MappingOptions<'_>,
    name: Option<&Name>,
    size: u64,
    existing: Existing,
) -> Result<Mapping> {
    const ACTION: &str = "create";
    let name = name.ok_or_else(|| invalid(ACTION, "only a named mapping can persist"))?;
    let path = path(ACTION, name)?;
    if options.has_file() || options.asked_pages() != Pages::Commit {
        return Err(invalid(
            ACTION,
            "a persistent mapping has a file of its own, with ordinary pages",
        ));
    }
    if size == 0 {
        return Err(invalid(ACTION, "a persistent mapping needs a size"));
    }
    options.check(Some(name), size)?;
    for _ in 0..TRIES {
        let (file, ours) = match open_file(&path, true) {
            Ok(file) => (file, false),
            Err(os) if os.kind() == io::ErrorKind::NotFound => {
                if !publish(options, name, size, &path)? {
                    continue;
                }
                match open_file(&path, true) {
                    Ok(file) => (file, true),
                    Err(os) if os.kind() == io::ErrorKind::NotFound => continue,
                    Err(os) => return Err(system(ACTION, os)),
                }
            }
            Err(os) => return Err(system(ACTION, os)),
        };
        // An empty file is none of ours, and has nothing that anybody could want.
        let empty = length(&file)? == 0;
        if existing == Existing::Refuse && !ours && !empty {
            return Err(exists("its file persists from an earlier run; open it, or remove it"));
        }
        // An existing file keeps its size, as an existing object does (conformance row B02). Should this fail, the
        // file stays: others may have opened it by now.
        let size = if empty { size } else { 0 };
        let mapping = options
            .with_file(&file)
            .make_checked(Some(name), size, Existing::Open)?;
        if !imp::is_at(&file, &path) {
            continue;
        }
        check_backing(&mapping, &file)?;
        let created = ours || empty && mapping.created();
        if existing == Existing::Refuse && !created {
            return Err(exists("somebody else has just created it; open it"));
        }
        return Ok(mapping.with_created(created));
    }
    Err(restless(ACTION))
}

/// Opens the live object, or wakes the one that the file keeps.
///
/// Who wakes it for reading alone does it for all: the object admits writing if the file does, so that a reader that
/// comes first is in no writer's way. The handle has the rights that were asked for.
pub(super) fn open(options: &MappingOptions<'_>, name: &Name, rights: Rights) -> Result<Mapping> {
    const ACTION: &str = "open";
    let path = path_of(ACTION, name)?;
    for _ in 0..TRIES {
        let (file, protection) = open_to_wake(options, &path, rights)?;
        if length(&file)? == 0 {
            let detail = "the file of the persistent mapping is empty; create it";
            return Err(Error::new(ErrorKind::NotFound, ACTION, detail));
        }
        let mapping = match Handle::open(name, rights, options.inherits()) {
            Ok(live) => Mapping::from_handle(live, false),
            Err(error) if error.kind() == ErrorKind::NotFound => {
                let waking = options.with_file(&file).protection(protection);
                let woken = waking.make_checked(Some(name), 0, Existing::Open)?;
                if woken.rights() == rights {
                    woken
                } else {
                    Mapping::from_handle(Handle::open(name, rights, options.inherits())?, false)
                }
            }
            Err(error) => return Err(error),
        };
        if imp::is_at(&file, &path) {
            check_backing(&mapping, &file)?;
            return Ok(mapping.with_created(false));
        }
    }
    Err(restless(ACTION))
}

/// Removes the file; whoever has it mapped keeps what they see.
pub(super) fn remove(name: &Name) -> Result<()> {
    const ACTION: &str = "remove";
    fs::remove_file(path_of(ACTION, name)?).map_err(|os| system(ACTION, os))
}

/// Makes the file with all its bytes; `false` if another is there now, and that is to be looked at.
fn publish(options: &MappingOptions<'_>, name: &Name, size: u64, path: &Path) -> Result<bool> {
    // Whoever lives under this name has another file or none. To be found before a file is promised to anybody.
    match Handle::open(name, Rights::READ, false) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Ok(_) if fs::symlink_metadata(path).is_ok() => return Ok(false),
        Ok(_) => return Err(not_ours()),
        Err(error) => return Err(error),
    }
    let draft = Draft::begin(path).map_err(|os| system("create", os))?;
    // Gives it its size, and finds whatever else speaks against mapping it.
    drop(
        options
            .with_file(draft.file())
            .make_checked(None, size, Existing::Refuse)?,
    );
    match draft.publish(path) {
        Ok(()) => Ok(true),
        Err(os) if os.kind() == io::ErrorKind::AlreadyExists => Ok(false),
        Err(os) => Err(system("create", os)),
    }
}

/// The file for writing if it can be, and else for reading if that is all that was asked for; and the protection that
/// a mapping of it can have.
fn open_to_wake(options: &MappingOptions<'_>, path: &Path, rights: Rights) -> Result<(File, Protection)> {
    let asked = options.asked_protection();
    match open_file(path, true) {
        Ok(file) => Ok((file, asked)),
        Err(os) if !rights.contains(Rights::WRITE) && os.kind() != io::ErrorKind::NotFound => {
            let protection = if asked.executes() {
                Protection::ExecuteRead
            } else {
                Protection::ReadOnly
            };
            let file = open_file(path, false).map_err(|os| system("open", os))?;
            Ok((file, protection))
        }
        Err(os) => Err(system("open", os)),
    }
}

fn open_file(path: &Path, write: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).write(write);
    imp::private_file(&mut options);
    options.open(path)
}

/// A live object of that name may be memory, or lie over another file.
fn check_backing(mapping: &Mapping, file: &File) -> Result<()> {
    if mapping.is_file() && imp::is_over(&mapping.handle, file) {
        Ok(())
    } else {
        Err(not_ours())
    }
}

fn length(file: &File) -> Result<u64> {
    file.metadata()
        .map(|data| data.len())
        .map_err(|os| system("create", os))
}

/// The file's path; its folder is there.
fn path(action: &'static str, name: &Name) -> Result<PathBuf> {
    let path = path_of(action, name)?;
    if let Some(folder) = path.parent() {
        imp::create_private_folder(folder).map_err(|os| system(action, os))?;
    }
    Ok(path)
}

fn path_of(action: &'static str, name: &Name) -> Result<PathBuf> {
    if name.scope() == Scope::Global {
        return Err(invalid(
            action,
            r"a persistent mapping is its user's own; leave out Global\",
        ));
    }
    let folder = imp::state_folder().ok_or_else(|| {
        Error::new(
            ErrorKind::Unsupported,
            action,
            "no home directory is known; set HOME or XDG_STATE_HOME",
        )
    })?;
    Ok(folder.join(crate::filename::encode(name.base()) + ".data"))
}

fn invalid(action: &'static str, detail: &str) -> Error {
    Error::new(ErrorKind::InvalidArgument, action, detail)
}

fn exists(detail: &str) -> Error {
    Error::new(ErrorKind::AlreadyExists, "create", detail)
}

fn not_ours() -> Error {
    exists(
        "a live mapping of that name does not lie in the persistent file: it is memory, another file, or one removed",
    )
}

fn restless(action: &'static str) -> Error {
    Error::new(
        ErrorKind::Busy,
        action,
        "others create and remove the persistent mapping all the time",
    )
}

fn system(action: &'static str, os: io::Error) -> Error {
    let kind = match os.kind() {
        io::ErrorKind::NotFound => ErrorKind::NotFound,
        io::ErrorKind::PermissionDenied => ErrorKind::AccessDenied,
        io::ErrorKind::StorageFull => ErrorKind::DiskFull,
        _ => ErrorKind::Os,
    };
    Error::new(kind, action, "the file of the persistent mapping").with_os(os)
}
