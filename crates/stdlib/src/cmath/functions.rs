//! The elementary functions of complex numbers, after Kahan: no spurious overflow, signs of zero kept, so
//! that branch cuts are continuous from the right side.

use super::special::{self, Table};
use crate::math::libm;
use std::f64::consts::{E, FRAC_PI_2, LN_2, LN_10};
use taipan_objects::complex::Pair;
use taipan_objects::float::ldexp;

/// A result, and the error that C's `errno` would hold.
#[derive(Clone, Copy, PartialEq)]
pub enum Fault {
    None,
    Domain,
    Range,
}

pub type Outcome = (Pair, Fault);

const LARGE: f64 = f64::MAX / 4.0;
/// sqrt(LARGE), log(LARGE) and sqrt(MIN_POSITIVE)
fn sqrt_large() -> f64 {
    LARGE.sqrt()
}
fn log_large() -> f64 {
    LARGE.ln()
}
fn sqrt_min() -> f64 {
    f64::MIN_POSITIVE.sqrt()
}
const INF: f64 = f64::INFINITY;

fn ok(z: Pair) -> Outcome {
    (z, Fault::None)
}

fn is_special(z: Pair) -> bool {
    !z.0.is_finite() || !z.1.is_finite()
}

fn kind(f: f64) -> usize {
    if f.is_nan() {
        6
    } else if f.is_infinite() {
        if f > 0.0 { 5 } else { 0 }
    } else if f == 0.0 {
        if f.is_sign_negative() { 2 } else { 3 }
    } else if f > 0.0 {
        4
    } else {
        1
    }
}

fn lookup(table: &Table, z: Pair) -> Pair {
    table[kind(z.0)][kind(z.1)]
}

fn large(z: Pair) -> bool {
    z.0.abs() > LARGE || z.1.abs() > LARGE
}


fn log_of_large(z: Pair) -> f64 {
    (z.0 / 2.0).hypot(z.1 / 2.0).ln() + LN_2 * 2.0
}

pub fn sqrt(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::SQRT, z));
    }
    if z.0 == 0.0 && z.1 == 0.0 {
        return ok((0.0, z.1));
    }
    let (mut ax, ay) = (z.0.abs(), z.1.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        // Subnormal parts are scaled up for the root.
        ax = ldexp(ax, 53);
        ldexp((ax + ax.hypot(ldexp(ay, 53))).sqrt(), -27)
    } else {
        ax /= 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    ok(if z.0 >= 0.0 { (s, d.copysign(z.1)) } else { (d, s.copysign(z.1)) })
}

pub fn acos(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::ACOS, z));
    }
    if large(z) {
        let im = log_of_large(z);
        return ok((z.1.abs().atan2(z.0), if z.0 < 0.0 { -im.copysign(z.1) } else { im.copysign(-z.1) }));
    }
    let s1 = sqrt((1.0 - z.0, -z.1)).0;
    let s2 = sqrt((1.0 + z.0, z.1)).0;
    ok((2.0 * s1.0.atan2(s2.0), libm::asinh(s2.0 * s1.1 - s2.1 * s1.0)))
}

pub fn acosh(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::ACOSH, z));
    }
    if large(z) {
        return ok((log_of_large(z), z.1.atan2(z.0)));
    }
    let s1 = sqrt((z.0 - 1.0, z.1)).0;
    let s2 = sqrt((z.0 + 1.0, z.1)).0;
    ok((libm::asinh(s1.0 * s2.0 + s1.1 * s2.1), 2.0 * s1.1.atan2(s2.0)))
}

/// -i f(iz)
fn rotated(z: Pair, f: fn(Pair) -> Outcome) -> Outcome {
    let (r, fault) = f((-z.1, z.0));
    ((r.1, -r.0), fault)
}

pub fn asin(z: Pair) -> Outcome {
    rotated(z, asinh)
}

pub fn asinh(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::ASINH, z));
    }
    if large(z) {
        let re = log_of_large(z);
        let re = if z.1 >= 0.0 { re.copysign(z.0) } else { -re.copysign(-z.0) };
        return ok((re, z.1.atan2(z.0.abs())));
    }
    let s1 = sqrt((1.0 + z.1, -z.0)).0;
    let s2 = sqrt((1.0 - z.1, z.0)).0;
    ok((libm::asinh(s1.0 * s2.1 - s2.0 * s1.1), z.1.atan2(s1.0 * s2.0 - s1.1 * s2.1)))
}

pub fn atan(z: Pair) -> Outcome {
    rotated(z, atanh)
}

pub fn atanh(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::ATANH, z));
    }
    if z.0 < 0.0 || (z.0 == 0.0 && z.0.is_sign_negative()) {
        let (r, fault) = atanh((-z.0, -z.1));
        return ((-r.0, -r.1), fault);
    }
    let ay = z.1.abs();
    if z.0 > sqrt_large() || ay > sqrt_large() {
        let h = (z.0 / 2.0).hypot(z.1 / 2.0);
        return ok((z.0 / 4.0 / h / h, -FRAC_PI_2.copysign(-z.1)));
    }
    if z.0 == 1.0 && ay < sqrt_min() {
        if ay == 0.0 {
            return ((INF, z.1), Fault::Domain);
        }
        return ok((-(ay.sqrt() / ay.hypot(2.0).sqrt()).ln(), (2.0f64.atan2(-ay) / 2.0).copysign(z.1)));
    }
    ok((
        libm::log1p(4.0 * z.0 / ((1.0 - z.0) * (1.0 - z.0) + ay * ay)) / 4.0,
        -(-2.0 * z.1).atan2((1.0 - z.0) * (1.0 + z.0) - ay * ay) / 2.0,
    ))
}

pub fn cos(z: Pair) -> Outcome {
    cosh((-z.1, z.0))
}

fn range_checked(z: Pair) -> Outcome {
    (z, if z.0.is_infinite() || z.1.is_infinite() { Fault::Range } else { Fault::None })
}

fn domain_if(condition: bool, z: Pair) -> Outcome {
    (z, if condition { Fault::Domain } else { Fault::None })
}

pub fn cosh(z: Pair) -> Outcome {
    if is_special(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let im = INF.copysign(z.1.sin());
            (INF.copysign(z.1.cos()), if z.0 > 0.0 { im } else { -im })
        } else {
            lookup(&special::COSH, z)
        };
        return domain_if(z.1.is_infinite() && !z.0.is_nan(), r);
    }
    range_checked(if z.0.abs() > log_large() {
        let x = z.0 - 1.0f64.copysign(z.0);
        (z.1.cos() * x.cosh() * E, z.1.sin() * x.sinh() * E)
    } else {
        (z.1.cos() * z.0.cosh(), z.1.sin() * z.0.sinh())
    })
}

pub fn exp(z: Pair) -> Outcome {
    if is_special(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let size: f64 = if z.0 > 0.0 { INF } else { 0.0 };
            (size.copysign(z.1.cos()), size.copysign(z.1.sin()))
        } else {
            lookup(&special::EXP, z)
        };
        return domain_if(z.1.is_infinite() && (z.0.is_finite() || z.0 == INF), r);
    }
    range_checked(if z.0 > log_large() {
        let l = (z.0 - 1.0).exp();
        (l * z.1.cos() * E, l * z.1.sin() * E)
    } else {
        let l = z.0.exp();
        (l * z.1.cos(), l * z.1.sin())
    })
}

pub fn log(z: Pair) -> Outcome {
    if is_special(z) {
        return ok(lookup(&special::LOG, z));
    }
    let (ax, ay) = (z.0.abs(), z.1.abs());
    let angle = z.1.atan2(z.0);
    let re = if large(z) {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return ((-INF, angle), Fault::Domain);
        }
        ldexp(ax, 53).hypot(ldexp(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (am, an) = if ax > ay { (ax, ay) } else { (ay, ax) };
            libm::log1p((am - 1.0) * (am + 1.0) + an * an) / 2.0
        } else {
            h.ln()
        }
    };
    ok((re, angle))
}

pub fn log10(z: Pair) -> Outcome {
    let (r, fault) = log(z);
    ((r.0 / LN_10, r.1 / LN_10), fault)
}

pub fn sin(z: Pair) -> Outcome {
    rotated(z, sinh)
}

pub fn sinh(z: Pair) -> Outcome {
    if is_special(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            let re = INF.copysign(z.1.cos());
            (if z.0 > 0.0 { re } else { -re }, INF.copysign(z.1.sin()))
        } else {
            lookup(&special::SINH, z)
        };
        return domain_if(z.1.is_infinite() && !z.0.is_nan(), r);
    }
    range_checked(if z.0.abs() > log_large() {
        let x = z.0 - 1.0f64.copysign(z.0);
        (z.1.cos() * x.sinh() * E, z.1.sin() * x.cosh() * E)
    } else {
        (z.1.cos() * z.0.sinh(), z.1.sin() * z.0.cosh())
    })
}

pub fn tan(z: Pair) -> Outcome {
    rotated(z, tanh)
}

pub fn tanh(z: Pair) -> Outcome {
    if is_special(z) {
        let r = if z.0.is_infinite() && z.1.is_finite() && z.1 != 0.0 {
            (1.0f64.copysign(z.0), 0.0f64.copysign(2.0 * z.1.sin() * z.1.cos()))
        } else {
            lookup(&special::TANH, z)
        };
        return domain_if(z.1.is_infinite() && z.0.is_finite(), r);
    }
    if z.0.abs() > log_large() {
        return ok((1.0f64.copysign(z.0), 4.0 * z.1.sin() * z.1.cos() * (-2.0 * z.0.abs()).exp()));
    }
    let (tx, ty, cx) = (z.0.tanh(), z.1.tan(), 1.0 / z.0.cosh());
    let txty = tx * ty;
    let denominator = 1.0 + txty * txty;
    ok((tx * (1.0 + ty * ty) / denominator, ((ty / denominator) * cx) * cx))
}

pub fn rect(r: f64, phi: f64) -> Outcome {
    if is_special((r, phi)) {
        let z = if r.is_infinite() && phi.is_finite() && phi != 0.0 {
            let (re, im) = (INF.copysign(phi.cos()), INF.copysign(phi.sin()));
            if r > 0.0 { (re, im) } else { (-re, -im) }
        } else {
            lookup(&special::RECT, (r, phi))
        };
        return domain_if(r != 0.0 && !r.is_nan() && phi.is_infinite(), z);
    }
    if phi == 0.0 {
        // Keeps the signs of zeros.
        return ok((r, r * phi));
    }
    ok((r * phi.cos(), r * phi.sin()))
}
