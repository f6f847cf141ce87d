//! The instructions' bodies, by topic. `cargo xtask gen` reads these files; what signatures and attributes
//! mean is told in `crates/xtask/src/gen/describe.rs`.

pub mod arith;
pub mod attributes;
pub mod calls;
pub mod containers;
pub mod exceptions;
pub mod functions;
pub mod generators;
pub mod internal;
pub mod iteration;
pub mod jumps;
pub mod patterns;
pub mod prelude;
pub mod stack;
pub mod strings;
pub mod supers;
pub mod variables;
