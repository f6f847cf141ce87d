//! Float arithmetic as CPython does it: floor division, modulo, powers.

use super::new;
use crate::complex;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// `x % y` with the sign of `y`, which is not zero.
#[inline]
pub fn modulo(x: f64, y: f64) -> f64 {
    let r = x % y;
    if r != 0.0 {
        if (y < 0.0) != (r < 0.0) { r + y } else { r }
    } else {
        0.0f64.copysign(y)
    }
}

/// Floor quotient and modulus; `y` is not zero.
pub fn divmod(x: f64, y: f64) -> (f64, f64) {
    let mut m = x % y;
    let mut quotient = (x - m) / y;
    if m != 0.0 {
        if (y < 0.0) != (m < 0.0) {
            m += y;
            quotient -= 1.0;
        }
    } else {
        m = 0.0f64.copysign(y);
    }
    let floor = if quotient != 0.0 {
        let floor = quotient.floor();
        if quotient - floor > 0.5 { floor + 1.0 } else { floor }
    } else {
        0.0f64.copysign(x / y)
    };
    (floor, m)
}

fn is_odd(f: f64) -> bool {
    (f.abs() % 2.0) == 1.0
}

/// What a power comes to.
pub enum Power {
    Is(f64),
    ZeroToNegative,
    Overflow,
    /// A negative number to a broken power.
    Complex,
}

/// `x ** y` with the special cases of C99's Annex F.
pub fn power(mut x: f64, y: f64) -> Power {
    if y == 0.0 || x == 1.0 {
        return Power::Is(1.0);
    }
    if y == 2.0 && x.is_finite() {
        let r = x * x;
        return if r.is_finite() { Power::Is(r) } else { Power::Overflow };
    }
    if x.is_nan() {
        return Power::Is(x);
    }
    if y.is_nan() {
        return Power::Is(y);
    }
    if y.is_infinite() {
        let a = x.abs();
        return Power::Is(if a == 1.0 {
            1.0
        } else if (y > 0.0) == (a > 1.0) {
            f64::INFINITY
        } else {
            0.0
        });
    }
    if x.is_infinite() {
        let odd = is_odd(y);
        return Power::Is(match (y > 0.0, odd) {
            (true, true) => x,
            (true, false) => x.abs(),
            (false, true) => 0.0f64.copysign(x),
            (false, false) => 0.0,
        });
    }
    if x == 0.0 {
        if y < 0.0 {
            return Power::ZeroToNegative;
        }
        return Power::Is(if is_odd(y) { x } else { 0.0 });
    }
    let mut negate = false;
    if x < 0.0 {
        if y != y.floor() {
            return Power::Complex;
        }
        x = -x;
        negate = is_odd(y);
    }
    let r = if x == 1.0 { 1.0 } else { x.powf(y) };
    if r.is_infinite() {
        return Power::Overflow;
    }
    Power::Is(if negate { -r } else { r })
}

/// `x ** y` as a value: a float, or a complex for a negative base and a broken exponent.
pub fn pow_values(ts: &ThreadState, x: f64, y: f64) -> Result {
    match power(x, y) {
        Power::Is(f) => Ok(new(ts, f)),
        Power::ZeroToNegative => Err(ts.zero_division_error("zero to a negative power")),
        Power::Overflow => Err(range_error(ts)),
        Power::Complex => complex::pow_value(ts, (x, 0.0), (y, 0.0)),
    }
}

/// The OverflowError that carries the C library's ERANGE.
pub fn range_error(ts: &ThreadState) -> crate::value::Raised {
    let args = vec![crate::int::from_i64(ts, 34), crate::str::Str::new(ts, "Numerical result out of range").into_value()];
    ts.raise_args(&ts.exceptions().overflow_error, args)
}

#[inline]
pub fn truediv(ts: &ThreadState, x: f64, y: f64) -> Result {
    if y == 0.0 {
        return Err(zero_division(ts));
    }
    Ok(new(ts, x / y))
}

#[inline]
pub fn floordiv(ts: &ThreadState, x: f64, y: f64) -> Result {
    if y == 0.0 {
        return Err(zero_division(ts));
    }
    Ok(new(ts, divmod(x, y).0))
}

#[inline]
pub fn mod_(ts: &ThreadState, x: f64, y: f64) -> Result {
    if y == 0.0 {
        return Err(zero_division(ts));
    }
    Ok(new(ts, modulo(x, y)))
}

#[cold]
pub fn zero_division(ts: &ThreadState) -> crate::value::Raised {
    ts.zero_division_error("division by zero")
}

/// The value that `v` has as an operand beside a float; `None` for other types.
#[inline]
pub fn operand(ts: &ThreadState, v: &Value) -> Result<Option<f64>> {
    if let Some(f) = super::view(v) {
        return Ok(Some(f));
    }
    match crate::int::view(v) {
        Some(i) => crate::int::arith::to_f64(ts, i).map(Some),
        None => Ok(None),
    }
}
