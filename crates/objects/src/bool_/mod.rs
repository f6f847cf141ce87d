//! The class `bool`. Its two instances are immortal objects of the value word's module.

use crate::int::{self, Int, IntView};
use crate::payload;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use crate::{ids, protocol};
use taipan_macros::class;

/// The payload of True and False: which of them it is, their addresses tell.
pub struct Bool;
payload!(Bool, id = ids::BOOL);

fn is_instance(v: &Value) -> bool {
    v.as_bool_object().is_some()
}

/// Is the argument true?
/// True and False are the only two instances of the class bool, which is a
/// subclass of int and cannot be subclassed.
#[class(name = "bool", base = Int, match_self, final, check = is_instance)]
impl Bool {
    #[new("(object=False, /)")]
    fn new(_cls: &Type, ts: &ThreadState, object: bool) -> Value {
        let _ = ts;
        Value::bool(object)
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, v: &Value) -> Result {
        Ok(Str::intern(ts, if v.is_true_object() { "True" } else { "False" }).into_value())
    }
    #[slot(and_)]
    fn and(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (a.as_bool_object(), b.as_bool_object()) {
            (Some(a), Some(b)) => Ok(Value::bool(a & b)),
            _ => bitwise(ts, a, b, int::bitwise::and),
        }
    }
    #[slot(or_)]
    fn or(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (a.as_bool_object(), b.as_bool_object()) {
            (Some(a), Some(b)) => Ok(Value::bool(a | b)),
            _ => bitwise(ts, a, b, int::bitwise::or),
        }
    }
    #[slot(xor)]
    fn xor(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        match (a.as_bool_object(), b.as_bool_object()) {
            (Some(a), Some(b)) => Ok(Value::bool(a ^ b)),
            _ => bitwise(ts, a, b, int::bitwise::xor),
        }
    }
    #[slot(invert)]
    fn invert(ts: &ThreadState, v: &Value) -> Result {
        ts.warn_deprecated(
            "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
        )?;
        Ok(int::from_i64(ts, if v.is_true_object() { -2 } else { -1 }))
    }
}

fn bitwise(ts: &ThreadState, a: &Value, b: &Value, f: fn(&ThreadState, IntView<'_>, IntView<'_>) -> Value) -> Result {
    match (int::view(a), int::view(b)) {
        (Some(a), Some(b)) => Ok(f(ts, a, b)),
        _ => Ok(Value::not_implemented()),
    }
}

/// `bool(v)`.
pub fn from_object(ts: &ThreadState, v: &Value) -> Result {
    Ok(Value::bool(protocol::is_true(ts, v)?))
}
