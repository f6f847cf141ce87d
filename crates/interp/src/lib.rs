//! The interpreter: instructions' bodies, the engines generated from them, and what moves frames.
#![cfg_attr(tailcalls, feature(explicit_tail_calls, rust_preserve_none_cc))]
#![cfg_attr(tailcalls, allow(incomplete_features))]
#![allow(clippy::too_many_arguments, clippy::missing_safety_doc)]

pub mod attributes;
mod binding;
mod calls;
pub mod coroutines;
pub mod engine;
mod exceptions;
pub mod frames;
mod generated;
mod imports;
mod intrinsics;
pub mod machine;
mod names;
mod operators;
mod ops;
mod patterns;
pub mod poll;
mod specialize;
mod strings;
pub mod tracing;
mod unpack;

use taipan_objects::ThreadState;

/// Installs the interpreter in a thread: its hooks and the engine called `engine` ("": the best one).
pub fn install(ts: &ThreadState, engine: &str) -> Result<(), String> {
    ts.interp().hooks.write(|h| {
        h.call_function = Some(frames::call_function);
        h.resume = Some(frames::resume);
        h.run_body = Some(frames::run_body);
    });
    engine::select(ts, engine)
}
