//! Files, as far as a mapping's file needs them.

mod length;
mod mapped;
mod open;
mod transfer;

pub use length::{
    FlushFileBuffers, GetFileSize, GetFileSizeEx, GetFileType, SetEndOfFile, SetFilePointer, SetFilePointerEx,
};
pub use mapped::{DeleteFileA, DeleteFileW, coview_DeleteFileW_wide32};
pub use open::{CreateFileA, CreateFileW, coview_CreateFileW_wide32};
pub use transfer::{ReadFile, WriteFile};

pub(crate) use mapped::FileId;
pub(crate) use open::{OpenFile, another, out_of};
