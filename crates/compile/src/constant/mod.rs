//! Constants at compile time: equality as the constant table needs it, ints of any size, and the
//! arithmetic that is done ahead.

pub mod arithmetic;
mod complex;
mod int;
mod pool;
mod sequence;

pub use int::{parse_int, to_ibig};
pub use pool::{ConstPool, Key};
pub use sequence::frozenset;

use taipan_isa::Const;

/// The name of the constant's Python type.
pub fn type_name(c: &Const) -> &'static str {
    match c {
        Const::None => "NoneType",
        Const::Ellipsis => "ellipsis",
        Const::Bool(_) => "bool",
        Const::Int(_) | Const::BigInt { .. } => "int",
        Const::Float(_) => "float",
        Const::Complex { .. } => "complex",
        Const::Str(_) => "str",
        Const::Bytes(_) => "bytes",
        Const::Tuple(_) => "tuple",
        Const::FrozenSet(_) => "frozenset",
        Const::Slice(_) => "slice",
        Const::Code(_) => "code",
    }
}

/// Python's truth of a constant.
pub fn truth(c: &Const) -> bool {
    match c {
        Const::None => false,
        Const::Bool(b) => *b,
        Const::Int(i) => *i != 0,
        Const::Float(f) => *f != 0.0,
        Const::Complex { re, im } => *re != 0.0 || *im != 0.0,
        Const::Str(s) => !s.0.is_empty(),
        Const::Bytes(b) => !b.is_empty(),
        Const::Tuple(t) | Const::FrozenSet(t) => !t.is_empty(),
        Const::BigInt { .. } | Const::Ellipsis | Const::Slice(_) | Const::Code(_) => true,
    }
}
