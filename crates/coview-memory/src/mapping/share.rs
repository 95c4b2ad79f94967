//! Handing a mapping to another process: by inheritance, or by handing over its descriptor or handle.

use crate::error::Result;
use crate::mapping::Mapping;
use crate::os::{Handle, HandleContract};

impl Mapping {
    /// What a child process that inherits this handle passes to [`from_inherited`](Self::from_inherited): give it
    /// in an argument or an environment variable. The mapping must have been made or opened with
    /// [`inherit(true)`](crate::MappingOptions::inherit); otherwise the child finds nothing (conformance row I07).
    pub fn to_inherited(&self) -> String {
        self.handle.to_inherited()
    }

    /// Takes over a handle that this process inherited.
    ///
    /// # Safety
    /// `token` comes from [`to_inherited`](Self::to_inherited) in the parent, and is taken over once: the
    /// descriptors or the handle that it names belong to the returned mapping from now on.
    ///
    /// # Errors
    /// `InvalidArgument` if it is no token; `AccessDenied` if the handle was not inherited.
    pub unsafe fn from_inherited(token: &str) -> Result<Self> {
        // SAFETY: the caller's promise is the one that is asked for.
        let handle = unsafe { Handle::from_inherited(token) }?;
        Ok(Self::from_handle(handle, false))
    }
}
