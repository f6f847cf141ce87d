//! The class `float`: construction, slots and methods.

use super::arith::{self, operand};
use super::hex::{self, HexError};
use super::{Float, compare_int, exact, new as new_float, parse, repr, view};
use crate::heap::{self, Ref};
use crate::int::{self, IntView};
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use taipan_macros::{class, methods};

#[inline(always)]
fn num(v: &Value) -> f64 {
    view(v).unwrap_or(f64::NAN)
}

fn is_instance(v: &Value) -> bool {
    view(v).is_some()
}

macro_rules! operands {
    ($ts:ident, $a:ident, $b:ident) => {
        match (operand($ts, $a)?, operand($ts, $b)?) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(Value::not_implemented()),
        }
    };
}

/// The float itself, or a float equal to the instance of a subclass.
pub fn plain(ts: &ThreadState, v: &Value) -> Value {
    if exact(v).is_some() { v.clone() } else { new_float(ts, num(v)) }
}

/// The double that the text of `v` (str or bytes-like) stands for; `None` when `v` is no text.
fn parse_text(ts: &ThreadState, v: &Value) -> Result<Option<f64>> {
    let found = if let Some(s) = v.as_str() {
        parse::parse(s.bytes())
    } else if let Some(raw) = int::class::byte_text(ts, v)? {
        if raw.is_ascii() { parse::parse(&raw) } else { None }
    } else {
        return Ok(None);
    };
    match found {
        Some(f) => Ok(Some(f)),
        None => {
            let shown = protocol::repr(ts, v)?;
            Err(ts.value_error(format!("could not convert string to float: {}", shown.to_string_lossy())))
        }
    }
}

/// `float(v)`.
pub fn from_object(ts: &ThreadState, v: &Value) -> Result<f64> {
    if let Some(f) = exact(v) {
        return Ok(f);
    }
    if let Some(i) = int::view_exact(v) {
        return int::arith::to_f64(ts, i);
    }
    let slots = v.class(ts).slots();
    if slots.float.is_some() || slots.index.is_some() {
        return number(ts, v);
    }
    match parse_text(ts, v)? {
        Some(f) => Ok(f),
        None => Err(ts.type_error(format!("float() argument must be a string or a real number, not '{}'", v.type_name(ts)))),
    }
}

/// The double of a number: `__float__`, then `__index__`.
fn number(ts: &ThreadState, v: &Value) -> Result<f64> {
    if let Some(f) = v.class(ts).slots().float {
        let r = f(ts, v)?;
        if let Some(f) = exact(&r) {
            return Ok(f);
        }
        let Some(f) = view(&r) else {
            return Err(ts.type_error(format!("{}.__float__() must return a float, not {}", v.type_name(ts), r.type_name(ts))));
        };
        ts.warn_deprecated(&format!(
            "{}.__float__() must return a float, not {}.  The ability to return an instance of a strict subclass of float is deprecated, and may not be supported in a future version of Python.",
            v.type_name(ts),
            r.type_name(ts)
        ))?;
        return Ok(f);
    }
    protocol::as_f64(ts, v)
}

fn richcompare(a: f64, b: &Value, op: CmpOp) -> Option<bool> {
    if let Some(b) = view(b) {
        return Some(match op {
            CmpOp::Lt => a < b,
            CmpOp::Le => a <= b,
            CmpOp::Eq => a == b,
            CmpOp::Ne => a != b,
            CmpOp::Gt => a > b,
            CmpOp::Ge => a >= b,
        });
    }
    let i = int::view(b)?;
    Some(match compare_int(a, i) {
        Some(o) => op.holds(o),
        None => op == CmpOp::Ne,
    })
}

/// The floating-point number that a text or another number stands for.
#[class(name = "float", match_self, check = is_instance, parts(Self::METHODS))]
impl Float {
    #[new("(x=0, /)")]
    fn new(cls: &Type, ts: &ThreadState, #[default(None)] x: Option<&Value>) -> Result {
        let base = std::ptr::eq(cls, &*<Float as crate::heap::Payload>::class(ts));
        if let Some(x) = x
            && base
            && exact(x).is_some()
        {
            return Ok(x.clone());
        }
        let f = match x {
            None => 0.0,
            Some(x) => from_object(ts, x)?,
        };
        Ok(if base { new_float(ts, f) } else { heap::new_with_type(ts, cls, Float::from_f64(f)).into_value() })
    }

    #[slot(repr)]
    fn repr(ts: &ThreadState, v: &Value) -> Result {
        Ok(Str::from_ascii(ts, repr::repr(num(v)).as_bytes()).into_value())
    }
    #[slot(hash)]
    fn hash(_ts: &ThreadState, v: &Value) -> Result<i64> {
        Ok(super::hash(num(v)).unwrap_or_else(|| super::hash_identity(v)))
    }
    #[slot(richcompare)]
    fn richcompare(_ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        Ok(richcompare(num(a), b, op).map_or_else(Value::not_implemented, Value::bool))
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        Ok(new_float(ts, a + b))
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        Ok(new_float(ts, a - b))
    }
    #[slot(mul)]
    fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        Ok(new_float(ts, a * b))
    }
    #[slot(truediv)]
    fn truediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        arith::truediv(ts, a, b)
    }
    #[slot(floordiv)]
    fn floordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        arith::floordiv(ts, a, b)
    }
    #[slot(mod_)]
    fn modulo(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        arith::mod_(ts, a, b)
    }
    #[slot(divmod)]
    fn divmod(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(ts, a, b);
        if b == 0.0 {
            return Err(arith::zero_division(ts));
        }
        let (q, r) = arith::divmod(a, b);
        Ok(Tuple::new(ts, vec![new_float(ts, q), new_float(ts, r)]).into_value())
    }
    #[slot(pow)]
    fn pow(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result {
        if !m.is_none() {
            return Err(ts.type_error("pow() 3rd argument not allowed unless all arguments are integers"));
        }
        let (a, b) = operands!(ts, a, b);
        arith::pow_values(ts, a, b)
    }
    #[slot(neg)]
    fn neg(ts: &ThreadState, v: &Value) -> Result {
        Ok(new_float(ts, -num(v)))
    }
    #[slot(pos)]
    fn pos(ts: &ThreadState, v: &Value) -> Result {
        Ok(plain(ts, v))
    }
    #[slot(abs)]
    fn abs(ts: &ThreadState, v: &Value) -> Result {
        Ok(new_float(ts, num(v).abs()))
    }
    #[slot(bool_)]
    fn is_true(_ts: &ThreadState, v: &Value) -> Result<bool> {
        Ok(num(v) != 0.0)
    }
    #[slot(int)]
    fn int(ts: &ThreadState, v: &Value) -> Result {
        int::class::from_float(ts, num(v))
    }
    #[slot(float)]
    fn float(ts: &ThreadState, v: &Value) -> Result {
        Ok(plain(ts, v))
    }
}

#[methods(part = METHODS)]
impl Float {
    /// A float equal to a real number.
    #[classmethod("from_number($type, number, /)")]
    fn from_number(cls: &Value, ts: &ThreadState, number: &Value) -> Result {
        let base = cls.is(<Float as crate::heap::Payload>::class(ts).as_value());
        if base && exact(number).is_some() {
            return Ok(number.clone());
        }
        let f = new_float(ts, protocol::as_f64(ts, number)?);
        if base { Ok(f) } else { protocol::call1(ts, cls, &f) }
    }
    /// The number itself, which is its own complex conjugate.
    #[method("conjugate($self, /)")]
    fn conjugate(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// The integer between 0 and the number that is closest to it.
    #[method("__trunc__($self, /)")]
    fn trunc(slf: &Value, ts: &ThreadState) -> Result {
        int::class::from_float(ts, num(slf))
    }
    /// The largest integer not above the number.
    #[method("__floor__($self, /)")]
    fn floor(slf: &Value, ts: &ThreadState) -> Result {
        int::class::from_float(ts, num(slf).floor())
    }
    /// The smallest integer not below the number.
    #[method("__ceil__($self, /)")]
    fn ceil(slf: &Value, ts: &ThreadState) -> Result {
        int::class::from_float(ts, num(slf).ceil())
    }
    /// The nearest integer, ties to even; with ndigits the nearest float of so many places.
    #[method("__round__($self, ndigits=None, /)")]
    fn round(slf: &Value, ts: &ThreadState, ndigits: Option<&Value>) -> Result {
        let f = num(slf);
        let Some(n) = ndigits else {
            return int::class::from_float(ts, f.round_ties_even());
        };
        let n = protocol::index(ts, n)?;
        let places = int::view(&n).map_or(0, IntView::saturating_i64);
        if !f.is_finite() {
            return Ok(new_float(ts, f));
        }
        match repr::round(f, places) {
            Some(r) => Ok(new_float(ts, r)),
            None => Err(ts.overflow_error("rounded value too large to represent")),
        }
    }
    /// Two integers in lowest terms whose quotient is the number exactly.
    ///
    /// OverflowError for infinities, ValueError for NaNs.
    #[method("as_integer_ratio($self, /)")]
    fn as_integer_ratio(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let f = num(slf);
        if f.is_infinite() {
            return Err(ts.overflow_error("cannot convert Infinity to integer ratio"));
        }
        if f.is_nan() {
            return Err(ts.value_error("cannot convert NaN to integer ratio"));
        }
        let (n, d) = super::integer_ratio(f);
        Ok(Tuple::new(ts, vec![int::from_big(ts, n), int::from_big(ts, d)]))
    }
    /// The float that a hexadecimal text stands for: float.fromhex('0x1.8p1') is 3.0.
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(cls: &Value, ts: &ThreadState, string: &Value) -> Result {
        let Some(s) = string.as_str() else {
            return Err(ts.type_error("bad argument type for built-in operation"));
        };
        let f = match hex::from_hex(s.bytes()) {
            Ok(f) => new_float(ts, f),
            Err(HexError::Invalid) => return Err(ts.value_error("invalid hexadecimal floating-point string")),
            Err(HexError::TooLarge) => return Err(ts.overflow_error("hexadecimal value too large to represent as a float")),
        };
        if cls.is(<Float as crate::heap::Payload>::class(ts).as_value()) { Ok(f) } else { protocol::call1(ts, cls, &f) }
    }
    /// The number in hexadecimal: (3.0).hex() is '0x1.8000000000000p+1'.
    #[method("hex($self, /)")]
    fn hex(slf: &Value) -> String {
        hex::to_hex(num(slf))
    }
    /// Is the number whole?
    #[method("is_integer($self, /)")]
    fn is_integer(slf: &Value) -> bool {
        let f = num(slf);
        f.is_finite() && f == f.trunc()
    }
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::new(ts, vec![plain(ts, slf)])
    }
    /// How C's 'double' or 'float' lie in memory; for Python's test suite.
    #[classmethod("__getformat__($type, typestr, /)")]
    fn getformat(_cls: &Value, ts: &ThreadState, typestr: &Str) -> Result<&'static str> {
        match typestr.bytes() {
            b"double" | b"float" if cfg!(target_endian = "little") => Ok("IEEE, little-endian"),
            b"double" | b"float" => Ok("IEEE, big-endian"),
            _ => Err(ts.value_error("__getformat__() argument 1 must be 'double' or 'float'")),
        }
    }
    /// The number as text in the form that format_spec describes.
    #[method("__format__($self, format_spec, /)")]
    fn format(slf: &Value, ts: &ThreadState, format_spec: &Str) -> Result {
        if format_spec.is_empty() {
            if exact(slf).is_some() {
                return Ok(Str::from_ascii(ts, repr::repr(num(slf)).as_bytes()).into_value());
            }
            return Ok(protocol::str_(ts, slf)?.into_value());
        }
        crate::format::number::format_float(ts, slf, num(slf), format_spec.bytes())
    }
    /// the real part of a complex number
    #[getter]
    fn real(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// the imaginary part of a complex number
    #[getter]
    fn imag(_slf: &Value, ts: &ThreadState) -> Value {
        new_float(ts, 0.0)
    }
}
