//! Operators by the numbers that instructions carry.

use crate::ops::prelude::*;
use taipan_isa::oparg::binary;
use taipan_objects::int::Int;
use taipan_objects::protocol::BinaryOp;
use taipan_objects::slice::Unpacked;

/// `BINARY_OP`.
pub fn binary(ts: &ThreadState, n: u32, left: &Value, right: &Value) -> Result<Value> {
    if n == binary::SUBSCR {
        return protocol::getitem(ts, left, right);
    }
    if n == binary::ADD
        && let (Some(a), Some(b)) = (left.exact::<Int>(), right.exact::<Int>())
    {
        return Ok(taipan_objects::int::sum::add_objects(ts, a, b));
    }
    let (inplace, n) = if n >= binary::INPLACE { (true, n - binary::INPLACE) } else { (false, n) };
    let op = match n {
        binary::ADD => BinaryOp::Add,
        binary::AND => BinaryOp::And,
        binary::FLOOR_DIVIDE => BinaryOp::FloorDivide,
        binary::LSHIFT => BinaryOp::LeftShift,
        binary::MATRIX_MULTIPLY => BinaryOp::MatrixMultiply,
        binary::MULTIPLY => BinaryOp::Multiply,
        binary::REMAINDER => BinaryOp::Remainder,
        binary::OR => BinaryOp::Or,
        binary::POWER => BinaryOp::Power,
        binary::RSHIFT => BinaryOp::RightShift,
        binary::SUBTRACT => BinaryOp::Subtract,
        binary::TRUE_DIVIDE => BinaryOp::TrueDivide,
        binary::XOR => BinaryOp::Xor,
        _ => return Err(ts.system_error(format!("unknown operator {n}"))),
    };
    if inplace { protocol::inplace_op(ts, op, left, right) } else { protocol::binary_op(ts, op, left, right) }
}

fn slice(ts: &ThreadState, start: &Value, stop: &Value) -> Value {
    taipan_objects::slice::Slice::new(ts, start.clone(), stop.clone(), Value::none()).into_value()
}

/// A bound that is a small number or `None`.
fn simple_bound(v: &Value, default: isize) -> Option<isize> {
    if v.is_none() { Some(default) } else { v.as_small_int().map(|i| i as isize) }
}

/// The bounds of a slice that are `None` or small ints.
fn simple_span(start: &Value, stop: &Value) -> Option<Unpacked> {
    Some(Unpacked { start: simple_bound(start, 0)?, stop: simple_bound(stop, isize::MAX)?, step: 1 })
}

/// `container[start:stop]`.
pub fn get_slice(ts: &ThreadState, container: &Value, start: &Value, stop: &Value) -> Result<Value> {
    if let Some(s) = container.exact::<Str>()
        && let Some(start) = simple_bound(start, 0)
        && let Some(stop) = simple_bound(stop, isize::MAX)
    {
        return Ok(s.range(ts, start, stop).into_value());
    }
    if let Some(l) = container.exact::<List>()
        && let Some(span) = simple_span(start, stop)
    {
        let items = l.items.read(|v| v[span.adjust(v.len()).span()].to_vec());
        return Ok(List::new(ts, items).into_value());
    }
    if let Some(t) = container.exact::<Tuple>()
        && let Some(span) = simple_span(start, stop)
    {
        let span = span.adjust(t.len()).span();
        if span.len() == t.len() {
            return Ok(container.clone());
        }
        return Ok(Tuple::new(ts, t.items()[span].to_vec()).into_value());
    }
    protocol::getitem(ts, container, &slice(ts, start, stop))
}

/// `container[start:stop] = value`.
pub fn set_slice(ts: &ThreadState, container: &Value, start: &Value, stop: &Value, value: &Value) -> Result<()> {
    if let Some(l) = container.exact::<List>()
        && let Some(new) = value.exact::<List>()
        && let Some(span) = simple_span(start, stop)
    {
        l.splice(span.adjust(l.len()).span(), new.to_vec());
        return Ok(());
    }
    protocol::setitem(ts, container, &slice(ts, start, stop), value)
}

/// The concatenation of two exact strings.
pub fn concat_str(ts: &ThreadState, left: &Value, right: &Value) -> Result<Value> {
    match (left.exact::<Str>(), right.exact::<Str>()) {
        (Some(a), Some(b)) if !a.is_empty() && !b.is_empty() => Ok(Str::concat(ts, a, b).into_value()),
        _ => protocol::binary_op(ts, BinaryOp::Add, left, right),
    }
}
