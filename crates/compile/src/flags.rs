//! Flags of `compile()`: `PyCF_*` and the `__future__` features, which share one word.

use taipan_isa::co;

pub const PYCF_SOURCE_IS_UTF8: u32 = 0x0100;
pub const PYCF_DONT_IMPLY_DEDENT: u32 = 0x0200;
pub const PYCF_ONLY_AST: u32 = 0x0400;
pub const PYCF_IGNORE_COOKIE: u32 = 0x0800;
pub const PYCF_TYPE_COMMENTS: u32 = 0x1000;
pub const PYCF_ALLOW_TOP_LEVEL_AWAIT: u32 = 0x2000;
pub const PYCF_ALLOW_INCOMPLETE_INPUT: u32 = 0x4000;
pub const PYCF_OPTIMIZED_AST: u32 = 0x8000 | PYCF_ONLY_AST;

/// The features that a code object hands on to what it compiles.
pub const PYCF_MASK: u32 = co::FUTURE_DIVISION
    | co::FUTURE_ABSOLUTE_IMPORT
    | co::FUTURE_WITH_STATEMENT
    | co::FUTURE_PRINT_FUNCTION
    | co::FUTURE_UNICODE_LITERALS
    | co::FUTURE_BARRY_AS_BDFL
    | co::FUTURE_GENERATOR_STOP
    | co::FUTURE_ANNOTATIONS;
/// `nested_scopes`: accepted, without effect.
pub const PYCF_MASK_OBSOLETE: u32 = co::NESTED;
pub const PYCF_COMPILE_MASK: u32 = PYCF_ONLY_AST
    | PYCF_ALLOW_TOP_LEVEL_AWAIT
    | PYCF_TYPE_COMMENTS
    | PYCF_DONT_IMPLY_DEDENT
    | PYCF_ALLOW_INCOMPLETE_INPUT
    | PYCF_OPTIMIZED_AST;

/// Taipan's own: calls in tail position stay ordinary calls, as in CPython's code.
pub const PLAIN_CALLS: u32 = 1 << 31;
