//! The conformance suite: one test per row of the table of Win32 behaviour in `rows`, named by its row.
//!
//! Each asserts what Windows does, through the public API, with the kinds of errors in place of Win32's numbers; where
//! a system is recorded to deviate it asserts the deviation, so that the record stays true. `cargo xtask conformance`
//! runs it natively and under Wine and writes `docs/conformance.md`.

mod a_creation;
mod a_files;
mod a_images;
mod a_sizes;
mod b_kinds;
mod b_names;
mod b_processes;
mod c_rights;
mod complete;
mod d_copies;
mod d_views;
mod e_reserve;
mod faults;
mod g_flush;
mod h_close;
mod i_files_and_handles;
mod j_waiting;
mod pe;
mod roles;
mod rows;
mod support;
