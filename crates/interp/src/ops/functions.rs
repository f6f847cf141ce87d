//! Making functions; imports; intrinsics.

use super::prelude::*;
use crate::{imports, intrinsics};
use oparg::function_attribute as attribute;
use taipan_objects::code::Code;

#[inst]
pub fn make_function(ts: &ThreadState, code: &Value, frame: Fp) -> Result<Value> {
    match code.downcast_ref::<Code>() {
        Some(code) => Ok(Function::new(ts, code, &frame.function().globals).into_value()),
        None => Err(ts.system_error("a function is made of code")),
    }
}

#[inst]
pub fn set_function_attribute(ts: &ThreadState, value: Value, function: StackRef, oparg: u32) -> StackRef {
    let _ = ts;
    // SAFETY: MAKE_FUNCTION made it.
    let f = unsafe { &*function.payload::<Function>() };
    match oparg {
        attribute::CLOSURE => f.closure.set(Some(value)),
        attribute::ANNOTATIONS => f.annotations.set(Some(value)),
        attribute::KWDEFAULTS => f.kwdefaults.set(Some(value)),
        attribute::DEFAULTS => f.defaults.set(Some(value)),
        attribute::ANNOTATE => f.annotate.set(Some(value)),
        _ => {}
    }
    function
}

#[inst(flags(name))]
pub fn import_name(ts: &ThreadState, level: &Value, fromlist: &Value, frame: Fp, oparg: u32) -> Result<Value> {
    imports::import_name(ts, frame, frame.name(oparg), fromlist, level)
}

#[inst(flags(name))]
pub fn import_from(module: &Keep, ts: &ThreadState, frame: Fp, oparg: u32) -> Result<Value> {
    // SAFETY: the module stays on the stack.
    let module = unsafe { module.lend() };
    imports::import_from(ts, &module, frame.name(oparg))
}

#[inst]
pub fn call_intrinsic_1(ts: &ThreadState, value: &Value, frame: Fp, oparg: u32) -> Result<Value> {
    intrinsics::unary(ts, frame, oparg, value)
}

#[inst]
pub fn call_intrinsic_2(ts: &ThreadState, first: &Value, second: &Value, oparg: u32) -> Result<Value> {
    intrinsics::binary(ts, oparg, first, second)
}
