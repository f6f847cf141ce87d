//! Comparison, truth and hashing.

use crate::ids;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// `a op b`, with reflection; TypeError for orderings nobody answers.
pub fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Ok(Value::bool(op.holds(x.cmp(&y))));
    }
    ts.recursion_guard(" in comparison")?;
    let (ta, tb) = (a.class(ts), b.class(ts));
    let mut tried_reflected = false;
    if !ta.is(tb) && tb.is_subtype(ta) && let Some(f) = tb.slots().richcompare {
        tried_reflected = true;
        let r = f(ts, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(f) = a.class(ts).slots().richcompare {
        let r = f(ts, a, b, op)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if !tried_reflected && let Some(f) = b.class(ts).slots().richcompare {
        let r = f(ts, b, a, op.swapped())?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    match op {
        CmpOp::Eq => Ok(Value::bool(a.is(b))),
        CmpOp::Ne => Ok(Value::bool(!a.is(b))),
        _ => Err(ts.type_error(format!(
            "'{}' not supported between instances of '{}' and '{}'",
            op.symbol(),
            a.type_name(ts),
            b.type_name(ts)
        ))),
    }
}

pub fn compare_bool(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<bool> {
    let r = compare(ts, a, b, op)?;
    is_true(ts, &r)
}

/// `a is b or a == b`, as containers compare.
#[inline]
pub fn eq(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if let (Some(x), Some(y)) = (a.exact::<Str>(), b.exact::<Str>()) {
        return Ok(x.bytes() == y.bytes());
    }
    compare_bool(ts, a, b, CmpOp::Eq)
}

pub fn lt(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
    compare_bool(ts, a, b, CmpOp::Lt)
}

#[inline]
pub fn is_true(ts: &ThreadState, v: &Value) -> Result<bool> {
    if let Some(b) = v.as_bool_object() {
        return Ok(b);
    }
    if let Some(i) = v.as_small_int() {
        return Ok(i != 0);
    }
    if v.is_none() {
        return Ok(false);
    }
    let s = v.class(ts).slots();
    if let Some(f) = s.bool_ {
        return f(ts, v);
    }
    if let Some(f) = s.len {
        return Ok(f(ts, v)? != 0);
    }
    Ok(true)
}

pub fn not(ts: &ThreadState, v: &Value) -> Result<bool> {
    Ok(!is_true(ts, v)?)
}

/// `hash(v)`.
#[inline]
pub fn hash(ts: &ThreadState, v: &Value) -> Result<i64> {
    if v.shape_id() == ids::STR
        && let Some(s) = v.exact::<Str>()
    {
        return Ok(s.hash(ts));
    }
    match v.class(ts).slots().hash {
        Some(f) => f(ts, v),
        None => crate::typeobject::slot_fns::hash_not_implemented(ts, v),
    }
}

/// The hash of an address.
pub fn hash_pointer(p: u64) -> i64 {
    let h = p.rotate_right(4) as i64;
    if h == -1 { -2 } else { h }
}
