//! Whole-number functions: factorials, combinations, roots, common divisors.

use dashu_base::SquareRoot;
use dashu_int::UBig;
use taipan_objects::int::{self, IntView, arith};
use taipan_objects::protocol;
use taipan_objects::{Result, ThreadState, Value};

/// The product of all whole numbers from `low` to `high`.
pub fn range_product(low: u64, high: u64) -> UBig {
    if low > high {
        return UBig::ONE;
    }
    if high - low < 8 {
        let mut parts = vec![];
        let mut small: u128 = 1;
        for n in low..=high {
            match small.checked_mul(n as u128) {
                Some(p) => small = p,
                None => {
                    parts.push(UBig::from(small));
                    small = n as u128;
                }
            }
        }
        return parts.into_iter().fold(UBig::from(small), |a, b| a * b);
    }
    let middle = low + (high - low) / 2;
    range_product(low, middle) * range_product(middle + 1, high)
}

/// The product of the odd numbers from `low` (odd) to `high`.
fn odd_product(low: u64, high: u64) -> UBig {
    if low > high {
        return UBig::ONE;
    }
    if high - low < 16 {
        return (low..=high).step_by(2).fold(UBig::ONE, |a, n| a * n);
    }
    let middle = (low + (high - low) / 2) | 1;
    odd_product(low, middle - 2) * odd_product(middle, high)
}

pub fn factorial(n: u64) -> UBig {
    if n < 2 {
        return UBig::ONE;
    }
    if n <= 34 {
        return UBig::from((1..=n as u128).product::<u128>());
    }
    // The odd parts of n, n/2, n/4 … share their factors; twos are shifted in at the end.
    let (mut inner, mut outer) = (UBig::ONE, UBig::ONE);
    let mut low = 1u64;
    for i in (0..64 - n.leading_zeros()).rev() {
        let top = n >> i;
        if top < 3 {
            continue;
        }
        inner *= odd_product(low + 2, if top % 2 == 1 { top } else { top - 1 });
        low = if top % 2 == 1 { top } else { top - 1 };
        outer *= &inner;
    }
    outer << (n - n.count_ones() as u64) as usize
}

/// Bits that `n!` takes, roughly and from above.
fn factorial_bits(n: u64) -> u128 {
    n as u128 * (64 - n.leading_zeros()) as u128
}

pub fn factorial_value(ts: &ThreadState, n: &Value) -> Result {
    let i = protocol::index(ts, n)?;
    let view = int::view(&i).unwrap_or(IntView::Small(0));
    if view.is_negative() {
        return Err(ts.value_error("factorial() not defined for negative values"));
    }
    let Some(n) = view.to_i64() else {
        return Err(ts.overflow_error(format!("factorial() argument should not exceed {}", i64::MAX)));
    };
    int::reserve_bits(ts, factorial_bits(n as u64))?;
    Ok(int::from_ubig(ts, factorial(n as u64)))
}

/// n (n-1) … (n-k+1)
fn falling(ts: &ThreadState, n: IntView<'_>, k: u64) -> Result<UBig> {
    if let Some(n) = n.to_u64() {
        int::reserve_bits(ts, k as u128 * (64 - n.leading_zeros()) as u128)?;
        if k == 0 {
            return Ok(UBig::ONE);
        }
        return Ok(range_product(n - k + 1, n));
    }
    int::reserve_bits(ts, k as u128 * n.bit_length() as u128)?;
    let n = n.to_abs();
    Ok((0..k).fold(UBig::ONE, |p, i| p * (&n - i)))
}

pub fn perm(ts: &ThreadState, n: &Value, k: Option<&Value>) -> Result {
    let Some(k) = k else { return factorial_value(ts, n) };
    let (n, k) = (protocol::index(ts, n)?, protocol::index(ts, k)?);
    let (Some(n), Some(k)) = (int::view(&n), int::view(&k)) else { return Ok(Value::none()) };
    check_sizes(ts, n, k)?;
    if n.compare(k).is_lt() {
        return Ok(int::from_i64(ts, 0));
    }
    let Some(k) = k.to_i64() else {
        return Err(ts.overflow_error(format!("k must not exceed {}", i64::MAX)));
    };
    Ok(int::from_ubig(ts, falling(ts, n, k as u64)?))
}

fn check_sizes(ts: &ThreadState, n: IntView<'_>, k: IntView<'_>) -> Result<()> {
    if n.is_negative() {
        return Err(ts.value_error("n must be a non-negative integer"));
    }
    if k.is_negative() {
        return Err(ts.value_error("k must be a non-negative integer"));
    }
    Ok(())
}

pub fn comb(ts: &ThreadState, n: &Value, k: &Value) -> Result {
    let (n, k) = (protocol::index(ts, n)?, protocol::index(ts, k)?);
    let (Some(nv), Some(kv)) = (int::view(&n), int::view(&k)) else { return Ok(Value::none()) };
    check_sizes(ts, nv, kv)?;
    if nv.compare(kv).is_lt() {
        return Ok(int::from_i64(ts, 0));
    }
    let other = arith::sub(ts, nv, kv)?;
    let other = int::view(&other).unwrap_or(kv);
    let smaller = if other.compare(kv).is_lt() { other } else { kv };
    let Some(k) = smaller.to_i64() else {
        return Err(ts.overflow_error(format!("min(n - k, k) must not exceed {}", i64::MAX)));
    };
    let k = k as u64;
    if let Some(n) = nv.to_u64() {
        let mut r: u128 = 1;
        let mut i = 0;
        // Each step is exact: r is a binomial coefficient throughout.
        while i < k && r <= u64::MAX as u128 {
            r = r * (n - i) as u128 / (i + 1) as u128;
            i += 1;
        }
        if i == k {
            return Ok(int::from_u128(ts, r));
        }
    }
    let top = falling(ts, nv, k)?;
    Ok(int::from_ubig(ts, top / factorial(k)))
}

pub fn isqrt(ts: &ThreadState, n: &Value) -> Result {
    let n = protocol::index(ts, n)?;
    let view = int::view(&n).unwrap_or(IntView::Small(0));
    if view.is_negative() {
        return Err(ts.value_error("isqrt() argument must be nonnegative"));
    }
    Ok(match view {
        IntView::Small(i) => int::from_u64(ts, (i as u64).isqrt()),
        IntView::Big(_) => int::from_ubig(ts, view.to_abs().sqrt()),
    })
}

pub fn gcd(ts: &ThreadState, integers: &[Value]) -> Result {
    let mut result = int::from_i64(ts, 0);
    for (n, v) in integers.iter().enumerate() {
        let i = protocol::index(ts, v)?;
        let view = int::view(&i).unwrap_or(IntView::Small(0));
        // Once it is one it stays; the arguments are still checked.
        if n > 0 && result.as_small_int() == Some(1) {
            continue;
        }
        result = arith::gcd(ts, int::view(&result).unwrap_or(IntView::Small(0)), view);
    }
    Ok(result)
}

pub fn lcm(ts: &ThreadState, integers: &[Value]) -> Result {
    let mut result = int::from_i64(ts, 1);
    for v in integers {
        let i = protocol::index(ts, v)?;
        let b = int::view(&i).unwrap_or(IntView::Small(0));
        let a = int::view(&result).unwrap_or(IntView::Small(0));
        if a.is_zero() || b.is_zero() {
            result = int::from_i64(ts, 0);
            continue;
        }
        let g = arith::gcd(ts, a, b);
        let quotient = arith::floordiv(ts, a, int::view(&g).unwrap_or(IntView::Small(1)))?;
        let product = arith::mul(ts, int::view(&quotient).unwrap_or(a), b)?;
        result = arith::abs(ts, int::view(&product).unwrap_or(b));
    }
    Ok(result)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn factorials() {
        let mut f = UBig::ONE;
        for n in 1..200u64 {
            f *= n;
            assert_eq!(factorial(n), f, "{n}");
            assert_eq!(range_product(1, n), f, "{n}");
        }
    }
}
