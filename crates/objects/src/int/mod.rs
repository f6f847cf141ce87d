//! Integers: what an `int` is in memory and how Rust code makes and looks at one.
//!
//! Numbers of up to 61 bits lie in the value word itself. All others, and every instance of a subclass,
//! are objects with an [`Int`] payload over `dashu_int::IBig`. [`view`] hides the difference.

pub mod arith;
pub mod bitwise;
pub mod bytes;
pub mod class;
pub mod sum;
#[cfg(test)]
mod tests_with_interpreter;
pub mod digits;
pub mod text;

use crate::heap;
use crate::ids;
use crate::payload;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use dashu_base::{BitTest, Sign};
use dashu_int::{IBig, UBig};
use std::cmp::Ordering;
use std::mem::ManuallyDrop;

/// The payload of integers that are objects.
pub struct Int {
    /// Owns its digits, unless there is a buffer that it looks at.
    value: ManuallyDrop<IBig>,
    buffer: sum::Buffer,
}
payload!(Int, id = ids::INT);

impl Drop for Int {
    fn drop(&mut self) {
        if !self.buffer.is_some() {
            // SAFETY: it owns its digits, and is not used again.
            unsafe { ManuallyDrop::drop(&mut self.value) }
        }
    }
}

impl Int {
    pub fn from_ibig(value: IBig) -> Int {
        Int { value: ManuallyDrop::new(value), buffer: sum::Buffer::NONE }
    }
    pub fn value(&self) -> &IBig {
        &self.value
    }
}

/// An integer of either representation. `Small` if and only if the number fits into an `i64`.
#[derive(Clone, Copy, Debug)]
pub enum IntView<'a> {
    Small(i64),
    Big(&'a IBig),
}
use IntView::{Big, Small};

/// Sees an instance of `int` (or of a subclass, `bool` included) as a number.
#[inline(always)]
pub fn view(v: &Value) -> Option<IntView<'_>> {
    if let Some(i) = v.as_small_int() {
        return Some(Small(i));
    }
    if !v.is_pointer() {
        return None;
    }
    view_object(v)
}

#[inline]
fn view_object(v: &Value) -> Option<IntView<'_>> {
    if let Some(b) = v.as_bool_object() {
        return Some(Small(b as i64));
    }
    Some(view_payload(v.downcast::<Int>()?))
}

#[inline]
fn view_payload(i: &Int) -> IntView<'_> {
    if i.value.bit_len() > 64 {
        return Big(&i.value);
    }
    if let Ok(small) = i64::try_from(i.value()) { Small(small) } else { Big(&i.value) }
}

/// Is the type of `v` exactly `int`?
#[inline(always)]
pub fn is_exact(v: &Value) -> bool {
    v.as_small_int().is_some() || v.is_exact::<Int>()
}

/// Sees exact ints only (neither `bool` nor other subclasses).
#[inline(always)]
pub fn view_exact(v: &Value) -> Option<IntView<'_>> {
    if let Some(i) = v.as_small_int() { Some(Small(i)) } else { v.exact::<Int>().map(view_payload) }
}

#[inline(always)]
pub fn from_i64(ts: &ThreadState, i: i64) -> Value {
    match Value::small_int(i) {
        Some(v) => v,
        None => boxed(ts, IBig::from(i)),
    }
}

#[inline]
pub fn from_u64(ts: &ThreadState, i: u64) -> Value {
    match i64::try_from(i) {
        Ok(i) => from_i64(ts, i),
        Err(_) => boxed(ts, IBig::from(i)),
    }
}

#[inline]
pub fn from_usize(ts: &ThreadState, i: usize) -> Value {
    from_u64(ts, i as u64)
}

#[inline]
pub fn from_i128(ts: &ThreadState, i: i128) -> Value {
    match i64::try_from(i) {
        Ok(i) => from_i64(ts, i),
        Err(_) => boxed(ts, IBig::from(i)),
    }
}

pub fn from_u128(ts: &ThreadState, i: u128) -> Value {
    from_big(ts, IBig::from(i))
}

/// An int of any size; small ones become inline words.
#[inline]
pub fn from_big(ts: &ThreadState, i: IBig) -> Value {
    if i.bit_len() <= 61 {
        if let Some(v) = i64::try_from(&i).ok().and_then(Value::small_int) {
            return v;
        }
    }
    boxed(ts, i)
}

#[inline]
pub fn from_ubig(ts: &ThreadState, i: UBig) -> Value {
    from_big(ts, IBig::from(i))
}

#[cold]
#[inline(never)]
fn boxed(ts: &ThreadState, value: IBig) -> Value {
    heap::new(ts, Int::from_ibig(value)).into_value()
}

/// The integer part of a finite double.
pub fn from_f64(ts: &ThreadState, f: f64) -> Value {
    let f = f.trunc();
    if f.abs() < 9.2e18 {
        return from_i64(ts, f as i64);
    }
    from_big(ts, big_from_f64(f))
}

/// The exact value of a finite double that is a whole number.
pub fn big_from_f64(f: f64) -> IBig {
    let (mantissa, exponent, negative) = crate::float::decode(f);
    let m = UBig::from(mantissa);
    let m = if exponent >= 0 { m << exponent as usize } else { m >> (-exponent) as usize };
    IBig::from_parts(if negative { Sign::Negative } else { Sign::Positive }, m)
}

/// The number as an `i64`, if `v` is an int that fits.
#[inline]
pub fn to_i64(v: &Value) -> Option<i64> {
    match view(v)? {
        Small(i) => Some(i),
        Big(_) => None,
    }
}

/// The number, if `v` is an int.
pub fn to_big(v: &Value) -> Option<IBig> {
    Some(view(v)?.to_big())
}

/// Is `v` an int below zero?
pub fn is_negative(v: &Value) -> bool {
    view(v).is_some_and(IntView::is_negative)
}

/// The int `v` as a double, or OverflowError.
pub fn to_f64(ts: &ThreadState, v: &Value) -> Result<f64> {
    arith::to_f64(ts, view(v).unwrap_or(Small(0)))
}

pub use class::plain;

impl<'a> IntView<'a> {
    pub fn to_big(self) -> IBig {
        match self {
            Small(i) => IBig::from(i),
            Big(b) => b.clone(),
        }
    }
    /// Calls `f` with the number as a big integer, without copying one.
    #[inline]
    pub fn with_big<R>(self, f: impl FnOnce(&IBig) -> R) -> R {
        match self {
            Small(i) => f(&IBig::from(i)),
            Big(b) => f(b),
        }
    }
    /// The magnitude, copied.
    pub fn to_abs(self) -> UBig {
        match self {
            Small(i) => UBig::from(i.unsigned_abs()),
            Big(b) => b.clone().into_parts().1,
        }
    }
    pub fn is_zero(self) -> bool {
        matches!(self, Small(0))
    }
    pub fn is_negative(self) -> bool {
        match self {
            Small(i) => i < 0,
            Big(b) => b.sign() == Sign::Negative,
        }
    }
    pub fn is_odd(self) -> bool {
        match self {
            Small(i) => i & 1 == 1,
            Big(b) => b.as_sign_words().1[0] & 1 == 1,
        }
    }
    /// -1, 0 or 1.
    pub fn signum(self) -> i32 {
        match self {
            Small(i) => i.signum() as i32,
            Big(b) if b.sign() == Sign::Negative => -1,
            Big(_) => 1,
        }
    }
    /// Bits of the magnitude.
    pub fn bit_length(self) -> usize {
        match self {
            Small(i) => (64 - i.unsigned_abs().leading_zeros()) as usize,
            Big(b) => abs_bits(b),
        }
    }
    pub fn to_i64(self) -> Option<i64> {
        match self {
            Small(i) => Some(i),
            Big(_) => None,
        }
    }
    pub fn to_u64(self) -> Option<u64> {
        match self {
            Small(i) => u64::try_from(i).ok(),
            Big(b) => u64::try_from(b).ok(),
        }
    }
    pub fn to_i128(self) -> Option<i128> {
        match self {
            Small(i) => Some(i as i128),
            Big(b) => i128::try_from(b).ok(),
        }
    }
    /// Clipped to the bounds of `i64`, as slice indices are.
    pub fn saturating_i64(self) -> i64 {
        match self {
            Small(i) => i,
            Big(b) if b.sign() == Sign::Negative => i64::MIN,
            Big(_) => i64::MAX,
        }
    }
    /// The low 64 bits in two's complement.
    pub fn low_u64(self) -> u64 {
        match self {
            Small(i) => i as u64,
            Big(b) => {
                let (sign, words) = b.as_sign_words();
                let low = words.first().copied().unwrap_or(0);
                if sign == Sign::Negative { low.wrapping_neg() } else { low }
            }
        }
    }
    /// Rounded to the nearest double, ties to even; `None` when too large.
    pub fn to_f64(self) -> Option<f64> {
        match self {
            Small(i) => Some(i as f64),
            Big(b) => {
                let (sign, words) = b.as_sign_words();
                let f = words_to_f64(words)?;
                Some(if sign == Sign::Negative { -f } else { f })
            }
        }
    }
    /// Python's hash: the number modulo the Mersenne prime 2^61 - 1.
    pub fn hash(self) -> i64 {
        match self {
            Small(i) => {
                let m = i.unsigned_abs() % HASH_MODULUS;
                sign_hash(m, i < 0)
            }
            Big(b) => {
                let (sign, words) = b.as_sign_words();
                sign_hash(hash_words(words), sign == Sign::Negative)
            }
        }
    }
    pub fn compare(self, other: IntView<'_>) -> Ordering {
        match (self, other) {
            (Small(a), Small(b)) => a.cmp(&b),
            (Big(a), Big(b)) => a.cmp(b),
            // A big one lies outside all small ones, on the side of its sign.
            (Small(_), Big(b)) => if b.sign() == Sign::Negative { Ordering::Greater } else { Ordering::Less },
            (Big(a), Small(_)) => if a.sign() == Sign::Negative { Ordering::Less } else { Ordering::Greater },
        }
    }
}

impl PartialEq for IntView<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.compare(*other).is_eq()
    }
}

/// Calls `f` with both numbers as big integers.
#[inline]
pub fn with_both<R>(a: IntView<'_>, b: IntView<'_>, f: impl FnOnce(&IBig, &IBig) -> R) -> R {
    let (x, y);
    let a = match a {
        Small(i) => {
            x = IBig::from(i);
            &x
        }
        Big(b) => b,
    };
    let b = match b {
        Small(i) => {
            y = IBig::from(i);
            &y
        }
        Big(b) => b,
    };
    f(a, b)
}

/// Bits of the magnitude of a big integer.
pub fn abs_bits(b: &IBig) -> usize {
    let words = b.as_sign_words().1;
    match words.last() {
        Some(top) => words.len() * 64 - top.leading_zeros() as usize,
        None => 0,
    }
}

/// Rounds a magnitude to the nearest double, ties to even.
pub fn words_to_f64(words: &[u64]) -> Option<f64> {
    let Some(&top) = words.last() else { return Some(0.0) };
    if words.len() == 1 {
        return Some(top as f64);
    }
    if words.len() > 17 {
        return None;
    }
    let n = words.len();
    let shift = top.leading_zeros();
    let next = words[n - 2];
    let mut head = if shift == 0 { top } else { top << shift | next >> (64 - shift) };
    let lost = if shift == 0 { next != 0 } else { next << shift != 0 };
    if lost || words[..n - 2].iter().any(|&w| w != 0) {
        head |= 1;
    }
    let exponent = (n as i32 - 1) * 64 - shift as i32;
    let f = crate::float::ldexp(head as f64, exponent);
    if f.is_infinite() { None } else { Some(f) }
}

pub const HASH_BITS: u32 = 61;
pub const HASH_MODULUS: u64 = (1 << HASH_BITS) - 1;

fn sign_hash(magnitude: u64, negative: bool) -> i64 {
    let h = if negative { -(magnitude as i64) } else { magnitude as i64 };
    if h == -1 { -2 } else { h }
}

fn hash_words(words: &[u64]) -> u64 {
    let mut h: u64 = 0;
    for &w in words.iter().rev() {
        // 2^64 is 8 modulo the prime.
        let x = (h as u128) * 8 + w as u128;
        let folded = (x & HASH_MODULUS as u128) as u64 + (x >> HASH_BITS) as u64;
        h = if folded >= HASH_MODULUS { folded - HASH_MODULUS } else { folded };
    }
    h
}

/// Refuses a result of about `bits` bits when there can be no memory for it.
pub fn reserve_bits(ts: &ThreadState, bits: u128) -> Result<()> {
    if bits < 1 << 24 {
        return Ok(());
    }
    let bytes = bits / 8;
    if bytes >= 1 << 48 {
        return Err(ts.memory_error());
    }
    // Room for the result and about as much scratch.
    let mut probe: Vec<u8> = Vec::new();
    match probe.try_reserve_exact(2 * bytes as usize) {
        Ok(()) => Ok(()),
        Err(_) => Err(ts.memory_error()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_doubles() {
        assert_eq!(words_to_f64(&[0, 1]), Some(18446744073709551616.0));
        assert_eq!(words_to_f64(&[1 << 11, 1]), Some(18446744073709551616.0));
        assert_eq!(words_to_f64(&[(1 << 11) + 1, 1]), Some(18446744073709555712.0));
        assert_eq!(words_to_f64(&[3 << 11, 1]), Some(18446744073709559808.0));
        let mut big = vec![0; 16];
        big[15] = u64::MAX;
        assert_eq!(words_to_f64(&big), None);
        big[15] = u64::MAX << 11;
        assert_eq!(words_to_f64(&big), Some(f64::MAX));
    }

    #[test]
    fn hashes() {
        assert_eq!(Small(-1).hash(), -2);
        assert_eq!(Small(HASH_MODULUS as i64).hash(), 0);
        let b: IBig = IBig::ONE << 200usize;
        assert_eq!(Big(&b).hash(), 1 << (200 % 61));
        assert_eq!(Big(&-b).hash(), -(1 << (200 % 61)));
    }
}

/// An int or an instance of a subclass.
pub fn is_int(v: &Value) -> bool {
    view(v).is_some()
}
