//! How many stack entries an instruction adds.

use crate::op::*;

/// The net growth of the stack by `op`, if its jump is taken (`jump`) or not. `None` for numbers
/// that are no instruction.
pub fn stack_effect(op: u8, oparg: u32, jump: bool) -> Option<i32> {
    let n = oparg as i32;
    let low = n & 1;
    Some(match op {
        CACHE | RESERVED | NOP | NOT_TAKEN | RESUME | EXTENDED_ARG => 0,
        BINARY_SLICE => -2,
        BUILD_TEMPLATE => -1,
        CALL_FUNCTION_EX | TAIL_CALL_FUNCTION_EX => -3,
        CHECK_EG_MATCH | CHECK_EXC_MATCH => 0,
        CLEANUP_THROW => -1,
        DELETE_SUBSCR => -2,
        END_FOR | END_SEND | EXIT_INIT_CHECK | FORMAT_WITH_SPEC => -1,
        FORMAT_SIMPLE | GET_AITER | GET_ITER | GET_YIELD_FROM_ITER | GET_AWAITABLE => 0,
        GET_ANEXT | GET_LEN => 1,
        INTERPRETER_EXIT => -1,
        LOAD_BUILD_CLASS | LOAD_LOCALS => 1,
        MAKE_FUNCTION => 0,
        MATCH_KEYS | MATCH_MAPPING | MATCH_SEQUENCE => 1,
        POP_EXCEPT | POP_ITER | POP_TOP => -1,
        PUSH_EXC_INFO | PUSH_NULL | RETURN_GENERATOR => 1,
        RETURN_VALUE => 0,
        SETUP_ANNOTATIONS => 0,
        STORE_SLICE => -4,
        STORE_SUBSCR => -3,
        TO_BOOL | UNARY_INVERT | UNARY_NEGATIVE | UNARY_NOT => 0,
        WITH_EXCEPT_START => 1,
        BINARY_OP => -1,
        BUILD_INTERPOLATION => -1 - low,
        BUILD_LIST | BUILD_SET | BUILD_SLICE | BUILD_STRING | BUILD_TUPLE => 1 - n,
        BUILD_MAP => 1 - 2 * n,
        CALL | TAIL_CALL => -1 - n,
        CALL_KW | TAIL_CALL_KW => -2 - n,
        CALL_INTRINSIC_1 => 0,
        CALL_INTRINSIC_2 => -1,
        COMPARE_OP | CONTAINS_OP | IS_OP => -1,
        CONVERT_VALUE | COPY_FREE_VARS | MAKE_CELL => 0,
        COPY => 1,
        DELETE_ATTR => -1,
        DELETE_DEREF | DELETE_FAST | DELETE_GLOBAL | DELETE_NAME => 0,
        DICT_MERGE | DICT_UPDATE | LIST_APPEND | LIST_EXTEND | SET_ADD | SET_UPDATE => -1,
        MAP_ADD => -2,
        END_ASYNC_FOR => -2,
        FOR_ITER => 1,
        IMPORT_FROM => 1,
        IMPORT_NAME => -1,
        JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT | JUMP_FORWARD => 0,
        LOAD_ATTR => low,
        LOAD_COMMON_CONSTANT | LOAD_CONST | LOAD_DEREF | LOAD_FAST | LOAD_FAST_AND_CLEAR
        | LOAD_FAST_BORROW | LOAD_FAST_CHECK | LOAD_NAME | LOAD_SMALL_INT | LOAD_SPECIAL => 1,
        LOAD_FAST_BORROW_LOAD_FAST_BORROW | LOAD_FAST_LOAD_FAST => 2,
        LOAD_FROM_DICT_OR_DEREF | LOAD_FROM_DICT_OR_GLOBALS => 0,
        LOAD_GLOBAL => 1 + low,
        LOAD_SUPER_ATTR => low - 2,
        MATCH_CLASS => -2,
        POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_TRUE => -1,
        RAISE_VARARGS => -n,
        RERAISE => -1,
        SEND => 0,
        SET_FUNCTION_ATTRIBUTE => -1,
        STORE_ATTR => -2,
        STORE_DEREF | STORE_FAST | STORE_GLOBAL | STORE_NAME => -1,
        STORE_FAST_LOAD_FAST | SWAP | YIELD_VALUE => 0,
        STORE_FAST_STORE_FAST => -2,
        UNPACK_EX => (n & 0xff) + (n >> 8),
        UNPACK_SEQUENCE => n - 1,
        _ => {
            let _ = jump;
            let (pops, pushes) = info(op).stack?;
            pushes as i32 - pops as i32
        }
    })
}

/// How many entries `op` takes from the stack; some of them it may put back.
pub fn stack_inputs(op: u8, oparg: u32) -> Option<u32> {
    let n = oparg;
    Some(match op {
        BINARY_SLICE | LOAD_SUPER_ATTR | MATCH_CLASS | STORE_SUBSCR | CLEANUP_THROW => 3,
        BUILD_TEMPLATE | CHECK_EG_MATCH | CHECK_EXC_MATCH | DELETE_SUBSCR | END_SEND | FORMAT_WITH_SPEC | MATCH_KEYS
        | BINARY_OP | CALL_INTRINSIC_2 | COMPARE_OP | CONTAINS_OP | END_ASYNC_FOR | IMPORT_NAME | IS_OP | SEND
        | SET_FUNCTION_ATTRIBUTE | STORE_ATTR | STORE_FAST_STORE_FAST => 2,
        CALL_FUNCTION_EX | TAIL_CALL_FUNCTION_EX | STORE_SLICE => 4,
        WITH_EXCEPT_START => 5,
        BUILD_INTERPOLATION => 2 + (n & 1),
        BUILD_LIST | BUILD_SET | BUILD_SLICE | BUILD_STRING | BUILD_TUPLE | COPY | SWAP | RAISE_VARARGS => n,
        BUILD_MAP => 2 * n,
        CALL | TAIL_CALL => 2 + n,
        CALL_KW | TAIL_CALL_KW => 3 + n,
        DICT_MERGE => 4 + n,
        DICT_UPDATE | LIST_APPEND | LIST_EXTEND | SET_ADD | SET_UPDATE | RERAISE => 1 + n,
        MAP_ADD => 2 + n,
        END_FOR | EXIT_INIT_CHECK | FORMAT_SIMPLE | GET_AITER | GET_ANEXT | GET_ITER | GET_LEN | GET_YIELD_FROM_ITER
        | INTERPRETER_EXIT | MAKE_FUNCTION | MATCH_MAPPING | MATCH_SEQUENCE | POP_EXCEPT | POP_ITER | POP_TOP
        | PUSH_EXC_INFO | RETURN_VALUE | TO_BOOL | UNARY_INVERT | UNARY_NEGATIVE | UNARY_NOT | CALL_INTRINSIC_1
        | CONVERT_VALUE | DELETE_ATTR | FOR_ITER | GET_AWAITABLE | IMPORT_FROM | LOAD_ATTR
        | LOAD_FROM_DICT_OR_DEREF | LOAD_FROM_DICT_OR_GLOBALS | LOAD_SPECIAL | POP_JUMP_IF_FALSE | POP_JUMP_IF_NONE
        | POP_JUMP_IF_NOT_NONE | POP_JUMP_IF_TRUE | STORE_DEREF | STORE_FAST | STORE_FAST_LOAD_FAST | STORE_GLOBAL
        | STORE_NAME | UNPACK_EX | UNPACK_SEQUENCE | YIELD_VALUE => 1,
        _ => {
            stack_effect(op, oparg, false)?;
            info(op).stack.map_or(0, |s| s.0 as u32)
        }
    })
}
