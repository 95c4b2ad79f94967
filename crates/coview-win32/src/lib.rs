//! The file-mapping functions of Win32 as a C library for Linux.
//!
//! A C or C++ program that calls `CreateFileMapping`, `OpenFileMapping`, `MapViewOfFile` and their kin compiles against
//! `include/windows.h` and runs unchanged, and shares memory with every program that uses Coview. It is a thin skin:
//! the objects are `coview`'s, and all that is here is what a C program sees of them: the numbers, the order of checks
//! and the errors, as Microsoft documents them and as `docs/conformance.md` shows row by row.
//!
//! * [`abi`] and `codes`: the types and numbers of the interface; `failure` what a call answers when it fails;
//! * `caller`: what is handed over by address, which may be anything;
//! * `handles` and `memory`: the two tables, of handles and of views, which are all the state that there is;
//! * `mapping`, `file`, `sync`, `process`, `security`, `system`: the functions.
//!
//! A bad handle, address or flag is an error code and never a crash. Every function may be called from any thread.
//! After `fork` the child has its copies of the handles and views, as `coview` has them; a program that is started
//! finds the handles that it inherited under their numbers. (A fork in one thread at the very moment at which another one
//! gets the process's first handle may leave the child without the library: have one before.)
//!
//! On other systems this crate is empty: on Windows the functions are there.
#![cfg(target_os = "linux")]
#![allow(non_snake_case, non_camel_case_types, reason = "they are named as Win32 names them")]

pub mod abi;
mod caller;
mod codes;
mod failure;
mod file;
mod fork;
mod handles;
mod mapping;
mod memory;
mod process;
mod security;
mod sync;
mod system;

pub use failure::{GetLastError, SetLastError};
pub use file::*;
pub use handles::{CloseHandle, DuplicateHandle};
pub use mapping::*;
pub use memory::*;
pub use process::*;
pub use security::*;
pub use sync::*;
pub use system::*;
