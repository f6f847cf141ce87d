//! Sums without loss: `fsum`, `sumprod`, and the Euclidean norm behind `hypot` and `dist`.

use super::libm::fma;
use taipan_objects::float::{frexp, ldexp};
use taipan_objects::int::{self, IntView};
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::{Result, ThreadState, Value, float};

/// `fsum`: partial sums that do not overlap, so that nothing is rounded before the end (Shewchuk).
pub fn fsum(ts: &ThreadState, seq: &Value) -> Result<f64> {
    let mut partials: Vec<f64> = Vec::with_capacity(32);
    let mut special = 0.0;
    let mut infinities = 0.0;
    protocol::for_each(ts, seq, |item| {
        let mut x = match item.as_inline_float() {
            Some(f) => f,
            None => protocol::as_f64(ts, &item)?,
        };
        let original = x;
        let mut kept = 0;
        for j in 0..partials.len() {
            let mut y = partials[j];
            if x.abs() < y.abs() {
                std::mem::swap(&mut x, &mut y);
            }
            let hi = x + y;
            let lo = y - (hi - x);
            if lo != 0.0 {
                partials[kept] = lo;
                kept += 1;
            }
            x = hi;
        }
        partials.truncate(kept);
        if x != 0.0 {
            if !x.is_finite() {
                if original.is_finite() {
                    return Err(ts.overflow_error("intermediate overflow in fsum"));
                }
                if original.is_infinite() {
                    infinities += original;
                }
                special += original;
                partials.clear();
            } else {
                partials.push(x);
            }
        }
        Ok(())
    })?;
    if special != 0.0 {
        if f64::is_nan(infinities) {
            return Err(ts.value_error("-inf + inf in fsum"));
        }
        return Ok(special);
    }
    Ok(round_partials(&partials))
}

/// The sum of partials in ascending order, rounded once, half to even.
fn round_partials(p: &[f64]) -> f64 {
    let mut n = p.len();
    if n == 0 {
        return 0.0;
    }
    n -= 1;
    let mut hi = p[n];
    let mut lo = 0.0;
    while n > 0 {
        let x = hi;
        n -= 1;
        let y = p[n];
        hi = x + y;
        lo = y - (hi - x);
        if lo != 0.0 {
            break;
        }
    }
    // A tie is decided by the sign of what lies below.
    if n > 0 && ((lo < 0.0 && p[n - 1] < 0.0) || (lo > 0.0 && p[n - 1] > 0.0)) {
        let y = lo * 2.0;
        let x = hi + y;
        if y == x - hi {
            hi = x;
        }
    }
    hi
}

fn product(x: f64, y: f64) -> (f64, f64) {
    let z = x * y;
    (z, fma(x, y, -z))
}

/// Sum and error where |a| >= |b|.
fn fast_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    (x, (a - x) + b)
}

fn two_sum(a: f64, b: f64) -> (f64, f64) {
    let x = a + b;
    let z = x - a;
    (x, (a - (x - z)) + (b - z))
}

/// The square root of the sum of squares; `max` is the largest magnitude.
pub fn vector_norm(vec: &mut [f64], max: f64, found_nan: bool) -> f64 {
    if max.is_infinite() {
        return max;
    }
    if found_nan {
        return f64::NAN;
    }
    if max == 0.0 || vec.len() <= 1 {
        return max;
    }
    let (_, e) = frexp(max);
    if e < -1023 {
        // The scale would overflow: make the subnormals normal first.
        for x in vec.iter_mut() {
            *x /= f64::MIN_POSITIVE;
        }
        return f64::MIN_POSITIVE * vector_norm(vec, max / f64::MIN_POSITIVE, found_nan);
    }
    let scale = ldexp(1.0, -e);
    let (mut sum, mut frac1, mut frac2) = (1.0, 0.0, 0.0);
    for x in vec.iter() {
        let x = x * scale;
        let (hi, lo) = product(x, x);
        let (s, err) = fast_sum(sum, hi);
        sum = s;
        frac1 += lo;
        frac2 += err;
    }
    let mut h = (sum - 1.0 + (frac1 + frac2)).sqrt();
    let (hi, lo) = product(-h, h);
    let (s, err) = fast_sum(sum, hi);
    sum = s;
    frac1 += lo;
    frac2 += err;
    let x = sum - 1.0 + (frac1 + frac2);
    // One step of Newton's method with the exact residue.
    h += x / (2.0 * h);
    h / scale
}

/// A sum of three doubles with the error terms kept.
#[derive(Clone, Copy, Default)]
struct Triple {
    hi: f64,
    lo: f64,
    tiny: f64,
}

impl Triple {
    fn add_product(self, x: f64, y: f64) -> Triple {
        let (pr_hi, pr_lo) = product(x, y);
        let (hi, sm_lo) = two_sum(self.hi, pr_hi);
        let (lo, r1) = two_sum(self.lo, pr_lo);
        let (lo, r2) = two_sum(lo, sm_lo);
        Triple { hi, lo, tiny: self.tiny + r1 + r2 }
    }
    fn to_f64(self) -> f64 {
        let (lo_hi, lo_lo) = two_sum(self.tiny, self.lo);
        let (hi, lo) = two_sum(self.hi, lo_hi);
        lo_lo + lo + hi
    }
}

/// `sumprod`: machine integers and doubles are summed without objects; whatever else turns up is added
/// the general way, from what there is so far.
pub fn sumprod(ts: &ThreadState, p: &Value, q: &Value) -> Result {
    let (p, q) = (protocol::get_iter(ts, p)?, protocol::get_iter(ts, q)?);
    let mut total = int::from_i64(ts, 0);
    let (mut int_path, mut int_total, mut int_used) = (true, 0i128, false);
    let (mut float_path, mut float_total, mut float_used) = (true, Triple::default(), false);
    let combine = |total: Value, add: Value| protocol::binary_op(ts, BinaryOp::Add, &total, &add);
    loop {
        let (a, b) = (protocol::iter_next(ts, &p)?, protocol::iter_next(ts, &q)?);
        let pair = match (a, b) {
            (Some(a), Some(b)) => Some((a, b)),
            (None, None) => None,
            _ => return Err(ts.value_error("Inputs are not the same length")),
        };
        if int_path {
            if let Some((a, b)) = &pair
                && let (Some(IntView::Small(x)), Some(IntView::Small(y))) = (int::view_exact(a), int::view_exact(b))
                && let Some(prod) = x.checked_mul(y)
                && let Some(sum) = int_total.checked_add(prod as i128)
                && i64::try_from(sum).is_ok()
            {
                int_total = sum;
                int_used = true;
                continue;
            }
            int_path = false;
            if int_used {
                total = combine(total, int::from_i128(ts, int_total))?;
                int_total = 0;
                int_used = false;
            }
        }
        if float_path {
            if let Some((a, b)) = &pair
                && let Some((x, y)) = float_operands(a, b)
            {
                let next = float_total.add_product(x, y);
                if next.hi.is_finite() {
                    float_total = next;
                    float_used = true;
                    continue;
                }
            }
            float_path = false;
            if float_used {
                total = combine(total, float::new(ts, float_total.to_f64()))?;
                float_used = false;
            }
        }
        let Some((a, b)) = pair else { return Ok(total) };
        let prod = protocol::binary_op(ts, BinaryOp::Multiply, &a, &b)?;
        total = combine(total, prod)?;
    }
}

/// Two doubles, or a double and an int.
fn float_operands(a: &Value, b: &Value) -> Option<(f64, f64)> {
    let whole = |v: &Value| match int::view_exact(v) {
        Some(i) => i.to_f64(),
        None => v.as_bool_object().map(|b| b as i64 as f64),
    };
    match (float::exact(a), float::exact(b)) {
        (Some(x), Some(y)) => Some((x, y)),
        (Some(x), None) => Some((x, whole(b)?)),
        (None, Some(y)) => Some((whole(a)?, y)),
        _ => None,
    }
}
