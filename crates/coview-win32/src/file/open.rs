//! Opening a file, with the access, share, disposition and attribute values that a mapping's file needs.

use std::fs::{File, OpenOptions};
use std::io;
use std::ops::Deref;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::io::{FdFlags, fcntl_setfd};

use super::mapped::{self, FileId};
use crate::abi::{HANDLE, INVALID_HANDLE_VALUE, SECURITY_ATTRIBUTES};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::{access, error};
use crate::failure::{Answer, Code, SetLastError, failed, refuse};
use crate::handles::{self, Entry, Object, granted_of_file};
use crate::security::Attributes;

const CREATE_NEW: u32 = 1;
const CREATE_ALWAYS: u32 = 2;
const OPEN_EXISTING: u32 = 3;
const OPEN_ALWAYS: u32 = 4;
const TRUNCATE_EXISTING: u32 = 5;

/// A file that a handle is of.
pub(crate) struct OpenFile {
    file: File,
    /// Of a file that is deleted when its last handle is closed.
    deleted: Option<Arc<Deleted>>,
}

impl Deref for OpenFile {
    type Target = File;

    fn deref(&self) -> &File {
        &self.file
    }
}

impl From<File> for OpenFile {
    fn from(file: File) -> Self {
        Self { file, deleted: None }
    }
}

/// Deletes the file when dropped. A process that ends without closing its handle leaves the file.
struct Deleted {
    path: PathBuf,
    id: FileId,
    /// A forked child that closes its copy deletes nothing under its parent.
    process: u32,
}

impl Drop for Deleted {
    fn drop(&mut self) {
        // Not what somebody has put in its place meanwhile.
        let is_it = std::fs::symlink_metadata(&self.path).is_ok_and(|file| FileId::in_facts(&file) == self.id);
        if is_it && self.process == std::process::id() {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// `FILE_SHARE_READ`, `_WRITE`, `_DELETE`.
const SHARES: u32 = 7;

const ATTRIBUTE_READONLY: u32 = 0x1;
const FLAG_DELETE_ON_CLOSE: u32 = 0x0400_0000;
const FLAG_BACKUP_SEMANTICS: u32 = 0x0200_0000;
const FLAG_OVERLAPPED: u32 = 0x4000_0000;
const FLAG_WRITE_THROUGH: u32 = 0x8000_0000;

in_three_forms! {
    /// Opens or creates a file. Backslashes in the path separate folders, as slashes do; there are no drives. Which other
    /// programs may open it meanwhile (`share`) is checked and then left to them: Linux has no such lock. Files that
    /// are to be used without waiting (`FILE_FLAG_OVERLAPPED`) are `ERROR_NOT_SUPPORTED`. Win32: `CreateFile`.
    CreateFileA, CreateFileW, coview_CreateFileW_wide32:
        fn(@, access: u32, share: u32, attributes: *const SECURITY_ATTRIBUTES, disposition: u32, flags: u32,
           template: HANDLE) -> HANDLE = create_file
}

/// # Safety
/// As the functions above.
unsafe fn create_file(
    path: Text,
    access: u32,
    share: u32,
    attributes: *const SECURITY_ATTRIBUTES,
    disposition: u32,
    flags: u32,
    _template: HANDLE,
) -> HANDLE {
    let opened = (|| {
        // SAFETY: the caller's promise.
        let path = unsafe { caller::path(path) }?;
        // SAFETY: as above.
        let attributes = unsafe { Attributes::read(attributes) }?;
        if share & !SHARES != 0 {
            return refuse(error::INVALID_PARAMETER);
        }
        open(&path, access, attributes.inherit, disposition, flags)
    })();
    match opened {
        Ok((handle, existed)) => {
            let says = existed && matches!(disposition, CREATE_ALWAYS | OPEN_ALWAYS);
            SetLastError(if says { error::ALREADY_EXISTS } else { error::SUCCESS });
            handle
        }
        Err(code) => failed(code, INVALID_HANDLE_VALUE),
    }
}

fn open(path: &Path, access: u32, inherit: bool, disposition: u32, flags: u32) -> Answer<(HANDLE, bool)> {
    if access & access::MAXIMUM_ALLOWED == 0 {
        return open_as(path, granted_of_file(access), inherit, disposition, flags);
    }
    let least = granted_of_file(access & !access::MAXIMUM_ALLOWED);
    let reads = access::FILE_GENERIC_READ | access::FILE_GENERIC_EXECUTE;
    let [all, some, none] = [access::FILE_ALL_ACCESS, least | reads, least];
    let mut opened = open_as(path, all, inherit, disposition, flags);
    for less in [some, none] {
        if matches!(opened, Err(Code(error::ACCESS_DENIED | error::WRITE_PROTECT))) {
            opened = open_as(path, less, inherit, disposition, flags);
        }
    }
    opened
}

fn open_as(path: &Path, granted: u32, inherit: bool, disposition: u32, flags: u32) -> Answer<(HANDLE, bool)> {
    let appends = granted & (access::FILE_WRITE_DATA | access::FILE_APPEND_DATA) == access::FILE_APPEND_DATA;
    let writes = granted & access::FILE_WRITE_DATA != 0;
    let reads = granted & (access::FILE_READ_DATA | access::FILE_EXECUTE) != 0;
    let cuts = disposition == TRUNCATE_EXISTING;
    if !(CREATE_NEW..=TRUNCATE_EXISTING).contains(&disposition) || cuts && !writes {
        return refuse(error::INVALID_PARAMETER);
    }
    if flags & FLAG_OVERLAPPED != 0 {
        return refuse(error::NOT_SUPPORTED);
    }
    let mut options = OpenOptions::new();
    // Without a right to its bytes it is a place and no more: nothing can be mapped of it (row A09).
    let touched = reads || writes || appends;
    let mut custom = libc::O_NOCTTY | if touched { 0 } else { libc::O_PATH };
    if flags & FLAG_WRITE_THROUGH != 0 {
        custom |= libc::O_DSYNC;
    }
    options
        .read(reads || !touched)
        .write(writes)
        .append(appends)
        .custom_flags(custom);
    options.mode(if flags & ATTRIBUTE_READONLY != 0 { 0o444 } else { 0o666 });
    let (file, existed) = match disposition {
        CREATE_NEW => (create_new(&options, path, custom)?, false),
        OPEN_EXISTING => (existing(&options, path)?, true),
        TRUNCATE_EXISTING => (truncated(&options, path)?, true),
        _ => either(&options, path, custom, disposition == CREATE_ALWAYS)?,
    };
    if file.metadata()?.is_dir() && flags & FLAG_BACKUP_SEMANTICS == 0 {
        return refuse(error::ACCESS_DENIED);
    }
    if inherit {
        let_programs_inherit(&file)?;
    }
    let deleted = if flags & FLAG_DELETE_ON_CLOSE != 0 {
        Some(Arc::new(Deleted {
            id: FileId::of(&file)?,
            // The file's own place, wherever a symbolic link to it may be.
            path: std::fs::read_link(format!("/proc/self/fd/{}", file.as_raw_fd()))?,
            process: std::process::id(),
        }))
    } else {
        None
    };
    let handle = handles::insert(Entry {
        object: Object::File(OpenFile { file, deleted }),
        access: granted,
        inherit,
    })?;
    Ok((handle, existed))
}

/// Exactly one of those who create a file at once has made it.
fn create_new(options: &OpenOptions, path: &Path, custom: i32) -> Answer<File> {
    // The standard library wants writing before it creates, and the caller may not: the flags are the system's own.
    let custom = (custom & !libc::O_PATH) | libc::O_CREAT | libc::O_EXCL;
    options
        .clone()
        .custom_flags(custom)
        .open(path)
        .map_err(|os| no_file(&os, path))
}

fn existing(options: &OpenOptions, path: &Path) -> Answer<File> {
    options.open(path).map_err(|os| no_file(&os, path))
}

/// Cuts an existing file to nothing, unless it is mapped (row I02). What is no regular file has nothing to cut.
fn truncated(options: &OpenOptions, path: &Path) -> Answer<File> {
    let file = existing(options, path)?;
    if !file.metadata()?.is_file() {
        return Ok(file);
    }
    mapped::check_not_mapped(&file)?;
    // The caller need not have asked to write.
    let cut = OpenOptions::new()
        .write(true)
        .open(format!("/proc/self/fd/{}", file.as_raw_fd()));
    cut.and_then(|file| file.set_len(0)).map_err(|os| no_file(&os, path))?;
    Ok(file)
}

/// Opens it if it is there and creates it if not; bounded: each round lost against somebody who did the other.
fn either(options: &OpenOptions, path: &Path, custom: i32, truncate: bool) -> Answer<(File, bool)> {
    for _ in 0..100 {
        let found = if truncate {
            truncated(options, path)
        } else {
            existing(options, path)
        };
        match found {
            Err(Code(error::FILE_NOT_FOUND)) => {}
            found => return found.map(|file| (file, true)),
        }
        match create_new(options, path, custom) {
            Err(Code(error::FILE_EXISTS)) => {}
            made => return made.map(|file| (file, false)),
        }
        if path.is_symlink() {
            // It leads to what is not there.
            return refuse(error::FILE_NOT_FOUND);
        }
    }
    refuse(error::BUSY)
}

/// A folder that is missing on the way is another error than the file.
pub(super) fn no_file(os: &io::Error, path: &Path) -> Code {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    match os.kind() {
        io::ErrorKind::NotFound if folder.is_some_and(|folder| !folder.exists()) => Code(error::PATH_NOT_FOUND),
        _ => Code::from(os),
    }
}

fn let_programs_inherit(file: impl AsFd) -> Answer<()> {
    Ok(fcntl_setfd(file, FdFlags::empty())?)
}

/// Another descriptor of the same open file: the two share its position, as duplicated handles do.
pub(crate) fn another(file: &OpenFile, inherit: bool) -> Answer<OpenFile> {
    let another = file.try_clone()?;
    if inherit {
        let_programs_inherit(&another)?;
    }
    Ok(OpenFile {
        file: another,
        deleted: file.deleted.clone(),
    })
}

/// A file that another process has open: the same open file, with its position, where the kernel lets this process have
/// it; else the file opened anew, which asks for less.
pub(crate) fn out_of(process: u32, fd: RawFd, inherit: bool) -> Answer<OpenFile> {
    let file = match the_same(process, fd) {
        Ok(file) => file,
        Err(_) => opened_anew(process, fd)?,
    };
    if inherit {
        let_programs_inherit(&file)?;
    }
    Ok(file.into())
}

fn the_same(process: u32, fd: RawFd) -> Answer<File> {
    use rustix::process::{Pid, PidfdFlags, PidfdGetfdFlags, pidfd_getfd, pidfd_open};
    let id = i32::try_from(process).ok().and_then(Pid::from_raw);
    let process = pidfd_open(id.ok_or(Code(error::INVALID_HANDLE))?, PidfdFlags::empty())?;
    Ok(pidfd_getfd(process, fd, PidfdGetfdFlags::empty())?.into())
}

/// Looked at before it is opened: that would do something to a device or a terminal, or wait for a pipe's other end.
fn opened_anew(process: u32, fd: RawFd) -> Answer<File> {
    let path = format!("/proc/{process}/fd/{fd}");
    // For as much as it was opened for there, which is what the link's own permissions say.
    let mode = std::fs::symlink_metadata(&path)?.mode();
    let place = OpenOptions::new().read(true).custom_flags(libc::O_PATH).open(path)?;
    if !place.metadata()?.is_file() {
        return refuse(error::NOT_SUPPORTED);
    }
    let mut options = OpenOptions::new();
    options.read(mode & 0o400 != 0).write(mode & 0o200 != 0);
    Ok(options.open(format!("/proc/self/fd/{}", place.as_raw_fd()))?)
}
