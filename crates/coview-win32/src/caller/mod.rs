//! What callers hand over by address: plain data, and text in three widths.

mod memory;
mod text;

pub(crate) use memory::{read, read_many, write, write_if_wanted};
pub(crate) use text::{Text, name, needed_name, path};

pub(crate) use text::in_three_forms;
