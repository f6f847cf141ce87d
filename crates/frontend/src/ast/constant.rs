//! Constants of trees, to and from objects.

use taipan_isa::{Const, Wtf8};
use taipan_objects::bytes::Bytes;
use taipan_objects::set::FrozenSet;
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value, code, complex, float, int};

pub fn to_object(ts: &ThreadState, c: &Const) -> Value {
    code::prepare::constant(ts, c)
}

/// The constant that an object is, if it may be one.
pub fn from_object(ts: &ThreadState, v: &Value) -> Result<Const> {
    if v.is_none() {
        return Ok(Const::None);
    }
    if v.is_ellipsis() {
        return Ok(Const::Ellipsis);
    }
    if let Some(b) = v.as_bool_object() {
        return Ok(Const::Bool(b));
    }
    if int::is_exact(v) {
        if let Some(i) = int::to_i64(v) {
            return Ok(Const::Int(i));
        }
        if let Some(view) = int::view(v) {
            let bytes = view.to_abs().to_le_bytes();
            let digits = bytes.chunks(4).map(|c| {
                let mut four = [0; 4];
                four[..c.len()].copy_from_slice(c);
                u32::from_le_bytes(four)
            });
            return Ok(Const::BigInt { negative: view.is_negative(), digits: digits.collect() });
        }
    }
    let class = v.class(ts);
    if !class.is_heap_type() {
        if let Some(f) = float::view(v) {
            return Ok(Const::Float(f));
        }
        if let Some(c) = v.downcast::<complex::Complex>() {
            let (re, im) = c.parts();
            return Ok(Const::Complex { re, im });
        }
        if let Some(s) = v.downcast::<Str>() {
            return Ok(Const::Str(Wtf8(s.bytes().into())));
        }
        if let Some(b) = v.downcast::<Bytes>() {
            return Ok(Const::Bytes(b.as_slice().into()));
        }
        if let Some(t) = v.downcast::<Tuple>() {
            let items: Result<Vec<Const>> = t.items().iter().map(|i| from_object(ts, i)).collect();
            return Ok(Const::Tuple(items?.into()));
        }
        if let Some(s) = v.downcast::<FrozenSet>() {
            let items: Result<Vec<Const>> = s.data.items().iter().map(|i| from_object(ts, i)).collect();
            return Ok(Const::FrozenSet(items?.into()));
        }
    }
    Err(ts.type_error(format!("got an invalid type in Constant: {}", class.name())))
}
