//! The class `int`: construction, slots and methods.

use super::IntView::{self, Small};
use super::{Int, arith, bitwise, bytes as int_bytes, from_i64, text, view};
use crate::float;
use crate::heap::{self, Ref};
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cmp::Ordering;
use taipan_macros::{class, methods};

/// Instances of int only get here, whatever their representation.
#[inline(always)]
fn num(v: &Value) -> IntView<'_> {
    view(v).unwrap_or(Small(0))
}

macro_rules! operands {
    ($a:ident, $b:ident) => {
        match (view($a), view($b)) {
            (Some(a), Some(b)) => (a, b),
            _ => return Ok(Value::not_implemented()),
        }
    };
}

/// The int itself, or an int equal to the instance of a subclass.
#[inline]
pub fn plain(ts: &ThreadState, v: &Value) -> Value {
    if super::is_exact(v) {
        return v.clone();
    }
    match num(v) {
        Small(i) => from_i64(ts, i),
        IntView::Big(b) => super::from_big(ts, b.clone()),
    }
}

/// `int(v)` without a base.
pub fn from_object(ts: &ThreadState, v: &Value) -> Result {
    if super::is_exact(v) {
        return Ok(v.clone());
    }
    if let Some(f) = float::exact(v) {
        return from_float(ts, f);
    }
    if let Some(s) = v.as_str_exact() {
        return parse_str(ts, v, s, 10);
    }
    let ty = v.class(ts);
    if let Some(f) = ty.slots().int {
        let r = f(ts, v)?;
        if super::is_exact(&r) {
            return Ok(r);
        }
        if view(&r).is_none() {
            return Err(ts.type_error(format!("__int__ returned non-int (type {})", r.type_name(ts))));
        }
        ts.warn_deprecated(&format!(
            "__int__ returned non-int (type {}).  The ability to return an instance of a strict subclass of int is deprecated, and may be removed in a future version of Python.",
            r.type_name(ts)
        ))?;
        return Ok(plain(ts, &r));
    }
    if ty.slots().index.is_some() {
        return Ok(plain(ts, &protocol::index(ts, v)?));
    }
    if let Some(s) = v.as_str() {
        return parse_str(ts, v, s, 10);
    }
    if let Some(raw) = byte_text(ts, v)? {
        return parse_bytes(ts, &raw, 10);
    }
    Err(ts.type_error(format!("int() argument must be a string, a bytes-like object or a real number, not '{}'", v.type_name(ts))))
}

/// The integer part of a float, or the error for one that has none.
pub fn from_float(ts: &ThreadState, f: f64) -> Result {
    if f.is_nan() {
        return Err(ts.value_error("cannot convert float NaN to integer"));
    }
    if f.is_infinite() {
        return Err(ts.overflow_error("cannot convert float infinity to integer"));
    }
    Ok(super::from_f64(ts, f))
}

fn parse_str(ts: &ThreadState, v: &Value, s: &Str, base: u32) -> Result {
    if base == 10 && let Some(i) = text::plain_decimal(s.bytes()) {
        return Ok(from_i64(ts, i));
    }
    text::parse_value(ts, s.bytes(), base, || Ok(protocol::repr(ts, v)?.to_string_lossy().into_owned()))
}

fn parse_bytes(ts: &ThreadState, raw: &[u8], base: u32) -> Result {
    let shown = || Ok(protocol::repr(ts, &crate::bytes::Bytes::new(ts, raw).into_value())?.to_string_lossy().into_owned());
    if !raw.is_ascii() {
        return text::parse_value(ts, b"?", base, shown);
    }
    text::parse_value(ts, raw, base, shown)
}

/// The bytes of a bytes-like object.
pub fn byte_text(ts: &ThreadState, v: &Value) -> Result<Option<Vec<u8>>> {
    if crate::buffer::supports(ts, v) { crate::buffer::to_vec(ts, v).map(Some) } else { Ok(None) }
}

fn is_bytes(v: &Value) -> bool {
    v.is_instance_of::<crate::bytes::Bytes>() || v.is_instance_of::<crate::bytearray::Bytearray>()
}

#[inline]
fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
    let _ = ts;
    let (a, b) = operands!(a, b);
    Ok(Value::bool(op.holds(a.compare(b))))
}

/// int([x]) -> integer
/// int(x, base=10) -> integer
///
/// The integer that a number or a text stands for; 0 without arguments. Numbers
/// with a fraction are cut off towards zero. With a base, which is 10 when not
/// given, x is a str, bytes or bytearray with digits of that base, a sign and
/// spaces around. Base 0 takes the base from the prefix, as in source text:
/// int('0b100', base=0) is 4.
#[class(name = "int", match_self, check = is_instance, parts(Self::METHODS))]
impl Int {
    #[new("(x=<unrepresentable>, /, base=<unrepresentable>)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, x: Option<&Value>, base: Option<&Value>) -> Result {
        let value = match (x, base) {
            (None, None) => from_i64(ts, 0),
            (None, Some(_)) => return Err(ts.type_error("int() missing string argument")),
            (Some(x), None) => from_object(ts, x)?,
            (Some(x), Some(base)) => {
                let base = num(&protocol::index(ts, base)?).saturating_i64();
                if base != 0 && !(2..=36).contains(&base) {
                    return Err(ts.value_error("int() base must be >= 2 and <= 36, or 0"));
                }
                if let Some(s) = x.as_str() {
                    parse_str(ts, x, s, base as u32)?
                } else if let Some(raw) = byte_text(ts, x)?.filter(|_| is_bytes(x)) {
                    parse_bytes(ts, &raw, base as u32)?
                } else {
                    return Err(ts.type_error("int() can't convert non-string with explicit base"));
                }
            }
        };
        if std::ptr::eq(cls, crate::typeobject::builtin(ts, crate::ids::INT)) {
            return Ok(value);
        }
        Ok(heap::new_with_type(ts, cls, Int::from_ibig(num(&value).to_big())).into_value())
    }

    #[slot(repr)]
    fn repr(ts: &ThreadState, v: &Value) -> Result {
        text::to_str_value(ts, num(v))
    }
    #[slot(hash)]
    fn hash(_ts: &ThreadState, v: &Value) -> Result<i64> {
        Ok(num(v).hash())
    }
    #[slot(richcompare)]
    fn richcompare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result {
        compare(ts, a, b, op)
    }
    #[slot(add)]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        arith::add(ts, a, b)
    }
    #[slot(sub)]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        arith::sub(ts, a, b)
    }
    #[slot(mul)]
    fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        arith::mul(ts, a, b)
    }
    #[slot(truediv)]
    fn truediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        Ok(float::new(ts, arith::truediv(ts, a, b)?))
    }
    #[slot(floordiv)]
    fn floordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        arith::floordiv(ts, a, b)
    }
    #[slot(mod_)]
    fn modulo(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        arith::modulo(ts, a, b)
    }
    #[slot(divmod)]
    fn divmod(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        let (q, r) = arith::divmod(ts, a, b)?;
        Ok(Tuple::new(ts, vec![q, r]).into_value())
    }
    #[slot(pow)]
    fn pow(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result {
        let (a, b) = operands!(a, b);
        if m.is_none() {
            return arith::pow(ts, a, b);
        }
        match view(m) {
            Some(m) => arith::pow_mod(ts, a, b, m),
            None => Ok(Value::not_implemented()),
        }
    }
    #[slot(lshift)]
    fn lshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        bitwise::lshift(ts, a, b)
    }
    #[slot(rshift)]
    fn rshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        bitwise::rshift(ts, a, b)
    }
    #[slot(and_)]
    fn and(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        Ok(bitwise::and(ts, a, b))
    }
    #[slot(or_)]
    fn or(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        Ok(bitwise::or(ts, a, b))
    }
    #[slot(xor)]
    fn xor(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        let (a, b) = operands!(a, b);
        Ok(bitwise::xor(ts, a, b))
    }
    #[slot(neg)]
    fn neg(ts: &ThreadState, v: &Value) -> Result {
        Ok(arith::neg(ts, num(v)))
    }
    #[slot(pos)]
    fn pos(ts: &ThreadState, v: &Value) -> Result {
        Ok(plain(ts, v))
    }
    #[slot(abs)]
    fn abs(ts: &ThreadState, v: &Value) -> Result {
        Ok(arith::abs(ts, num(v)))
    }
    #[slot(invert)]
    fn invert(ts: &ThreadState, v: &Value) -> Result {
        Ok(bitwise::invert(ts, num(v)))
    }
    #[slot(bool_)]
    fn is_true(_ts: &ThreadState, v: &Value) -> Result<bool> {
        Ok(!num(v).is_zero())
    }
    #[slot(int)]
    fn int(ts: &ThreadState, v: &Value) -> Result {
        Ok(plain(ts, v))
    }
    #[slot(index)]
    fn index(ts: &ThreadState, v: &Value) -> Result {
        Ok(plain(ts, v))
    }
    #[slot(float)]
    fn float(ts: &ThreadState, v: &Value) -> Result {
        Ok(float::new(ts, arith::to_f64(ts, num(v))?))
    }
}

fn is_instance(v: &Value) -> bool {
    view(v).is_some()
}

#[methods(part = METHODS)]
impl Int {
    /// The number itself, which is its own complex conjugate.
    #[method("conjugate($self, /)")]
    fn conjugate(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// How many binary digits the magnitude has: (37).bit_length() is 6.
    #[method("bit_length($self, /)")]
    fn bit_length(slf: &Value) -> usize {
        num(slf).bit_length()
    }
    /// How many ones there are among the binary digits of the magnitude.
    #[method("bit_count($self, /)")]
    fn bit_count(slf: &Value) -> u64 {
        bitwise::bit_count(num(slf))
    }
    /// The integer as bytes.
    ///
    /// length: how many bytes; OverflowError if they are too few.
    /// byteorder: 'big' puts the most significant byte first, 'little' last.
    /// signed: use two's complement; else a negative number is an OverflowError.
    #[method("to_bytes($self, /, length=1, byteorder='big', *, signed=False)")]
    fn to_bytes(slf: &Value, ts: &ThreadState, length: isize, #[default(None)] byteorder: Option<&Str>, signed: bool) -> Result {
        let little = is_little(ts, byteorder)?;
        if length < 0 {
            return Err(ts.value_error("length argument must be non-negative"));
        }
        super::reserve_bits(ts, length as u128 * 8)?;
        match int_bytes::to_bytes(num(slf), length as usize, little, signed) {
            Ok(raw) => Ok(crate::bytes::Bytes::new(ts, &raw).into_value()),
            Err(int_bytes::ToBytesError::Negative) => Err(ts.overflow_error("can't convert negative int to unsigned")),
            Err(int_bytes::ToBytesError::TooBig) => Err(ts.overflow_error("int too big to convert")),
        }
    }
    /// The integer that bytes stand for.
    ///
    /// bytes: a bytes-like object or an iterable of small integers.
    /// byteorder: 'big' has the most significant byte first, 'little' last.
    /// signed: the bytes are in two's complement.
    #[classmethod("from_bytes($type, /, bytes, byteorder='big', *, signed=False)")]
    fn from_bytes(cls: &Value, ts: &ThreadState, bytes: &Value, #[default(None)] byteorder: Option<&Str>, signed: bool) -> Result {
        let little = is_little(ts, byteorder)?;
        let number = match bytes.exact::<crate::bytes::Bytes>() {
            Some(b) => int_bytes::from_bytes(b.as_slice(), little, signed),
            None => int_bytes::from_bytes(&object_bytes(ts, bytes)?, little, signed),
        };
        let number = super::from_big(ts, number);
        if cls.is(<Int as crate::heap::Payload>::class(ts).as_value()) {
            return Ok(number);
        }
        protocol::call1(ts, cls, &number)
    }
    /// Numerator and denominator: the number itself and 1.
    #[method("as_integer_ratio($self, /)")]
    fn as_integer_ratio(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::new(ts, vec![plain(ts, slf), from_i64(ts, 1)])
    }
    /// The number itself.
    #[method("__trunc__($self, /)")]
    fn trunc(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// The number itself.
    #[method("__floor__($self, /)")]
    fn floor(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// The number itself.
    #[method("__ceil__($self, /)")]
    fn ceil(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// The number itself; with negative ndigits the nearest multiple of a power of ten.
    #[method("__round__($self, ndigits=None, /)")]
    fn round(slf: &Value, ts: &ThreadState, ndigits: Option<&Value>) -> Result {
        match ndigits {
            None => Ok(plain(ts, slf)),
            Some(n) => {
                let n = protocol::index(ts, n)?;
                arith::round(ts, num(slf), num(&n))
            }
        }
    }
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::new(ts, vec![plain(ts, slf)])
    }
    /// The number as text in the form that format_spec describes.
    #[method("__format__($self, format_spec, /)")]
    fn format(slf: &Value, ts: &ThreadState, format_spec: &Str) -> Result {
        if format_spec.is_empty() {
            if super::is_exact(slf) {
                return text::to_str_value(ts, num(slf));
            }
            return Ok(protocol::str_(ts, slf)?.into_value());
        }
        crate::format::number::format_int(ts, slf, num(slf), format_spec.bytes())
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(slf: &Value) -> usize {
        // As CPython counts: a header and digits of 30 bits.
        24 + 4 * num(slf).bit_length().div_ceil(30).max(1)
    }
    /// True, as for floats that are whole.
    #[method("is_integer($self, /)")]
    fn is_integer(_slf: &Value) -> bool {
        true
    }
    /// the real part of a complex number
    #[getter]
    fn real(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// the imaginary part of a complex number
    #[getter]
    fn imag(_slf: &Value, ts: &ThreadState) -> Value {
        from_i64(ts, 0)
    }
    /// the numerator of a rational number in lowest terms
    #[getter]
    fn numerator(slf: &Value, ts: &ThreadState) -> Value {
        plain(ts, slf)
    }
    /// the denominator of a rational number in lowest terms
    #[getter]
    fn denominator(_slf: &Value, ts: &ThreadState) -> Value {
        from_i64(ts, 1)
    }
}

/// What `bytes(v)` would hold, for any object but int and str.
fn object_bytes(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
    if let Some(f) = protocol::lookup_special(ts, v, &Str::intern(ts, "__bytes__"))? {
        let r = protocol::call0(ts, &f)?;
        return match r.downcast::<crate::bytes::Bytes>() {
            Some(b) => Ok(b.as_slice().to_vec()),
            None => Err(ts.type_error(format!("{}.__bytes__() must return a bytes, not {}", v.type_name(ts), r.type_name(ts)))),
        };
    }
    if let Some(raw) = byte_text(ts, v)? {
        return Ok(raw);
    }
    let slots = v.class(ts).slots();
    if v.as_str().is_some() || (slots.iter.is_none() && slots.getitem.is_none()) {
        return Err(ts.type_error(format!("cannot convert '{}' object to bytes", v.type_name(ts))));
    }
    let mut out = Vec::new();
    protocol::for_each(ts, v, |item| {
        let i = protocol::index(ts, &item)?;
        match num(&i) {
            Small(b @ 0..=255) => out.push(b as u8),
            _ => return Err(ts.value_error("bytes must be in range(0, 256)")),
        }
        Ok(())
    })?;
    Ok(out)
}

fn is_little(ts: &ThreadState, order: Option<&Str>) -> Result<bool> {
    match order.map(|s| s.bytes()) {
        None | Some(b"big") => Ok(false),
        Some(b"little") => Ok(true),
        Some(_) => Err(ts.value_error("byteorder must be either 'little' or 'big'")),
    }
}

/// The order of an int and any real number that Rust knows; `None` for NaN or other types.
pub fn order(a: IntView<'_>, b: &Value) -> Option<Ordering> {
    if let Some(b) = view(b) {
        return Some(a.compare(b));
    }
    float::compare_int(float::view(b)?, a).map(Ordering::reverse)
}
