//! Whose bell it is, as plain numbers in shared memory.

use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout};

use crate::error::Result;
use crate::name::Scope;
use crate::os::{self, BellsContract};

/// By which others reach the process that a bell belongs to: 16 bytes, to be written into shared memory beside the bell
/// and read from there by whoever rings.
///
/// ```
/// use coview_memory::bell::BellId;
/// use coview_memory::{Mapping, Scope};
///
/// let view = Mapping::unnamed(4096)?.view()?;
/// view.write(64, &BellId::mine(Scope::Local)?)?;
/// // in another process
/// view.ring(0, view.read::<BellId>(64)?)?;
/// # Ok::<(), coview_memory::Error>(())
/// ```
///
/// Read from shared memory it may hold anything. Any bytes are a value, and none does harm: a number that no process has
/// wakes nobody.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, FromBytes, IntoBytes, Immutable, KnownLayout)]
#[repr(transparent)]
pub struct BellId([u32; 4]);

impl BellId {
    /// Nobody: all zeros, as fresh memory is.
    pub const NOBODY: Self = Self([0; 4]);

    /// This process, for others in that scope: in `Local` this user's (on Windows, this session's), in `Global` those of
    /// the whole machine. The same as long as the process lives; a forked child has another one. Does not block.
    ///
    /// On Linux it is the process's id, which ringing does not need. On Windows the first call for a scope makes the
    /// process's event, which every user of the machine may set if it is `Global`.
    ///
    /// # Errors
    /// On Windows `NoMemory` and `AccessDenied`, from making the event.
    pub fn mine(scope: Scope) -> Result<Self> {
        os::Bells::mine(scope).map(Self)
    }

    pub(super) fn numbers(self) -> [u32; 4] {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_sixteen_bytes_that_are_the_same_each_time() {
        assert_eq!(size_of::<BellId>(), 16);
        for scope in [Scope::Local, Scope::Global] {
            let id = BellId::mine(scope).unwrap();
            assert_eq!(id, BellId::mine(scope).unwrap());
            assert_ne!(id, BellId::NOBODY);
            assert_eq!(BellId::read_from_bytes(id.as_bytes()), Ok(id));
        }
        assert_ne!(
            BellId::mine(Scope::Local).unwrap(),
            BellId::mine(Scope::Global).unwrap()
        );
    }
}
