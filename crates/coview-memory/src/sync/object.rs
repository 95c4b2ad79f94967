//! What all that can be waited for has in common: a handle, and whether it is a new object's.

use std::time::Duration;

use crate::error::{Error, Result};
use crate::name::Name;
use crate::os::{self, Existing, WaitableContract, WaitableKind, Waited};
use crate::security::Security;

pub(super) struct Object {
    pub(super) handle: os::Waitable,
    pub(super) created: bool,
    /// As the caller wrote it, for messages; empty for unnamed ones.
    name: String,
}

impl Object {
    pub(super) fn make(kind: WaitableKind, name: &str, security: &Security, existing: Existing) -> Result<Self> {
        const ACTION: &str = "create";
        let made = Name::parse(ACTION, name).and_then(|parsed| {
            security.check(ACTION, parsed.as_ref().map(Name::scope))?;
            os::Waitable::create(kind, parsed.as_ref(), security, existing)
        });
        let (handle, created) = made.map_err(|error| named(error, name))?;
        Ok(Self {
            handle,
            created,
            name: name.to_owned(),
        })
    }

    pub(super) fn open(kind: WaitableKind, name: &str) -> Result<Self> {
        let parsed = Name::parse_needed("open", name)?;
        let handle = os::Waitable::open(kind, &parsed).map_err(|error| named(error, name))?;
        Ok(Self {
            handle,
            created: false,
            name: name.to_owned(),
        })
    }

    /// What was not made here, and has no name.
    pub(super) fn found(handle: os::Waitable) -> Self {
        Self {
            handle,
            created: false,
            name: String::new(),
        }
    }

    pub(super) fn try_clone(&self) -> Result<Self> {
        let handle = self.handle.duplicate().map_err(|error| self.named(error))?;
        Ok(Self {
            handle,
            created: false,
            name: self.name.clone(),
        })
    }

    /// `Some` tells whether it was abandoned; `None` that the time was over.
    pub(super) fn wait(&self, timeout: Option<Duration>) -> Result<Option<bool>> {
        match os::Waitable::wait(&[&self.handle], timeout).map_err(|error| self.named(error))? {
            Waited::Through { abandoned, .. } => Ok(Some(abandoned)),
            Waited::TimedOut => Ok(None),
        }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn named(&self, error: Error) -> Error {
        named(error, &self.name)
    }
}

fn named(error: Error, name: &str) -> Error {
    if name.is_empty() { error } else { error.with_name(name) }
}
