//! Complex numbers: the payload, and arithmetic as C99 and its Annex G have it.

pub mod class;
pub mod text;

use crate::heap;
use crate::ids;
use crate::payload;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// The payload of complex numbers.
pub struct Complex {
    re: f64,
    im: f64,
}
payload!(Complex, id = ids::COMPLEX);

impl Complex {
    pub fn from_parts(re: f64, im: f64) -> Complex {
        Complex { re, im }
    }
    pub fn parts(&self) -> Pair {
        (self.re, self.im)
    }
}

/// Real and imaginary part.
pub type Pair = (f64, f64);

pub fn new(ts: &ThreadState, z: Pair) -> Value {
    heap::new(ts, Complex { re: z.0, im: z.1 }).into_value()
}

/// The parts, if `v` is complex or an instance of a subclass.
#[inline]
pub fn view(v: &Value) -> Option<Pair> {
    v.downcast::<Complex>().map(Complex::parts)
}

/// 0 or 1 with the sign of `f`: whether it is infinite.
fn boxed(f: f64) -> f64 {
    (if f.is_infinite() { 1.0f64 } else { 0.0 }).copysign(f)
}

fn zero_if_nan(f: f64) -> f64 {
    if f.is_nan() { 0.0f64.copysign(f) } else { f }
}

pub fn mul(z: Pair, w: Pair) -> Pair {
    let ((mut a, mut b), (mut c, mut d)) = (z, w);
    let (ac, bd, ad, bc) = (a * c, b * d, a * d, b * c);
    let r = (ac - bd, ad + bc);
    if !(r.0.is_nan() && r.1.is_nan()) {
        return r;
    }
    // Recover infinities that came out as NaN (C11 Annex G.5.1).
    let mut again = false;
    if a.is_infinite() || b.is_infinite() {
        (a, b) = (boxed(a), boxed(b));
        (c, d) = (zero_if_nan(c), zero_if_nan(d));
        again = true;
    }
    if c.is_infinite() || d.is_infinite() {
        (c, d) = (boxed(c), boxed(d));
        (a, b) = (zero_if_nan(a), zero_if_nan(b));
        again = true;
    }
    if !again && [ac, bd, ad, bc].iter().any(|f| f.is_infinite()) {
        (a, b, c, d) = (zero_if_nan(a), zero_if_nan(b), zero_if_nan(c), zero_if_nan(d));
        again = true;
    }
    if again { (f64::INFINITY * (a * c - b * d), f64::INFINITY * (a * d + b * c)) } else { r }
}

/// `None` for division by zero.
pub fn div(a: Pair, b: Pair) -> Option<Pair> {
    let (re, im) = (b.0.abs(), b.1.abs());
    let r = if re >= im {
        if re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        ((a.0 + a.1 * ratio) / denominator, (a.1 - a.0 * ratio) / denominator)
    } else if im >= re {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a.0 * ratio + a.1) / denominator, (a.1 * ratio - a.0) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if r.0.is_nan() && r.1.is_nan() {
        // Recover infinities and zeros that came out as NaN (C11 Annex G.5.2).
        let finite = |z: Pair| z.0.is_finite() && z.1.is_finite();
        if (a.0.is_infinite() || a.1.is_infinite()) && finite(b) {
            let (x, y) = (boxed(a.0), boxed(a.1));
            return Some((f64::INFINITY * (x * b.0 + y * b.1), f64::INFINITY * (y * b.0 - x * b.1)));
        }
        if (re.is_infinite() || im.is_infinite()) && finite(a) {
            let (x, y) = (boxed(b.0), boxed(b.1));
            return Some((0.0 * (a.0 * x + a.1 * y), 0.0 * (a.1 * x - a.0 * y)));
        }
    }
    Some(r)
}

/// A real number divided by a complex one.
pub fn div_real_by(a: f64, b: Pair) -> Option<Pair> {
    let (re, im) = (b.0.abs(), b.1.abs());
    let r = if re >= im {
        if re == 0.0 {
            return None;
        }
        let ratio = b.1 / b.0;
        let denominator = b.0 + b.1 * ratio;
        (a / denominator, (-a * ratio) / denominator)
    } else if im >= re {
        let ratio = b.0 / b.1;
        let denominator = b.0 * ratio + b.1;
        ((a * ratio) / denominator, (-a) / denominator)
    } else {
        (f64::NAN, f64::NAN)
    };
    if r.0.is_nan() && r.1.is_nan() && a.is_finite() && (re.is_infinite() || im.is_infinite()) {
        let (x, y) = (boxed(b.0), boxed(b.1));
        return Some((0.0 * (a * x), 0.0 * (-a * y)));
    }
    Some(r)
}

/// What a complex power comes to.
#[derive(Debug, PartialEq)]
pub enum Power {
    Is(Pair),
    ZeroToNegative,
    Overflow,
}

pub fn power(a: Pair, b: Pair) -> Power {
    // A small whole exponent has a faster and more accurate way.
    let r = if b.1 == 0.0 && b.0 == b.0.floor() && b.0.abs() <= 100.0 {
        let n = b.0 as i32;
        let raised = power_by_squaring(a, n.unsigned_abs());
        if n > 0 {
            raised
        } else {
            match div((1.0, 0.0), raised) {
                Some(r) => r,
                None => return Power::ZeroToNegative,
            }
        }
    } else if a == (0.0, 0.0) {
        if b.1 != 0.0 || b.0 < 0.0 {
            return Power::ZeroToNegative;
        }
        (0.0, 0.0)
    } else {
        let size = a.0.hypot(a.1);
        let mut len = size.powf(b.0);
        let angle = a.1.atan2(a.0);
        let mut phase = angle * b.0;
        if b.1 != 0.0 {
            len *= (-angle * b.1).exp();
            phase += b.1 * size.ln();
        }
        if phase.is_infinite() {
            // The C library's complaint about sin(inf) is taken for this one.
            return Power::ZeroToNegative;
        }
        (len * phase.cos(), len * phase.sin())
    };
    if r.0.is_infinite() || r.1.is_infinite() { Power::Overflow } else { Power::Is(r) }
}

fn power_by_squaring(x: Pair, n: u32) -> Pair {
    let mut r = (1.0, 0.0);
    let mut p = x;
    let mut mask = 1u32;
    while mask > 0 && n >= mask {
        if n & mask != 0 {
            r = mul(r, p);
        }
        mask <<= 1;
        p = mul(p, p);
    }
    r
}

/// `a ** b` as a value.
pub fn pow_value(ts: &ThreadState, a: Pair, b: Pair) -> Result {
    match power(a, b) {
        Power::Is(z) => Ok(new(ts, z)),
        Power::ZeroToNegative => Err(ts.zero_division_error("zero to a negative or complex power")),
        Power::Overflow => Err(ts.overflow_error("complex exponentiation")),
    }
}

/// The hash; `None` parts (NaN) take the identity's.
pub fn hash(z: Pair, v: &Value) -> i64 {
    let part = |f| crate::float::hash(f).unwrap_or_else(|| crate::float::hash_identity(v));
    let h = part(z.0).wrapping_add(part(z.1).wrapping_mul(1_000_003));
    if h == -1 { -2 } else { h }
}
