//! Files written by `cargo xtask gen` and committed.

#[cfg(any(engine_goto, engine_switch, engine_uop))]
#[allow(dead_code)]
pub mod arm;
#[cfg(engine_goto)]
pub mod goto;
pub mod metadata;
#[cfg(engine_switch)]
pub mod switch;
#[cfg(engine_tail)]
pub mod tail;
#[cfg(engine_uop)]
pub mod uop;

/// The engine `tail` without the calling convention that keeps everything in registers; made by `build.rs`.
#[cfg(engine_tail_plain)]
#[allow(unused_assignments, unused_mut, unused_variables, non_snake_case, clippy::all)]
pub mod tail_plain {
    include!(concat!(env!("OUT_DIR"), "/tail_plain.rs"));
}
