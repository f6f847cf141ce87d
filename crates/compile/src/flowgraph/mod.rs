//! The flow graph of one code object: basic blocks of instructions, pseudo-instructions included.

mod build;
pub mod pseudo;
mod sequence;

pub use sequence::{Label, Sequence};

use taipan_isa::locations::Location;
use taipan_isa::op as real;
use taipan_isa::{stack_effect, stack_inputs};

/// An opcode: a real one below 256, a pseudo-instruction above.
pub type Op = u16;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockId(pub u32);

#[derive(Clone, Copy, Debug)]
pub struct Inst {
    pub op: Op,
    pub arg: u32,
    pub loc: Location,
    /// Where a jump or a block setup leads.
    pub target: Option<BlockId>,
    /// Where an exception raised here leads.
    pub except: Option<BlockId>,
}

impl Inst {
    pub fn new(op: Op, arg: u32, loc: Location) -> Inst {
        Inst { op, arg, loc, target: None, except: None }
    }
    pub fn is(&self, op: u8) -> bool {
        self.op == op as Op
    }
    pub fn set_nop(&mut self) {
        self.op = real::NOP as Op;
        self.arg = 0;
        self.target = None;
    }
    pub fn set(&mut self, op: u8, arg: u32) {
        self.op = op as Op;
        self.arg = arg;
    }
    pub fn is_jump(&self) -> bool {
        has_jump(self.op)
    }
    pub fn is_block_push(&self) -> bool {
        pseudo::is_block_push(self.op)
    }
    /// Has a target: a jump or a block setup.
    pub fn has_target(&self) -> bool {
        self.is_jump() || self.is_block_push()
    }
    pub fn is_unconditional_jump(&self) -> bool {
        is_unconditional_jump(self.op)
    }
    pub fn exits_scope(&self) -> bool {
        is_scope_exit(self.op)
    }
    pub fn line(&self) -> i32 {
        self.loc.line
    }
}

pub fn has_jump(op: Op) -> bool {
    match u8::try_from(op) {
        Ok(op) => real::info(op).has_jump(),
        Err(_) => pseudo::is_jump(op),
    }
}

pub fn is_scope_exit(op: Op) -> bool {
    op < 256 && matches!(op as u8, real::RETURN_VALUE | real::RAISE_VARARGS | real::RERAISE)
}

pub fn is_unconditional_jump(op: Op) -> bool {
    match u8::try_from(op) {
        Ok(op) => {
            matches!(op, real::JUMP_FORWARD | real::JUMP_BACKWARD | real::JUMP_BACKWARD_NO_INTERRUPT)
        }
        Err(_) => matches!(op, pseudo::JUMP | pseudo::JUMP_NO_INTERRUPT),
    }
}

/// Nothing of the block follows this instruction.
pub fn is_terminator(op: Op) -> bool {
    has_jump(op) || is_scope_exit(op)
}

/// Net growth of the stack.
pub fn effect(op: Op, arg: u32, jump: bool) -> i32 {
    match u8::try_from(op) {
        Ok(op) => stack_effect(op, arg, jump).unwrap_or(0),
        Err(_) => match op {
            pseudo::SETUP_CLEANUP if jump => 2,
            pseudo::SETUP_FINALLY | pseudo::SETUP_WITH if jump => 1,
            pseudo::LOAD_CLOSURE => 1,
            pseudo::STORE_FAST_MAYBE_NULL => -1,
            _ => 0,
        },
    }
}

/// Entries taken from the stack.
pub fn inputs(op: Op, arg: u32) -> u32 {
    match u8::try_from(op) {
        Ok(op) => stack_inputs(op, arg).unwrap_or(0),
        Err(_) => match op {
            pseudo::STORE_FAST_MAYBE_NULL | pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE => 1,
            _ => 0,
        },
    }
}

#[derive(Clone, Debug, Default)]
pub struct Block {
    pub insts: Vec<Inst>,
    pub next: Option<BlockId>,
    /// The target of some jump.
    pub labelled: bool,
    pub except_handler: bool,
    /// The handler needs to know which instruction raised.
    pub preserve_lasti: bool,
    pub cold: bool,
    pub warm: bool,
    pub visited: bool,
    pub predecessors: u32,
    /// Stack depth on entry; negative while unknown.
    pub startdepth: i32,
    /// Which of the first 64 locals may be unbound on entry.
    pub unsafe_locals: u64,
}

impl Block {
    pub fn last(&self) -> Option<&Inst> {
        self.insts.last()
    }
    pub fn falls_through(&self) -> bool {
        !self.last().is_some_and(|i| i.exits_scope() || i.is_unconditional_jump())
    }
    pub fn exits_scope(&self) -> bool {
        self.last().is_some_and(Inst::exits_scope)
    }
    pub fn has_no_lineno(&self) -> bool {
        self.insts.iter().all(|i| i.line() < 0)
    }
    /// Whether signals and the like may be handled in this block.
    pub fn has_eval_break(&self) -> bool {
        self.insts.iter().any(|i| match u8::try_from(i.op) {
            Ok(op) => {
                matches!(op, real::CALL | real::CALL_FUNCTION_EX | real::RESUME | real::JUMP_BACKWARD)
            }
            Err(_) => i.op == pseudo::JUMP,
        })
    }
}

/// Blocks, linked in the order in which they will be laid out from [`Graph::ENTRY`] on.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub blocks: Vec<Block>,
}

impl Graph {
    pub const ENTRY: BlockId = BlockId(0);

    pub fn new_block(&mut self) -> BlockId {
        self.blocks.push(Block::default());
        BlockId(self.blocks.len() as u32 - 1)
    }
    /// Block ids in layout order, as they are now.
    pub fn order(&self) -> Vec<BlockId> {
        let mut out = Vec::with_capacity(self.blocks.len());
        let mut at = Some(Graph::ENTRY);
        while let Some(b) = at {
            out.push(b);
            at = self[b].next;
        }
        out
    }
    /// `block`, or the first after it that holds instructions.
    pub fn nonempty(&self, mut block: Option<BlockId>) -> Option<BlockId> {
        while let Some(b) = block {
            if !self[b].insts.is_empty() {
                return Some(b);
            }
            block = self[b].next;
        }
        None
    }
    pub fn clear_visited(&mut self) {
        self.blocks.iter_mut().for_each(|b| b.visited = false);
    }
    /// A copy of a block that has no successor by falling through.
    pub fn copy_block(&mut self, block: BlockId) -> BlockId {
        let insts = self[block].insts.clone();
        let id = self.new_block();
        self[id].insts = insts;
        id
    }
}

impl std::ops::Index<BlockId> for Graph {
    type Output = Block;
    fn index(&self, id: BlockId) -> &Block {
        &self.blocks[id.0 as usize]
    }
}

impl std::ops::IndexMut<BlockId> for Graph {
    fn index_mut(&mut self, id: BlockId) -> &mut Block {
        &mut self.blocks[id.0 as usize]
    }
}
