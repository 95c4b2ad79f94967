//! The table of Win32 behaviour, as data: the tests hold it against the library, a chore prints it.

mod a_creation;
mod b_names;
mod c_rights;
mod d_views;
mod e_reserve;
mod f_protect;
mod g_flush;
mod h_close;
mod i_files_and_handles;
mod j_waiting;
mod row;

pub(crate) use row::{Class, How, Row, SECTIONS, all, row_of_test};
