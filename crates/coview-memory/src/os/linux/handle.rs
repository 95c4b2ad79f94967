//! A handle to a mapping: its data's descriptor, what is known of it, and the object that keeps its name, if any.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use rustix::fs::{Mode, OFlags, fcntl_getfl, fstat};

use super::addresses::Addresses;
use super::commits;
use super::data::identity;
use super::errors::system;
use super::inherited::{self, Token};
use super::made::{draft, effective_pages, make_unnamed};
use super::memory;
use super::object::Object;
use super::page_size;
use super::record::{Kind, Record, random};
use super::region::{Region, Wanted};
use super::remote;
use super::reopen::read_only;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Name;
use crate::os::{CreateRequest, Facts, HandleContract, Pages, Place};
use crate::rights::{Access, Protection, Rights};

pub(crate) struct Handle {
    /// Of a named mapping. Duplicates in this process share it, but for those that children inherit.
    object: Option<Arc<Object>>,
    data: Arc<OwnedFd>,
    facts: Facts,
    rights: Rights,
    id: u128,
}

impl HandleContract for Handle {
    fn create(request: &CreateRequest<'_>) -> Result<(Self, bool)> {
        const ACTION: &str = "create";
        let rights = request.protection.rights();
        let facts = |size| Facts {
            size,
            protection: Some(request.protection),
            pages: effective_pages(request),
            file: request.file.is_some() && request.pages != Pages::Image,
        };
        let Some(name) = request.name else {
            let made = make_unnamed(ACTION, request)?;
            if request.inherit {
                rustix::io::fcntl_setfd(&made.data, rustix::io::FdFlags::empty())
                    .map_err(|os| system(ACTION, "the descriptor", os.into()))?;
            }
            let id = random(ACTION)?;
            let facts = facts(made.size);
            return Ok((
                Self {
                    object: None,
                    data: Arc::new(made.data),
                    facts,
                    rights,
                    id,
                },
                true,
            ));
        };
        let how = (request.existing, rights.contains(Rights::WRITE), request.inherit);
        let (object, data, created) = Object::create(ACTION, name, Kind::Mapping, request.security, how, |place| {
            draft(ACTION, request, name, place, facts)
        })?;
        let facts = facts_of(&object.record);
        let id = object.record.id;
        Ok((
            Self {
                object: Some(Arc::new(object)),
                data: Arc::new(data),
                facts,
                rights,
                id,
            },
            created,
        ))
    }

    fn open(name: &Name, rights: Rights, inherit: bool) -> Result<Self> {
        let how = (rights.contains(Rights::WRITE), inherit);
        let (object, data) = Object::open("open", name, Kind::Mapping, how)?;
        let (facts, id) = (facts_of(&object.record), object.record.id);
        Ok(Self {
            object: Some(Arc::new(object)),
            data: Arc::new(data),
            facts,
            rights,
            id,
        })
    }

    fn duplicate(&self, rights: Rights, inherit: bool) -> Result<Self> {
        const ACTION: &str = "duplicate";
        if !self.rights.contains(rights) {
            let detail = format!("the rights {rights} asked, of a handle that has {}", self.rights);
            return Err(Error::new(ErrorKind::AccessDenied, ACTION, detail));
        }
        let failed = |os: std::io::Error| system(ACTION, "the descriptor", os);
        let inherits = match &self.object {
            Some(object) => object.is_inherited(),
            None => {
                let flags = rustix::io::fcntl_getfd(&self.data).map_err(|os| failed(os.into()))?;
                !flags.contains(rustix::io::FdFlags::CLOEXEC)
            }
        };
        let data = if self.rights.contains(Rights::WRITE) && !rights.contains(Rights::WRITE) {
            Arc::new(read_only(ACTION, &self.data)?)
        } else if inherit || inherits {
            // Programs inherit a descriptor, or do not: this handle has one of its own.
            Arc::new(self.data.try_clone().map_err(failed)?)
        } else {
            Arc::clone(&self.data)
        };
        let object = match &self.object {
            Some(object) if inherit || inherits => Some(Arc::new(object.another(ACTION, inherit)?)),
            object => object.clone(),
        };
        match &object {
            Some(object) => {
                object.let_programs_inherit(&data)?;
                object.note_holder_if_elsewhere(&data);
            }
            None if inherit => {
                rustix::io::fcntl_setfd(&data, rustix::io::FdFlags::empty()).map_err(|os| failed(os.into()))?
            }
            None => {}
        }
        Ok(Self {
            object,
            data,
            facts: self.facts,
            rights,
            id: self.id,
        })
    }

    fn facts(&self) -> Facts {
        self.facts
    }

    fn rights(&self) -> Rights {
        self.rights
    }

    fn map(&self, access: Access, offset: u64, len: usize, place: Place) -> Result<Region> {
        Region::map(&self.data, &self.wanted(access, offset, len)?, place)
    }

    fn to_inherited(&self) -> String {
        let object = self.object.as_ref().map(|object| {
            let (scope, base) = object.place();
            (object.registry().as_raw_fd(), scope, base.to_owned())
        });
        let token = Token {
            data: self.data.as_raw_fd(),
            rights: self.rights,
            facts: self.facts,
            id: self.id,
            // Of an open descriptor it is always known; none has these numbers.
            identity: fstat(&self.data).map_or((0, 0), |file| identity(&file)),
            object,
        };
        token.to_string()
    }

    unsafe fn from_inherited(token: &str) -> Result<Self> {
        inherited::parse(inherited::ACTION, token)?.take_over(|fd| {
            // SAFETY: the caller says that this process inherited the descriptor, and nobody else claims it.
            unsafe { OwnedFd::from_raw_fd(fd) }
        })
    }

    fn identify(name: &Name) -> Result<Option<u128>> {
        Object::identify("look up", name)
    }

    fn identity(&self) -> u128 {
        self.id
    }
}

impl Handle {
    /// A handle that another process has, by what it gives to children.
    pub(crate) fn from_remote(process: u32, token: &str) -> Result<Self> {
        inherited::parse(remote::ACTION, token)?.take_from(process)
    }

    /// As `map`, in the place of those pages, which come back if it cannot be.
    pub(crate) fn map_onto(
        &self,
        access: Access,
        offset: u64,
        len: usize,
        spot: Addresses,
    ) -> Result<Region, (Error, Addresses)> {
        match self.wanted(access, offset, len) {
            Ok(wanted) => Region::map_onto(&self.data, &wanted, spot),
            Err(error) => Err((error, spot)),
        }
    }

    fn wanted(&self, access: Access, offset: u64, len: usize) -> Result<Wanted> {
        self.check_still_there(offset, len)?;
        let large = if self.facts.pages == Pages::Large {
            memory::large_unit(&self.data)
        } else {
            None
        };
        Ok(Wanted {
            access,
            offset,
            len,
            unit: large.unwrap_or(page_size()),
            reserved: (self.facts.pages == Pages::Reserve).then_some(self.facts.size),
            // A view without any access stays without: the sections have nothing to add to it.
            image: self.facts.pages == Pages::Image && access.reads(),
        })
    }

    /// A handle to what somebody else made, without a name of ours: its length now is its size for ever.
    pub(crate) fn from_data(action: &'static str, data: OwnedFd) -> Result<Self> {
        let file = fstat(&data).map_err(|os| system(action, "the descriptor", os.into()))?;
        let mode = rustix::fs::FileType::from_raw_mode(file.st_mode);
        if mode != rustix::fs::FileType::RegularFile {
            let detail = format!("it is no regular file and no memory, but a {mode:?}");
            return Err(Error::new(ErrorKind::FileInvalid, action, detail));
        }
        if file.st_size == 0 {
            return Err(Error::new(
                ErrorKind::FileInvalid,
                action,
                "it is empty; its maker has not given it a size yet",
            ));
        }
        let flags = fcntl_getfl(&data).map_err(|os| system(action, "the descriptor", os.into()))?;
        let protection = match flags & OFlags::RWMODE {
            OFlags::RDWR => Protection::ExecuteReadWrite,
            OFlags::RDONLY => Protection::ExecuteRead,
            _ => {
                return Err(Error::new(
                    ErrorKind::AccessDenied,
                    action,
                    "the descriptor cannot be read from",
                ));
            }
        };
        let facts = Facts {
            size: file.st_size as u64,
            protection: Some(protection),
            pages: match memory::large_unit(&data) {
                Some(_) => Pages::Large,
                None => Pages::Commit,
            },
            file: true,
        };
        let (device, inode) = identity(&file);
        let id = u128::from(device) << 64 | u128::from(inode);
        Ok(Self {
            object: None,
            data: Arc::new(data),
            facts,
            rights: protection.rights(),
            id,
        })
    }

    /// Opens a file, a POSIX object's among them, that somebody else made.
    pub(crate) fn open_path(action: &'static str, path: &Path, rights: Rights) -> Result<Self> {
        let access = if rights.contains(Rights::WRITE) {
            OFlags::RDWR
        } else {
            OFlags::RDONLY
        };
        // Nonblocking: the path may be a FIFO's, and an open of that would wait for its other end.
        let data = rustix::fs::open(path, access | OFlags::CLOEXEC | OFlags::NONBLOCK, Mode::empty())
            .map_err(|os| system(action, path.display(), os.into()))?;
        let mut handle = Self::from_data(action, data)?;
        if rights.contains(Rights::WRITE) {
            memory::fill_holes(action, &handle.data, handle.facts.size)?;
        }
        handle.rights = handle.rights & rights;
        Ok(handle)
    }

    pub(super) fn taken_over(object: Option<Object>, data: OwnedFd, facts: Facts, rights: Rights, id: u128) -> Self {
        Self {
            object: object.map(Arc::new),
            data: Arc::new(data),
            facts,
            rights,
            id,
        }
    }

    pub(crate) fn as_fd(&self) -> BorrowedFd<'_> {
        self.data.as_fd()
    }

    /// A descriptor of the data, for another process or program. It keeps the memory and not the name.
    pub(crate) fn to_fd(&self) -> Result<OwnedFd> {
        self.data
            .try_clone()
            .map_err(|os| system("hand over", "the descriptor", os))
    }

    /// The path of the data, where any program can map it; `None` for memory that has none.
    pub(crate) fn data_path(&self) -> Option<std::path::PathBuf> {
        let beside = self
            .object
            .as_ref()
            .filter(|object| !object.record.elsewhere)
            .map(|object| object.data_path());
        // What the kernel calls it, where it is not beside the registry file: it was made without a name there.
        let path = match beside {
            Some(path) => path,
            None => std::fs::read_link(format!("/proc/self/fd/{}", self.data.as_raw_fd())).ok()?,
        };
        let found = std::fs::metadata(&path).ok()?;
        let ours = fstat(&self.data).ok()?;
        ((found.dev(), found.ino()) == identity(&ours)).then_some(path)
    }

    /// A file that was cut short since would end this process on a touch: say so now. (One that is cut short later
    /// still does: no call on this system can prevent it.)
    fn check_still_there(&self, offset: u64, len: usize) -> Result<()> {
        let length = fstat(&self.data)
            .map_err(|os| system("map a view", "the data", os.into()))?
            .st_size as u64;
        let needed = match self.facts.pages {
            // Every view of it reads the set behind its last page.
            Pages::Reserve => commits::file_length(self.facts.size, Pages::Reserve),
            _ => offset + len as u64,
        };
        if needed <= length {
            return Ok(());
        }
        let detail = format!("the data was cut short to {length} bytes, and {needed} are needed");
        Err(Error::new(ErrorKind::Corrupted, "map a view", detail))
    }
}

pub(super) fn facts_of(record: &Record) -> Facts {
    Facts {
        size: record.size,
        protection: Some(record.protection),
        pages: record.pages,
        file: record.file,
    }
}
