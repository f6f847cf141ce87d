//! Integer arithmetic with Python's meaning: floor division, exact true division, powers.

use super::IntView::{self, Big, Small};
use super::{from_big, from_i64, from_i128, reserve_bits, with_both};
use crate::float;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use dashu_base::{DivRem, Sign};
use dashu_int::{IBig, UBig, fast_div::ConstDivisor};

#[inline]
pub fn add(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if let (Small(x), Small(y)) = (a, b) {
        return Ok(match x.checked_add(y) {
            Some(r) => from_i64(ts, r),
            None => from_i128(ts, x as i128 + y as i128),
        });
    }
    Ok(from_big(ts, with_both(a, b, |a, b| a + b)))
}

#[inline]
pub fn sub(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if let (Small(x), Small(y)) = (a, b) {
        return Ok(match x.checked_sub(y) {
            Some(r) => from_i64(ts, r),
            None => from_i128(ts, x as i128 - y as i128),
        });
    }
    Ok(from_big(ts, with_both(a, b, |a, b| a - b)))
}

#[inline]
pub fn mul(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if let (Small(x), Small(y)) = (a, b) {
        return Ok(match x.checked_mul(y) {
            Some(r) => from_i64(ts, r),
            None => from_i128(ts, x as i128 * y as i128),
        });
    }
    reserve_bits(ts, a.bit_length() as u128 + b.bit_length() as u128)?;
    if let (Big(x), Big(y)) = (a, b)
        && std::ptr::eq(x, y)
    {
        return Ok(super::from_ubig(ts, a.to_abs().sqr()));
    }
    Ok(from_big(ts, with_both(a, b, |a, b| a * b)))
}

#[inline]
pub fn neg(ts: &ThreadState, a: IntView<'_>) -> Value {
    match a {
        Small(i) => from_i128(ts, -(i as i128)),
        Big(b) => from_big(ts, -b),
    }
}

pub fn abs(ts: &ThreadState, a: IntView<'_>) -> Value {
    match a {
        Small(i) => super::from_u64(ts, i.unsigned_abs()),
        Big(_) => super::from_ubig(ts, a.to_abs()),
    }
}

/// Floor quotient and remainder of a machine division whose divisor is not zero.
#[inline(always)]
fn div_mod_small(x: i64, y: i64) -> (i128, i64) {
    if y == -1 {
        return (-(x as i128), 0);
    }
    let (q, r) = (x / y, x % y);
    if r != 0 && (r ^ y) < 0 { (q as i128 - 1, r + y) } else { (q as i128, r) }
}

/// Floor quotient and remainder; the divisor is not zero.
pub fn div_mod_big(a: &IBig, b: &IBig) -> (IBig, IBig) {
    let (q, r) = a.div_rem(b);
    if !r.is_zero() && r.sign() != b.sign() { (q - IBig::ONE, r + b) } else { (q, r) }
}

#[inline]
pub fn floordiv(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if b.is_zero() {
        return Err(ts.zero_division_error("division by zero"));
    }
    if let (Small(x), Small(y)) = (a, b) {
        return Ok(from_i128(ts, div_mod_small(x, y).0));
    }
    Ok(from_big(ts, with_both(a, b, div_mod_big).0))
}

#[inline]
pub fn modulo(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if b.is_zero() {
        return Err(ts.zero_division_error("division by zero"));
    }
    if let (Small(x), Small(y)) = (a, b) {
        return Ok(from_i64(ts, div_mod_small(x, y).1));
    }
    Ok(from_big(ts, with_both(a, b, |a, b| modulo_big(a, b))))
}

fn modulo_big(a: &IBig, b: &IBig) -> IBig {
    let r = a % b;
    if !r.is_zero() && r.sign() != b.sign() { r + b } else { r }
}

/// Quotient and remainder as two values.
pub fn divmod(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result<(Value, Value)> {
    if b.is_zero() {
        return Err(ts.zero_division_error("division by zero"));
    }
    if let (Small(x), Small(y)) = (a, b) {
        let (q, r) = div_mod_small(x, y);
        return Ok((from_i128(ts, q), from_i64(ts, r)));
    }
    let (q, r) = with_both(a, b, div_mod_big);
    Ok((from_big(ts, q), from_big(ts, r)))
}

/// The nearest double to the exact quotient.
pub fn truediv(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result<f64> {
    if b.is_zero() {
        return Err(ts.zero_division_error("division by zero"));
    }
    const EXACT: u64 = 1 << 53;
    if let (Small(x), Small(y)) = (a, b)
        && x.unsigned_abs() <= EXACT
        && y.unsigned_abs() <= EXACT
    {
        return Ok(x as f64 / y as f64);
    }
    if a.is_zero() {
        return Ok(if b.is_negative() { -0.0 } else { 0.0 });
    }
    let negative = a.is_negative() != b.is_negative();
    match divide_rounded(a.to_abs(), b.to_abs()) {
        Some(f) => Ok(if negative { -f } else { f }),
        None => Err(ts.overflow_error("integer division result too large for a float")),
    }
}

/// `a / b` rounded to nearest, ties to even; neither is zero. `None` when too large.
pub fn divide_rounded(a: UBig, b: UBig) -> Option<f64> {
    let bits = |x: &UBig| -> i64 {
        let w = x.as_words();
        w.len() as i64 * 64 - w.last().map_or(0, |t| t.leading_zeros() as i64)
    };
    let difference = bits(&a) - bits(&b);
    if difference > 1024 {
        return None;
    }
    if difference < -1021 - 53 - 1 {
        return Some(0.0);
    }
    // The quotient gets 55 or 56 bits (fewer for subnormal results), and a sticky last bit.
    let shift = difference.max(-1021) - 55;
    let mut inexact = false;
    let numerator = if shift <= 0 {
        a << (-shift) as usize
    } else {
        inexact = a.trailing_zeros().is_some_and(|z| (z as i64) < shift);
        a >> shift as usize
    };
    let (q, r) = numerator.div_rem(&b);
    inexact |= !r.is_zero();
    let q = u64::try_from(&q).ok()?;
    let quotient_bits = 64 - q.leading_zeros() as i64;
    let extra = quotient_bits.max(-1021 - shift) - 53;
    let mask: u64 = 1 << (extra - 1);
    let mut low = q | inexact as u64;
    if low & mask != 0 && low & (3 * mask - 1) != 0 {
        low += mask;
    }
    let q = low & !(2 * mask - 1);
    let f = float::ldexp(q as f64, shift as i32);
    if f.is_infinite() { None } else { Some(f) }
}

/// The number as a double, or OverflowError.
pub fn to_f64(ts: &ThreadState, a: IntView<'_>) -> Result<f64> {
    match a.to_f64() {
        Some(f) => Ok(f),
        None => Err(ts.overflow_error("int too large to convert to float")),
    }
}

/// `a ** b`; a negative exponent gives a float.
pub fn pow(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if b.is_negative() {
        let (x, y) = (to_f64(ts, a)?, to_f64(ts, b)?);
        return float::arith::pow_values(ts, x, y);
    }
    match a {
        Small(0) => return Ok(from_i64(ts, b.is_zero() as i64)),
        Small(1) => return Ok(from_i64(ts, 1)),
        Small(-1) => return Ok(from_i64(ts, if b.is_odd() { -1 } else { 1 })),
        _ => {}
    }
    let Small(n) = b else {
        return Err(ts.memory_error());
    };
    if let Small(x) = a
        && n < 64
        && let Some(r) = x.checked_pow(n as u32)
    {
        return Ok(from_i64(ts, r));
    }
    if let Small(x) = a
        && (x.unsigned_abs()).is_power_of_two()
    {
        let shift = x.unsigned_abs().trailing_zeros() as u128 * n as u128;
        reserve_bits(ts, shift)?;
        let r = IBig::ONE << shift as usize;
        return Ok(from_big(ts, if x < 0 && n & 1 == 1 { -r } else { r }));
    }
    reserve_bits(ts, a.bit_length() as u128 * n as u128)?;
    Ok(from_big(ts, a.with_big(|a| a.pow(n as usize))))
}

/// `pow(a, b, modulus)`.
pub fn pow_mod(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>, m: IntView<'_>) -> Result {
    if m.is_zero() {
        return Err(ts.value_error("pow() 3rd argument cannot be 0"));
    }
    if let Small(1 | -1) = m {
        if b.is_negative() {
            // Everything is invertible modulo one.
        }
        return Ok(from_i64(ts, 0));
    }
    let modulus = m.to_abs();
    let mut base = with_both(a, IntView::Big(&IBig::from(modulus.clone())), modulo_big).into_parts().1;
    let exponent = b.to_abs();
    if b.is_negative() {
        base = match inverse(&base, &modulus) {
            Some(i) => i,
            None => return Err(ts.value_error("base is not invertible for the given modulus")),
        };
    }
    let r = match (u64::try_from(&modulus), u64::try_from(&exponent)) {
        (Ok(m), Ok(e)) => {
            let base = u64::try_from(&base).unwrap_or(0);
            UBig::from(pow_mod_u64(base, e, m))
        }
        _ => {
            let ring = ConstDivisor::new(modulus.clone());
            ring.reduce(base).pow(&exponent).residue()
        }
    };
    // The result has the sign of the modulus.
    if m.is_negative() && !r.is_zero() {
        return Ok(from_big(ts, IBig::from(r) - IBig::from(modulus)));
    }
    Ok(super::from_ubig(ts, r))
}

fn pow_mod_u64(base: u64, mut exponent: u64, m: u64) -> u64 {
    if m <= 1 << 32 {
        let (mut result, mut b) = (1 % m, base % m);
        while exponent > 0 {
            if exponent & 1 == 1 {
                result = result * b % m;
            }
            b = b * b % m;
            exponent >>= 1;
        }
        return result;
    }
    let m128 = m as u128;
    let (mut result, mut b) = (1u128 % m128, base as u128 % m128);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * b % m128;
        }
        b = b * b % m128;
        exponent >>= 1;
    }
    result as u64
}

/// The inverse of `a` modulo `m`, if there is one.
pub fn inverse(a: &UBig, m: &UBig) -> Option<UBig> {
    // Extended Euclid, keeping only the coefficient of `a`.
    let (mut r0, mut r1) = (IBig::from(m.clone()), IBig::from(a.clone()));
    let (mut t0, mut t1) = (IBig::ZERO, IBig::ONE);
    while !r1.is_zero() {
        let (q, r) = (&r0).div_rem(&r1);
        let t = &t0 - q * &t1;
        (t0, t1) = (t1, t);
        (r0, r1) = (r1, r);
    }
    if r0 != IBig::ONE {
        return None;
    }
    if t0.sign() == Sign::Negative {
        t0 += IBig::from(m.clone());
    }
    Some(t0.into_parts().1)
}

/// The multiple of `step` (positive) nearest to `a`, ties to the even multiple.
pub fn round_to_multiple(a: &IBig, step: &UBig) -> IBig {
    let step = IBig::from(step.clone());
    let (q, r) = div_mod_big(a, &step);
    let twice: IBig = &r << 1usize;
    let odd = q.as_sign_words().1.first().is_some_and(|w| w & 1 == 1);
    if twice > step || (twice == step && odd) { a - r + step } else { a - r }
}

/// `round(a, ndigits)`.
pub fn round(ts: &ThreadState, a: IntView<'_>, ndigits: IntView<'_>) -> Result {
    if !ndigits.is_negative() {
        return Ok(match a {
            Small(i) => from_i64(ts, i),
            Big(b) => from_big(ts, b.clone()),
        });
    }
    // More places than the number has: zero, without computing the power.
    let places = ndigits.saturating_i64().unsigned_abs();
    if places as u128 > a.bit_length() as u128 / 3 + 2 {
        return Ok(from_i64(ts, 0));
    }
    let step = UBig::from(10u8).pow(places as usize);
    Ok(from_big(ts, a.with_big(|a| round_to_multiple(a, &step))))
}

/// The greatest common divisor.
pub fn gcd(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Value {
    if let (Small(x), Small(y)) = (a, b) {
        return super::from_u64(ts, gcd_u64(x.unsigned_abs(), y.unsigned_abs()));
    }
    super::from_ubig(ts, gcd_ubig(a.to_abs(), b.to_abs()))
}

pub fn gcd_u64(mut a: u64, mut b: u64) -> u64 {
    if a == 0 || b == 0 {
        return a | b;
    }
    let shift = (a | b).trailing_zeros();
    a >>= a.trailing_zeros();
    loop {
        b >>= b.trailing_zeros();
        if a > b {
            std::mem::swap(&mut a, &mut b);
        }
        b -= a;
        if b == 0 {
            return a << shift;
        }
    }
}

pub fn gcd_ubig(a: UBig, b: UBig) -> UBig {
    use dashu_base::Gcd;
    // The library panics on two zeros.
    if a.is_zero() {
        return b;
    }
    if b.is_zero() {
        return a;
    }
    a.gcd(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_exactly() {
        let big = |s: &str| UBig::from_str_radix(s, 10).unwrap();
        assert_eq!(divide_rounded(big("1"), big("3")), Some(1.0 / 3.0));
        assert_eq!(divide_rounded(big("9007199254740993"), big("1")), Some(9007199254740992.0));
        assert_eq!(divide_rounded(UBig::ONE, UBig::ONE << 1074usize), Some(5e-324));
        assert_eq!(divide_rounded(UBig::ONE, UBig::ONE << 1075usize), Some(0.0));
        assert_eq!(divide_rounded(UBig::from(3u8), UBig::ONE << 1076usize), Some(5e-324));
        assert_eq!(divide_rounded(UBig::ONE << 1024usize, UBig::ONE), None);
        assert_eq!(divide_rounded(UBig::ONE << 2000usize, UBig::ONE << 1000usize), Some(2f64.powi(1000)));
    }

    #[test]
    fn floors() {
        let cases: [(i64, i64, i128, i64); 6] = [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (i64::MIN, -1, 1 << 63, 0), (6, -3, -2, 0)];
        for (a, b, q, r) in cases {
            assert_eq!(div_mod_small(a, b), (q, r));
            assert_eq!(div_mod_big(&a.into(), &b.into()), (q.into(), r.into()));
        }
    }

    #[test]
    fn rounds_to_multiples() {
        for (a, want) in [(15, 20), (25, 20), (-15, -20), (-25, -20), (14, 10), (26, 30), (-26, -30)] {
            assert_eq!(round_to_multiple(&IBig::from(a), &UBig::from(10u8)), IBig::from(want));
        }
    }

    #[test]
    fn inverts() {
        assert_eq!(inverse(&UBig::from(3u8), &UBig::from(7u8)), Some(UBig::from(5u8)));
        assert_eq!(inverse(&UBig::from(2u8), &UBig::from(4u8)), None);
        assert_eq!(pow_mod_u64(3, u64::MAX, u64::MAX - 58), {
            let ring = ConstDivisor::new(UBig::from(u64::MAX - 58));
            u64::try_from(&ring.reduce(UBig::from(3u8)).pow(&UBig::from(u64::MAX)).residue()).unwrap()
        });
    }
}
