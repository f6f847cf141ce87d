//! f-strings and t-strings.

use super::prelude::*;
use crate::strings;

#[inst]
pub fn build_string(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: `oparg` operands are there, all strings.
    unsafe {
        // Joined where they lie; a reference on the stack is a value that may be borrowed.
        let n = oparg as usize;
        let first = r.sp.sub(n);
        let joined = strings::join(ts, std::slice::from_raw_parts(first as *const Value, n));
        for i in 0..n {
            (*first.add(i)).release();
        }
        r.sp = first;
        push(r, joined);
    }
    Flow::Next
}

#[inst]
pub fn convert_value(ts: &ThreadState, value: &Value, oparg: u32) -> Result<Value> {
    strings::convert(ts, value, oparg)
}

#[inst]
pub fn format_simple(ts: &ThreadState, value: &Value) -> Result<Value> {
    if value.exact::<Str>().is_some() {
        return Ok(value.clone());
    }
    let empty = Str::new(ts, "");
    Ok(protocol::format(ts, value, empty.as_value())?.into_value())
}

#[inst]
pub fn format_with_spec(ts: &ThreadState, value: &Value, spec: &Value) -> Result<Value> {
    Ok(protocol::format(ts, value, spec)?.into_value())
}

/// Value, its text, and with the low bit of the operand a format spec.
#[inst]
pub fn build_interpolation(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operands are there.
    unsafe {
        let spec = if oparg & 1 != 0 { pop(r) } else { Str::new(ts, "").into_value() };
        let text = pop(r);
        let value = pop(r);
        match strings::interpolation(ts, value, text, oparg >> 2, spec) {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

#[inst]
pub fn build_template(ts: &ThreadState, strings: &Value, interpolations: &Value) -> Result<Value> {
    crate::strings::template(ts, strings, interpolations)
}
