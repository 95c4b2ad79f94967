//! Creating and opening mappings.

mod create;
mod kind;
mod open;

pub use create::{
    CreateFileMapping2, CreateFileMappingA, CreateFileMappingW, coview_CreateFileMapping2_wide32,
    coview_CreateFileMappingW_wide32,
};
pub use open::{OpenFileMappingA, OpenFileMappingW, coview_OpenFileMappingW_wide32};

pub(crate) use kind::{access_of, protection_of, rights_of};
