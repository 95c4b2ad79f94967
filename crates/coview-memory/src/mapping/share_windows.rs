//! Handing a mapping to another process on Windows: handles.

use std::os::windows::io::{AsHandle, BorrowedHandle, OwnedHandle};
use std::sync::Arc;

use crate::error::{Error, Result};
use crate::mapping::Mapping;
use crate::os::{Handle, HandleContract};

impl Mapping {
    /// Makes another handle of the same rights in another process, which must be opened with `PROCESS_DUP_HANDLE`,
    /// and returns its value there. Tell that process; it owns the handle, and as long as it keeps it the mapping
    /// lives. Win32: `DuplicateHandle` (conformance row I06).
    ///
    /// ```no_run
    /// use std::os::windows::io::{AsHandle, FromRawHandle, OwnedHandle};
    /// use coview_memory::Mapping;
    ///
    /// # fn example(other: &std::process::Child) -> coview_memory::Result<()> {
    /// let mapping = Mapping::unnamed(4096)?;
    /// let value = mapping.duplicate_into(other.as_handle())?;
    ///
    /// // in that process, which has been told `value`
    /// // SAFETY: the handle was made for this process, and nobody else in it takes it.
    /// let handle = unsafe { OwnedHandle::from_raw_handle(value as _) };
    /// let mapping = Mapping::try_from(handle)?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// `AccessDenied` if the process does not let us.
    pub fn duplicate_into(&self, process: BorrowedHandle<'_>) -> Result<usize> {
        self.handle.duplicate_into(process)
    }
}

/// The file-mapping object's handle, for Win32 calls of your own.
impl AsHandle for Mapping {
    fn as_handle(&self) -> BorrowedHandle<'_> {
        self.handle.object()
    }
}

/// The handle, which keeps the name and the memory as the mapping did; another one if views keep this mapping's own.
impl TryFrom<Mapping> for OwnedHandle {
    type Error = Error;

    fn try_from(mapping: Mapping) -> Result<Self> {
        match Arc::try_unwrap(mapping.handle) {
            Ok(handle) => Ok(handle.into_object()),
            Err(shared) => Ok(shared.duplicate(shared.rights(), false)?.into_object()),
        }
    }
}

/// Any handle to a file-mapping object, whoever made it, with the rights that it has; it needs `SECTION_QUERY` among
/// them. `NotAMapping` if it is something else, and the handle is closed then.
impl TryFrom<OwnedHandle> for Mapping {
    type Error = Error;

    fn try_from(handle: OwnedHandle) -> Result<Self> {
        Ok(Self::from_handle(Handle::from_object(handle)?, false))
    }
}

#[cfg(test)]
mod tests {
    use std::os::windows::io::FromRawHandle;

    use windows_sys::Win32::System::Threading::GetCurrentProcess;

    use super::*;
    use crate::error::ErrorKind;
    use crate::rights::Rights;

    #[test]
    fn a_mapping_becomes_a_handle_and_one_becomes_a_mapping() {
        let mapping = Mapping::unnamed(5000).unwrap();
        let view = mapping.view().unwrap();
        view.write(0, b"3:1").unwrap();
        // The view keeps the first handle, so this is a second one.
        let handle = OwnedHandle::try_from(mapping).unwrap();
        drop(view);
        let again = Mapping::try_from(handle).unwrap();
        assert_eq!(again.view().unwrap().read_vec(0, 3).unwrap(), b"3:1");
        assert_eq!(
            (again.size(), again.rights(), again.created()),
            (8192, Rights::READ | Rights::WRITE, false)
        );

        let reading = OwnedHandle::try_from(again.duplicate(Rights::READ).unwrap()).unwrap();
        assert_eq!(Mapping::try_from(reading).unwrap().rights(), Rights::READ);
    }

    #[test]
    fn another_kind_of_handle_is_no_mapping() {
        let file = std::fs::File::open(std::env::current_exe().unwrap()).unwrap();
        assert_eq!(
            Mapping::try_from(OwnedHandle::from(file)).unwrap_err().kind(),
            ErrorKind::NotAMapping
        );
    }

    #[test]
    fn a_handle_made_for_a_process_is_taken_over_there() {
        let mapping = Mapping::unnamed(4096).unwrap();
        mapping.view().unwrap().write(0, &7_u64).unwrap();
        // SAFETY: it returns a constant that is always open.
        let here = unsafe { GetCurrentProcess() };
        // SAFETY: the pseudo handle stays open.
        let value = mapping
            .duplicate_into(unsafe { BorrowedHandle::borrow_raw(here) })
            .unwrap();
        drop(mapping);
        // SAFETY: it was made for this process, and nobody else takes it.
        let handle = unsafe { OwnedHandle::from_raw_handle(std::ptr::without_provenance_mut(value)) };
        let mapping = Mapping::try_from(handle).unwrap();
        assert_eq!(mapping.view().unwrap().read::<u64>(0).unwrap(), 7);
    }
}
