//! The module `cmath`.

mod functions;
mod special;

use functions as f;
use functions::Fault;
use taipan_objects::complex::{self, Pair, class::as_complex};
use taipan_objects::dict::Dict;
use taipan_objects::native::*;
use taipan_objects::{Result, ThreadState, Value, float};

pub static MODULE: ModuleDef = ModuleDef {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: &[module::FUNCTIONS],
    init: Some(init),
};

fn init(ts: &ThreadState, dict: &Dict) -> Result<()> {
    use std::f64::consts;
    for (name, f) in [("pi", consts::PI), ("e", consts::E), ("tau", consts::TAU), ("inf", f64::INFINITY), ("nan", f64::NAN)] {
        dict.set_name(ts, name, float::new(ts, f));
    }
    dict.set_name(ts, "infj", complex::new(ts, (0.0, f64::INFINITY)));
    dict.set_name(ts, "nanj", complex::new(ts, (0.0, f64::NAN)));
    Ok(())
}

fn finish(ts: &ThreadState, (z, fault): f::Outcome) -> Result {
    check(ts, fault)?;
    Ok(complex::new(ts, z))
}

fn check(ts: &ThreadState, fault: Fault) -> Result<()> {
    match fault {
        Fault::None => Ok(()),
        Fault::Domain => Err(ts.value_error("math domain error")),
        Fault::Range => Err(ts.overflow_error("math range error")),
    }
}

fn apply(ts: &ThreadState, z: &Value, function: fn(Pair) -> f::Outcome) -> Result {
    finish(ts, function(as_complex(ts, z)?))
}

fn size(ts: &ThreadState, z: Pair) -> Result<f64> {
    let r = z.0.hypot(z.1);
    if r.is_infinite() && z.0.is_finite() && z.1.is_finite() { check(ts, Fault::Range)? }
    Ok(r)
}

#[taipan_macros::functions(module = "cmath")]
pub mod module {
    use super::*;

    /// The arc cosine of z.
    #[function("acos(z, /)")]
    fn acos(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::acos)
    }
    /// The inverse hyperbolic cosine of z.
    #[function("acosh(z, /)")]
    fn acosh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::acosh)
    }
    /// The arc sine of z.
    #[function("asin(z, /)")]
    fn asin(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::asin)
    }
    /// The inverse hyperbolic sine of z.
    #[function("asinh(z, /)")]
    fn asinh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::asinh)
    }
    /// The arc tangent of z.
    #[function("atan(z, /)")]
    fn atan(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::atan)
    }
    /// The inverse hyperbolic tangent of z.
    #[function("atanh(z, /)")]
    fn atanh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::atanh)
    }
    /// The cosine of z.
    #[function("cos(z, /)")]
    fn cos(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::cos)
    }
    /// The hyperbolic cosine of z.
    #[function("cosh(z, /)")]
    fn cosh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::cosh)
    }
    /// e to the power of z.
    #[function("exp(z, /)")]
    fn exp(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::exp)
    }
    /// Are a and b close: within rel_tol of the larger one, or within abs_tol?
    #[function("isclose(a, b, *, rel_tol=1e-09, abs_tol=0.0)")]
    fn isclose(ts: &ThreadState, a: &Value, b: &Value, rel_tol: f64, abs_tol: f64) -> Result<bool> {
        let (a, b) = (as_complex(ts, a)?, as_complex(ts, b)?);
        if rel_tol < 0.0 || abs_tol < 0.0 {
            return Err(ts.value_error("tolerances must be non-negative"));
        }
        if a == b {
            return Ok(true);
        }
        if [a.0, a.1, b.0, b.1].iter().any(|f| f.is_infinite()) {
            return Ok(false);
        }
        let d = (a.0 - b.0).hypot(a.1 - b.1);
        Ok(d <= rel_tol * b.0.hypot(b.1) || d <= rel_tol * a.0.hypot(a.1) || d <= abs_tol)
    }
    /// Are both parts of z finite?
    #[function("isfinite(z, /)")]
    fn isfinite(ts: &ThreadState, z: &Value) -> Result<bool> {
        let z = as_complex(ts, z)?;
        Ok(z.0.is_finite() && z.1.is_finite())
    }
    /// Is a part of z infinite?
    #[function("isinf(z, /)")]
    fn isinf(ts: &ThreadState, z: &Value) -> Result<bool> {
        let z = as_complex(ts, z)?;
        Ok(z.0.is_infinite() || z.1.is_infinite())
    }
    /// Is a part of z a NaN?
    #[function("isnan(z, /)")]
    fn isnan(ts: &ThreadState, z: &Value) -> Result<bool> {
        let z = as_complex(ts, z)?;
        Ok(z.0.is_nan() || z.1.is_nan())
    }
    /// The logarithm of z to the given base; the natural logarithm without one.
    #[function("log(z, base=<unrepresentable>, /)")]
    fn log(ts: &ThreadState, z: &Value, base: Option<&Value>) -> Result {
        let x = f::log(as_complex(ts, z)?);
        let Some(base) = base else { return finish(ts, x) };
        // As in C, an error in the first logarithm is forgotten over the second.
        let y = f::log(as_complex(ts, base)?);
        check(ts, y.1)?;
        match complex::div(x.0, y.0) {
            Some(q) => Ok(complex::new(ts, q)),
            None => Err(ts.value_error("math domain error")),
        }
    }
    /// The logarithm of z to base 10.
    #[function("log10(z, /)")]
    fn log10(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::log10)
    }
    /// The angle of z.
    #[function("phase(z, /)")]
    fn phase(ts: &ThreadState, z: &Value) -> Result<f64> {
        let z = as_complex(ts, z)?;
        Ok(z.1.atan2(z.0))
    }
    /// Distance from the origin and angle of z.
    #[function("polar(z, /)")]
    fn polar(ts: &ThreadState, z: &Value) -> Result<(f64, f64)> {
        let z = as_complex(ts, z)?;
        Ok((size(ts, z)?, z.1.atan2(z.0)))
    }
    /// The number with distance r from the origin and angle phi.
    #[function("rect(r, phi, /)")]
    fn rect(ts: &ThreadState, r: f64, phi: f64) -> Result {
        finish(ts, f::rect(r, phi))
    }
    /// The sine of z.
    #[function("sin(z, /)")]
    fn sin(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::sin)
    }
    /// The hyperbolic sine of z.
    #[function("sinh(z, /)")]
    fn sinh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::sinh)
    }
    /// The square root of z.
    #[function("sqrt(z, /)")]
    fn sqrt(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::sqrt)
    }
    /// The tangent of z.
    #[function("tan(z, /)")]
    fn tan(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::tan)
    }
    /// The hyperbolic tangent of z.
    #[function("tanh(z, /)")]
    fn tanh(ts: &ThreadState, z: &Value) -> Result {
        apply(ts, z, f::tanh)
    }
}
