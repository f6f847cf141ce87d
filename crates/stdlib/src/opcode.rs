//! The modules `_opcode` and `_opcode_metadata`: the instruction set as `dis` and `opcode` see it.

use taipan_isa::op::{self, OpInfo};
use taipan_objects::dict::Dict;
use taipan_objects::list::List;
use taipan_objects::native::{functions, ModuleDef};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Result, Value};
use taipan_objects::{ThreadState, int};

pub static MODULE: ModuleDef = ModuleDef {
    name: "_opcode",
    doc: "Opcode support module.",
    functions: &[functions::FUNCTIONS],
    init: Some(|ts, d| {
        d.set_name(ts, "ENABLE_SPECIALIZATION", Value::true_());
        d.set_name(ts, "ENABLE_SPECIALIZATION_FT", Value::false_());
        Ok(())
    }),
};

pub static METADATA: ModuleDef = ModuleDef {
    name: "_opcode_metadata",
    doc: "Numbers of the instructions.",
    functions: &[],
    init: Some(metadata),
};

fn metadata(ts: &ThreadState, d: &Dict) -> Result<()> {
    let opmap = Dict::new(ts);
    for (i, info) in op::INFO.iter().enumerate() {
        if info.name.is_empty() {
            continue;
        }
        opmap.set_name(ts, info.name, int::from_usize(ts, i));
    }
    // What `dis` looks for by name, beyond the instructions that code objects hold.
    let beyond = ["ENTER_EXECUTOR", "ANNOTATIONS_PLACEHOLDER", "JUMP", "JUMP_IF_FALSE", "JUMP_IF_TRUE", "JUMP_NO_INTERRUPT", "LOAD_CLOSURE", "POP_BLOCK", "SETUP_CLEANUP", "SETUP_FINALLY", "SETUP_WITH", "STORE_FAST_MAYBE_NULL"];
    for (i, name) in beyond.iter().enumerate() {
        opmap.set_name(ts, name, int::from_usize(ts, 255 + i));
    }
    let caches = Dict::new(ts);
    for info in op::INFO.iter().filter(|i| i.caches > 0) {
        caches.set_name(ts, info.name, int::from_usize(ts, info.caches as usize));
    }
    d.set_name(ts, "_caches", caches.into_value());
    let (families, specialized) = (Dict::new(ts), Dict::new(ts));
    for info in op::INFO.iter().filter(|i| !i.name.is_empty()) {
        let forms: Vec<Value> =
            op::specialized::NAMES.iter().filter(|n| n.2 == info.name).map(|n| Str::new(ts, n.1).into_value()).collect();
        if !forms.is_empty() {
            families.set_name(ts, info.name, List::new(ts, forms).into_value());
        }
    }
    for (n, name, _) in op::specialized::NAMES.iter().filter(|n| n.1 != n.2) {
        specialized.set_name(ts, name, int::from_i64(ts, *n as i64));
    }
    d.set_name(ts, "_specializations", families.into_value());
    d.set_name(ts, "_specialized_opmap", specialized.into_value());
    d.set_name(ts, "opmap", opmap.into_value());
    d.set_name(ts, "HAVE_ARGUMENT", int::from_i64(ts, 43));
    d.set_name(ts, "MIN_INSTRUMENTED_OPCODE", int::from_i64(ts, 256));
    Ok(())
}

const OPERATORS: [(&str, &str); 27] = [
    ("NB_ADD", "+"), ("NB_AND", "&"), ("NB_FLOOR_DIVIDE", "//"), ("NB_LSHIFT", "<<"), ("NB_MATRIX_MULTIPLY", "@"),
    ("NB_MULTIPLY", "*"), ("NB_REMAINDER", "%"), ("NB_OR", "|"), ("NB_POWER", "**"), ("NB_RSHIFT", ">>"),
    ("NB_SUBTRACT", "-"), ("NB_TRUE_DIVIDE", "/"), ("NB_XOR", "^"), ("NB_INPLACE_ADD", "+="), ("NB_INPLACE_AND", "&="),
    ("NB_INPLACE_FLOOR_DIVIDE", "//="), ("NB_INPLACE_LSHIFT", "<<="), ("NB_INPLACE_MATRIX_MULTIPLY", "@="),
    ("NB_INPLACE_MULTIPLY", "*="), ("NB_INPLACE_REMAINDER", "%="), ("NB_INPLACE_OR", "|="), ("NB_INPLACE_POWER", "**="),
    ("NB_INPLACE_RSHIFT", ">>="), ("NB_INPLACE_SUBTRACT", "-="), ("NB_INPLACE_TRUE_DIVIDE", "/="),
    ("NB_INPLACE_XOR", "^="), ("NB_SUBSCR", "[]"),
];

const INTRINSICS_1: [&str; 12] = [
    "INTRINSIC_1_INVALID", "INTRINSIC_PRINT", "INTRINSIC_IMPORT_STAR", "INTRINSIC_STOPITERATION_ERROR",
    "INTRINSIC_ASYNC_GEN_WRAP", "INTRINSIC_UNARY_POSITIVE", "INTRINSIC_LIST_TO_TUPLE", "INTRINSIC_TYPEVAR",
    "INTRINSIC_PARAMSPEC", "INTRINSIC_TYPEVARTUPLE", "INTRINSIC_SUBSCRIPT_GENERIC", "INTRINSIC_TYPEALIAS",
];

const INTRINSICS_2: [&str; 6] = [
    "INTRINSIC_2_INVALID", "INTRINSIC_PREP_RERAISE_STAR", "INTRINSIC_TYPEVAR_WITH_BOUND",
    "INTRINSIC_TYPEVAR_WITH_CONSTRAINTS", "INTRINSIC_SET_FUNCTION_TYPE_PARAMS", "INTRINSIC_SET_TYPEPARAM_DEFAULT",
];

fn info(n: i64) -> Option<&'static OpInfo> {
    usize::try_from(n).ok().and_then(|n| op::INFO.get(n)).filter(|i| !i.name.is_empty())
}

fn names(ts: &ThreadState, all: &[&str]) -> Value {
    List::new(ts, all.iter().map(|n| Str::intern(ts, n).into_value()).collect()).into_value()
}

#[functions(module = "_opcode")]
pub mod functions {
    use super::*;
    /// Compute the stack effect of the opcode.
    #[function("stack_effect(opcode, oparg=None, /, *, jump=None)")]
    fn stack_effect(ts: &ThreadState, opcode: i64, oparg: Option<i64>, jump: &Value) -> Result<i32> {
        let Some(i) = info(opcode) else { return Err(ts.value_error("invalid opcode or oparg")) };
        let _ = i;
        let n = oparg.unwrap_or(0) as u32;
        let effect = |j| taipan_isa::stack_effect(opcode as u8, n, j);
        let found = match jump.as_bool_object() {
            Some(j) => effect(j),
            None if jump.is_none() => effect(true).max(effect(false)),
            None => return Err(ts.value_error("stack_effect: jump must be False, True or None")),
        };
        found.ok_or_else(|| ts.value_error("invalid opcode or oparg"))
    }
    /// Return True if opcode is valid, False otherwise.
    #[function("is_valid(opcode)")]
    fn is_valid(opcode: i64) -> bool {
        info(opcode).is_some()
    }
    /// Return True if the opcode uses its oparg, False otherwise.
    #[function("has_arg(opcode)")]
    fn has_arg(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_arg)
    }
    /// Return True if the opcode accesses a constant, False otherwise.
    #[function("has_const(opcode)")]
    fn has_const(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_const)
    }
    /// Return True if the opcode accesses an attribute by name, False otherwise.
    #[function("has_name(opcode)")]
    fn has_name(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_name)
    }
    /// Return True if the opcode has a jump target, False otherwise.
    #[function("has_jump(opcode)")]
    fn has_jump(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_jump)
    }
    /// Return True if the opcode accesses a free variable, False otherwise.
    #[function("has_free(opcode)")]
    fn has_free(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_free)
    }
    /// Return True if the opcode accesses a local variable, False otherwise.
    #[function("has_local(opcode)")]
    fn has_local(opcode: i64) -> bool {
        info(opcode).is_some_and(OpInfo::has_local)
    }
    /// Return True if the opcode sets an exception handler, False otherwise.
    #[function("has_exc(opcode)")]
    fn has_exc(_opcode: i64) -> bool {
        false
    }
    /// Return the specialization stats
    #[function("get_specialization_stats()")]
    fn get_specialization_stats() -> Value {
        Value::none()
    }
    /// Return a list of names of the unary intrinsics.
    #[function("get_intrinsic1_descs()")]
    fn get_intrinsic1_descs(ts: &ThreadState) -> Value {
        names(ts, &INTRINSICS_1)
    }
    /// Return a list of names of the binary intrinsics.
    #[function("get_intrinsic2_descs()")]
    fn get_intrinsic2_descs(ts: &ThreadState) -> Value {
        names(ts, &INTRINSICS_2)
    }
    /// Return a list of special method names.
    #[function("get_special_method_names()")]
    fn get_special_method_names(ts: &ThreadState) -> Value {
        names(ts, &["__enter__", "__exit__", "__aenter__", "__aexit__"])
    }
    /// Return array of symbols of binary ops.
    #[function("get_nb_ops()")]
    fn get_nb_ops(ts: &ThreadState) -> Value {
        let pair = |p: &(&str, &str)| Tuple::new(ts, vec![Str::intern(ts, p.0).into_value(), Str::intern(ts, p.1).into_value()]).into_value();
        List::new(ts, OPERATORS.iter().map(pair).collect()).into_value()
    }
    /// Return the executor object at offset in code if exists, None otherwise.
    #[function("get_executor(code, offset, /)")]
    fn get_executor(_code: &Value, _offset: i64) -> Value {
        Value::none()
    }
}
