//! The interpreter: instructions' bodies, the engines generated from them, and what moves frames.
#![cfg_attr(tailcalls, feature(explicit_tail_calls, rust_preserve_none_cc, alloc_error_hook))]
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
pub mod tailcalls;
pub mod tracing;
mod unpack;
#[cfg(engine_uop)]
pub mod uops;

pub use names::remember_all_any;
use taipan_objects::descr::super_::Super;
use taipan_objects::list::List;
use taipan_objects::{Payload, StackRef, ThreadState};

/// A further thread runs the interpreter's engine.
fn enter_thread(ts: &ThreadState) {
    let engine = ts.interp().config.read(|c| c.engine.clone());
    if install(ts, &engine).is_err() {
        let _ = install(ts, "");
    }
}

/// Installs the interpreter in a thread: its hooks and the engine called `engine` ("": the best one).
pub fn install(ts: &ThreadState, engine: &str) -> Result<(), String> {
    ts.interp().hooks.write(|h| {
        h.call_function = Some(frames::call_function);
        h.resume = Some(frames::resume);
        h.next = Some(frames::next);
        h.run_body = Some(frames::run_body);
        h.enter_thread = Some(enter_thread);
        h.tracing_changed = Some(tracing::refresh_all);
    });
    ts.frames.shape_versions.set(ts.interp().shapes.versions());
    let sup = Super::class(ts);
    ts.frames.super_type.set(StackRef::borrow(sup.as_value()).0);
    let list = List::class(ts);
    if let Some(append) = list.lookup_name(ts, "append") {
        ts.frames.list_append.set(append.word());
    }
    ts.frames.tail_trace.set(ts.interp().config.read(|c| c.tail_trace));
    ts.frames.tail_calls.set(ts.interp().config.read(|c| c.tailcalls));
    engine::select(ts, engine)
}

/// From now on the process says in one line that memory has run out, and ends with status 1, instead of
/// aborting. What a program can size is asked for first and raises MemoryError; this is for the rest.
pub fn exit_when_out_of_memory() {
    #[cfg(tailcalls)]
    std::alloc::set_alloc_error_hook(|layout| {
        eprintln!("MemoryError: no memory for {} more bytes", layout.size());
        std::process::exit(1)
    });
}
