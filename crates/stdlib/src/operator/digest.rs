//! Comparison of secrets in constant time.

use taipan_objects::{Result, ThreadState, Value, buffer};

/// Equality whose duration depends on the length of `b` only.
fn constant_time(a: &[u8], b: &[u8]) -> bool {
    let mut difference = (a.len() != b.len()) as u8;
    let left = if a.len() == b.len() { a } else { b };
    for (x, y) in left.iter().zip(b) {
        difference |= std::hint::black_box(x ^ y);
    }
    difference == 0
}

pub fn compare(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
    match (a.as_str(), b.as_str()) {
        (Some(a), Some(b)) => {
            if !a.is_ascii() || !b.is_ascii() {
                return Err(ts.type_error("comparing strings with non-ASCII characters is not supported"));
            }
            Ok(constant_time(a.bytes(), b.bytes()))
        }
        (None, None) if buffer::supports(ts, a) && buffer::supports(ts, b) => Ok(constant_time(&buffer::to_vec(ts, a)?, &buffer::to_vec(ts, b)?)),
        _ if buffer::supports(ts, a) || buffer::supports(ts, b) => {
            let other = if buffer::supports(ts, a) { b } else { a };
            Err(ts.type_error(format!("a bytes-like object is required, not '{}'", other.type_name(ts))))
        }
        _ => Err(ts.type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            a.type_name(ts),
            b.type_name(ts)
        ))),
    }
}
