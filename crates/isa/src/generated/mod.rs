//! Files written by `cargo xtask gen` and committed.

pub mod opcodes;
