//! Pseudo-instructions: they exist between code generation and assembly only.

use super::Op;

pub const ANNOTATIONS_PLACEHOLDER: Op = 256;
pub const JUMP: Op = 257;
pub const JUMP_IF_FALSE: Op = 258;
pub const JUMP_IF_TRUE: Op = 259;
pub const JUMP_NO_INTERRUPT: Op = 260;
pub const LOAD_CLOSURE: Op = 261;
pub const POP_BLOCK: Op = 262;
pub const SETUP_CLEANUP: Op = 263;
pub const SETUP_FINALLY: Op = 264;
pub const SETUP_WITH: Op = 265;
pub const STORE_FAST_MAYBE_NULL: Op = 266;

pub const fn is_jump(op: Op) -> bool {
    matches!(op, JUMP | JUMP_IF_FALSE | JUMP_IF_TRUE | JUMP_NO_INTERRUPT)
}

pub const fn is_block_push(op: Op) -> bool {
    matches!(op, SETUP_CLEANUP | SETUP_FINALLY | SETUP_WITH)
}
