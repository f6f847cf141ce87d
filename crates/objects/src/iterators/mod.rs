//! The iterators that belong to no type of their own ([`sequence`], [`callable`], [`reversed`]), and what
//! all iterators share.

pub mod callable;
pub mod reversed;
pub mod sequence;

use crate::int;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// `iter(v)` for an object that has `__getitem__` only.
pub fn sequence_iterator(ts: &ThreadState, v: &Value) -> Result<Value> {
    Ok(sequence::SequenceIterator::new(ts, v.clone()).into_value())
}

/// A function of the module `builtins`, as `__reduce__` names it.
pub fn builtin(ts: &ThreadState, name: &str) -> Result<Value> {
    crate::module::builtin_get(ts, name)
}

/// The argument of `__setstate__`: a position.
pub fn state_index(ts: &ThreadState, v: &Value) -> Result<isize> {
    if int::view(v).is_none() {
        return Err(ts.type_error("an integer is required"));
    }
    protocol::as_isize(ts, v)
}

/// Writes the representations of a row, with commas between.
pub fn repr_row(ts: &ThreadState, out: &mut Vec<u8>, row: &[Value]) -> Result<()> {
    for (i, v) in row.iter().enumerate() {
        if i > 0 {
            out.extend_from_slice(b", ");
        }
        if let Some(n) = v.as_small_int() {
            let (at, len) = (out.len(), int::digits::text_len(n));
            out.resize(at + len, 0);
            int::digits::write_signed(&mut out[at..], n);
            continue;
        }
        out.extend_from_slice(protocol::repr(ts, v)?.bytes());
    }
    Ok(())
}

/// The items of an iterable; `message` if it is none.
pub fn fast_sequence(ts: &ThreadState, v: &Value, message: &str) -> Result<Vec<Value>> {
    if let Some(t) = v.exact::<crate::tuple::Tuple>() {
        return Ok(t.items().to_vec());
    }
    if let Some(l) = v.exact::<crate::list::List>() {
        return Ok(l.to_vec());
    }
    let it = match protocol::get_iter(ts, v) {
        Ok(it) => it,
        Err(e) => {
            if ts.exception_is(|x| &x.type_error) {
                ts.take_exception();
                return Err(ts.type_error(message));
            }
            return Err(e);
        }
    };
    protocol::collect(ts, &it)
}
