//! Making bytes of other objects: what `bytes()` and `bytearray()` accept.

use crate::buffer;
use crate::codecs;
use crate::int;
use crate::list::List;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

/// A number as a byte.
pub fn byte(ts: &ThreadState, v: &Value, message: &str) -> Result<u8> {
    let small = match v.as_small_int() {
        Some(i) => Some(i),
        None => int::to_i64(&protocol::index(ts, v)?),
    };
    small.and_then(|i| u8::try_from(i).ok()).ok_or_else(|| ts.value_error(message))
}

/// The bytes that `class(source, encoding, errors)` begins with; `source` is no `bytes` with a `__bytes__`
/// of its own (see [`from_object`]).
pub fn from_arguments(
    ts: &ThreadState,
    source: Option<&Value>,
    encoding: Option<&Str>,
    errors: Option<&Str>,
    class: &str,
) -> Result<Vec<u8>> {
    let Some(source) = source else {
        if encoding.is_some() || errors.is_some() {
            let what = if encoding.is_some() { "encoding" } else { "errors" };
            return Err(ts.type_error(format!("{what} without a string argument")));
        }
        return Ok(Vec::new());
    };
    if let Some(s) = source.as_str() {
        if encoding.is_none() {
            return Err(ts.type_error("string argument without an encoding"));
        }
        let encoded = codecs::encode_str(ts, s, encoding, errors)?;
        return buffer::to_vec(ts, &encoded);
    }
    if encoding.is_some() || errors.is_some() {
        let what = if encoding.is_some() { "encoding" } else { "errors" };
        return Err(ts.type_error(format!("{what} without a string argument")));
    }
    if protocol::has_index(ts, source) {
        match protocol::as_isize(ts, source) {
            Ok(n) if n < 0 => return Err(ts.value_error("negative count")),
            Ok(n) => {
                let mut out = Vec::new();
                out.try_reserve_exact(n as usize).map_err(|_| ts.memory_error())?;
                out.resize(n as usize, 0);
                return Ok(out);
            }
            // A number that lies about being one may still be a buffer or a sequence.
            Err(e) if !ts.exception_is(|x| &x.type_error) => return Err(e),
            Err(_) => {
                ts.take_exception();
            }
        }
    }
    from_object(ts, source, class)
}

/// The bytes of a buffer or of an iterable of numbers.
pub fn from_object(ts: &ThreadState, source: &Value, class: &str) -> Result<Vec<u8>> {
    if buffer::supports(ts, source) {
        return buffer::to_vec(ts, source);
    }
    let range = format!("{} must be in range(0, 256)", if class == "bytes" { "bytes" } else { "byte" });
    let range = range.as_str();
    if let Some(l) = source.exact::<List>() {
        // A number's __index__ may change the list.
        let mut out = Vec::with_capacity(l.len());
        let mut i = 0;
        while let Some(v) = l.get(i) {
            out.push(byte(ts, &v, range)?);
            i += 1;
        }
        return Ok(out);
    }
    if let Some(t) = source.exact::<Tuple>() {
        return t.items().iter().map(|v| byte(ts, v, range)).collect();
    }
    if source.as_str().is_none() && protocol::is_iterable(ts, source) {
        let mut out = Vec::new();
        protocol::for_each(ts, source, |v| {
            out.push(byte(ts, &v, range)?);
            Ok(())
        })?;
        return Ok(out);
    }
    Err(ts.type_error(format!("cannot convert '{}' object to {class}", source.type_name(ts))))
}
