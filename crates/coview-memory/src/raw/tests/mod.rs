//! One suite, run over every implementation that this build has.

mod copies;
mod fixture;
#[cfg(all(unix, not(miri)))]
mod pages;
mod suite;
mod words;
