//! Programs that know nothing of Coview, both ways: what they made is opened here, and what was made here is opened by
//! them.
#![cfg(target_os = "linux")]

mod c;
#[path = "../common/mod.rs"]
mod common;
mod descriptors;
mod program;
mod python;
