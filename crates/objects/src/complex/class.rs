//! The class `complex`: construction, slots and methods.

use super::{Complex, Pair, div, div_real_by, mul, new as new_complex, text, view};
use crate::float;
use crate::heap::{self, Ref};
use crate::int;
use crate::native::*;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use taipan_macros::{class, methods};

/// An operand beside a complex number: real numbers keep no imaginary part, so that mixed operations do
/// not touch the sign of zero or turn infinities into NaN.
enum Operand {
    Complex(Pair),
    Real(f64),
}

fn operand(ts: &ThreadState, v: &Value) -> Result<Option<Operand>> {
    if let Some(z) = view(v) {
        return Ok(Some(Operand::Complex(z)));
    }
    Ok(float::arith::operand(ts, v)?.map(Operand::Real))
}

macro_rules! operands {
    ($ts:ident, $a:ident, $b:ident) => {
        match (operand($ts, $a)?, operand($ts, $b)?) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(Value::not_implemented()),
        }
    };
}
use Operand::{Complex as C, Real as R};

/// The value of `__complex__`, if the type has it.
fn special_complex(ts: &ThreadState, v: &Value) -> Result<Option<Pair>> {
    if v.is_exact::<Complex>() {
        return Ok(view(v));
    }
    let Some(f) = protocol::lookup_special(ts, v, &Str::intern(ts, "__complex__"))? else { return Ok(None) };
    let r = protocol::call0(ts, &f)?;
    let Some(z) = view(&r) else {
        return Err(ts.type_error(format!("{}.__complex__() must return a complex, not {}", v.type_name(ts), r.type_name(ts))));
    };
    if !r.is_exact::<Complex>() {
        ts.warn_deprecated(&format!(
            "{}.__complex__() must return a complex, not {}.  The ability to return an instance of a strict subclass of complex is deprecated, and may not be supported in a future version of Python.",
            v.type_name(ts),
            r.type_name(ts)
        ))?;
    }
    Ok(Some(z))
}

/// The complex value of a number for `cmath`: `__complex__`, `__float__`, `__index__`.
pub fn as_complex(ts: &ThreadState, v: &Value) -> Result<Pair> {
    if let Some(z) = view(v) {
        return Ok(z);
    }
    if float::view(v).is_none()
        && int::view(v).is_none()
        && let Some(z) = special_complex(ts, v)?
    {
        return Ok(z);
    }
    Ok((protocol::as_f64(ts, v)?, 0.0))
}

fn is_real(ts: &ThreadState, v: &Value) -> bool {
    let s = v.class(ts).slots();
    s.float.is_some() || s.index.is_some()
}

/// One of the two arguments of `complex(real, imag)`.
fn part(ts: &ThreadState, v: &Value, name: &str) -> Result<Operand> {
    let z = match view(v) {
        Some(z) => Some(z),
        None if name == "real" => special_complex(ts, v)?,
        None => None,
    };
    if let Some(z) = z {
        ts.warn_deprecated(&format!("complex() argument '{name}' must be a real number, not {}", v.type_name(ts)))?;
        return Ok(C(z));
    }
    if !is_real(ts, v) {
        return Err(ts.type_error(format!("complex() argument '{name}' must be a real number, not {}", v.type_name(ts))));
    }
    Ok(R(protocol::as_f64(ts, v)?))
}

/// A complex number from a text, from one number, or from a real and an imaginary part.
#[class(name = "complex", parts(Self::METHODS))]
impl Complex {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result {
        let exact_class = cls.is(<Complex as crate::heap::Payload>::class(ts).as_value());
        let z = if args.kw_names.is_empty() && args.positional.len() <= 1 {
            match args.positional.first() {
                None => (0.0, 0.0),
                Some(v) => {
                    if exact_class && v.is_exact::<Complex>() {
                        return Ok(v.clone());
                    }
                    one_argument(ts, v)?
                }
            }
        } else {
            two_arguments(ts, args)?
        };
        if exact_class {
            return Ok(new_complex(ts, z));
        }
        let Some(ty) = cls.downcast::<Type>() else { return Ok(new_complex(ts, z)) };
        Ok(heap::new_with_type(ts, ty, Complex::from_parts(z.0, z.1)).into_value())
    }

    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result {
        Ok(Str::from_ascii(ts, text::to_repr(self.parts()).as_bytes()).into_value())
    }
    #[slot(hash)]
    fn hash(_ts: &ThreadState, v: &Value) -> Result<i64> {
        Ok(super::hash(view(v).unwrap_or_default(), v))
    }
    #[slot(richcompare)]
    fn richcompare(_ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let Some((re, im)) = view(a) else { return Ok(Value::not_implemented()) };
        let equal = if let Some(b) = view(b) {
            (re, im) == b
        } else if let Some(f) = float::view(b) {
            re == f && im == 0.0
        } else if let Some(i) = int::view(b) {
            im == 0.0 && float::compare_int(re, i).is_some_and(|o| o.is_eq())
        } else {
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(equal == (op == CmpOp::Eq)))
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        Ok(new_complex(
            ts,
            match operands!(ts, a, b) {
                (C(a), C(b)) => (a.0 + b.0, a.1 + b.1),
                (C(a), R(b)) => (a.0 + b, a.1),
                (R(a), C(b)) => (a + b.0, b.1),
                (R(a), R(b)) => (a + b, 0.0),
            },
        ))
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        Ok(new_complex(
            ts,
            match operands!(ts, a, b) {
                (C(a), C(b)) => (a.0 - b.0, a.1 - b.1),
                (C(a), R(b)) => (a.0 - b, a.1),
                (R(a), C(b)) => (a - b.0, -b.1),
                (R(a), R(b)) => (a - b, 0.0),
            },
        ))
    }
    #[slot(mul)]
    fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        Ok(new_complex(
            ts,
            match operands!(ts, a, b) {
                (C(a), C(b)) => mul(a, b),
                (C(a), R(b)) | (R(b), C(a)) => (a.0 * b, a.1 * b),
                (R(a), R(b)) => (a * b, 0.0),
            },
        ))
    }
    #[slot(truediv)]
    fn truediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let quotient = match operands!(ts, a, b) {
            (C(a), C(b)) => div(a, b),
            (C(_), R(0.0)) => None,
            (C(a), R(b)) => Some((a.0 / b, a.1 / b)),
            (R(a), C(b)) => div_real_by(a, b),
            (R(a), R(b)) => div((a, 0.0), (b, 0.0)),
        };
        match quotient {
            Some(z) => Ok(new_complex(ts, z)),
            None => Err(ts.zero_division_error("division by zero")),
        }
    }
    #[slot(pow)]
    fn pow(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result {
        if !m.is_none() {
            return Err(ts.value_error("complex modulo"));
        }
        let pair = |o| match o {
            C(z) => z,
            R(f) => (f, 0.0),
        };
        let (a, b) = operands!(ts, a, b);
        super::pow_value(ts, pair(a), pair(b))
    }
    #[slot(neg)]
    fn neg(&self, ts: &ThreadState) -> Result {
        Ok(new_complex(ts, (-self.re, -self.im)))
    }
    #[slot(pos)]
    fn pos(ts: &ThreadState, v: &Value) -> Result {
        Ok(if v.is_exact::<Complex>() { v.clone() } else { new_complex(ts, view(v).unwrap_or_default()) })
    }
    #[slot(abs)]
    fn abs(&self, ts: &ThreadState) -> Result {
        let r = self.re.hypot(self.im);
        if r.is_infinite() && self.re.is_finite() && self.im.is_finite() {
            return Err(ts.overflow_error("absolute value too large"));
        }
        Ok(float::new(ts, r))
    }
    #[slot(bool_)]
    fn is_true(&self) -> bool {
        self.re != 0.0 || self.im != 0.0
    }
}

fn one_argument(ts: &ThreadState, v: &Value) -> Result<Pair> {
    if let Some(s) = v.as_str() {
        return text::parse(s.bytes()).ok_or_else(|| ts.value_error("complex() arg is a malformed string"));
    }
    if let Some(z) = special_complex(ts, v)? {
        return Ok(z);
    }
    if let Some(z) = view(v) {
        return Ok(z);
    }
    if !is_real(ts, v) {
        return Err(ts.type_error(format!("complex() argument must be a string or a number, not {}", v.type_name(ts))));
    }
    Ok((protocol::as_f64(ts, v)?, 0.0))
}

fn two_arguments(ts: &ThreadState, args: Args<'_>) -> Result<Pair> {
    const fn param(name: &'static str) -> Param {
        Param { name, kind: ParamKind::PositionalOrKeyword, default: ParamDefault::Optional }
    }
    static SIGNATURE: Signature = Signature {
        name: "complex",
        owner: None,
        params: &[param("real"), param("imag")],
        places: 2,
        positional_only: 0,
        min_positional: 0,
        max_positional: 2,
        min_keyword_only: 0,
        var_positional: false,
        var_keyword: false,
        constructor: true,
    };
    let mut found = [None, None];
    bind(ts, &SIGNATURE, args, &mut found)?;
    let [real, imag] = found;
    let mut z = match real {
        None => (0.0, 0.0),
        Some(v) => match part(ts, v, "real")? {
            C(z) => z,
            R(f) => (f, 0.0),
        },
    };
    let real_only = z.1 == 0.0 && real.is_none_or(|v| view(v).is_none());
    if let Some(v) = imag {
        match part(ts, v, "imag")? {
            C(w) => z = (z.0 - w.1, if real_only { w.0 } else { z.1 + w.0 }),
            R(f) => z.1 = if real_only { f } else { z.1 + f },
        }
    }
    Ok(z)
}

#[methods(part = METHODS)]
impl Complex {
    /// A complex number equal to a number.
    #[classmethod("from_number($type, number, /)")]
    fn from_number(cls: &Value, ts: &ThreadState, number: &Value) -> Result {
        let exact_class = cls.is(<Complex as crate::heap::Payload>::class(ts).as_value());
        if exact_class && number.is_exact::<Complex>() {
            return Ok(number.clone());
        }
        let z = new_complex(ts, as_complex(ts, number)?);
        if exact_class { Ok(z) } else { protocol::call1(ts, cls, &z) }
    }
    /// The number with the opposite imaginary part.
    #[method("conjugate($self, /)")]
    fn conjugate(&self, ts: &ThreadState) -> Value {
        new_complex(ts, (self.re, -self.im))
    }
    /// The number as exactly complex.
    #[method("__complex__($self, /)")]
    fn complex(slf: &Value, ts: &ThreadState) -> Value {
        if slf.is_exact::<Complex>() { slf.clone() } else { new_complex(ts, view(slf).unwrap_or_default()) }
    }
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(&self, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::new(ts, vec![float::new(ts, self.re), float::new(ts, self.im)])
    }
    /// The number as text in the form that format_spec describes.
    #[method("__format__($self, format_spec, /)")]
    fn format(slf: &Value, ts: &ThreadState, format_spec: &Str) -> Result {
        if format_spec.is_empty() {
            return Ok(protocol::str_(ts, slf)?.into_value());
        }
        let (re, im) = view(slf).unwrap_or_default();
        crate::format::number::format_complex(ts, slf, re, im, format_spec.bytes())
    }
    /// the real part of a complex number
    #[getter(member)]
    fn real(&self) -> f64 {
        self.re
    }
    /// the imaginary part of a complex number
    #[getter(member)]
    fn imag(&self) -> f64 {
        self.im
    }
}
