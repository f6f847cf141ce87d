//! From Python arguments to Rust parameters and from Rust results to Python objects.

use super::def::ClassDef;
use crate::heap::{Payload, Ref};
use crate::int;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};

/// How an argument is called in messages.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgHow {
    /// The only one: "argument".
    Single,
    /// "argument 2"
    Positional,
    /// "argument 'encoding'"
    Named,
}

/// Which argument is being converted.
#[derive(Clone, Copy)]
pub struct ArgCx {
    pub function: &'static str,
    /// From 1, the receiver not counted.
    pub index: usize,
    pub name: &'static str,
    pub how: ArgHow,
}

impl ArgCx {
    pub const RECEIVER: ArgCx = ArgCx { function: "", index: 0, name: "self", how: ArgHow::Single };

    /// "encode() argument 'encoding'"
    pub fn describe(&self) -> String {
        let f = self.function;
        match self.how {
            ArgHow::Single => format!("{f}() argument"),
            ArgHow::Positional => format!("{f}() argument {}", self.index),
            ArgHow::Named => format!("{f}() argument '{}'", self.name),
        }
    }
}

/// "f() argument 1 must be str, not int"
#[cold]
#[inline(never)]
pub fn bad_argument(ts: &ThreadState, cx: &ArgCx, expected: &str, v: &Value) -> Raised {
    let given = if v.is_none() { "None".to_string() } else { v.type_name(ts) };
    ts.type_error(format!("{} must be {expected}, not {given}", cx.describe()))
}

/// A required argument that the binder left out: never happens, and is an error rather than a panic.
#[cold]
#[inline(never)]
pub fn unbound_argument(ts: &ThreadState, cx: &ArgCx) -> Raised {
    ts.system_error(format!("{} was not bound", cx.describe()))
}

/// A Rust type that a parameter can have. [`EXPECTED`](FromArg::EXPECTED) is its Python name.
pub trait FromArg<'a>: Sized {
    const EXPECTED: &'static str = "object";
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Self>;
    /// The value, if it is of the wanted kind as it is; for the messages of "or None" parameters.
    fn accepts(_v: &Value) -> bool {
        true
    }
}

/// An argument whose default is None: None counts as absent.
#[inline]
pub fn optional_arg<'a, X: FromArg<'a>>(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Option<X>> {
    if v.is_none() {
        return Ok(None);
    }
    if !X::accepts(v) {
        return Err(bad_argument(ts, cx, &format!("{} or None", X::EXPECTED), v));
    }
    X::from_arg(ts, v, cx).map(Some)
}

impl<'a> FromArg<'a> for Value {
    #[inline(always)]
    fn from_arg(_: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<Value> {
        Ok(v.clone())
    }
}

impl<'a> FromArg<'a> for &'a Value {
    #[inline(always)]
    fn from_arg(_: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<&'a Value> {
        Ok(v)
    }
}

impl<'a, T: ClassDef> FromArg<'a> for &'a T {
    const EXPECTED: &'static str = T::TYPE_NAME;
    #[inline(always)]
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<&'a T> {
        v.downcast::<T>().ok_or_else(|| bad_argument(ts, cx, T::TYPE_NAME, v))
    }
    fn accepts(v: &Value) -> bool {
        v.is_instance_of::<T>()
    }
}

impl<'a, T: ClassDef> FromArg<'a> for &'a Ref<T> {
    const EXPECTED: &'static str = T::TYPE_NAME;
    #[inline(always)]
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<&'a Ref<T>> {
        v.downcast_ref::<T>().ok_or_else(|| bad_argument(ts, cx, T::TYPE_NAME, v))
    }
    fn accepts(v: &Value) -> bool {
        v.is_instance_of::<T>()
    }
}

impl<'a, T: ClassDef> FromArg<'a> for Ref<T> {
    const EXPECTED: &'static str = T::TYPE_NAME;
    #[inline(always)]
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<Ref<T>> {
        <&Ref<T>>::from_arg(ts, v, cx).cloned()
    }
    fn accepts(v: &Value) -> bool {
        v.is_instance_of::<T>()
    }
}

/// Truth, as `if` asks for it.
impl<'a> FromArg<'a> for bool {
    #[inline]
    fn from_arg(ts: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<bool> {
        match v.as_bool_object() {
            Some(b) => Ok(b),
            None => crate::protocol::is_true(ts, v),
        }
    }
}

impl<'a> FromArg<'a> for f64 {
    #[inline]
    fn from_arg(ts: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<f64> {
        match v.as_inline_float() {
            Some(f) => Ok(f),
            None => crate::protocol::as_f64(ts, v),
        }
    }
}

/// Text without lone surrogates.
impl<'a> FromArg<'a> for &'a str {
    const EXPECTED: &'static str = "str";
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<&'a str> {
        let Some(s) = v.as_str() else { return Err(bad_argument(ts, cx, "str", v)) };
        s.as_str().ok_or_else(|| surrogates_not_allowed(ts, s))
    }
    fn accepts(v: &Value) -> bool {
        v.as_str().is_some()
    }
}

impl<'a> FromArg<'a> for String {
    const EXPECTED: &'static str = "str";
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<String> {
        <&str>::from_arg(ts, v, cx).map(str::to_string)
    }
    fn accepts(v: &Value) -> bool {
        v.as_str().is_some()
    }
}

#[cold]
fn surrogates_not_allowed(ts: &ThreadState, s: &Str) -> Raised {
    let surrogate = |cp: u32| (0xd800..0xe000).contains(&cp);
    let start = s.code_points().position(surrogate).unwrap_or(0);
    let run = s.code_points().skip(start).take_while(|cp| surrogate(*cp)).count();
    ts.unicode_encode_error("utf-8", s, start, start + run, "surrogates not allowed")
}

/// A str of one character; surrogates are code points, too.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct CodePoint(pub u32);

impl<'a> FromArg<'a> for CodePoint {
    fn from_arg(ts: &ThreadState, v: &'a Value, cx: &ArgCx) -> Result<CodePoint> {
        let Some(s) = v.as_str() else { return Err(bad_argument(ts, cx, "a unicode character", v)) };
        match s.single() {
            Some(cp) => Ok(CodePoint(cp)),
            None => {
                let which = cx.describe().replacen("() argument", "(): argument", 1);
                Err(ts.type_error(format!("{which} must be a unicode character, not a string of length {}", s.len())))
            }
        }
    }
}

/// What an integer outside the type's range is told.
enum Range {
    /// OverflowError "Python int too large to convert to C int"
    Signed(&'static str),
    /// OverflowError "signed short integer is greater than maximum" / "less than minimum"
    Short(&'static str),
    /// ValueError "Cannot convert negative int", OverflowError "Python int too large for C size_t"
    Unsigned(&'static str),
}

#[cold]
#[inline(never)]
fn out_of_range(ts: &ThreadState, negative: bool, range: Range) -> Raised {
    match range {
        Range::Signed(c) => ts.overflow_error(format!("Python int too large to convert to C {c}")),
        Range::Short(c) => {
            let how = if negative { "less than minimum" } else { "greater than maximum" };
            ts.overflow_error(format!("{c} integer is {how}"))
        }
        Range::Unsigned(_) if negative => ts.value_error("Cannot convert negative int"),
        Range::Unsigned(c) => ts.overflow_error(format!("Python int too large for C {c}")),
    }
}

macro_rules! integers {
    ($($t:ty => $range:expr;)*) => {$(
        impl<'a> FromArg<'a> for $t {
            #[inline]
            fn from_arg(ts: &ThreadState, v: &'a Value, _: &ArgCx) -> Result<$t> {
                if let Some(i) = v.as_small_int() {
                    return <$t>::try_from(i).map_err(|_| out_of_range(ts, i < 0, $range));
                }
                let v = crate::protocol::index(ts, v)?;
                let Some(view) = int::view(&v) else { return Err(out_of_range(ts, false, $range)) };
                match view.to_i128().and_then(|i| <$t>::try_from(i).ok()) {
                    Some(i) => Ok(i),
                    None => Err(out_of_range(ts, view.is_negative(), $range)),
                }
            }
        }
    )*};
}

integers! {
    i16 => Range::Short("signed short");
    i32 => Range::Signed("int");
    i64 => Range::Signed("long");
    isize => Range::Signed("ssize_t");
    u8 => Range::Short("unsigned byte");
    u16 => Range::Unsigned("uint16_t");
    u32 => Range::Unsigned("uint32_t");
    u64 => Range::Unsigned("uint64_t");
    usize => Range::Unsigned("size_t");
}

/// What a native function may return.
pub trait IntoReturn {
    fn into_return(self, ts: &ThreadState) -> Result<Value>;
}

impl IntoReturn for Value {
    #[inline(always)]
    fn into_return(self, _: &ThreadState) -> Result<Value> {
        Ok(self)
    }
}

impl IntoReturn for &Value {
    #[inline(always)]
    fn into_return(self, _: &ThreadState) -> Result<Value> {
        Ok(self.clone())
    }
}

impl<T: Payload> IntoReturn for Ref<T> {
    #[inline(always)]
    fn into_return(self, _: &ThreadState) -> Result<Value> {
        Ok(self.into_value())
    }
}

impl IntoReturn for () {
    #[inline(always)]
    fn into_return(self, _: &ThreadState) -> Result<Value> {
        Ok(Value::none())
    }
}

impl IntoReturn for bool {
    #[inline(always)]
    fn into_return(self, _: &ThreadState) -> Result<Value> {
        Ok(Value::bool(self))
    }
}

impl IntoReturn for f64 {
    #[inline(always)]
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        Ok(crate::float::new(ts, self))
    }
}

impl IntoReturn for &str {
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        Ok(Str::new(ts, self).into_value())
    }
}

impl IntoReturn for String {
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        Ok(Str::new(ts, &self).into_value())
    }
}

impl IntoReturn for CodePoint {
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        Ok(Str::from_code_point(ts, self.0).into_value())
    }
}

macro_rules! integer_returns {
    ($($make:ident: $via:ty: $($t:ty)*;)*) => {$($(
        impl IntoReturn for $t {
            #[inline(always)]
            fn into_return(self, ts: &ThreadState) -> Result<Value> {
                Ok(int::$make(ts, self as $via))
            }
        }
    )*)*};
}

integer_returns! {
    from_i64: i64: i8 i16 i32 i64 isize u8 u16 u32;
    from_u64: u64: u64 usize;
    from_i128: i128: i128;
    from_u128: u128: u128;
}

/// None for `None`.
impl<X: IntoReturn> IntoReturn for Option<X> {
    #[inline(always)]
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        match self {
            Some(x) => x.into_return(ts),
            None => Ok(Value::none()),
        }
    }
}

impl<X: IntoReturn> IntoReturn for Result<X> {
    #[inline(always)]
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        self?.into_return(ts)
    }
}

/// A Python list.
impl IntoReturn for Vec<Value> {
    fn into_return(self, ts: &ThreadState) -> Result<Value> {
        Ok(crate::list::List::new(ts, self).into_value())
    }
}

macro_rules! tuple_returns {
    ($(($($x:ident)+))*) => {$(
        /// A Python tuple.
        impl<$($x: IntoReturn),+> IntoReturn for ($($x,)+) {
            #[allow(non_snake_case)]
            fn into_return(self, ts: &ThreadState) -> Result<Value> {
                let ($($x,)+) = self;
                Ok(crate::tuple::Tuple::new(ts, vec![$($x.into_return(ts)?),+]).into_value())
            }
        }
    )*};
}

tuple_returns! { (A B) (A B C) (A B C D) (A B C D E) }

/// What a slot function with `&self` may return where the slot wants a Rust value: it, or a `Result` of it.
pub trait IntoSlot<T> {
    fn into_slot(self) -> Result<T>;
}

impl<T> IntoSlot<T> for T {
    #[inline(always)]
    fn into_slot(self) -> Result<T> {
        Ok(self)
    }
}

impl<T> IntoSlot<T> for Result<T> {
    #[inline(always)]
    fn into_slot(self) -> Result<T> {
        self
    }
}

/// What `#[slot(iternext)]` may return: an optional item, or a `Result` of one.
pub trait IntoNext {
    fn into_next(self, ts: &ThreadState) -> Result<Option<Value>>;
}

impl<X: IntoReturn> IntoNext for Option<X> {
    #[inline(always)]
    fn into_next(self, ts: &ThreadState) -> Result<Option<Value>> {
        self.map(|x| x.into_return(ts)).transpose()
    }
}

impl<X: IntoReturn> IntoNext for Result<Option<X>> {
    #[inline(always)]
    fn into_next(self, ts: &ThreadState) -> Result<Option<Value>> {
        self?.into_next(ts)
    }
}

// Defaults of parameters that are taken as Python objects.

#[inline]
pub fn default_int(ts: &ThreadState, i: i64) -> Value {
    int::from_i64(ts, i)
}

#[inline]
pub fn default_float(ts: &ThreadState, f: f64) -> Value {
    crate::float::new(ts, f)
}

pub fn default_str(ts: &ThreadState, s: &str) -> Value {
    Str::intern(ts, s).into_value()
}

pub fn default_bytes(ts: &ThreadState, b: &[u8]) -> Value {
    crate::bytes::Bytes::new(ts, b).into_value()
}

pub fn default_tuple(ts: &ThreadState) -> Value {
    crate::tuple::Tuple::empty(ts).into_value()
}
