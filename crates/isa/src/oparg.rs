//! Meanings of opargs: operator numbers, intrinsics, bit fields.

/// `BINARY_OP` operators; the in-place forms follow at [`binary::INPLACE`].
pub mod binary {
    pub const ADD: u32 = 0;
    pub const AND: u32 = 1;
    pub const FLOOR_DIVIDE: u32 = 2;
    pub const LSHIFT: u32 = 3;
    pub const MATRIX_MULTIPLY: u32 = 4;
    pub const MULTIPLY: u32 = 5;
    pub const REMAINDER: u32 = 6;
    pub const OR: u32 = 7;
    pub const POWER: u32 = 8;
    pub const RSHIFT: u32 = 9;
    pub const SUBTRACT: u32 = 10;
    pub const TRUE_DIVIDE: u32 = 11;
    pub const XOR: u32 = 12;
    /// Added to an operator for its in-place form.
    pub const INPLACE: u32 = 13;
    pub const SUBSCR: u32 = 26;

    pub static SYMBOLS: [&str; 27] = [
        "+", "&", "//", "<<", "@", "*", "%", "|", "**", ">>", "-", "/", "^", "+=", "&=", "//=",
        "<<=", "@=", "*=", "%=", "|=", "**=", ">>=", "-=", "/=", "^=", "[]",
    ];
}

/// `COMPARE_OP`: the operator is `oparg >> 5`; bit 4 asks for a bool; the low four bits are a mask
/// of outcomes for which the answer is true.
pub mod compare {
    pub const LT: u32 = 0;
    pub const LE: u32 = 1;
    pub const EQ: u32 = 2;
    pub const NE: u32 = 3;
    pub const GT: u32 = 4;
    pub const GE: u32 = 5;
    /// The result is converted to bool.
    pub const TO_BOOL: u32 = 16;
    pub const UNORDERED: u32 = 1;
    pub const LESS: u32 = 2;
    pub const GREATER: u32 = 4;
    pub const EQUAL: u32 = 8;

    pub static SYMBOLS: [&str; 6] = ["<", "<=", "==", "!=", ">", ">="];

    /// The mask of outcomes for operator `op`.
    pub const fn mask(op: u32) -> u32 {
        match op {
            LT => LESS,
            LE => LESS | EQUAL,
            EQ => EQUAL,
            NE => UNORDERED | LESS | GREATER,
            GT => GREATER,
            _ => GREATER | EQUAL,
        }
    }

    /// The oparg of `COMPARE_OP` for operator `op`, result not yet converted.
    pub const fn oparg(op: u32) -> u32 {
        op << 5 | mask(op)
    }
}

/// `CALL_INTRINSIC_1` functions.
pub mod intrinsic1 {
    pub const INVALID: u32 = 0;
    pub const PRINT: u32 = 1;
    pub const IMPORT_STAR: u32 = 2;
    pub const STOPITERATION_ERROR: u32 = 3;
    pub const ASYNC_GEN_WRAP: u32 = 4;
    pub const UNARY_POSITIVE: u32 = 5;
    pub const LIST_TO_TUPLE: u32 = 6;
    pub const TYPEVAR: u32 = 7;
    pub const PARAMSPEC: u32 = 8;
    pub const TYPEVARTUPLE: u32 = 9;
    pub const SUBSCRIPT_GENERIC: u32 = 10;
    pub const TYPEALIAS: u32 = 11;

    pub static NAMES: [&str; 12] = [
        "INTRINSIC_1_INVALID", "INTRINSIC_PRINT", "INTRINSIC_IMPORT_STAR",
        "INTRINSIC_STOPITERATION_ERROR", "INTRINSIC_ASYNC_GEN_WRAP", "INTRINSIC_UNARY_POSITIVE",
        "INTRINSIC_LIST_TO_TUPLE", "INTRINSIC_TYPEVAR", "INTRINSIC_PARAMSPEC",
        "INTRINSIC_TYPEVARTUPLE", "INTRINSIC_SUBSCRIPT_GENERIC", "INTRINSIC_TYPEALIAS",
    ];
}

/// `CALL_INTRINSIC_2` functions.
pub mod intrinsic2 {
    pub const INVALID: u32 = 0;
    pub const PREP_RERAISE_STAR: u32 = 1;
    pub const TYPEVAR_WITH_BOUND: u32 = 2;
    pub const TYPEVAR_WITH_CONSTRAINTS: u32 = 3;
    pub const SET_FUNCTION_TYPE_PARAMS: u32 = 4;
    pub const SET_TYPEPARAM_DEFAULT: u32 = 5;

    pub static NAMES: [&str; 6] = [
        "INTRINSIC_2_INVALID", "INTRINSIC_PREP_RERAISE_STAR", "INTRINSIC_TYPEVAR_WITH_BOUND",
        "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS", "INTRINSIC_SET_FUNCTION_TYPE_PARAMS",
        "INTRINSIC_SET_TYPEPARAM_DEFAULT",
    ];
}

/// `LOAD_COMMON_CONSTANT` objects.
pub mod common_constant {
    pub const ASSERTION_ERROR: u32 = 0;
    pub const NOT_IMPLEMENTED_ERROR: u32 = 1;
    pub const BUILTIN_TUPLE: u32 = 2;
    pub const BUILTIN_ALL: u32 = 3;
    pub const BUILTIN_ANY: u32 = 4;

    pub static NAMES: [&str; 5] = ["AssertionError", "NotImplementedError", "tuple", "all", "any"];
}

/// `LOAD_SPECIAL` methods.
pub mod special {
    pub const ENTER: u32 = 0;
    pub const EXIT: u32 = 1;
    pub const AENTER: u32 = 2;
    pub const AEXIT: u32 = 3;

    pub static NAMES: [&str; 4] = ["__enter__", "__exit__", "__aenter__", "__aexit__"];
}

/// `SET_FUNCTION_ATTRIBUTE` attributes.
pub mod function_attribute {
    pub const DEFAULTS: u32 = 1;
    pub const KWDEFAULTS: u32 = 2;
    pub const ANNOTATIONS: u32 = 4;
    pub const CLOSURE: u32 = 8;
    pub const ANNOTATE: u32 = 16;
}

/// `RESUME`: where the function is entered again; a bit tells that only one exception-table entry
/// (the generator's own) covers it.
pub mod resume {
    pub const AT_FUNC_START: u32 = 0;
    pub const AFTER_YIELD: u32 = 1;
    pub const AFTER_YIELD_FROM: u32 = 2;
    pub const AFTER_AWAIT: u32 = 3;
    pub const LOCATION_MASK: u32 = 3;
    pub const DEPTH1: u32 = 4;
}

/// `CONVERT_VALUE` and the conversion in `BUILD_INTERPOLATION`.
pub mod conversion {
    pub const NONE: u32 = 0;
    pub const STR: u32 = 1;
    pub const REPR: u32 = 2;
    pub const ASCII: u32 = 3;
}

/// The index into `names` that `oparg` of `op` holds.
pub fn name_index(op: u8, oparg: u32) -> u32 {
    match op {
        crate::op::LOAD_ATTR | crate::op::LOAD_GLOBAL => oparg >> 1,
        crate::op::LOAD_SUPER_ATTR => oparg >> 2,
        _ => oparg,
    }
}
