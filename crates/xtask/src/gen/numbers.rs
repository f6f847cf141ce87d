//! Opcode numbers: CPython 3.14's where it has the instruction, then its numbers for specialised forms of the
//! same name, then whatever is free.

use super::describe::Description;
use std::collections::BTreeMap;

/// CPython's numbers that do not follow from the order below.
const FIXED: &[(&str, u8)] = &[
    ("CACHE", 0),
    ("BINARY_SLICE", 1),
    ("BUILD_TEMPLATE", 2),
    ("CALL_FUNCTION_EX", 4),
    ("RESERVED", 17),
    ("TAIL_CALL", 121),
    ("TAIL_CALL_KW", 122),
    ("TAIL_CALL_FUNCTION_EX", 123),
    ("PREPARE", 124),
    ("RESUME", 128),
];

/// CPython's instructions from number 5 on, without gaps but for RESERVED (17).
const FROM_5: &str = "CHECK_EG_MATCH CHECK_EXC_MATCH CLEANUP_THROW DELETE_SUBSCR END_FOR END_SEND EXIT_INIT_CHECK
    FORMAT_SIMPLE FORMAT_WITH_SPEC GET_AITER GET_ANEXT GET_ITER RESERVED GET_LEN GET_YIELD_FROM_ITER INTERPRETER_EXIT
    LOAD_BUILD_CLASS LOAD_LOCALS MAKE_FUNCTION MATCH_KEYS MATCH_MAPPING MATCH_SEQUENCE NOP NOT_TAKEN POP_EXCEPT POP_ITER
    POP_TOP PUSH_EXC_INFO PUSH_NULL RETURN_GENERATOR RETURN_VALUE SETUP_ANNOTATIONS STORE_SLICE STORE_SUBSCR TO_BOOL
    UNARY_INVERT UNARY_NEGATIVE UNARY_NOT WITH_EXCEPT_START BINARY_OP BUILD_INTERPOLATION BUILD_LIST BUILD_MAP BUILD_SET
    BUILD_SLICE BUILD_STRING BUILD_TUPLE CALL CALL_INTRINSIC_1 CALL_INTRINSIC_2 CALL_KW COMPARE_OP CONTAINS_OP
    CONVERT_VALUE COPY COPY_FREE_VARS DELETE_ATTR DELETE_DEREF DELETE_FAST DELETE_GLOBAL DELETE_NAME DICT_MERGE
    DICT_UPDATE END_ASYNC_FOR EXTENDED_ARG FOR_ITER GET_AWAITABLE IMPORT_FROM IMPORT_NAME IS_OP JUMP_BACKWARD
    JUMP_BACKWARD_NO_INTERRUPT JUMP_FORWARD LIST_APPEND LIST_EXTEND LOAD_ATTR LOAD_COMMON_CONSTANT LOAD_CONST LOAD_DEREF
    LOAD_FAST LOAD_FAST_AND_CLEAR LOAD_FAST_BORROW LOAD_FAST_BORROW_LOAD_FAST_BORROW LOAD_FAST_CHECK LOAD_FAST_LOAD_FAST
    LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS LOAD_GLOBAL LOAD_NAME LOAD_SMALL_INT LOAD_SPECIAL LOAD_SUPER_ATTR
    MAKE_CELL MAP_ADD MATCH_CLASS POP_JUMP_IF_FALSE POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE POP_JUMP_IF_TRUE RAISE_VARARGS
    RERAISE SEND SET_ADD SET_FUNCTION_ATTRIBUTE SET_UPDATE STORE_ATTR STORE_DEREF STORE_FAST STORE_FAST_LOAD_FAST
    STORE_FAST_STORE_FAST STORE_GLOBAL STORE_NAME SWAP UNPACK_EX UNPACK_SEQUENCE YIELD_VALUE";

/// CPython's specialised forms from number 129 on.
const FROM_129: &str = "BINARY_OP_ADD_FLOAT BINARY_OP_ADD_INT BINARY_OP_ADD_UNICODE BINARY_OP_EXTEND
    BINARY_OP_MULTIPLY_FLOAT BINARY_OP_MULTIPLY_INT BINARY_OP_SUBSCR_DICT BINARY_OP_SUBSCR_GETITEM
    BINARY_OP_SUBSCR_LIST_INT BINARY_OP_SUBSCR_LIST_SLICE BINARY_OP_SUBSCR_STR_INT BINARY_OP_SUBSCR_TUPLE_INT
    BINARY_OP_SUBTRACT_FLOAT BINARY_OP_SUBTRACT_INT CALL_ALLOC_AND_ENTER_INIT CALL_BOUND_METHOD_EXACT_ARGS
    CALL_BOUND_METHOD_GENERAL CALL_BUILTIN_CLASS CALL_BUILTIN_FAST CALL_BUILTIN_FAST_WITH_KEYWORDS CALL_BUILTIN_O
    CALL_ISINSTANCE CALL_KW_BOUND_METHOD CALL_KW_NON_PY CALL_KW_PY CALL_LEN CALL_LIST_APPEND CALL_METHOD_DESCRIPTOR_FAST
    CALL_METHOD_DESCRIPTOR_FAST_WITH_KEYWORDS CALL_METHOD_DESCRIPTOR_NOARGS CALL_METHOD_DESCRIPTOR_O CALL_NON_PY_GENERAL
    CALL_PY_EXACT_ARGS CALL_PY_GENERAL CALL_STR_1 CALL_TUPLE_1 CALL_TYPE_1 COMPARE_OP_FLOAT COMPARE_OP_INT COMPARE_OP_STR
    CONTAINS_OP_DICT CONTAINS_OP_SET FOR_ITER_GEN FOR_ITER_LIST FOR_ITER_RANGE FOR_ITER_TUPLE";

/// Numbers by name.
pub type Numbers = BTreeMap<String, u8>;

pub fn assign(d: &Description) -> Result<Numbers, String> {
    let mut known: BTreeMap<&str, u8> = FIXED.iter().copied().collect();
    for (first, names) in [(5, FROM_5), (129, FROM_129)] {
        for (n, name) in (first..).zip(names.split_whitespace()) {
            known.insert(name, n);
        }
    }
    let mut out = Numbers::new();
    let mut taken = [false; 256];
    // Numbers that CPython gives to base instructions stay free for them.
    for (name, n) in &known {
        if *n <= 128 || d.get(name).is_some() {
            taken[*n as usize] = true;
        }
    }
    let mut free = (3..=255u8).rev().collect::<Vec<_>>();
    let all = d.insts.iter().filter(|i| !i.internal).map(|i| &i.name).chain(d.supers.iter().map(|s| &s.name));
    for name in all {
        let n = match known.get(name.as_str()) {
            Some(n) => *n,
            None => loop {
                let Some(n) = free.pop() else { return Err("more than 256 opcodes".into()) };
                if !taken[n as usize] {
                    taken[n as usize] = true;
                    break n;
                }
            },
        };
        out.insert(name.clone(), n);
    }
    Ok(out)
}
