//! The module `math`.

mod gamma;
mod integers;
pub mod libm;
mod sums;

use gamma::Outcome;
use taipan_macros::functions;
use taipan_objects::dict::Dict;
use taipan_objects::float::{frexp, ldexp};
use taipan_objects::int::{self, IntView};
use taipan_objects::native::*;
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::str::Str;
use taipan_objects::{Raised, Result, ThreadState, Value, float};

pub static MODULE: ModuleDef = ModuleDef {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[functions::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    use std::f64::consts;
    for (name, f) in [("pi", consts::PI), ("e", consts::E), ("tau", consts::TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        dict.set_name(ts, name, float::new(ts, f));
    }
    Ok(())
}

fn domain_error(ts: &ThreadState) -> Raised {
    ts.value_error("math domain error")
}
fn range_error(ts: &ThreadState) -> Raised {
    ts.overflow_error("math range error")
}

/// "expected …, got -1.0"
#[cold]
fn expected(ts: &ThreadState, what: &str, x: f64) -> Raised {
    ts.value_error(format!("expected {what}, got {}", float::repr::repr(x)))
}

/// The result of a function of one argument: a NaN from a number is an error told by `what`, an infinity
/// from a finite one is an overflow.
#[inline(always)]
fn checked(ts: &ThreadState, x: f64, r: f64, what: &str) -> Result<f64> {
    if r.is_nan() && !x.is_nan() {
        return Err(if what.is_empty() { domain_error(ts) } else { expected(ts, what, x) });
    }
    if r.is_infinite() && x.is_finite() {
        return Err(if what.is_empty() { range_error(ts) } else { expected(ts, what, x) });
    }
    Ok(r)
}

fn from_outcome(ts: &ThreadState, x: f64, r: Outcome) -> Result<f64> {
    match r {
        Outcome::Is(r) => Ok(r),
        Outcome::Domain => Err(expected(ts, "a noninteger or positive integer", x)),
        Outcome::Overflow => Err(range_error(ts)),
    }
}

/// A logarithm of a number of any size.
fn logarithm(ts: &ThreadState, v: &Value, f: fn(f64) -> f64) -> Result<f64> {
    if let Some(i) = int::view(v) {
        if i.signum() <= 0 {
            return Err(ts.value_error("expected a positive input"));
        }
        return Ok(match i.to_f64() {
            Some(x) => f(x),
            None => {
                // Too large for a double: the logarithm of the leading bits, and of the power of two.
                let e = i.bit_length();
                let (m, _) = i.with_big(|b| {
                    let head = b >> (e - 64);
                    (ldexp(head.as_sign_words().1[0] as f64, -64), 0)
                });
                f(m) + f(2.0) * e as f64
            }
        });
    }
    let x = protocol::as_f64(ts, v)?;
    if x <= 0.0 {
        return Err(expected(ts, "a positive input", x));
    }
    Ok(f(x))
}

/// Calls a special method without arguments; `None` when the type has none.
fn special(ts: &ThreadState, x: &Value, name: &str) -> Result<Option<Value>> {
    match protocol::lookup_special(ts, x, &Str::intern(ts, name))? {
        Some(f) => protocol::call0(ts, &f).map(Some),
        None => Ok(None),
    }
}

#[functions(module = "math")]
pub mod functions {
    use super::*;

    /// The arc cosine of x, in radians.
    #[function("acos(x, /)")]
    fn acos(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.acos(), "a number in range from -1 up to 1")
    }
    /// The inverse hyperbolic cosine of x.
    #[function("acosh(x, /)")]
    fn acosh(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, libm::acosh(x), "argument value not less than 1")
    }
    /// The arc sine of x, in radians.
    #[function("asin(x, /)")]
    fn asin(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.asin(), "a number in range from -1 up to 1")
    }
    /// The inverse hyperbolic sine of x.
    #[function("asinh(x, /)")]
    fn asinh(x: f64) -> f64 {
        libm::asinh(x)
    }
    /// The arc tangent of x, in radians.
    #[function("atan(x, /)")]
    fn atan(x: f64) -> f64 {
        x.atan()
    }
    /// The arc tangent of y/x, in radians, in the quadrant of the point (x, y).
    #[function("atan2(y, x, /)")]
    fn atan2(y: f64, x: f64) -> f64 {
        y.atan2(x)
    }
    /// The inverse hyperbolic tangent of x.
    #[function("atanh(x, /)")]
    fn atanh(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, libm::atanh(x), "a number between -1 and 1")
    }
    /// The cube root of x.
    #[function("cbrt(x, /)")]
    fn cbrt(x: f64) -> f64 {
        libm::cbrt(x)
    }
    /// The smallest integer that is not below x.
    #[function("ceil(x, /)")]
    fn ceil(ts: &ThreadState, x: &Value) -> Result {
        if let Some(f) = float::exact(x) {
            return int::class::from_float(ts, f.ceil());
        }
        match special(ts, x, "__ceil__")? {
            Some(r) => Ok(r),
            None => int::class::from_float(ts, protocol::as_f64(ts, x)?.ceil()),
        }
    }
    /// The number of ways to choose k of n items, without repetition and order.
    #[function("comb(n, k, /)")]
    fn comb(ts: &ThreadState, n: &Value, k: &Value) -> Result {
        integers::comb(ts, n, k)
    }
    /// A float with the magnitude of x and the sign of y.
    #[function("copysign(x, y, /)")]
    fn copysign(x: f64, y: f64) -> f64 {
        x.copysign(y)
    }
    /// The cosine of x, in radians.
    #[function("cos(x, /)")]
    fn cos(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.cos(), "a finite input")
    }
    /// The hyperbolic cosine of x.
    #[function("cosh(x, /)")]
    fn cosh(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.cosh(), "")
    }
    /// The angle x, from radians to degrees.
    #[function("degrees(x, /)")]
    fn degrees(x: f64) -> f64 {
        x * (180.0 / std::f64::consts::PI)
    }
    /// The Euclidean distance between the points p and q.
    #[function("dist(p, q, /)")]
    fn dist(ts: &ThreadState, p: &Value, q: &Value) -> Result<f64> {
        let (p, q) = (protocol::collect(ts, p)?, protocol::collect(ts, q)?);
        if p.len() != q.len() {
            return Err(ts.value_error("both points must have the same number of dimensions"));
        }
        let mut differences = Vec::with_capacity(p.len());
        let (mut max, mut found_nan) = (0.0f64, false);
        for (a, b) in p.iter().zip(&q) {
            let d = (protocol::as_f64(ts, a)? - protocol::as_f64(ts, b)?).abs();
            found_nan |= d.is_nan();
            max = if d > max { d } else { max };
            differences.push(d);
        }
        Ok(sums::vector_norm(&mut differences, max, found_nan))
    }
    /// The error function at x.
    #[function("erf(x, /)")]
    fn erf(x: f64) -> f64 {
        libm::erf(x)
    }
    /// The complementary error function at x.
    #[function("erfc(x, /)")]
    fn erfc(x: f64) -> f64 {
        libm::erfc(x)
    }
    /// e to the power of x.
    #[function("exp(x, /)")]
    fn exp(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.exp(), "")
    }
    /// 2 to the power of x.
    #[function("exp2(x, /)")]
    fn exp2(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, libm::exp2(x), "")
    }
    /// exp(x) - 1, without loss of precision for small x.
    #[function("expm1(x, /)")]
    fn expm1(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, libm::expm1(x), "")
    }
    /// The absolute value of the float x.
    #[function("fabs(x, /)")]
    fn fabs(x: f64) -> f64 {
        x.abs()
    }
    /// n factorial.
    #[function("factorial(n, /)")]
    fn factorial(ts: &ThreadState, n: &Value) -> Result {
        integers::factorial_value(ts, n)
    }
    /// The largest integer that is not above x.
    #[function("floor(x, /)")]
    fn floor(ts: &ThreadState, x: &Value) -> Result {
        if let Some(f) = float::exact(x) {
            return int::class::from_float(ts, f.floor());
        }
        match special(ts, x, "__floor__")? {
            Some(r) => Ok(r),
            None => int::class::from_float(ts, protocol::as_f64(ts, x)?.floor()),
        }
    }
    /// x*y + z, rounded once.
    #[function("fma(x, y, z, /)")]
    fn fma(ts: &ThreadState, x: f64, y: f64, z: f64) -> Result<f64> {
        let r = libm::fma(x, y, z);
        if r.is_nan() && !x.is_nan() && !y.is_nan() && !z.is_nan() {
            return Err(ts.value_error("invalid operation in fma"));
        }
        if r.is_infinite() && x.is_finite() && y.is_finite() && z.is_finite() {
            return Err(ts.overflow_error("overflow in fma"));
        }
        Ok(r)
    }
    /// The remainder of x/y with the sign of x, as C has it.
    #[function("fmod(x, y, /)")]
    fn fmod(ts: &ThreadState, x: f64, y: f64) -> Result<f64> {
        if y.is_infinite() && x.is_finite() {
            return Ok(x);
        }
        let r = x % y;
        if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error(ts)) } else { Ok(r) }
    }
    /// Mantissa and exponent of x: (m, e) with x == m * 2**e and 0.5 <= abs(m) < 1.
    #[function("frexp(x, /)")]
    fn frexp(x: f64) -> (f64, i64) {
        let (m, e) = super::frexp(x);
        (m, e as i64)
    }
    /// The sum of the numbers in seq, rounded only once.
    #[function("fsum(seq, /)")]
    fn fsum(ts: &ThreadState, seq: &Value) -> Result<f64> {
        sums::fsum(ts, seq)
    }
    /// The gamma function at x.
    #[function("gamma(x, /)")]
    fn gamma(ts: &ThreadState, x: f64) -> Result<f64> {
        from_outcome(ts, x, super::gamma::gamma(x))
    }
    /// The greatest common divisor.
    #[function("gcd(*integers)")]
    fn gcd(ts: &ThreadState, integers: &[Value]) -> Result {
        super::integers::gcd(ts, integers)
    }
    /// The distance of a point from the origin.
    #[function("hypot(*coordinates)")]
    fn hypot(ts: &ThreadState, coordinates: &[Value]) -> Result<f64> {
        let mut all = Vec::with_capacity(coordinates.len());
        let (mut max, mut found_nan) = (0.0f64, false);
        for v in coordinates {
            let x = protocol::as_f64(ts, v)?.abs();
            found_nan |= x.is_nan();
            max = if x > max { x } else { max };
            all.push(x);
        }
        Ok(sums::vector_norm(&mut all, max, found_nan))
    }
    /// Are a and b close: within rel_tol of the larger one, or within abs_tol?
    #[function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(ts: &ThreadState, a: f64, b: f64, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(ts.value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if a.is_infinite() || b.is_infinite() {
            return Ok(false);
        }
        let d = (b - a).abs();
        Ok(d <= (rel_tol * b).abs() || d <= (rel_tol * a).abs() || d <= abs_tol)
    }
    /// Is x neither infinite nor a NaN?
    #[function("isfinite(x, /)")]
    fn isfinite(x: f64) -> bool {
        x.is_finite()
    }
    /// Is x infinite?
    #[function("isinf(x, /)")]
    fn isinf(x: f64) -> bool {
        x.is_infinite()
    }
    /// Is x a NaN?
    #[function("isnan(x, /)")]
    fn isnan(x: f64) -> bool {
        x.is_nan()
    }
    /// The integer part of the square root of n.
    #[function("isqrt(n, /)")]
    fn isqrt(ts: &ThreadState, n: &Value) -> Result {
        integers::isqrt(ts, n)
    }
    /// The least common multiple.
    #[function("lcm(*integers)")]
    fn lcm(ts: &ThreadState, integers: &[Value]) -> Result {
        super::integers::lcm(ts, integers)
    }
    /// x * 2**i, the inverse of frexp().
    #[function("ldexp(x, i, /)")]
    fn ldexp(ts: &ThreadState, x: f64, i: &Value) -> Result<f64> {
        let Some(i) = int::view(i) else {
            return Err(ts.type_error("Expected an int as second argument to ldexp."));
        };
        let e = i.saturating_i64().clamp(i32::MIN as i64, i32::MAX as i64) as i32;
        let r = super::ldexp(x, e);
        if r.is_infinite() && x.is_finite() { Err(range_error(ts)) } else { Ok(r) }
    }
    /// The natural logarithm of the absolute value of the gamma function at x.
    #[function("lgamma(x, /)")]
    fn lgamma(ts: &ThreadState, x: f64) -> Result<f64> {
        from_outcome(ts, x, super::gamma::lgamma(x))
    }
    /// log(x, [base=math.e])
    /// The logarithm of x to the given base; the natural logarithm without one.
    #[function("log(x, base=<unrepresentable>, /)", no_signature)]
    fn log(ts: &ThreadState, x: &Value, base: Option<&Value>) -> Result {
        let numerator = logarithm(ts, x, f64::ln)?;
        let Some(base) = base else { return Ok(float::new(ts, numerator)) };
        let denominator = logarithm(ts, base, f64::ln)?;
        float::arith::truediv(ts, numerator, denominator)
    }
    /// The logarithm of x to base 10.
    #[function("log10(x, /)")]
    fn log10(ts: &ThreadState, x: &Value) -> Result<f64> {
        logarithm(ts, x, |x| libm::log10(x))
    }
    /// The natural logarithm of 1+x, exact for x near zero.
    #[function("log1p(x, /)")]
    fn log1p(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, libm::log1p(x), "argument value > -1")
    }
    /// The logarithm of x to base 2.
    #[function("log2(x, /)")]
    fn log2(ts: &ThreadState, x: &Value) -> Result<f64> {
        logarithm(ts, x, |x| libm::log2(x))
    }
    /// Fraction and whole part of x, both with its sign.
    #[function("modf(x, /)")]
    fn modf(x: f64) -> (f64, f64) {
        if x.is_infinite() {
            return (0.0f64.copysign(x), x);
        }
        let whole = x.trunc();
        ((x - whole).copysign(x), whole)
    }
    /// The float that lies the given number of steps from x towards y.
    #[function("nextafter(x, y, /, *, steps=None)")]
    fn nextafter(ts: &ThreadState, x: f64, y: f64, steps: Option<&Value>) -> Result<f64> {
        let steps = match steps {
            None => 1,
            Some(v) => {
                let i = protocol::index(ts, v)?;
                let i = int::view(&i).unwrap_or(IntView::Small(1));
                if i.is_negative() {
                    return Err(ts.value_error("steps must be a non-negative integer"));
                }
                i.to_u64().unwrap_or(u64::MAX)
            }
        };
        Ok(next_after(x, y, steps))
    }
    /// The number of ways to choose k of n items, without repetition and with order; all of them when k is
    /// not given.
    #[function("perm(n, k=None, /)")]
    fn perm(ts: &ThreadState, n: &Value, k: Option<&Value>) -> Result {
        integers::perm(ts, n, k)
    }
    /// x to the power of y, as a float.
    #[function("pow(x, y, /)")]
    fn pow(ts: &ThreadState, x: f64, y: f64) -> Result<f64> {
        let r = x.powf(y);
        if x.is_finite() && y.is_finite() {
            if r.is_nan() {
                return Err(domain_error(ts));
            }
            if r.is_infinite() {
                return Err(if x == 0.0 { domain_error(ts) } else { range_error(ts) });
            }
        }
        Ok(r)
    }
    /// The product of the items and of start.
    #[function("prod(iterable, /, *, start=1)")]
    fn prod(ts: &ThreadState, iterable: &Value, start: Value) -> Result {
        let iter = protocol::get_iter(ts, iterable)?;
        let mut result = start;
        // Machine integers first, then doubles, then whatever comes.
        if let Some(IntView::Small(mut n)) = int::view_exact(&result) {
            loop {
                let Some(item) = protocol::iter_next(ts, &iter)? else { return Ok(int::from_i64(ts, n)) };
                if let Some(IntView::Small(m)) = int::view_exact(&item)
                    && let Some(p) = n.checked_mul(m)
                {
                    n = p;
                    continue;
                }
                result = protocol::binary_op(ts, BinaryOp::Multiply, &int::from_i64(ts, n), &item)?;
                break;
            }
        }
        if let Some(mut f) = float::exact(&result) {
            loop {
                let Some(item) = protocol::iter_next(ts, &iter)? else { return Ok(float::new(ts, f)) };
                if let Some(x) = float::exact(&item) {
                    f *= x;
                } else if let Some(IntView::Small(i)) = int::view_exact(&item) {
                    f *= i as f64;
                } else {
                    result = protocol::binary_op(ts, BinaryOp::Multiply, &float::new(ts, f), &item)?;
                    break;
                }
            }
        }
        while let Some(item) = protocol::iter_next(ts, &iter)? {
            result = protocol::binary_op(ts, BinaryOp::Multiply, &result, &item)?;
        }
        Ok(result)
    }
    /// The angle x, from degrees to radians.
    #[function("radians(x, /)")]
    fn radians(x: f64) -> f64 {
        x * (std::f64::consts::PI / 180.0)
    }
    /// The difference between x and the nearest multiple of y.
    #[function("remainder(x, y, /)")]
    fn remainder(ts: &ThreadState, x: f64, y: f64) -> Result<f64> {
        let r = libm::remainder(x, y);
        if r.is_nan() && !x.is_nan() && !y.is_nan() { Err(domain_error(ts)) } else { Ok(r) }
    }
    /// The sine of x, in radians.
    #[function("sin(x, /)")]
    fn sin(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.sin(), "a finite input")
    }
    /// The hyperbolic sine of x.
    #[function("sinh(x, /)")]
    fn sinh(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.sinh(), "")
    }
    /// The square root of x.
    #[function("sqrt(x, /)")]
    fn sqrt(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.sqrt(), "a nonnegative input")
    }
    /// The sum of the products of the items of p and q.
    #[function("sumprod(p, q, /)")]
    fn sumprod(ts: &ThreadState, p: &Value, q: &Value) -> Result {
        sums::sumprod(ts, p, q)
    }
    /// The tangent of x, in radians.
    #[function("tan(x, /)")]
    fn tan(ts: &ThreadState, x: f64) -> Result<f64> {
        checked(ts, x, x.tan(), "a finite input")
    }
    /// The hyperbolic tangent of x.
    #[function("tanh(x, /)")]
    fn tanh(x: f64) -> f64 {
        x.tanh()
    }
    /// The whole part of x, by its __trunc__.
    #[function("trunc(x, /)")]
    fn trunc(ts: &ThreadState, x: &Value) -> Result {
        if let Some(f) = float::exact(x) {
            return int::class::from_float(ts, f);
        }
        match special(ts, x, "__trunc__")? {
            Some(r) => Ok(r),
            None => Err(ts.type_error(format!("type {} doesn't define __trunc__ method", x.type_name(ts)))),
        }
    }
    /// The value of the last bit of x.
    #[function("ulp(x, /)")]
    fn ulp(x: f64) -> f64 {
        let x = x.abs();
        if !x.is_finite() {
            return x;
        }
        if x == f64::MAX {
            return x - x.next_down();
        }
        x.next_up() - x
    }
}

/// `steps` representable numbers from `x` towards `y`.
fn next_after(x: f64, y: f64, steps: u64) -> f64 {
    if steps == 0 {
        return x;
    }
    if x.is_nan() {
        return x;
    }
    if y.is_nan() {
        return y;
    }
    if x == y {
        return y;
    }
    // Doubles in the order of their bits, with zero in the middle.
    let ordinal = |f: f64| {
        let magnitude = (f.to_bits() & !(1 << 63)) as i64;
        if f.is_sign_negative() { -magnitude } else { magnitude }
    };
    let (from, to) = (ordinal(x), ordinal(y));
    let distance = from.abs_diff(to);
    if steps >= distance {
        return y;
    }
    let at = if to > from { from.wrapping_add_unsigned(steps) } else { from.wrapping_sub_unsigned(steps) };
    let f = f64::from_bits(at.unsigned_abs());
    // Passing through zero keeps the sign of where we came from.
    if at < 0 || (at == 0 && x.is_sign_negative()) { -f } else { f }
}
