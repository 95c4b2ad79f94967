//! Becoming a holder of an object by its registry file, which somebody had open: a parent, or a process that was asked.

use std::io;
use std::os::fd::{AsFd, OwnedFd};

use super::errors::system;
use super::lock::{Lock, holder, try_lock};
use super::object::{Object, check_kind, decode, file_of, release};
use super::record::{Kind, Record};
use super::reopen::same_rights;
use super::space::{Space, Turn};
use super::sweep;
use crate::error::{Error, ErrorKind, Result};
use crate::name::Scope;

/// Which object it must be.
pub(super) struct Expected {
    pub(super) scope: Scope,
    /// The file name without its suffix: somebody's word, until the registry file says the same.
    pub(super) base: String,
    pub(super) id: u128,
    /// Whether its name must lead to it, as that of a strange process's. A child goes on with what its parent had.
    pub(super) by_name: bool,
    /// Whether child processes inherit the new handle.
    pub(super) inherit: bool,
}

impl Object {
    /// A handle of its own: `registry` is a description that nobody shares. What was `inherited` instead is closed.
    /// `NotFound` if the last holder has gone meanwhile, or the file is another object's now.
    pub(super) fn join(
        action: &'static str,
        registry: OwnedFd,
        inherited: Option<OwnedFd>,
        expected: Expected,
    ) -> Result<Self> {
        let mut turn = Turn::take(action, expected.scope)?;
        let failed = |os: io::Error| system(action, "the object's lock", os);
        // Before it is locked: one of another directory is not ours to remove, if its last holder left that to us.
        expected.check_name(action, turn.space(), &registry)?;
        // Nobody's object is dead, and one that is locked exclusively is being removed.
        if holder(registry.as_fd(), 0).map_err(failed)? != Some(Lock::Shared)
            || !try_lock(registry.as_fd(), Lock::Shared, 0).map_err(failed)?
        {
            return Err(gone(action));
        }
        let checked = expected
            .check_name(action, turn.space(), &registry)
            .and_then(|()| expected.check_record(action, &registry));
        let record = match checked {
            Ok(record) => record,
            Err(error) => {
                drop(inherited);
                // Its last holder may have closed it meanwhile, and left the removal to us.
                release(turn.space(), &expected.base, &registry);
                return Err(error);
            }
        };
        let object = Self {
            scope: expected.scope,
            base: expected.base,
            registry,
            record,
            inherit: expected.inherit,
        };
        turn.note_crossing(object.registry.as_fd(), object.crossing());
        Ok(object)
    }
}

impl Object {
    /// Another handle of this process's to the same object, with a lock of its own.
    pub(super) fn another(&self, action: &'static str, inherit: bool) -> Result<Self> {
        let expected = Expected {
            scope: self.scope,
            base: self.base.clone(),
            id: self.record.id,
            // Also one that somebody has removed from its directory.
            by_name: false,
            inherit,
        };
        Self::join(action, same_rights(action, &self.registry)?, None, expected)
    }
}

impl Expected {
    fn check_name(&self, action: &'static str, space: &Space, registry: &OwnedFd) -> Result<()> {
        // A base that somebody says may be anything; a name of ours is no path.
        if self.base.contains('/') || (self.by_name && !sweep::has_name(space, &self.base, registry)) {
            let detail =
                "it has lost its name, or its names are kept in another directory: COVIEW_DIR must be the same";
            return Err(Error::new(ErrorKind::NotFound, action, detail));
        }
        Ok(())
    }

    fn check_record(&self, action: &'static str, registry: &OwnedFd) -> Result<Record> {
        let record = decode(action, registry)?.ok_or_else(|| gone(action))?;
        check_kind(action, &record, Kind::Mapping)?;
        if record.id != self.id {
            return Err(gone(action));
        }
        if file_of(self.scope, &record.name) != self.base {
            let detail = "its registry file says another name than the one that it lies under";
            return Err(Error::new(ErrorKind::Corrupted, action, detail));
        }
        Ok(record)
    }
}

fn gone(action: &'static str) -> Error {
    let detail = "the last holder has closed it, or the descriptor is another object's now; ask for a new token";
    Error::new(ErrorKind::NotFound, action, detail)
}
