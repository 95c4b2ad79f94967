//! The contract of `os/contract.rs`, kept by Windows: one file per part of it. Tests of single functions stand beside them.

mod create;
mod files;
mod handles;
mod images;
mod names;
mod regions;
mod reserved;
mod support;
mod waiting;
