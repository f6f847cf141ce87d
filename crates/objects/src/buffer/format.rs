//! Items in memory: native formats of one character, as `memoryview` and `array` know them, and the encoding
//! of numbers that `struct` shares.

use crate::bytes::Bytes;
use crate::float;
use crate::int;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Raised, Value};

/// Why a value cannot be an item.
pub enum PackError {
    Type,
    Value,
    Raised(Raised),
}

/// The format character, if `format` is a native one with or without `@`.
pub fn native(format: &str) -> Option<u8> {
    let code = match format.as_bytes() {
        [c] | [b'@', c] => *c,
        _ => return None,
    };
    size(code).map(|_| code)
}

/// Bytes of an item in native format.
pub fn size(code: u8) -> Option<usize> {
    Some(match code {
        b'c' | b'b' | b'B' | b'?' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' | b'q' | b'Q' | b'n' | b'N' | b'd' | b'P' => 8,
        _ => return None,
    })
}

pub fn is_signed(code: u8) -> bool {
    matches!(code, b'b' | b'h' | b'i' | b'l' | b'q' | b'n')
}

/// An integer of up to eight bytes.
pub fn read_int(b: &[u8], big: bool, signed: bool) -> i128 {
    let mut u: u64 = 0;
    let mut add = |c: &u8| u = u << 8 | *c as u64;
    if big { b.iter().for_each(&mut add) } else { b.iter().rev().for_each(&mut add) }
    if signed {
        let shift = 64 - 8 * b.len() as u32;
        ((u << shift) as i64 >> shift) as i128
    } else {
        u as i128
    }
}

/// Writes an integer that fits.
pub fn write_int(out: &mut [u8], big: bool, i: i128) {
    let bytes = (i as u64).to_le_bytes();
    let n = out.len();
    out.copy_from_slice(&bytes[..n]);
    if big {
        out.reverse();
    }
}

/// The range of an integer item of `n` bytes.
pub fn range(n: usize, signed: bool) -> (i128, i128) {
    let bits = 8 * n as u32;
    if signed { (-(1 << (bits - 1)), (1 << (bits - 1)) - 1) } else { (0, (1 << bits) - 1) }
}

/// A double as IEEE half precision; `None` when it is too big.
pub fn to_half(x: f64) -> Option<u16> {
    let sign = (x.is_sign_negative() as u16) << 15;
    let x = x.abs();
    if x.is_nan() {
        // As much of the payload as there is room for.
        let payload = (x.to_bits() >> 42 & 0x3ff) as u16;
        return Some(sign | 0x7c00 | if payload == 0 { 0x200 } else { payload });
    }
    if x.is_infinite() {
        return Some(sign | 0x7c00);
    }
    if x == 0.0 {
        return Some(sign);
    }
    let (mut f, mut e) = float::frexp(x);
    f *= 2.0;
    e -= 1;
    if e >= 16 {
        return None;
    }
    if e < -25 {
        return Some(sign);
    }
    if e < -14 {
        f = float::ldexp(f, 14 + e);
        e = 0;
    } else {
        e += 15;
        f -= 1.0;
    }
    f *= 1024.0;
    let mut bits = f as u16;
    f -= bits as f64;
    if f > 0.5 || f == 0.5 && bits % 2 == 1 {
        bits += 1;
        if bits == 1024 {
            bits = 0;
            e += 1;
            if e == 31 {
                return None;
            }
        }
    }
    Some(sign | (e as u16) << 10 | bits)
}

pub fn from_half(h: u16) -> f64 {
    let (e, m) = ((h >> 10 & 0x1f) as i32, (h & 0x3ff) as f64);
    let x = match e {
        0 => float::ldexp(m, -24),
        31 if m == 0.0 => f64::INFINITY,
        31 => f64::from_bits(0x7ff << 52 | (h as u64 & 0x3ff) << 42),
        _ => float::ldexp(m + 1024.0, e - 25),
    };
    if h >> 15 == 1 { -x } else { x }
}

/// A floating-point item of 2, 4 or 8 bytes.
pub fn read_float(b: &[u8], big: bool) -> f64 {
    let mut raw = [0; 8];
    raw[..b.len()].copy_from_slice(b);
    if big {
        raw[..b.len()].reverse();
    }
    match b.len() {
        2 => from_half(u16::from_le_bytes([raw[0], raw[1]])),
        4 => f32::from_le_bytes([raw[0], raw[1], raw[2], raw[3]]) as f64,
        _ => f64::from_le_bytes(raw),
    }
}

/// Writes a float in 2, 4 or 8 bytes; false when it is too big.
pub fn write_float(out: &mut [u8], big: bool, f: f64) -> bool {
    match out.len() {
        2 => match to_half(f) {
            Some(h) => out.copy_from_slice(&h.to_le_bytes()),
            None => return false,
        },
        4 => {
            let small = f as f32;
            if small.is_infinite() && f.is_finite() {
                return false;
            }
            out.copy_from_slice(&small.to_le_bytes());
        }
        _ => out.copy_from_slice(&f.to_le_bytes()),
    }
    if big {
        out.reverse();
    }
    true
}

/// The value of an item in native format.
#[inline]
pub fn unpack(ts: &ThreadState, code: u8, b: &[u8]) -> Value {
    match code {
        b'B' => int::from_i64(ts, b[0] as i64),
        b'c' => Bytes::new(ts, b).into_value(),
        b'?' => Value::bool(b[0] != 0),
        b'e' | b'f' | b'd' => float::new(ts, read_float(b, cfg!(target_endian = "big"))),
        _ => int::from_i128(ts, read_int(b, cfg!(target_endian = "big"), is_signed(code))),
    }
}

/// Writes an item in native format.
pub fn pack(ts: &ThreadState, code: u8, v: &Value, out: &mut [u8]) -> Result<(), PackError> {
    let big = cfg!(target_endian = "big");
    match code {
        b'c' => match v.downcast::<Bytes>().map(|b| b.as_slice()) {
            Some([b]) => out[0] = *b,
            Some(_) => return Err(PackError::Value),
            None => return Err(PackError::Type),
        },
        b'?' => out[0] = protocol::is_true(ts, v).map_err(PackError::Raised)? as u8,
        b'e' | b'f' | b'd' => {
            let f = protocol::as_f64(ts, v).map_err(|e| type_or(ts, e))?;
            if code == b'f' {
                out.copy_from_slice(&(f as f32).to_ne_bytes());
            } else if !write_float(out, big, f) {
                return Err(PackError::Value);
            }
        }
        _ => {
            if !protocol::has_index(ts, v) {
                return Err(PackError::Type);
            }
            let i = protocol::index(ts, v).map_err(PackError::Raised)?;
            let i = int::view(&i).and_then(|i| i.to_i128()).ok_or(PackError::Value)?;
            let (low, high) = range(out.len(), is_signed(code));
            // A pointer may be given as a negative number.
            let low = if code == b'P' { i64::MIN as i128 } else { low };
            if i < low || i > high {
                return Err(PackError::Value);
            }
            write_int(out, big, i);
        }
    }
    Ok(())
}

/// A TypeError means the wrong kind of value; others stay.
fn type_or(ts: &ThreadState, e: Raised) -> PackError {
    if ts.exception_is(|x| &x.type_error) {
        ts.take_exception();
        return PackError::Type;
    }
    PackError::Raised(e)
}
