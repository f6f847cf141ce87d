//! Floats: their two representations, taking doubles apart, comparing them with integers, hashing.
//!
//! Most doubles lie in the value word; those with far exponents and zero are objects with a [`Float`]
//! payload, as are instances of subclasses. The two zeros are immortal objects.

pub mod arith;
pub mod class;
pub mod hex;
pub mod parse;
pub mod repr;

use crate::heap::{self, Header};
use crate::ids;
use crate::int::IntView;
use crate::payload;
use crate::thread::ThreadState;
use crate::value::{TAG_BORROWED, Value, float_word};
use dashu_int::IBig;
use std::cmp::Ordering;

/// The payload of floats that are objects.
#[repr(transparent)]
pub struct Float {
    value: f64,
}
payload!(Float, id = ids::FLOAT);

impl Float {
    pub fn from_f64(value: f64) -> Float {
        Float { value }
    }
    pub fn value(&self) -> f64 {
        self.value
    }
}

#[repr(C)]
struct Boxed {
    header: Header,
    payload: Float,
}

static ZERO: Boxed = Boxed { header: Header::immortal(ids::FLOAT), payload: Float { value: 0.0 } };
static NEGATIVE_ZERO: Boxed = Boxed { header: Header::immortal(ids::FLOAT), payload: Float { value: -0.0 } };

fn immortal(b: &'static Boxed) -> Value {
    Value::from_word(b as *const Boxed as u64 | TAG_BORROWED)
}

/// A float of any value.
#[inline(always)]
pub fn new(ts: &ThreadState, f: f64) -> Value {
    match float_word(f) {
        Some(w) => Value::from_word(w),
        None => boxed(ts, f),
    }
}

#[cold]
#[inline(never)]
fn boxed(ts: &ThreadState, f: f64) -> Value {
    if f == 0.0 {
        return immortal(if f.is_sign_negative() { &NEGATIVE_ZERO } else { &ZERO });
    }
    heap::new(ts, Float { value: f }).into_value()
}

/// The double, if the type of `v` is exactly `float`.
#[inline(always)]
pub fn exact(v: &Value) -> Option<f64> {
    if let Some(f) = v.as_inline_float() {
        return Some(f);
    }
    v.exact::<Float>().map(|f| f.value)
}

/// The double, if `v` is a float or an instance of a subclass.
#[inline(always)]
pub fn view(v: &Value) -> Option<f64> {
    if let Some(f) = v.as_inline_float() {
        return Some(f);
    }
    if !v.is_pointer() {
        return None;
    }
    v.downcast::<Float>().map(|f| f.value)
}

/// Mantissa, exponent and sign of a finite double: `mantissa * 2**exponent`.
#[inline]
pub fn decode(f: f64) -> (u64, i32, bool) {
    let bits = f.to_bits();
    let biased = (bits >> 52 & 0x7ff) as i32;
    let fraction = bits & ((1 << 52) - 1);
    let (m, e) = if biased == 0 { (fraction, -1074) } else { (fraction | 1 << 52, biased - 1075) };
    (m, e, bits >> 63 != 0)
}

/// `f * 2**exponent`, correctly rounded.
pub fn ldexp(f: f64, exponent: i32) -> f64 {
    if f == 0.0 || !f.is_finite() || exponent == 0 {
        return f;
    }
    let (m, e, negative) = decode(f);
    let bits = 64 - m.leading_zeros() as i32;
    let e = e as i64 + exponent as i64;
    let top = e + bits as i64;
    let sign = if negative { -1.0 } else { 1.0 };
    if top > 1024 {
        return sign * f64::INFINITY;
    }
    if top < -1074 {
        return sign * 0.0;
    }
    if top > -1022 {
        // Normal: the mantissa stays as it is.
        let m = m << (53 - bits);
        let biased = (top - 53 + 1075) as u64;
        return sign * f64::from_bits(biased << 52 | (m & ((1 << 52) - 1)));
    }
    // Subnormal: shift right with rounding to even.
    let shift = -1074 - e;
    if shift <= 0 {
        return sign * f64::from_bits(m << -shift);
    }
    if shift > 63 {
        return sign * 0.0;
    }
    let kept = m >> shift;
    let rest = m & ((1u64 << shift) - 1);
    let half = 1u64 << (shift - 1);
    let up = rest > half || (rest == half && kept & 1 == 1);
    sign * f64::from_bits(kept + up as u64)
}

/// Fraction in [0.5, 1) and exponent.
pub fn frexp(f: f64) -> (f64, i32) {
    if f == 0.0 || !f.is_finite() {
        return (f, 0);
    }
    let (m, e, negative) = decode(f);
    let bits = 64 - m.leading_zeros() as i32;
    let fraction = f64::from_bits(1022 << 52 | ((m << (53 - bits)) & ((1 << 52) - 1)));
    (if negative { -fraction } else { fraction }, e + bits)
}

/// Python's hash of a double; equal to that of an equal integer. NaNs hash by identity: `None`.
pub fn hash(f: f64) -> Option<i64> {
    if f.abs() < 1e15 && f == f.trunc() {
        return Some(IntView::Small(f as i64).hash());
    }
    if f.is_infinite() {
        return Some(if f > 0.0 { 314159 } else { -314159 });
    }
    if f.is_nan() {
        return None;
    }
    const P: u64 = crate::int::HASH_MODULUS;
    const BITS: i64 = crate::int::HASH_BITS as i64;
    let (m, e, negative) = decode(f);
    // Multiplying by two rotates the 61 bits.
    let e = (e as i64).rem_euclid(BITS) as u32;
    let m = m % P;
    let h = if e == 0 { m } else { (m << e & P) | m >> (BITS as u32 - e) };
    let h = if h == P { 0 } else { h } as i64;
    let h = if negative { -h } else { h };
    Some(if h == -1 { -2 } else { h })
}

/// The hash of a NaN: that of its identity.
pub fn hash_identity(v: &Value) -> i64 {
    let h = v.id().rotate_right(4) as i64;
    if h == -1 { -2 } else { h }
}

/// Numerator and denominator, in lowest terms, of a finite double.
pub fn integer_ratio(f: f64) -> (IBig, IBig) {
    let (m, e, negative) = decode(f);
    if m == 0 {
        return (IBig::ZERO, IBig::ONE);
    }
    let zeros = m.trailing_zeros();
    let (m, e) = (IBig::from(m >> zeros), e + zeros as i32);
    let m = if negative { -m } else { m };
    if e >= 0 { (m << e as usize, IBig::ONE) } else { (m, IBig::ONE << (-e) as usize) }
}

/// Compares a double with an integer exactly; `None` for NaN.
pub fn compare_int(f: f64, i: IntView<'_>) -> Option<Ordering> {
    if f.is_nan() {
        return None;
    }
    match i {
        IntView::Small(i) => {
            if i.unsigned_abs() <= 1 << 53 {
                return f.partial_cmp(&(i as f64));
            }
            if f.abs() >= 9.3e18 {
                return Some(if f > 0.0 { Ordering::Greater } else { Ordering::Less });
            }
            let whole = f.trunc();
            Some((whole as i128).cmp(&(i as i128)).then(f.partial_cmp(&whole)?))
        }
        IntView::Big(b) => {
            let sign = i.signum();
            if f == 0.0 || (f > 0.0) != (sign > 0) || f.is_infinite() {
                let f_greater = if f == 0.0 { sign < 0 } else { f > 0.0 };
                return Some(if f_greater { Ordering::Greater } else { Ordering::Less });
            }
            // Both have the same sign, and a big integer is beyond all fractions.
            Some(crate::int::big_from_f64(f.trunc()).cmp(b))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales() {
        assert_eq!(ldexp(1.0, -1074), 5e-324);
        assert_eq!(ldexp(1.5, -1074), 1e-323);
        assert_eq!(ldexp(0.5, -1074), 0.0);
        assert_eq!(ldexp(0.75, -1074), 5e-324);
        assert_eq!(ldexp(-1.0, 1024), f64::NEG_INFINITY);
        assert_eq!(ldexp(1.0, 1023), 2f64.powi(1023));
        assert_eq!(ldexp(5e-324, 1074), 1.0);
        assert_eq!(ldexp(f64::MAX, -3000), 0.0);
        assert_eq!(ldexp(f64::MAX, i32::MAX), f64::INFINITY);
        assert_eq!(frexp(-3.0), (-0.75, 2));
        assert_eq!(frexp(5e-324), (0.5, -1073));
    }

    #[test]
    fn hashes_like_integers() {
        let big = dashu_int::IBig::ONE << 100usize;
        assert_eq!(hash(2f64.powi(100)), Some(IntView::Big(&big).hash()));
        assert_eq!(hash(-1.0), Some(-2));
        assert_eq!(hash(0.5), Some(1 << 60));
        assert_eq!(hash(1e300), Some(1224995262755759164));
    }

    #[test]
    fn compares_exactly() {
        let i = (1i64 << 53) + 1;
        assert_eq!(compare_int(9007199254740992.0, IntView::Small(i)), Some(Ordering::Less));
        assert_eq!(compare_int(0.5, IntView::Small(0)), Some(Ordering::Greater));
        assert_eq!(compare_int(9223372036854775808.0, IntView::Small(i64::MAX)), Some(Ordering::Greater));
        let big = dashu_int::IBig::ONE << 100usize;
        assert_eq!(compare_int(2f64.powi(100), IntView::Big(&big)), Some(Ordering::Equal));
        assert_eq!(compare_int(-2f64.powi(100), IntView::Big(&big)), Some(Ordering::Less));
        assert_eq!(compare_int(0.0, IntView::Big(&-big)), Some(Ordering::Greater));
    }
}
