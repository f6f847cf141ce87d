//! The numeric protocol: binary operators with reflection, in-place forms, conversions to integers.

use crate::ids;
use crate::int::{self, IntView};
use crate::slots::{Binary, Slots, Unary};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// The operators, numbered as `BINARY_OP`'s argument; the in-place form of operator n is n + 13.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum BinaryOp {
    Add,
    And,
    FloorDivide,
    LeftShift,
    MatrixMultiply,
    Multiply,
    Remainder,
    Or,
    Power,
    RightShift,
    Subtract,
    TrueDivide,
    Xor,
}

impl BinaryOp {
    pub const ALL: [BinaryOp; 13] = {
        use BinaryOp::*;
        [Add, And, FloorDivide, LeftShift, MatrixMultiply, Multiply, Remainder, Or, Power, RightShift, Subtract, TrueDivide, Xor]
    };
    pub fn from_number(n: u8) -> BinaryOp {
        BinaryOp::ALL[n as usize % 13]
    }
    pub fn symbol(self) -> &'static str {
        ["+", "&", "//", "<<", "@", "*", "%", "|", "** or pow()", ">>", "-", "/", "^"][self as usize]
    }
    fn inplace_symbol(self) -> &'static str {
        ["+=", "&=", "//=", "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^="][self as usize]
    }
    #[inline]
    fn slot(self, s: &Slots) -> Option<Binary> {
        match self {
            BinaryOp::Add => s.add,
            BinaryOp::And => s.and_,
            BinaryOp::FloorDivide => s.floordiv,
            BinaryOp::LeftShift => s.lshift,
            BinaryOp::MatrixMultiply => s.matmul,
            BinaryOp::Multiply => s.mul,
            BinaryOp::Remainder => s.mod_,
            BinaryOp::Or => s.or_,
            BinaryOp::Power => None,
            BinaryOp::RightShift => s.rshift,
            BinaryOp::Subtract => s.sub,
            BinaryOp::TrueDivide => s.truediv,
            BinaryOp::Xor => s.xor,
        }
    }
    fn inplace_slot(self, s: &Slots) -> Option<Binary> {
        match self {
            BinaryOp::Add => s.iadd,
            BinaryOp::And => s.iand,
            BinaryOp::FloorDivide => s.ifloordiv,
            BinaryOp::LeftShift => s.ilshift,
            BinaryOp::MatrixMultiply => s.imatmul,
            BinaryOp::Multiply => s.imul,
            BinaryOp::Remainder => s.imod,
            BinaryOp::Or => s.ior,
            BinaryOp::Power => None,
            BinaryOp::RightShift => s.irshift,
            BinaryOp::Subtract => s.isub,
            BinaryOp::TrueDivide => s.itruediv,
            BinaryOp::Xor => s.ixor,
        }
    }
}

/// Asks both sides' slots; `NotImplemented` when neither answers.
#[inline]
fn binary1(ts: &ThreadState, a: &Value, b: &Value, slot: impl Fn(&Slots) -> Option<Binary>) -> Result {
    let (ta, tb) = (a.class(ts), b.class(ts));
    let fa = slot(ta.slots());
    let mut fb = if ta.is(tb) { None } else { slot(tb.slots()) };
    if let (Some(x), Some(y)) = (fa, fb)
        && std::ptr::fn_addr_eq(x, y)
    {
        fb = None;
    }
    if let Some(x) = fa {
        if let Some(y) = fb
            && tb.is_subtype(ta)
        {
            let r = y(ts, a, b)?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
            fb = None;
        }
        let r = x(ts, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if let Some(y) = fb {
        return y(ts, a, b);
    }
    Ok(Value::not_implemented())
}

fn unsupported(ts: &ThreadState, a: &Value, b: &Value, symbol: &str) -> Result {
    if symbol == ">>" && a.shape_id() == ids::BUILTIN_FUNCTION && crate::descr::is_print(a) {
        return Err(ts.type_error(format!(
            "unsupported operand type(s) for {symbol}: '{}' and '{}'. Did you mean \"print(<message>, file=<output_stream>)\"?",
            a.type_name(ts),
            b.type_name(ts)
        )));
    }
    Err(ts.type_error(format!("unsupported operand type(s) for {symbol}: '{}' and '{}'", a.type_name(ts), b.type_name(ts))))
}

/// `a op b`.
pub fn binary_op(ts: &ThreadState, op: BinaryOp, a: &Value, b: &Value) -> Result {
    if op == BinaryOp::Power {
        return power(ts, a, b, &Value::none());
    }
    let r = binary1(ts, a, b, |s| op.slot(s))?;
    if !r.is_not_implemented() {
        return Ok(r);
    }
    sequence_op(ts, op, a, b, false)?.map_or_else(|| unsupported(ts, a, b, op.symbol()), Ok)
}

/// `a op= b`: the value to store.
pub fn inplace_op(ts: &ThreadState, op: BinaryOp, a: &Value, b: &Value) -> Result {
    if op == BinaryOp::Power {
        if let Some(f) = a.class(ts).slots().ipow {
            let r = f(ts, a, b, &Value::none())?;
            if !r.is_not_implemented() {
                return Ok(r);
            }
        }
        return power_named(ts, a, b, &Value::none(), "**=");
    }
    if let Some(f) = op.inplace_slot(a.class(ts).slots()) {
        let r = f(ts, a, b)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    let r = binary1(ts, a, b, |s| op.slot(s))?;
    if !r.is_not_implemented() {
        return Ok(r);
    }
    sequence_op(ts, op, a, b, true)?.map_or_else(|| unsupported(ts, a, b, op.inplace_symbol()), Ok)
}

/// `+` and `*` of sequences.
fn sequence_op(ts: &ThreadState, op: BinaryOp, a: &Value, b: &Value, inplace: bool) -> Result<Option<Value>> {
    let (sa, sb) = (a.class(ts).slots(), b.class(ts).slots());
    match op {
        BinaryOp::Add => {
            let f = if inplace { sa.inplace_concat.or(sa.concat) } else { sa.concat };
            f.map(|f| f(ts, a, b)).transpose()
        }
        BinaryOp::Multiply => {
            let f = if inplace { sa.inplace_repeat.or(sa.repeat) } else { sa.repeat };
            if let Some(f) = f {
                return repeat_operand(ts, b).and_then(|n| f(ts, a, n)).map(Some);
            }
            if let Some(f) = sb.repeat {
                return repeat_operand(ts, a).and_then(|n| f(ts, b, n)).map(Some);
            }
            Ok(None)
        }
        _ => Ok(None),
    }
}

fn repeat_operand(ts: &ThreadState, n: &Value) -> Result<isize> {
    if n.class(ts).slots().index.is_none() {
        return Err(ts.type_error(format!("can't multiply sequence by non-int of type '{}'", n.type_name(ts))));
    }
    repeat_count(ts, n)
}

/// The count of a repetition: OverflowError beyond the address space.
pub fn repeat_count(ts: &ThreadState, n: &Value) -> Result<isize> {
    let i = index(ts, n)?;
    match int::view(&i) {
        Some(IntView::Small(n)) => Ok(n as isize),
        _ => Err(ts.overflow_error(format!("cannot fit '{}' into an index-sized integer", n.type_name(ts)))),
    }
}

/// `pow(a, b, m)`; `m` is None for two operands.
pub fn power(ts: &ThreadState, a: &Value, b: &Value, m: &Value) -> Result {
    power_named(ts, a, b, m, "** or pow()")
}

fn power_named(ts: &ThreadState, a: &Value, b: &Value, m: &Value, symbol: &str) -> Result {
    let (ta, tb) = (a.class(ts), b.class(ts));
    if m.is_none()
        && ta.is(tb)
        && let Some(f) = ta.slots().pow
    {
        let r = f(ts, a, b, m)?;
        return if r.is_not_implemented() { unsupported(ts, a, b, symbol) } else { Ok(r) };
    }
    let mut asked: Vec<crate::slots::Ternary> = vec![];
    let mut order = vec![ta.slots().pow, tb.slots().pow];
    if !ta.is(tb) && tb.is_subtype(ta) {
        order.swap(0, 1);
    }
    if !m.is_none() {
        order.push(m.class(ts).slots().pow);
    }
    for f in order.into_iter().flatten() {
        if asked.iter().any(|&g| std::ptr::fn_addr_eq(f, g)) {
            continue;
        }
        asked.push(f);
        let r = f(ts, a, b, m)?;
        if !r.is_not_implemented() {
            return Ok(r);
        }
    }
    if m.is_none() {
        unsupported(ts, a, b, symbol)
    } else {
        Err(ts.type_error(format!(
            "unsupported operand type(s) for ** or pow(): '{}', '{}', '{}'",
            a.type_name(ts),
            b.type_name(ts),
            m.type_name(ts)
        )))
    }
}

/// `divmod(a, b)`.
pub fn divmod(ts: &ThreadState, a: &Value, b: &Value) -> Result {
    let r = binary1(ts, a, b, |s| s.divmod)?;
    if r.is_not_implemented() { unsupported(ts, a, b, "divmod()") } else { Ok(r) }
}

fn unary(ts: &ThreadState, v: &Value, f: Option<Unary>, symbol: &str) -> Result {
    match f {
        Some(f) => f(ts, v),
        None => Err(ts.type_error(format!("bad operand type for {symbol}: '{}'", v.type_name(ts)))),
    }
}

pub fn negative(ts: &ThreadState, v: &Value) -> Result {
    unary(ts, v, v.class(ts).slots().neg, "unary -")
}
pub fn positive(ts: &ThreadState, v: &Value) -> Result {
    unary(ts, v, v.class(ts).slots().pos, "unary +")
}
pub fn invert(ts: &ThreadState, v: &Value) -> Result {
    unary(ts, v, v.class(ts).slots().invert, "unary ~")
}
pub fn absolute(ts: &ThreadState, v: &Value) -> Result {
    unary(ts, v, v.class(ts).slots().abs, "abs()")
}

/// `operator.index(v)`: an int (a subclass instance stays what it is).
#[inline]
pub fn index(ts: &ThreadState, v: &Value) -> Result {
    if v.as_small_int().is_some() || int::view(v).is_some() {
        return Ok(v.clone());
    }
    let Some(f) = v.class(ts).slots().index else {
        return Err(ts.type_error(format!("'{}' object cannot be interpreted as an integer", v.type_name(ts))));
    };
    let r = f(ts, v)?;
    if int::view(&r).is_none() {
        return Err(ts.type_error(format!("__index__ returned non-int (type {})", r.type_name(ts))));
    }
    if !int::is_exact(&r) {
        let name = r.type_name(ts);
        ts.warn_deprecated(&format!(
            "__index__ returned non-int (type {name}).  The ability to return an instance of a strict subclass of int \
             is deprecated, and may not be supported in a future version of Python."
        ))?;
    }
    Ok(r)
}

pub fn has_index(ts: &ThreadState, v: &Value) -> bool {
    v.class(ts).slots().index.is_some()
}

/// An index; OverflowError when it does not fit.
#[inline]
pub fn as_isize(ts: &ThreadState, v: &Value) -> Result<isize> {
    if let Some(i) = v.as_small_int() {
        return Ok(i as isize);
    }
    let i = index(ts, v)?;
    match int::to_i64(&i) {
        Some(n) => Ok(n as isize),
        None => Err(ts.overflow_error(format!("cannot fit '{}' into an index-sized integer", v.type_name(ts)))),
    }
}

/// An index for subscripts; IndexError when it does not fit.
pub fn as_subscript(ts: &ThreadState, v: &Value) -> Result<isize> {
    let i = index(ts, v)?;
    match int::to_i64(&i) {
        Some(n) => Ok(n as isize),
        None => Err(ts.index_error(format!("cannot fit '{}' into an index-sized integer", v.type_name(ts)))),
    }
}

/// An index clamped to the range of isize.
pub fn as_isize_clamped(ts: &ThreadState, v: &Value) -> Result<isize> {
    let i = index(ts, v)?;
    Ok(int::to_i64(&i).map_or_else(|| if int::is_negative(&i) { isize::MIN } else { isize::MAX }, |n| n as isize))
}

/// A C `long`-like argument.
pub fn as_index_i64(ts: &ThreadState, v: &Value) -> Result<i64> {
    let i = index(ts, v)?;
    int::to_i64(&i).ok_or_else(|| ts.overflow_error("Python int too large to convert to C long"))
}

/// `float(v)` for arguments: floats, `__float__`, `__index__`.
pub fn as_f64(ts: &ThreadState, v: &Value) -> Result<f64> {
    if let Some(f) = crate::float::view(v) {
        return Ok(f);
    }
    if let Some(f) = v.class(ts).slots().float {
        let r = f(ts, v)?;
        return match crate::float::view(&r) {
            Some(x) => Ok(x),
            None => Err(ts.type_error(format!("{}.__float__() must return a float, not {}", v.type_name(ts), r.type_name(ts)))),
        };
    }
    if v.class(ts).slots().index.is_some() {
        let i = index(ts, v)?;
        return int::to_f64(ts, &i);
    }
    Err(ts.type_error(format!("must be real number, not {}", v.type_name(ts))))
}

/// `int(v)` without text: `__int__`, then `__index__`.
pub fn to_int(ts: &ThreadState, v: &Value) -> Result {
    if int::view(v).is_some() {
        return Ok(int::plain(ts, v));
    }
    if let Some(f) = v.class(ts).slots().int {
        let r = f(ts, v)?;
        return match int::view(&r) {
            Some(_) => Ok(int::plain(ts, &r)),
            None => Err(ts.type_error(format!("__int__ returned non-int (type {})", r.type_name(ts)))),
        };
    }
    Ok(int::plain(ts, &index(ts, v)?))
}
