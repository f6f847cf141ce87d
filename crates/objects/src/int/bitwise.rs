//! Shifts and bit operations, on numbers in two's complement with endless sign bits.

use super::IntView::{self, Big, Small};
use super::{from_big, from_i64, reserve_bits, with_both};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub fn lshift(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if b.is_negative() {
        return Err(ts.value_error("negative shift count"));
    }
    if a.is_zero() {
        return Ok(from_i64(ts, 0));
    }
    let Small(count) = b else {
        return Err(ts.overflow_error("too many digits in integer"));
    };
    if let Small(x) = a
        && count < 63
    {
        let shifted = x << count;
        if shifted >> count == x {
            return Ok(from_i64(ts, shifted));
        }
    }
    reserve_bits(ts, a.bit_length() as u128 + count as u128)?;
    Ok(from_big(ts, a.with_big(|a| a << count as usize)))
}

pub fn rshift(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Result {
    if b.is_negative() {
        return Err(ts.value_error("negative shift count"));
    }
    let all_out = || Ok(from_i64(ts, if a.is_negative() { -1 } else { 0 }));
    let Small(count) = b else { return all_out() };
    match a {
        Small(x) => Ok(from_i64(ts, x >> count.min(63))),
        Big(_) if count as u64 >= a.bit_length() as u64 => all_out(),
        Big(x) => Ok(from_big(ts, x >> count as usize)),
    }
}

pub fn and(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Value {
    match (a, b) {
        (Small(x), Small(y)) => from_i64(ts, x & y),
        // A mask that is not negative leaves low bits only.
        (Big(_), Small(m)) if m >= 0 => from_i64(ts, (a.low_u64() & m as u64) as i64),
        (Small(m), Big(_)) if m >= 0 => from_i64(ts, (b.low_u64() & m as u64) as i64),
        _ => from_big(ts, with_both(a, b, |a, b| a & b)),
    }
}

pub fn or(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Value {
    match (a, b) {
        (Small(x), Small(y)) => from_i64(ts, x | y),
        _ => from_big(ts, with_both(a, b, |a, b| a | b)),
    }
}

pub fn xor(ts: &ThreadState, a: IntView<'_>, b: IntView<'_>) -> Value {
    match (a, b) {
        (Small(x), Small(y)) => from_i64(ts, x ^ y),
        _ => from_big(ts, with_both(a, b, |a, b| a ^ b)),
    }
}

pub fn invert(ts: &ThreadState, a: IntView<'_>) -> Value {
    match a {
        Small(x) => from_i64(ts, !x),
        Big(x) => from_big(ts, !x),
    }
}

/// The ones in the magnitude.
pub fn bit_count(a: IntView<'_>) -> u64 {
    match a {
        Small(x) => x.unsigned_abs().count_ones() as u64,
        Big(x) => x.as_sign_words().1.iter().map(|w| w.count_ones() as u64).sum(),
    }
}

#[cfg(test)]
mod tests {
    use dashu_int::IBig;

    /// What is relied upon: negative numbers behave as in two's complement.
    #[test]
    fn library_uses_twos_complement() {
        let a: IBig = -(IBig::ONE << 100usize) - IBig::ONE;
        assert_eq!(&a >> 99usize, IBig::from(-3));
        assert_eq!(&a >> 100usize, IBig::from(-2));
        assert_eq!(!&a, IBig::ONE << 100usize);
        assert_eq!(&a & IBig::from(0xff), IBig::from(0xff));
        assert_eq!(&a ^ IBig::from(-1), IBig::ONE << 100usize);
        assert_eq!(super::bit_count(super::Big(&a)), 2);
    }
}
