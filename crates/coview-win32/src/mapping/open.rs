//! Opening a mapping by its name.

use coview::{Mapping, Rights};

use super::kind::{access_of, rights_of};
use crate::abi::{BOOL, HANDLE};
use crate::caller::{self, Text, in_three_forms};
use crate::codes::error;
use crate::failure::{Answer, as_handle, refuse};
use crate::handles::{self, Entry, Object};

in_three_forms! {
    /// Opens an existing mapping by its name. Win32: `OpenFileMapping`.
    OpenFileMappingA, OpenFileMappingW, coview_OpenFileMappingW_wide32:
        fn(access: u32, inherit: BOOL, @) -> HANDLE = open_file_mapping
}

/// # Safety
/// As the functions above.
unsafe fn open_file_mapping(access: u32, inherit: BOOL, name: Text) -> HANDLE {
    as_handle((|| {
        // SAFETY: the caller's promise.
        let name = unsafe { caller::needed_name(name) }?;
        open(access, inherit != 0, &name)
    })())
}

fn open(access: u32, inherit: bool, name: &str) -> Answer<HANDLE> {
    if access == 0 {
        return match Mapping::identify(name)? {
            // It is there, and without a right it is not for you (row C05).
            Some(_) => refuse(error::ACCESS_DENIED),
            None => refuse(error::FILE_NOT_FOUND),
        };
    }
    let rights = rights_of(access);
    let options = Mapping::options().inherit(inherit);
    // A handle may have no right to map: then it says that the name is there, and keeps it.
    let mapping = if rights.is_none() {
        let opened = options.clone().rights(Rights::READ).open(name)?;
        options.rights(rights).duplicate(&opened)?
    } else {
        options.rights(rights).open(name)?
    };
    handles::insert(Entry {
        access: access_of(rights),
        object: Object::Mapping(mapping),
        inherit,
    })
}
