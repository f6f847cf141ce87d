//! `_contextvars`: context variables.
//!
//! A context's variables lie in an immutable tuple, variable and value by turns, ordered by the address of
//! the variable: copying a context copies one reference, and a change makes a new tuple. Programs have few
//! variables and copy contexts for every task.

mod context;
mod token;
mod var;

pub use context::{Context, current};
pub use token::Token;
pub use var::ContextVar;

/// A variable without a default, for native code.
pub fn new_var(ts: &ThreadState, name: &str) -> Value {
    let name = taipan_objects::str::Str::intern(ts, name);
    taipan_objects::heap::new(ts, ContextVar { name, default: None }).into_value()
}

use taipan_objects::dict::Dict;
use taipan_objects::heap::Payload;
use taipan_objects::native::{ModuleDef, functions};
use taipan_objects::{Result, ThreadState, Value};

#[functions(module = "_contextvars")]
mod functions {
    use super::*;

    #[function("copy_context($module, /)")]
    fn copy_context(ts: &ThreadState) -> Value {
        current(ts).copy_of(ts).into_value()
    }
}

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    dict.set_name(ts, "Context", Context::class(ts).into_value());
    dict.set_name(ts, "ContextVar", ContextVar::class(ts).into_value());
    dict.set_name(ts, "Token", Token::class(ts).into_value());
    Ok(())
}

pub static MODULE: ModuleDef =
    ModuleDef { name: "_contextvars", doc: "Context Variables", functions: &[functions::FUNCTIONS], init: Some(init) };
