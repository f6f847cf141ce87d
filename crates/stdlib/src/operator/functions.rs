//! The functions of `_operator`: what the interpreter does for an operator, as a function.

use super::digest;
use taipan_objects::native::*;
use taipan_objects::protocol::{self, BinaryOp};
use taipan_objects::slots::CmpOp;
use taipan_objects::{Result, ThreadState, Value};

fn concat_of(ts: &ThreadState, a: &Value, b: &Value, inplace: bool) -> Result {
    let slots = a.class(ts).slots();
    if let Some(f) = slots.inplace_concat.filter(|_| inplace).or(slots.concat) {
        return f(ts, a, b);
    }
    // Classes of Python have `__add__` only; they are sequences if they can be subscripted.
    if protocol::is_sequence(ts, a) && protocol::is_sequence(ts, b) {
        return if inplace { protocol::inplace_op(ts, BinaryOp::Add, a, b) } else { protocol::binary_op(ts, BinaryOp::Add, a, b) };
    }
    Err(ts.type_error(format!("'{}' object can't be concatenated", a.type_name(ts))))
}

/// Calls `f` with the place of each item of `a` that equals `b`; stops when `f` says so.
fn each_equal(ts: &ThreadState, a: &Value, b: &Value, mut f: impl FnMut(i64) -> bool) -> Result<()> {
    let Ok(iter) = protocol::get_iter(ts, a) else {
        if ts.exception_is(|x| &x.type_error) {
            ts.clear_exception();
            return Err(ts.type_error(format!("argument of type '{}' is not iterable", a.type_name(ts))));
        }
        return Err(taipan_objects::Raised);
    };
    let mut i = 0;
    while let Some(item) = protocol::iter_next(ts, &iter)? {
        if protocol::eq(ts, &item, b)? && !f(i) {
            return Ok(());
        }
        i += 1;
    }
    Ok(())
}

#[taipan_macros::functions(module = "_operator")]
pub mod functions {
    use super::*;

    /// Same as a + b.
    #[function("add(a, b, /)")]
    fn add(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Add, a, b)
    }

    /// Same as a += b.
    #[function("iadd(a, b, /)")]
    fn iadd(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Add, a, b)
    }

    /// Same as a & b.
    #[function("and_(a, b, /)")]
    fn and_(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::And, a, b)
    }

    /// Same as a &= b.
    #[function("iand(a, b, /)")]
    fn iand(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::And, a, b)
    }

    /// Same as a // b.
    #[function("floordiv(a, b, /)")]
    fn floordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::FloorDivide, a, b)
    }

    /// Same as a //= b.
    #[function("ifloordiv(a, b, /)")]
    fn ifloordiv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::FloorDivide, a, b)
    }

    /// Same as a << b.
    #[function("lshift(a, b, /)")]
    fn lshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::LeftShift, a, b)
    }

    /// Same as a <<= b.
    #[function("ilshift(a, b, /)")]
    fn ilshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::LeftShift, a, b)
    }

    /// Same as a @ b.
    #[function("matmul(a, b, /)")]
    fn matmul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::MatrixMultiply, a, b)
    }

    /// Same as a @= b.
    #[function("imatmul(a, b, /)")]
    fn imatmul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::MatrixMultiply, a, b)
    }

    /// Same as a % b.
    #[function("mod(a, b, /)")]
    fn modulo(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Remainder, a, b)
    }

    /// Same as a %= b.
    #[function("imod(a, b, /)")]
    fn imod(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Remainder, a, b)
    }

    /// Same as a * b.
    #[function("mul(a, b, /)")]
    fn mul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Multiply, a, b)
    }

    /// Same as a *= b.
    #[function("imul(a, b, /)")]
    fn imul(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Multiply, a, b)
    }

    /// Same as a | b.
    #[function("or_(a, b, /)")]
    fn or_(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Or, a, b)
    }

    /// Same as a |= b.
    #[function("ior(a, b, /)")]
    fn ior(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Or, a, b)
    }

    /// Same as a ** b.
    #[function("pow(a, b, /)")]
    fn pow(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Power, a, b)
    }

    /// Same as a **= b.
    #[function("ipow(a, b, /)")]
    fn ipow(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Power, a, b)
    }

    /// Same as a >> b.
    #[function("rshift(a, b, /)")]
    fn rshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::RightShift, a, b)
    }

    /// Same as a >>= b.
    #[function("irshift(a, b, /)")]
    fn irshift(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::RightShift, a, b)
    }

    /// Same as a - b.
    #[function("sub(a, b, /)")]
    fn sub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Subtract, a, b)
    }

    /// Same as a -= b.
    #[function("isub(a, b, /)")]
    fn isub(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Subtract, a, b)
    }

    /// Same as a / b.
    #[function("truediv(a, b, /)")]
    fn truediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::TrueDivide, a, b)
    }

    /// Same as a /= b.
    #[function("itruediv(a, b, /)")]
    fn itruediv(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::TrueDivide, a, b)
    }

    /// Same as a ^ b.
    #[function("xor(a, b, /)")]
    fn xor(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::binary_op(ts, BinaryOp::Xor, a, b)
    }

    /// Same as a ^= b.
    #[function("ixor(a, b, /)")]
    fn ixor(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::inplace_op(ts, BinaryOp::Xor, a, b)
    }

    /// Same as a < b.
    #[function("lt(a, b, /)")]
    fn lt(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Lt)
    }

    /// Same as a <= b.
    #[function("le(a, b, /)")]
    fn le(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Le)
    }

    /// Same as a == b.
    #[function("eq(a, b, /)")]
    fn eq(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Eq)
    }

    /// Same as a != b.
    #[function("ne(a, b, /)")]
    fn ne(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Ne)
    }

    /// Same as a > b.
    #[function("gt(a, b, /)")]
    fn gt(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Gt)
    }

    /// Same as a >= b.
    #[function("ge(a, b, /)")]
    fn ge(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::compare(ts, a, b, CmpOp::Ge)
    }

    /// Same as abs(a).
    #[function("abs(a, /)")]
    fn abs(ts: &ThreadState, a: &Value) -> Result {
        protocol::absolute(ts, a)
    }

    /// Same as -a.
    #[function("neg(a, /)")]
    fn neg(ts: &ThreadState, a: &Value) -> Result {
        protocol::negative(ts, a)
    }

    /// Same as +a.
    #[function("pos(a, /)")]
    fn pos(ts: &ThreadState, a: &Value) -> Result {
        protocol::positive(ts, a)
    }

    /// Same as ~a.
    #[function("inv(a, /)")]
    fn inv(ts: &ThreadState, a: &Value) -> Result {
        protocol::invert(ts, a)
    }

    /// Same as ~a.
    #[function("invert(a, /)")]
    fn invert(ts: &ThreadState, a: &Value) -> Result {
        protocol::invert(ts, a)
    }

    /// Same as a.__index__()
    #[function("index(a, /)")]
    fn index(ts: &ThreadState, a: &Value) -> Result {
        let a = &protocol::index(ts, a)?;
        Ok(taipan_objects::int::plain(ts, a))
    }

    /// Same as not a.
    #[function("not_(a, /)")]
    fn not_(ts: &ThreadState, a: &Value) -> Result<bool> {
        Ok(!protocol::is_true(ts, a)?)
    }

    /// Return True if a is true, False otherwise.
    #[function("truth(a, /)")]
    fn truth(ts: &ThreadState, a: &Value) -> Result<bool> {
        protocol::is_true(ts, a)
    }

    /// Same as a is b.
    #[function("is_(a, b, /)")]
    fn is_(a: &Value, b: &Value) -> bool {
        a.is(b)
    }

    /// Same as a is not b.
    #[function("is_not(a, b, /)")]
    fn is_not(a: &Value, b: &Value) -> bool {
        !a.is(b)
    }

    /// Same as a is None.
    #[function("is_none(a, /)")]
    fn is_none(a: &Value) -> bool {
        a.is_none()
    }

    /// Same as a is not None.
    #[function("is_not_none(a, /)")]
    fn is_not_none(a: &Value) -> bool {
        !a.is_none()
    }

    /// Same as b in a (note reversed operands).
    #[function("contains(a, b, /)")]
    fn contains(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
        protocol::contains(ts, a, b)
    }

    /// Same as a[b].
    #[function("getitem(a, b, /)")]
    fn getitem(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        protocol::getitem(ts, a, b)
    }

    /// Same as a[b] = c.
    #[function("setitem(a, b, c, /)")]
    fn setitem(ts: &ThreadState, a: &Value, b: &Value, c: &Value) -> Result<()> {
        protocol::setitem(ts, a, b, c)
    }

    /// Same as del a[b].
    #[function("delitem(a, b, /)")]
    fn delitem(ts: &ThreadState, a: &Value, b: &Value) -> Result<()> {
        protocol::delitem(ts, a, b)
    }

    /// Same as a + b, for a and b sequences.
    #[function("concat(a, b, /)")]
    fn concat(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        concat_of(ts, a, b, false)
    }

    /// Same as a += b, for a and b sequences.
    #[function("iconcat(a, b, /)")]
    fn iconcat(ts: &ThreadState, a: &Value, b: &Value) -> Result {
        concat_of(ts, a, b, true)
    }

    /// The number of items in a that are, or equal, b.
    #[function("countOf(a, b, /)")]
    fn count_of(ts: &ThreadState, a: &Value, b: &Value) -> Result<i64> {
        let mut n = 0;
        each_equal(ts, a, b, |_| {
            n += 1;
            true
        })?;
        Ok(n)
    }
    /// The place of the first item in a that is, or equals, b.
    #[function("indexOf(a, b, /)")]
    fn index_of(ts: &ThreadState, a: &Value, b: &Value) -> Result<i64> {
        let mut found = None;
        each_equal(ts, a, b, |i| {
            found = Some(i);
            false
        })?;
        found.ok_or_else(|| ts.value_error("sequence.index(x): x not in sequence"))
    }
    /// An estimate of the number of items in obj: its length, else its hint, else the default.
    #[function("length_hint(obj, default=0, /)")]
    fn length_hint(ts: &ThreadState, obj: &Value, default: &Value) -> Result<usize> {
        if taipan_objects::int::view(default).is_none() {
            return Err(ts.type_error(format!("'{}' object cannot be interpreted as an integer", default.type_name(ts))));
        }
        let default = protocol::as_isize(ts, default)?;
        protocol::length_hint(ts, obj, default.max(0) as usize)
    }
    /// Same as obj(*args, **kwargs).
    #[function("call(obj, /, *args, **kwargs)")]
    fn call(ts: &ThreadState, obj: &Value, args: &[Value], kwargs: Kwargs<'_>) -> Result {
        let (names, values) = super::super::keyword_parts(kwargs);
        protocol::call_args(ts, obj, Args::with_keywords(args, &names, &values))
    }
    /// Same as a == b, in a time that does not tell where the two differ. Both are bytes-like objects, or
    /// str of ASCII only.
    #[function("_compare_digest(a, b, /)")]
    fn compare_digest(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
        digest::compare(ts, a, b)
    }
}
