//! Pieces of f-strings and t-strings.

use crate::ops::prelude::*;
use taipan_isa::oparg::conversion;
use taipan_objects::template::{Interpolation, Template};

/// The concatenation of strings.
pub fn join(ts: &ThreadState, pieces: &[Value]) -> Value {
    Str::join_values(ts, pieces).into_value()
}

/// `!s`, `!r`, `!a`.
pub fn convert(ts: &ThreadState, v: &Value, how: u32) -> Result<Value> {
    Ok(match how {
        conversion::STR => protocol::str_(ts, v)?,
        conversion::REPR => protocol::repr(ts, v)?,
        conversion::ASCII => protocol::ascii(ts, v)?,
        _ => return Err(ts.system_error(format!("unexpected conversion flag {how}"))),
    }
    .into_value())
}

pub fn interpolation(ts: &ThreadState, value: Value, text: Value, how: u32, spec: Value) -> Result<Value> {
    let conversion = match how {
        conversion::STR => Some(b's'),
        conversion::REPR => Some(b'r'),
        conversion::ASCII => Some(b'a'),
        _ => None,
    };
    let (Some(text), Some(spec)) = (text.downcast_ref::<Str>(), spec.downcast_ref::<Str>()) else {
        return Err(ts.system_error("an interpolation has texts"));
    };
    Ok(Interpolation::new(ts, value, text.clone(), conversion, spec.clone()).into_value())
}

pub fn template(ts: &ThreadState, strings: &Value, interpolations: &Value) -> Result<Value> {
    match (strings.downcast_ref::<Tuple>(), interpolations.downcast_ref::<Tuple>()) {
        (Some(s), Some(i)) => Ok(Template::new(ts, s.clone(), i.clone()).into_value()),
        _ => Err(ts.system_error("a template is made of two tuples")),
    }
}
