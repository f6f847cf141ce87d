//! Complex arithmetic, with 3.14's rules for mixing real and complex operands.

use taipan_isa::Const;
use taipan_isa::oparg::binary;

/// A real or complex operand.
#[derive(Clone, Copy)]
pub enum Number {
    Real(f64),
    Complex(f64, f64),
}

fn divide((ar, ai): (f64, f64), (br, bi): (f64, f64)) -> Option<(f64, f64)> {
    if br == 0.0 && bi == 0.0 {
        return None;
    }
    Some(if br.abs() >= bi.abs() {
        let ratio = bi / br;
        let d = br + bi * ratio;
        ((ar + ai * ratio) / d, (ai - ar * ratio) / d)
    } else {
        let ratio = br / bi;
        let d = br * ratio + bi;
        ((ar * ratio + ai) / d, (ai * ratio - ar) / d)
    })
}

/// A complex number to a small whole power, by repeated squaring.
fn power(base: Number, exponent: Number) -> Option<(f64, f64)> {
    let pair = |n: Number| match n {
        Number::Real(r) => (r, 0.0),
        Number::Complex(re, im) => (re, im),
    };
    let (mut p, (n, im)) = (pair(base), pair(exponent));
    if im != 0.0 || n.fract() != 0.0 || n.abs() > 100.0 || p == (0.0, 0.0) && n <= 0.0 {
        return (n == 0.0 && im == 0.0).then_some((1.0, 0.0));
    }
    let times = |a: (f64, f64), b: (f64, f64)| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let mut left = n.abs() as u32;
    let mut r = (1.0, 0.0);
    while left > 0 {
        if left & 1 != 0 {
            r = times(r, p);
        }
        left >>= 1;
        p = times(p, p);
    }
    let r = if n < 0.0 { divide((1.0, 0.0), r)? } else { r };
    (r.0.is_finite() && r.1.is_finite()).then_some(r)
}

/// `l op r`, at least one of them complex; `None` when it is left to run time.
pub fn binary(l: Number, op: u32, r: Number) -> Option<Const> {
    use Number::*;
    let (re, im) = match (op, l, r) {
        (binary::ADD, Complex(a, b), Complex(c, d)) => (a + c, b + d),
        (binary::ADD, Complex(a, b), Real(c)) | (binary::ADD, Real(c), Complex(a, b)) => (a + c, b),
        (binary::SUBTRACT, Complex(a, b), Complex(c, d)) => (a - c, b - d),
        (binary::SUBTRACT, Complex(a, b), Real(c)) => (a - c, b),
        (binary::SUBTRACT, Real(a), Complex(c, d)) => (a - c, -d),
        (binary::MULTIPLY, Complex(a, b), Complex(c, d)) => {
            let (re, im) = (a * c - b * d, a * d + b * c);
            // Infinities need the care that run time takes.
            if re.is_nan() || im.is_nan() {
                return None;
            }
            (re, im)
        }
        (binary::MULTIPLY, Complex(a, b), Real(c)) | (binary::MULTIPLY, Real(c), Complex(a, b)) => (a * c, b * c),
        (binary::TRUE_DIVIDE, Complex(a, b), Complex(c, d)) => {
            let q = divide((a, b), (c, d))?;
            if q.0.is_nan() || q.1.is_nan() {
                return None;
            }
            q
        }
        (binary::TRUE_DIVIDE, Complex(a, b), Real(c)) if c != 0.0 => (a / c, b / c),
        (binary::TRUE_DIVIDE, Real(a), Complex(c, d)) => {
            let q = divide((a, 0.0), (c, d))?;
            if q.0.is_nan() || q.1.is_nan() {
                return None;
            }
            q
        }
        (binary::POWER, base, exponent) => power(base, exponent)?,
        _ => return None,
    };
    Some(Const::Complex { re, im })
}
