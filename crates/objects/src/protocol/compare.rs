//! Comparison, truth and hashing.

use crate::ids;
use crate::list::List;
use crate::slots::CmpOp;
use crate::tuple::Tuple;
use std::cmp::Ordering;
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

/// The order of two small integers, texts, floats or tuples of such. `None` decides nothing.
#[inline]
pub fn quick_order(a: &Value, b: &Value) -> Option<Ordering> {
    if let (Some(x), Some(y)) = (a.as_small_int(), b.as_small_int()) {
        return Some(x.cmp(&y));
    }
    quick_order_of_others(a, b)
}

/// Integers up to this magnitude are floats exactly.
const EXACT: i64 = 1 << 53;

fn quick_order_of_others(a: &Value, b: &Value) -> Option<Ordering> {
    if let Some(x) = a.as_inline_float() {
        if let Some(y) = b.as_inline_float() {
            return x.partial_cmp(&y);
        }
        let y = b.as_small_int().filter(|y| (-EXACT..EXACT).contains(y))?;
        return x.partial_cmp(&(y as f64));
    }
    if let Some(y) = b.as_inline_float() {
        let x = a.as_small_int().filter(|x| (-EXACT..EXACT).contains(x))?;
        return (x as f64).partial_cmp(&y);
    }
    match (a.shape_id(), b.shape_id()) {
        (ids::STR, ids::STR) => Some(a.exact::<Str>()?.bytes().cmp(b.exact::<Str>()?.bytes())),
        (ids::TUPLE, ids::TUPLE) => order_of_rows(a.exact::<Tuple>()?.items(), b.exact::<Tuple>()?.items()),
        // Nothing here runs Python code, so neither list can change.
        (ids::LIST, ids::LIST) => a.exact::<List>()?.items.read(|x| b.exact::<List>()?.items.read(|y| order_of_rows(x, y))),
        (ids::BOOL, _) | (_, ids::BOOL) => {
            let number = |v: &Value| v.as_bool_object().map(i64::from).or_else(|| v.as_small_int());
            Some(number(a)?.cmp(&number(b)?))
        }
        _ => None,
    }
}

/// The order of two rows of such as [`quick_order`] compares.
pub(crate) fn order_of_rows(x: &[Value], y: &[Value]) -> Option<Ordering> {
    for (x, y) in x.iter().zip(y) {
        if x.is(y) {
            continue;
        }
        // A row within a row goes the long way, so that nothing nests here.
        if x.exact::<Tuple>().is_some() || x.exact::<List>().is_some() {
            return None;
        }
        match quick_order(x, y)? {
            Ordering::Equal => {}
            other => return Some(other),
        }
    }
    Some(x.len().cmp(&y.len()))
}

#[inline]
pub fn compare_bool(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<bool> {
    match quick_order(a, b) {
        Some(order) => Ok(op.holds(order)),
        None => compare_objects(ts, a, b, op),
    }
}

fn compare_objects(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<bool> {
    let r = compare(ts, a, b, op)?;
    is_true(ts, &r)
}

/// `a is b or a == b`, as containers compare.
#[inline]
pub fn eq(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
    if a.is(b) {
        return Ok(true);
    }
    if a.as_small_int().is_some() && b.as_small_int().is_some() {
        return Ok(false);
    }
    if let (Some(x), Some(y)) = (a.exact::<Str>(), b.exact::<Str>()) {
        return Ok(x.bytes() == y.bytes());
    }
    compare_bool(ts, a, b, CmpOp::Eq)
}

#[inline]
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

/// The hash of an address, of which the last three bits tell nothing.
pub fn hash_pointer(p: u64) -> i64 {
    let h = p.rotate_right(3) as i64;
    if h == -1 { -2 } else { h }
}
