//! The slots of a type: what the interpreter asks an object to do. Native types fill them in Rust; for a
//! class written in Python they hold trampolines that look the special method up.

use crate::native::Args;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CmpOp {
    Lt,
    Le,
    Eq,
    Ne,
    Gt,
    Ge,
}

impl CmpOp {
    /// The operator with its sides exchanged.
    pub fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
            same => same,
        }
    }
    pub fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }
    pub fn dunder(self) -> &'static str {
        ["__lt__", "__le__", "__eq__", "__ne__", "__gt__", "__ge__"][self as usize]
    }
    pub fn holds(self, o: std::cmp::Ordering) -> bool {
        match self {
            CmpOp::Lt => o.is_lt(),
            CmpOp::Le => o.is_le(),
            CmpOp::Eq => o.is_eq(),
            CmpOp::Ne => o.is_ne(),
            CmpOp::Gt => o.is_gt(),
            CmpOp::Ge => o.is_ge(),
        }
    }
}

pub type Unary = fn(&ThreadState, &Value) -> Result<Value>;
pub type Binary = fn(&ThreadState, &Value, &Value) -> Result<Value>;
pub type Ternary = fn(&ThreadState, &Value, &Value, &Value) -> Result<Value>;
pub type RichCompare = fn(&ThreadState, &Value, &Value, CmpOp) -> Result<Value>;
pub type Hash = fn(&ThreadState, &Value) -> Result<i64>;
pub type Len = fn(&ThreadState, &Value) -> Result<usize>;
pub type Inquiry = fn(&ThreadState, &Value) -> Result<bool>;
pub type Contains = fn(&ThreadState, &Value, &Value) -> Result<bool>;
/// Sets, or deletes when the value is `None`.
pub type SetItem = fn(&ThreadState, &Value, &Value, Option<&Value>) -> Result<()>;
pub type IterNext = fn(&ThreadState, &Value) -> Result<Option<Value>>;
pub type Call = fn(&ThreadState, &Value, Args<'_>) -> Result<Value>;
pub type Init = fn(&ThreadState, &Value, Args<'_>) -> Result<()>;
/// descriptor, instance (absent when looked up on the class), class
pub type DescrGet = fn(&ThreadState, &Value, Option<&Value>, Option<&Value>) -> Result<Value>;
pub type DescrSet = fn(&ThreadState, &Value, &Value, Option<&Value>) -> Result<()>;
pub type Finalize = fn(&ThreadState, &Value);
/// repeat: sequence, count
pub type Repeat = fn(&ThreadState, &Value, isize) -> Result<Value>;
pub type GetBuffer = fn(&ThreadState, &Value, u32) -> Result<crate::buffer::Buffer>;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident : $t:ty,)*) => {
        #[derive(Clone, Copy, Default)]
        pub struct Slots { $($(#[$doc])* pub $name: Option<$t>,)* }
        impl Slots {
            /// Takes each slot that is still empty from `base`.
            pub fn inherit(&mut self, base: &Slots) { $(if self.$name.is_none() { self.$name = base.$name; })* }
        }
    };
}

slots! {
    repr: Unary, str: Unary, hash: Hash, call: Call,
    getattro: Binary, setattro: SetItem,
    iter: Unary, iternext: IterNext, richcompare: RichCompare,
    descr_get: DescrGet, descr_set: DescrSet,
    init: Init, new: Call, finalize: Finalize,
    len: Len, getitem: Binary, setitem: SetItem, contains: Contains,
    concat: Binary, repeat: Repeat, inplace_concat: Binary, inplace_repeat: Repeat,
    add: Binary, sub: Binary, mul: Binary, matmul: Binary, truediv: Binary, floordiv: Binary, mod_: Binary,
    divmod: Binary, pow: Ternary, lshift: Binary, rshift: Binary, and_: Binary, xor: Binary, or_: Binary,
    neg: Unary, pos: Unary, abs: Unary, bool_: Inquiry, invert: Unary, int: Unary, float: Unary, index: Unary,
    iadd: Binary, isub: Binary, imul: Binary, imatmul: Binary, itruediv: Binary, ifloordiv: Binary, imod: Binary,
    ipow: Ternary, ilshift: Binary, irshift: Binary, iand: Binary, ixor: Binary, ior: Binary,
    await_: Unary, aiter: Unary, anext: Unary,
    getbuffer: GetBuffer,
}
