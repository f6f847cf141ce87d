//! The instructions of CPython 3.11 to 3.15 by name, and what each does to the stack.
//!
//! Numbers and cache sizes come from the running interpreter; names and effects are facts of the
//! versions, kept here. `python/tests` compares the effects with `dis.stack_effect`.

macro_rules! ops {
    ($($name:ident)*) => {
        /// An instruction, unspecialised and without instrumentation.
        #[allow(non_camel_case_types, clippy::upper_case_acronyms)]
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Op { $($name),* }

        impl Op {
            pub const ALL: &'static [Op] = &[$(Op::$name),*];

            pub fn name(self) -> &'static str {
                match self { $(Op::$name => stringify!($name)),* }
            }
            pub fn by_name(name: &str) -> Option<Op> {
                match name { $(stringify!($name) => Some(Op::$name),)* _ => None }
            }
        }
    };
}

ops! {
    CACHE EXTENDED_ARG NOP NOT_TAKEN RESUME MAKE_CELL COPY_FREE_VARS PRECALL KW_NAMES
    DELETE_FAST DELETE_DEREF DELETE_GLOBAL DELETE_NAME SETUP_ANNOTATIONS
    JUMP_FORWARD JUMP_BACKWARD JUMP_BACKWARD_NO_INTERRUPT
    POP_JUMP_IF_FALSE POP_JUMP_IF_TRUE POP_JUMP_IF_NONE POP_JUMP_IF_NOT_NONE
    POP_JUMP_FORWARD_IF_FALSE POP_JUMP_FORWARD_IF_TRUE POP_JUMP_FORWARD_IF_NONE POP_JUMP_FORWARD_IF_NOT_NONE
    POP_JUMP_BACKWARD_IF_FALSE POP_JUMP_BACKWARD_IF_TRUE POP_JUMP_BACKWARD_IF_NONE POP_JUMP_BACKWARD_IF_NOT_NONE
    JUMP_IF_TRUE_OR_POP JUMP_IF_FALSE_OR_POP FOR_ITER SEND
    RETURN_VALUE RETURN_CONST RAISE_VARARGS RERAISE INTERPRETER_EXIT
    POP_TOP POP_ITER END_FOR END_SEND PUSH_NULL COPY SWAP
    LOAD_CONST LOAD_SMALL_INT LOAD_COMMON_CONSTANT LOAD_ASSERTION_ERROR LOAD_BUILD_CLASS LOAD_LOCALS
    LOAD_FAST LOAD_FAST_CHECK LOAD_FAST_BORROW LOAD_FAST_AND_CLEAR LOAD_CLOSURE LOAD_DEREF LOAD_CLASSDEREF
    LOAD_FAST_LOAD_FAST LOAD_FAST_BORROW_LOAD_FAST_BORROW STORE_FAST_LOAD_FAST STORE_FAST_STORE_FAST
    LOAD_NAME LOAD_GLOBAL LOAD_FROM_DICT_OR_DEREF LOAD_FROM_DICT_OR_GLOBALS
    LOAD_ATTR LOAD_METHOD LOAD_SUPER_ATTR LOAD_SPECIAL
    STORE_FAST STORE_DEREF STORE_GLOBAL STORE_NAME STORE_ATTR DELETE_ATTR
    STORE_SUBSCR DELETE_SUBSCR BINARY_SUBSCR BINARY_SLICE STORE_SLICE
    BINARY_OP COMPARE_OP CONTAINS_OP IS_OP UNARY_POSITIVE UNARY_NEGATIVE UNARY_NOT UNARY_INVERT TO_BOOL
    BUILD_TUPLE BUILD_LIST BUILD_SET BUILD_STRING BUILD_MAP BUILD_CONST_KEY_MAP BUILD_SLICE
    BUILD_TEMPLATE BUILD_INTERPOLATION
    LIST_APPEND SET_ADD MAP_ADD LIST_EXTEND SET_UPDATE DICT_UPDATE DICT_MERGE LIST_TO_TUPLE
    UNPACK_SEQUENCE UNPACK_EX
    FORMAT_VALUE FORMAT_SIMPLE FORMAT_WITH_SPEC CONVERT_VALUE
    CALL CALL_KW CALL_FUNCTION_EX CALL_INTRINSIC_1 CALL_INTRINSIC_2
    MAKE_FUNCTION SET_FUNCTION_ATTRIBUTE
    GET_ITER GET_YIELD_FROM_ITER GET_LEN MATCH_MAPPING MATCH_SEQUENCE MATCH_KEYS MATCH_CLASS
    IMPORT_NAME IMPORT_FROM IMPORT_STAR
    PUSH_EXC_INFO POP_EXCEPT CHECK_EXC_MATCH CHECK_EG_MATCH WITH_EXCEPT_START PREP_RERAISE_STAR
    BEFORE_WITH BEFORE_ASYNC_WITH CLEANUP_THROW EXIT_INIT_CHECK
    RETURN_GENERATOR YIELD_VALUE ASYNC_GEN_WRAP GET_AWAITABLE GET_AITER GET_ANEXT END_ASYNC_FOR PRINT_EXPR
}

/// What an instruction does to the stack.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    pub pops: u32,
    pub pushes: u32,
    /// How many entries it looks at.
    pub reach: u32,
}

const fn effect(pops: u32, pushes: u32) -> Effect {
    Effect { pops, pushes, reach: pops }
}

const fn peek(reach: u32, pops: u32, pushes: u32) -> Effect {
    Effect { pops, pushes, reach }
}

impl Op {
    /// The effect in Python 3.`minor`, its jump taken or not. `None` if the oparg is absurd.
    pub fn effect(self, arg: u32, minor: u8, jump: bool) -> Option<Effect> {
        use Op::*;
        if arg > 1 << 24 {
            return None;
        }
        let low = arg & 1;
        Some(match self {
            CACHE | EXTENDED_ARG | NOP | NOT_TAKEN | RESUME | MAKE_CELL | COPY_FREE_VARS | PRECALL | KW_NAMES
            | DELETE_FAST | DELETE_DEREF | DELETE_GLOBAL | DELETE_NAME | SETUP_ANNOTATIONS | JUMP_FORWARD
            | JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT | RETURN_CONST => effect(0, 0),
            POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE
            | POP_JUMP_FORWARD_IF_FALSE | POP_JUMP_FORWARD_IF_TRUE | POP_JUMP_FORWARD_IF_NONE
            | POP_JUMP_FORWARD_IF_NOT_NONE | POP_JUMP_BACKWARD_IF_FALSE | POP_JUMP_BACKWARD_IF_TRUE
            | POP_JUMP_BACKWARD_IF_NONE | POP_JUMP_BACKWARD_IF_NOT_NONE => effect(1, 0),
            JUMP_IF_TRUE_OR_POP | JUMP_IF_FALSE_OR_POP if jump => peek(1, 0, 0),
            JUMP_IF_TRUE_OR_POP | JUMP_IF_FALSE_OR_POP => effect(1, 0),
            FOR_ITER if jump && minor == 11 => effect(1, 0),
            FOR_ITER => peek(if minor >= 15 { 2 } else { 1 }, 0, 1),
            SEND if jump && minor == 11 => effect(2, 1),
            SEND => peek(2, 1, 1),
            RETURN_VALUE | POP_TOP | INTERPRETER_EXIT | PRINT_EXPR => effect(1, 0),
            POP_ITER if minor >= 15 => effect(2, 0),
            POP_ITER => effect(1, 0),
            END_FOR if minor == 12 => effect(2, 0),
            END_FOR => effect(1, 0),
            END_SEND if minor >= 15 => effect(3, 1),
            END_SEND => effect(2, 1),
            RAISE_VARARGS => effect(arg, 0),
            // Below the exception lies what SEND or the handler left; only the top matters here.
            RERAISE => peek(1 + arg, 1, 0),
            PUSH_NULL | LOAD_CONST | LOAD_SMALL_INT | LOAD_COMMON_CONSTANT | LOAD_ASSERTION_ERROR
            | LOAD_BUILD_CLASS | LOAD_LOCALS | LOAD_FAST | LOAD_FAST_CHECK | LOAD_FAST_BORROW
            | LOAD_FAST_AND_CLEAR | LOAD_CLOSURE | LOAD_DEREF | LOAD_CLASSDEREF | LOAD_NAME => effect(0, 1),
            RETURN_GENERATOR => effect(0, 1),
            COPY => peek(arg, 0, 1),
            SWAP => peek(arg, 0, 0),
            LOAD_FAST_LOAD_FAST | LOAD_FAST_BORROW_LOAD_FAST_BORROW => effect(0, 2),
            STORE_FAST_LOAD_FAST => effect(1, 1),
            STORE_FAST_STORE_FAST => effect(2, 0),
            LOAD_GLOBAL => effect(0, 1 + low),
            LOAD_FROM_DICT_OR_DEREF | LOAD_FROM_DICT_OR_GLOBALS => effect(1, 1),
            LOAD_ATTR if minor >= 12 => effect(1, 1 + low),
            LOAD_ATTR => effect(1, 1),
            LOAD_METHOD => effect(1, 2),
            LOAD_SUPER_ATTR => effect(3, 1 + low),
            LOAD_SPECIAL => effect(1, 2),
            STORE_FAST | STORE_DEREF | STORE_GLOBAL | STORE_NAME | DELETE_ATTR => effect(1, 0),
            STORE_ATTR | DELETE_SUBSCR => effect(2, 0),
            STORE_SUBSCR => effect(3, 0),
            BINARY_SUBSCR | BINARY_OP | COMPARE_OP | CONTAINS_OP | IS_OP => effect(2, 1),
            BINARY_SLICE => effect(3, 1),
            STORE_SLICE => effect(4, 0),
            UNARY_POSITIVE | UNARY_NEGATIVE | UNARY_NOT | UNARY_INVERT | TO_BOOL => effect(1, 1),
            BUILD_TUPLE | BUILD_LIST | BUILD_SET | BUILD_STRING => effect(arg, 1),
            BUILD_MAP => effect(2 * arg, 1),
            BUILD_CONST_KEY_MAP => effect(arg + 1, 1),
            BUILD_SLICE if minor >= 14 => effect(arg, 1),
            BUILD_SLICE => effect(if arg == 3 { 3 } else { 2 }, 1),
            BUILD_TEMPLATE => effect(2, 1),
            BUILD_INTERPOLATION => effect(2 + low, 1),
            LIST_APPEND | SET_ADD | LIST_EXTEND | SET_UPDATE | DICT_UPDATE => peek(arg + 1, 1, 0),
            MAP_ADD => peek(arg + 2, 2, 0),
            DICT_MERGE => peek(arg + if minor >= 13 { 4 } else { 3 }, 1, 0),
            LIST_TO_TUPLE => effect(1, 1),
            UNPACK_SEQUENCE => effect(1, arg),
            UNPACK_EX => effect(1, (arg & 0xff) + (arg >> 8) + 1),
            FORMAT_VALUE => effect(if arg & 4 != 0 { 2 } else { 1 }, 1),
            FORMAT_SIMPLE | CONVERT_VALUE => effect(1, 1),
            FORMAT_WITH_SPEC => effect(2, 1),
            CALL => effect(arg + 2, 1),
            CALL_KW => effect(arg + 3, 1),
            CALL_FUNCTION_EX if minor >= 14 => effect(4, 1),
            CALL_FUNCTION_EX => effect(3 + low, 1),
            CALL_INTRINSIC_1 => effect(1, 1),
            CALL_INTRINSIC_2 => effect(2, 1),
            MAKE_FUNCTION if minor <= 12 => effect(1 + (arg & 15).count_ones(), 1),
            MAKE_FUNCTION => effect(1, 1),
            SET_FUNCTION_ATTRIBUTE => effect(2, 1),
            GET_ITER if minor >= 15 => effect(1, 2),
            GET_ITER | GET_YIELD_FROM_ITER => effect(1, 1),
            GET_LEN | MATCH_MAPPING | MATCH_SEQUENCE => effect(1, 2),
            MATCH_KEYS => effect(2, 3),
            MATCH_CLASS => effect(3, 1),
            IMPORT_NAME => effect(2, 1),
            IMPORT_FROM => effect(1, 2),
            IMPORT_STAR => effect(1, 0),
            PUSH_EXC_INFO => effect(1, 2),
            POP_EXCEPT => effect(1, 0),
            CHECK_EXC_MATCH | CHECK_EG_MATCH => effect(2, 2),
            WITH_EXCEPT_START => peek(if minor >= 14 { 5 } else { 4 }, 0, 1),
            PREP_RERAISE_STAR => effect(2, 1),
            BEFORE_WITH | BEFORE_ASYNC_WITH => effect(1, 2),
            CLEANUP_THROW => effect(3, 2),
            EXIT_INIT_CHECK => effect(1, 0),
            YIELD_VALUE | ASYNC_GEN_WRAP | GET_AWAITABLE | GET_AITER => effect(1, 1),
            GET_ANEXT => effect(1, 2),
            END_ASYNC_FOR => effect(2, 0),
        })
    }

    /// Where the instruction jumps to: forwards or backwards.
    pub fn jump(self) -> Option<Direction> {
        use Op::*;
        match self {
            JUMP_BACKWARD | JUMP_BACKWARD_NO_INTERRUPT | POP_JUMP_BACKWARD_IF_FALSE | POP_JUMP_BACKWARD_IF_TRUE
            | POP_JUMP_BACKWARD_IF_NONE | POP_JUMP_BACKWARD_IF_NOT_NONE => Some(Direction::Backward),
            JUMP_FORWARD | POP_JUMP_IF_FALSE | POP_JUMP_IF_TRUE | POP_JUMP_IF_NONE | POP_JUMP_IF_NOT_NONE
            | POP_JUMP_FORWARD_IF_FALSE | POP_JUMP_FORWARD_IF_TRUE | POP_JUMP_FORWARD_IF_NONE
            | POP_JUMP_FORWARD_IF_NOT_NONE | JUMP_IF_TRUE_OR_POP | JUMP_IF_FALSE_OR_POP | FOR_ITER | SEND => {
                Some(Direction::Forward)
            }
            _ => None,
        }
    }

    /// Whether the next instruction is never reached from this one.
    pub fn ends(self) -> bool {
        use Op::*;
        matches!(
            self,
            JUMP_FORWARD
                | JUMP_BACKWARD
                | JUMP_BACKWARD_NO_INTERRUPT
                | RETURN_VALUE
                | RETURN_CONST
                | RAISE_VARARGS
                | RERAISE
                | INTERPRETER_EXIT
        )
    }
}

/// Which way a jump goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Forward,
    Backward,
}

/// The instruction set of a running interpreter.
#[derive(Clone, Debug)]
pub struct Tables {
    /// The minor version: 11 for Python 3.11.
    pub minor: u8,
    ops: [Option<Op>; 256],
    caches: [u8; 256],
    numbers: Vec<Option<u8>>,
}

/// Versions whose bytecode is known.
pub const VERSIONS: std::ops::RangeInclusive<u8> = 11..=15;

impl Tables {
    /// From the interpreter's own lists: name, number and cache size of each instruction. Names not
    /// known here (specialised forms, instrumentation) are left out: code that uses them is refused.
    pub fn new<'a>(minor: u8, list: impl IntoIterator<Item = (&'a str, u32, u32)>) -> Result<Tables, String> {
        if !VERSIONS.contains(&minor) {
            return Err(format!("Python 3.{minor} is not known"));
        }
        let mut tables =
            Tables { minor, ops: [None; 256], caches: [0; 256], numbers: vec![None; Op::ALL.len()] };
        for (name, number, caches) in list {
            let (Ok(number), Ok(caches)) = (u8::try_from(number), u8::try_from(caches)) else { continue };
            if let Some(op) = Op::by_name(name) {
                tables.ops[number as usize] = Some(op);
                tables.caches[number as usize] = caches;
                tables.numbers[op as usize] = Some(number);
            }
        }
        // What is emitted must exist.
        use Op::*;
        let mut needed = vec![
            EXTENDED_ARG, NOP, RESUME, JUMP_FORWARD, JUMP_BACKWARD, COPY, SWAP, POP_TOP, PUSH_NULL, LOAD_CONST,
            LOAD_DEREF, LOAD_ATTR, STORE_FAST, MAKE_CELL, COPY_FREE_VARS, IS_OP, CALL, CALL_FUNCTION_EX,
            BUILD_TUPLE, BUILD_MAP, UNPACK_SEQUENCE, RETURN_VALUE, LOAD_FAST, PUSH_EXC_INFO, POP_EXCEPT,
        ];
        match minor {
            11 => needed.extend([PRECALL, KW_NAMES, LOAD_METHOD, POP_JUMP_FORWARD_IF_FALSE, POP_JUMP_FORWARD_IF_TRUE]),
            12 => needed.extend([KW_NAMES, POP_JUMP_IF_FALSE, POP_JUMP_IF_TRUE, LOAD_FAST_CHECK]),
            13 => needed.extend([CALL_KW, POP_JUMP_IF_FALSE, POP_JUMP_IF_TRUE, STORE_FAST_STORE_FAST]),
            _ => needed.extend([CALL_KW, POP_JUMP_IF_FALSE, POP_JUMP_IF_TRUE, NOT_TAKEN, LOAD_FAST_LOAD_FAST, STORE_FAST_STORE_FAST]),
        }
        match needed.into_iter().find(|op| tables.numbers[*op as usize].is_none()) {
            Some(op) => Err(format!("this Python 3.{minor} has no instruction {}", op.name())),
            None => Ok(tables),
        }
    }

    pub fn op(&self, number: u8) -> Option<Op> {
        self.ops[number as usize]
    }
    pub fn caches(&self, op: Op) -> u32 {
        self.number(op).map_or(0, |n| self.caches[n as usize] as u32)
    }
    pub fn number(&self, op: Op) -> Option<u8> {
        self.numbers[op as usize]
    }
}
