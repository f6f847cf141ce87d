//! Files written by `cargo xtask gen` and committed.

pub mod metadata;
pub mod switch;
#[cfg(tailcalls)]
pub mod tail;
