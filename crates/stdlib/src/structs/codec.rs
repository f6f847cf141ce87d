//! Items of a struct to values and back.

use super::error;
use std::borrow::Cow;
use super::layout::{Item, Layout};
use taipan_objects::buffer::format::{is_signed, range, read_float, read_int, write_float, write_int};
use taipan_objects::bytearray::Bytearray;
use taipan_objects::bytes::Bytes;
use taipan_objects::heap::Ref;
use taipan_objects::tuple::Tuple;
use smallvec::SmallVec;
use taipan_objects::{Result, ThreadState, Value, complex, float, int, protocol};

fn unpack_item(ts: &ThreadState, code: u8, big: bool, b: &[u8]) -> Value {
    match code {
        b'B' => int::from_i64(ts, b[0] as i64),
        b'c' | b's' => Bytes::new(ts, b).into_value(),
        b'p' => {
            let n = b.first().map_or(0, |&n| n as usize).min(b.len().saturating_sub(1));
            Bytes::new(ts, b.get(1..1 + n).unwrap_or(&[])).into_value()
        }
        b'?' => Value::bool(b[0] != 0),
        b'e' | b'f' | b'd' => float::new(ts, read_float(b, big)),
        b'F' => complex::new(ts, (read_float(&b[..4], big), read_float(&b[4..], big))),
        b'D' => complex::new(ts, (read_float(&b[..8], big), read_float(&b[8..], big))),
        _ => {
            macro_rules! machine {
                ($n:literal, $signed:ty, $unsigned:ty) => {{
                    let mut raw = [0; $n];
                    raw.copy_from_slice(b);
                    let n = if big { <$unsigned>::from_be_bytes(raw) } else { <$unsigned>::from_le_bytes(raw) };
                    if is_signed(code) { int::from_i64(ts, n as $signed as i64) } else { int::from_u64(ts, n as u64) }
                }};
            }
            match b.len() {
                4 => machine!(4, i32, u32),
                2 => machine!(2, i16, u16),
                8 => machine!(8, i64, u64),
                1 => machine!(1, i8, u8),
                _ => int::from_i128(ts, read_int(b, big, is_signed(code))),
            }
        }
    }
}

/// The values in bytes that are as long as the layout.
pub fn unpack(ts: &ThreadState, l: &Layout, b: &[u8]) -> Ref<Tuple> {
    let mut out = SmallVec::<[Value; 8]>::with_capacity(l.values);
    for item in &l.items {
        let mut at = item.offset;
        for _ in 0..item.count {
            out.push(unpack_item(ts, item.code, l.big, &b[at..at + item.size]));
            at += item.size;
        }
    }
    Tuple::from_row(ts, out)
}

fn pack_integer(ts: &ThreadState, l: &Layout, code: u8, v: &Value, out: &mut [u8]) -> Result<()> {
    if let Some(i) = v.as_small_int()
        && code != b'P'
        && matches!(out.len(), 1 | 2 | 4 | 8)
    {
        let bits = 8 * out.len() as u32;
        let fits = match is_signed(code) {
            true => bits == 64 || i >> (bits - 1) == i >> 63,
            false => i >= 0 && (bits == 64 || i >> bits == 0),
        };
        if fits {
            macro_rules! store {
                ($t:ty) => {
                    out.copy_from_slice(&if l.big { (i as $t).to_be_bytes() } else { (i as $t).to_le_bytes() })
                };
            }
            match out.len() {
                1 => out[0] = i as u8,
                2 => store!(u16),
                4 => store!(u32),
                _ => store!(u64),
            }
            return Ok(());
        }
    }
    let owned;
    let v = if int::view(v).is_some() {
        v
    } else if protocol::has_index(ts, v) {
        owned = protocol::index(ts, v)?;
        &owned
    } else {
        return Err(error(ts, "required argument is not an integer"));
    };
    let i = int::view(v).and_then(|i| i.to_i128());
    if code == b'P' {
        return match i.filter(|i| (i64::MIN as i128..=u64::MAX as i128).contains(i)) {
            Some(i) => {
                write_int(out, l.big, i);
                Ok(())
            }
            None => Err(error(ts, "int too large to convert")),
        };
    }
    let (low, high) = range(out.len(), is_signed(code));
    match i.filter(|i| (low..=high).contains(i)) {
        Some(i) => {
            write_int(out, l.big, i);
            Ok(())
        }
        None => Err(error(ts, &format!("'{}' format requires {low} <= number <= {high}", code as char))),
    }
}

fn number<T>(ts: &ThreadState, r: Result<T>, kind: &str) -> Result<T> {
    r.map_err(|e| {
        if ts.exception_is(|x| &x.type_error) {
            ts.take_exception();
            return error(ts, &format!("required argument is not a {kind}"));
        }
        e
    })
}

/// The contents of `bytes` or `bytearray`.
fn bytes_of(v: &Value) -> Option<Cow<'_, [u8]>> {
    match v.downcast::<Bytes>() {
        Some(b) => Some(b.as_slice().into()),
        None => v.downcast::<Bytearray>().map(|b| b.to_vec().into()),
    }
}

fn pack_item(ts: &ThreadState, l: &Layout, item: &Item, v: &Value, out: &mut [u8]) -> Result<()> {
    match item.code {
        b'c' => match v.downcast::<Bytes>().map(|b| b.as_slice()) {
            Some([b]) => out[0] = *b,
            _ => return Err(error(ts, "char format requires a bytes object of length 1")),
        },
        b's' => {
            let Some(b) = bytes_of(v) else { return Err(error(ts, "argument for 's' must be a bytes object")) };
            let n = b.len().min(out.len());
            out[..n].copy_from_slice(&b[..n]);
        }
        b'p' => {
            let Some(b) = bytes_of(v) else { return Err(error(ts, "argument for 'p' must be a bytes object")) };
            if !out.is_empty() {
                let n = b.len().min(out.len() - 1);
                out[1..1 + n].copy_from_slice(&b[..n]);
                out[0] = n.min(255) as u8;
            }
        }
        b'?' => out[0] = protocol::is_true(ts, v)? as u8,
        b'e' | b'f' | b'd' => {
            let f = number(ts, protocol::as_f64(ts, v), "float")?;
            if !write_float(out, l.big, f) {
                return Err(ts.overflow_error(format!("float too large to pack with {} format", item.code as char)));
            }
        }
        b'F' | b'D' => {
            let (re, im) = match complex::view(v) {
                Some(z) => z,
                None => {
                    let z = match protocol::lookup_special(ts, v, &ts.names().__complex__)? {
                        Some(f) => protocol::call(ts, &f, &[])?,
                        None => v.clone(),
                    };
                    match complex::view(&z) {
                        Some(z) => z,
                        None => (number(ts, protocol::as_f64(ts, &z), "complex")?, 0.0),
                    }
                }
            };
            let half = out.len() / 2;
            for (part, x) in out.chunks_exact_mut(half).zip([re, im]) {
                if half == 4 {
                    let raw = x as f32;
                    part.copy_from_slice(&if l.big { raw.to_be_bytes() } else { raw.to_le_bytes() });
                } else {
                    write_float(part, l.big, x);
                }
            }
        }
        code => return pack_integer(ts, l, code, v, out),
    }
    Ok(())
}

/// Writes the values, of which there are as many as the layout wants, into zeros.
pub fn pack(ts: &ThreadState, l: &Layout, values: &[Value], out: &mut [u8]) -> Result<()> {
    let mut values = values.iter();
    for item in &l.items {
        let mut at = item.offset;
        for v in values.by_ref().take(item.count) {
            pack_item(ts, l, item, v, &mut out[at..at + item.size])?;
            at += item.size;
        }
    }
    Ok(())
}
