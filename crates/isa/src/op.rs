//! Opcodes by name and what is known of each.

pub use crate::generated::opcodes::*;

/// Properties of an opcode, joined with `|` in [`OpInfo::flags`].
pub mod flag {
    /// The oparg means something.
    pub const ARG: u16 = 1;
    /// The oparg indexes the constants.
    pub const CONST: u16 = 2;
    /// The oparg indexes the names (for some after a shift: see [`crate::oparg::name_index`]).
    pub const NAME: u16 = 4;
    /// The oparg is a relative jump, counted in units after the instruction's caches.
    pub const JUMP: u16 = 8;
    /// The oparg indexes a cell or free variable among the fast locals.
    pub const FREE: u16 = 16;
    /// The oparg indexes the fast locals.
    pub const LOCAL: u16 = 32;
    /// Control never reaches the next instruction, nor any in this function.
    pub const ENDS: u16 = 64;
    /// An unconditional jump.
    pub const ALWAYS: u16 = 128;
    /// The jump goes backwards.
    pub const BACKWARD: u16 = 256;
}

/// Metadata of one opcode.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    pub name: &'static str,
    /// Units of inline cache behind the instruction.
    pub caches: u8,
    pub flags: u16,
    /// Entries taken off and put on the stack, where the description of the instruction tells.
    pub stack: Option<(u8, u8)>,
}

impl OpInfo {
    pub const NONE: OpInfo = OpInfo { name: "", caches: 0, flags: 0, stack: None };

    pub const fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }
    pub const fn has_arg(&self) -> bool {
        self.has(flag::ARG)
    }
    pub const fn has_const(&self) -> bool {
        self.has(flag::CONST)
    }
    pub const fn has_name(&self) -> bool {
        self.has(flag::NAME)
    }
    pub const fn has_jump(&self) -> bool {
        self.has(flag::JUMP)
    }
    pub const fn has_free(&self) -> bool {
        self.has(flag::FREE)
    }
    pub const fn has_local(&self) -> bool {
        self.has(flag::LOCAL)
    }
    /// Whether the next instruction is never reached from this one.
    pub const fn is_terminator(&self) -> bool {
        self.has(flag::ENDS | flag::ALWAYS)
    }
}

/// The metadata of `op`.
pub fn info(op: u8) -> &'static OpInfo {
    &INFO[op as usize]
}

/// The opcode called `name`.
pub fn by_name(name: &str) -> Option<u8> {
    INFO.iter().position(|i| !i.name.is_empty() && i.name == name).map(|i| i as u8)
}
