//! Doubles in hexadecimal: `float.hex` and `float.fromhex`.

use super::{decode, ldexp};
use crate::int::text::trim_ascii;

/// `float.hex`.
pub fn to_hex(f: f64) -> String {
    if !f.is_finite() {
        return super::repr::repr(f);
    }
    let sign = if f.is_sign_negative() { "-" } else { "" };
    if f == 0.0 {
        return format!("{sign}0x0.0p+0");
    }
    let (m, e, _) = decode(f);
    let exponent = (e + 52).max(-1022);
    format!("{sign}0x{:x}.{:013x}p{:+}", m >> 52, m & ((1 << 52) - 1), exponent)
}

#[derive(Debug, PartialEq)]
pub enum HexError {
    Invalid,
    TooLarge,
}

/// `float.fromhex`, correctly rounded.
pub fn from_hex(text: &[u8]) -> Result<f64, HexError> {
    let mut s = trim_ascii(text);
    let negative = match s.first() {
        Some(b'-') => {
            s = &s[1..];
            true
        }
        Some(b'+') => {
            s = &s[1..];
            false
        }
        _ => false,
    };
    let sign = |f: f64| if negative { -f } else { f };
    if s.eq_ignore_ascii_case(b"inf") || s.eq_ignore_ascii_case(b"infinity") {
        return Ok(sign(f64::INFINITY));
    }
    if s.eq_ignore_ascii_case(b"nan") {
        return Ok(sign(f64::NAN));
    }
    if let [b'0', b'x' | b'X', rest @ ..] = s {
        s = rest;
    }
    // The first 64 significant bits, then only whether anything else was set.
    let mut mantissa: u64 = 0;
    let mut sticky = false;
    let mut exponent: i64 = 0;
    let mut digits = 0;
    let mut seen_point = false;
    let mut rest = s;
    while let [c, tail @ ..] = rest {
        if *c == b'.' && !seen_point {
            seen_point = true;
            rest = tail;
            continue;
        }
        let Some(d) = (*c as char).to_digit(16) else { break };
        digits += 1;
        if mantissa >> 60 == 0 {
            mantissa = mantissa << 4 | d as u64;
            exponent -= 4 * seen_point as i64;
        } else {
            sticky |= d != 0;
            exponent += 4 * !seen_point as i64;
        }
        rest = tail;
    }
    if digits == 0 {
        return Err(HexError::Invalid);
    }
    if let [b'p' | b'P', tail @ ..] = rest {
        let (negative_exponent, tail) = match tail {
            [b'-', t @ ..] => (true, t),
            [b'+', t @ ..] => (false, t),
            _ => (false, tail),
        };
        if tail.is_empty() || !tail.iter().all(u8::is_ascii_digit) {
            return Err(HexError::Invalid);
        }
        let value = tail.iter().fold(0i64, |n, c| n.saturating_mul(10).saturating_add((c - b'0') as i64));
        exponent = exponent.saturating_add(if negative_exponent { -value } else { value });
    } else if !rest.is_empty() {
        return Err(HexError::Invalid);
    }
    if mantissa == 0 {
        return Ok(sign(0.0));
    }
    let shift = mantissa.leading_zeros() as i64;
    mantissa <<= shift;
    exponent = exponent.saturating_sub(shift);
    let top = exponent.saturating_add(64);
    if top > 1025 {
        return Err(HexError::TooLarge);
    }
    if top < -1075 {
        return Ok(sign(0.0));
    }
    // Round once, to the precision that the result has.
    let precision = (top + 1074).clamp(0, 53);
    let drop = 64 - precision;
    let kept = if drop == 64 { 0 } else { mantissa >> drop };
    let half = 1u64 << (drop - 1);
    let lost = if drop == 64 { mantissa } else { mantissa & ((1u64 << drop) - 1) };
    let up = lost > half || (lost == half && (sticky || kept & 1 == 1));
    let f = ldexp((kept + up as u64) as f64, (exponent + drop) as i32);
    if f.is_infinite() { Err(HexError::TooLarge) } else { Ok(sign(f)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip() {
        for f in [1.0, -0.1, 3.14159, 5e-324, f64::MAX, 2.2250738585072014e-308, 2.225e-308, 0.0, 1e300] {
            assert_eq!(from_hex(to_hex(f).as_bytes()), Ok(f));
        }
        assert_eq!(to_hex(-0.1), "-0x1.999999999999ap-4");
        assert_eq!(to_hex(5e-324), "0x0.0000000000001p-1022");
        assert_eq!(from_hex(b"0x1.ffffp10"), Ok(2047.984375));
        assert_eq!(from_hex(b"0x1p-1075"), Ok(0.0));
        assert_eq!(from_hex(b"0x1.8p-1075"), Ok(5e-324));
        assert_eq!(from_hex(b"0x1.00000000000000000000001p-1075"), Ok(5e-324));
        assert_eq!(from_hex(b"0x1p1024"), Err(HexError::TooLarge));
        assert_eq!(from_hex(b"0x1.fffffffffffff7fffp1023"), Ok(f64::MAX));
        assert_eq!(from_hex(b"0x1.fffffffffffff8p1023"), Err(HexError::TooLarge));
        assert_eq!(from_hex(b"0x"), Err(HexError::Invalid));
        assert_eq!(from_hex(b".p1"), Err(HexError::Invalid));
        assert_eq!(from_hex(b"1 .0"), Err(HexError::Invalid));
        assert_eq!(from_hex(b"0x10000000000000000000000000000p-112"), Ok(1.0));
    }
}
