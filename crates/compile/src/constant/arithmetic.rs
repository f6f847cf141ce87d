//! Operators on constants, within CPython's limits on what is computed ahead.
//!
//! `None` means: leave it to run time, because it raises or because the result is too big.

use dashu_int::IBig;
use dashu_int::ops::{BitTest, DivRemEuclid};
use taipan_isa::oparg::binary;
use taipan_isa::{Const, op};

use super::complex::{self, Number};
use super::int::{from_ibig, to_ibig};
use super::{sequence, truth};

/// Most bits of an int that is computed ahead by `*`, `**` and `<<`.
const MAX_INT_BITS: usize = 128;

/// `UNARY_NEGATIVE`, `UNARY_INVERT`, `UNARY_NOT`.
pub fn unary(opcode: u8, c: &Const) -> Option<Const> {
    match opcode {
        op::UNARY_NOT => Some(Const::Bool(!truth(c))),
        op::UNARY_NEGATIVE => match c {
            Const::Float(f) => Some(Const::Float(-f)),
            Const::Complex { re, im } => Some(Const::Complex { re: -re, im: -im }),
            _ => to_ibig(c).map(|i| from_ibig(&-i)),
        },
        // Inverting a bool warns when it runs.
        op::UNARY_INVERT if matches!(c, Const::Bool(_)) => None,
        op::UNARY_INVERT => to_ibig(c).map(|i| from_ibig(&!i)),
        _ => None,
    }
}

/// Unary plus.
pub fn positive(c: &Const) -> Option<Const> {
    match c {
        Const::Bool(b) => Some(Const::Int(*b as i64)),
        Const::Int(_) | Const::BigInt { .. } | Const::Float(_) | Const::Complex { .. } => Some(c.clone()),
        _ => None,
    }
}

/// The value as a float, if it is a real number and in range.
fn to_f64(c: &Const) -> Option<f64> {
    match c {
        Const::Float(f) => Some(*f),
        Const::Bool(b) => Some(*b as u8 as f64),
        Const::Int(i) => Some(*i as f64),
        _ => to_ibig(c).map(|i| i.to_f64().value()).filter(|f| f.is_finite()),
    }
}

fn number(c: &Const) -> Option<Number> {
    match c {
        Const::Complex { re, im } => Some(Number::Complex(*re, *im)),
        _ => to_f64(c).map(Number::Real),
    }
}

fn is_int(c: &Const) -> bool {
    matches!(c, Const::Int(_) | Const::BigInt { .. } | Const::Bool(_))
}

/// `l op r`, `op` being a `BINARY_OP` operator.
pub fn binary(l: &Const, op: u32, r: &Const) -> Option<Const> {
    if op == binary::SUBSCR {
        return sequence::subscript(l, r);
    }
    if matches!(l, Const::Complex { .. }) || matches!(r, Const::Complex { .. }) {
        return complex::binary(number(l)?, op, number(r)?);
    }
    if is_int(l) && is_int(r) {
        return ints(l, op, r);
    }
    if matches!(l, Const::Float(_)) || matches!(r, Const::Float(_)) {
        return floats(to_f64(l)?, op, to_f64(r)?).map(Const::Float);
    }
    match op {
        binary::ADD => sequence::concat(l, r),
        binary::MULTIPLY => match (l, r) {
            (Const::Int(n), s) | (s, Const::Int(n)) => sequence::repeat(s, *n),
            (Const::Bool(b), s) | (s, Const::Bool(b)) => sequence::repeat(s, *b as i64),
            _ => None,
        },
        _ => None,
    }
}

fn ints(l: &Const, op: u32, r: &Const) -> Option<Const> {
    if let (Const::Bool(a), Const::Bool(b)) = (l, r) {
        match op {
            binary::AND => return Some(Const::Bool(a & b)),
            binary::OR => return Some(Const::Bool(a | b)),
            binary::XOR => return Some(Const::Bool(a ^ b)),
            _ => {}
        }
    }
    let (a, b) = (to_ibig(l)?, to_ibig(r)?);
    let bits = |i: &IBig| i.clone().into_parts().1.bit_len();
    let zero = IBig::ZERO;
    let result = match op {
        binary::ADD => a + b,
        binary::SUBTRACT => a - b,
        binary::MULTIPLY => {
            if a != zero && b != zero && bits(&a) + bits(&b) > MAX_INT_BITS {
                return None;
            }
            a * b
        }
        binary::TRUE_DIVIDE => {
            // Exactly representable operands only: the rest needs run time's rounding.
            const EXACT: usize = 53;
            if b == zero || bits(&a) > EXACT || bits(&b) > EXACT {
                return None;
            }
            return Some(Const::Float(a.to_f64().value() / b.to_f64().value()));
        }
        binary::FLOOR_DIVIDE | binary::REMAINDER => {
            if b == zero {
                return None;
            }
            let negative = b < zero;
            let (mut q, mut m) = a.div_rem_euclid(b.clone());
            // Euclid's remainder is never negative; Python's has the sign of the divisor.
            if negative && m != dashu_int::UBig::ZERO {
                q -= IBig::ONE;
                if op == binary::REMAINDER {
                    return Some(from_ibig(&(IBig::from(std::mem::take(&mut m)) + b)));
                }
            }
            if op == binary::FLOOR_DIVIDE { q } else { IBig::from(m) }
        }
        binary::POWER => {
            if b < zero {
                return floats(to_f64(l)?, op, to_f64(r)?).map(Const::Float);
            }
            let e = usize::try_from(&b).ok()?;
            if a != zero && e > 0 && bits(&a) > MAX_INT_BITS / e {
                return None;
            }
            a.pow(e)
        }
        binary::LSHIFT => {
            if b < zero {
                return None;
            }
            if a == zero {
                return Some(Const::Int(0));
            }
            let n = usize::try_from(&b).ok()?;
            if n > MAX_INT_BITS || bits(&a) > MAX_INT_BITS - n {
                return None;
            }
            a << n
        }
        binary::RSHIFT => {
            if b < zero {
                return None;
            }
            match usize::try_from(&b) {
                Ok(n) if n <= bits(&a) => a >> n,
                _ => IBig::from(if a < zero { -1 } else { 0 }),
            }
        }
        binary::AND => a & b,
        binary::OR => a | b,
        binary::XOR => a ^ b,
        _ => return None,
    };
    Some(from_ibig(&result))
}

fn floats(a: f64, op: u32, b: f64) -> Option<f64> {
    Some(match op {
        binary::ADD => a + b,
        binary::SUBTRACT => a - b,
        binary::MULTIPLY => a * b,
        binary::TRUE_DIVIDE if b != 0.0 => a / b,
        binary::FLOOR_DIVIDE if b != 0.0 => div_mod(a, b).0,
        binary::REMAINDER if b != 0.0 => div_mod(a, b).1,
        binary::POWER => {
            if a == 0.0 && b < 0.0 || a < 0.0 && a.is_finite() && b.is_finite() && b.fract() != 0.0 {
                return None;
            }
            let p = a.powf(b);
            if !p.is_finite() && a.is_finite() && b.is_finite() {
                return None;
            }
            p
        }
        _ => return None,
    })
}

fn div_mod(a: f64, b: f64) -> (f64, f64) {
    let mut m = a % b;
    let mut q = (a - m) / b;
    if m != 0.0 {
        if (b < 0.0) != (m < 0.0) {
            m += b;
            q -= 1.0;
        }
    } else {
        m = 0f64.copysign(b);
    }
    let q = if q != 0.0 {
        let f = q.floor();
        if q - f > 0.5 { f + 1.0 } else { f }
    } else {
        0f64.copysign(a / b)
    };
    (q, m)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn int(c: Option<Const>) -> i64 {
        match c {
            Some(Const::Int(i)) => i,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn int_division_rounds_down() {
        for (a, b) in [(7, 2), (-7, 2), (7, -2), (-7, -2), (6, -3), (0, -5)] {
            let (x, y) = (Const::Int(a), Const::Int(b));
            let (q, m) = ((a as f64 / b as f64).floor() as i64, a - b * (a as f64 / b as f64).floor() as i64);
            assert_eq!(int(binary(&x, binary::FLOOR_DIVIDE, &y)), q);
            assert_eq!(int(binary(&x, binary::REMAINDER, &y)), m);
        }
    }

    #[test]
    fn limits() {
        let two = Const::Int(2);
        assert!(binary(&two, binary::POWER, &Const::Int(64)).is_some());
        assert!(binary(&two, binary::POWER, &Const::Int(65)).is_none());
        assert!(binary(&Const::Int(1), binary::LSHIFT, &Const::Int(127)).is_some());
        assert!(binary(&Const::Int(1), binary::LSHIFT, &Const::Int(128)).is_none());
        assert!(binary(&Const::Str("ab".into()), binary::MULTIPLY, &Const::Int(2048)).is_some());
        assert!(binary(&Const::Str("ab".into()), binary::MULTIPLY, &Const::Int(2049)).is_none());
        assert!(binary(&Const::Int(1), binary::FLOOR_DIVIDE, &Const::Int(0)).is_none());
    }
}
