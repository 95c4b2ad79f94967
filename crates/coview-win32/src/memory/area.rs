//! The table of what this process has addresses for: views, and memory of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use coview::{Access, Reservation, View};

use crate::codes::error;
use crate::failure::{Answer, Code};
use crate::file::FileId;
use crate::fork;

/// A range of addresses with something behind it.
pub(crate) struct Area {
    pub(super) base: usize,
    /// Bytes, in whole pages.
    pub(super) len: usize,
    pub(super) kind: Kind,
}

pub(super) enum Kind {
    View(Box<Viewed>),
    /// `VirtualAlloc`'s, with the protection that it was asked for.
    Private(Reservation, u32),
    /// `VirtualAlloc2`'s: addresses that a view may take the place of.
    Placeholder(Reservation),
}

/// A view, and what its mapping would say of it.
pub(super) struct Viewed {
    pub(super) view: View,
    /// Of a mapping of a file.
    pub(super) file: Option<FileId>,
    pub(super) image: bool,
    pub(super) reserved: bool,
}

impl Area {
    pub(super) fn end(&self) -> usize {
        self.base + self.len
    }

    pub(super) fn view(&self) -> Option<&Viewed> {
        match &self.kind {
            Kind::View(viewed) => Some(viewed),
            _ => None,
        }
    }

    /// Where in it an address lies, and the length from there on: as asked, or to the end for 0. `INVALID_ADDRESS` if
    /// that reaches beyond.
    pub(super) fn part(&self, address: usize, len: usize) -> Answer<(usize, usize)> {
        let offset = address - self.base;
        let room = self.len - offset;
        match len {
            0 => Ok((offset, room)),
            len if len <= room => Ok((offset, len)),
            _ => Err(Code(error::INVALID_ADDRESS)),
        }
    }
}

impl Viewed {
    pub(super) fn access(&self) -> Access {
        self.view.access()
    }
}

/// All areas by their base. Locked for the look-up alone.
pub(crate) type Views = BTreeMap<usize, Arc<Area>>;

static VIEWS: Mutex<Views> = Mutex::new(BTreeMap::new());

/// The table itself, for those who hold it over a fork.
pub(crate) fn lock() -> MutexGuard<'static, Views> {
    VIEWS.lock().unwrap_or_else(PoisonError::into_inner)
}

fn views() -> MutexGuard<'static, Views> {
    fork::install();
    lock()
}

pub(super) fn insert(area: Area) -> usize {
    let base = area.base;
    views().insert(base, Arc::new(area));
    base
}

fn base_of(views: &Views, address: usize) -> Option<usize> {
    let (base, area) = views.range(..=address).next_back()?;
    (address < area.end()).then_some(*base)
}

/// The area in which an address lies. It stays mapped while the caller uses it.
pub(super) fn at(address: usize) -> Option<Arc<Area>> {
    let views = views();
    let base = base_of(&views, address)?;
    views.get(&base).cloned()
}

/// Takes the area in which the address lies out of the table, if it is what the caller wants to have out.
pub(super) fn take(address: usize, wanted: impl Fn(&Area) -> bool) -> Option<Arc<Area>> {
    let mut views = views();
    let base = base_of(&views, address)?;
    if wanted(views.get(&base)?) {
        views.remove(&base)
    } else {
        None
    }
}

/// As [`take`], of what nobody else uses at this moment: `BUSY` if somebody does, and then it stays.
pub(super) fn take_alone(address: usize, wanted: impl Fn(&Area) -> bool) -> Answer<Area> {
    let mut views = views();
    let base = base_of(&views, address).filter(|base| wanted(&views[base]));
    let Some(base) = base else {
        return Err(Code(error::INVALID_ADDRESS));
    };
    // Nobody can begin to use it while the table is locked.
    match views.remove(&base).map(Arc::try_unwrap) {
        Some(Ok(area)) => Ok(area),
        Some(Err(used)) => {
            views.insert(base, used);
            Err(Code(error::BUSY))
        }
        None => Err(Code(error::INVALID_ADDRESS)),
    }
}

/// Whether a view of that file is mapped.
pub(crate) fn is_viewed(file: FileId) -> bool {
    let is_its = |area: &Arc<Area>| area.view().is_some_and(|viewed| viewed.file == Some(file));
    views().values().any(is_its)
}
