//! Pseudo-instructions become real ones, conditional jumps go forward.

use taipan_isa::op;

use super::nops;
use crate::error::Result;
use crate::flowgraph::{Graph, Inst, Op, pseudo};

/// `JUMP_IF_x` (which keeps the value) becomes COPY, TO_BOOL, `POP_JUMP_IF_x`.
pub fn conditional_jumps(g: &mut Graph) {
    for b in g.order() {
        let insts = &mut g[b].insts;
        let Some(last) = insts.last().copied() else { continue };
        let real = match last.op {
            pseudo::JUMP_IF_FALSE => op::POP_JUMP_IF_FALSE,
            pseudo::JUMP_IF_TRUE => op::POP_JUMP_IF_TRUE,
            _ => continue,
        };
        insts.pop();
        let same = |op: u8, arg: u32| Inst { except: last.except, ..Inst::new(op as Op, arg, last.loc) };
        insts.push(same(op::COPY, 1));
        insts.push(same(op::TO_BOOL, 0));
        insts.push(Inst { op: real as Op, ..last });
    }
}

pub fn pseudo_ops(g: &mut Graph) -> Result<()> {
    for b in g.order() {
        for inst in &mut g[b].insts {
            match inst.op {
                pseudo::LOAD_CLOSURE => inst.op = op::LOAD_FAST as Op,
                pseudo::STORE_FAST_MAYBE_NULL => inst.op = op::STORE_FAST as Op,
                _ if inst.is_block_push() => inst.set_nop(),
                _ => {}
            }
        }
    }
    nops::remove_with_jumps(g)
}

/// Gives jumps their direction; a conditional jump backwards becomes its opposite over a jump.
pub fn jumps(g: &mut Graph) {
    g.clear_visited();
    let mut at = Some(Graph::ENTRY);
    while let Some(b) = at {
        g[b].visited = true;
        at = g[b].next;
        let Some(last) = g[b].last().copied() else { continue };
        let (true, Some(target)) = (last.is_jump(), last.target) else { continue };
        if last.is(op::END_ASYNC_FOR) {
            continue;
        }
        let forward = !g[target].visited;
        let real = match last.op {
            pseudo::JUMP if forward => Some(op::JUMP_FORWARD),
            pseudo::JUMP => Some(op::JUMP_BACKWARD),
            pseudo::JUMP_NO_INTERRUPT if forward => Some(op::JUMP_FORWARD),
            pseudo::JUMP_NO_INTERRUPT => Some(op::JUMP_BACKWARD_NO_INTERRUPT),
            _ => None,
        };
        if let Some(r) = real {
            if let Some(l) = g[b].insts.last_mut() {
                l.op = r as Op;
            }
            continue;
        }
        let not_taken = |last: &Inst| Inst { except: last.except, ..Inst::new(op::NOT_TAKEN as Op, 0, last.loc) };
        let reversed = match u8::try_from(last.op) {
            Ok(op::POP_JUMP_IF_NOT_NONE) => op::POP_JUMP_IF_NONE,
            Ok(op::POP_JUMP_IF_NONE) => op::POP_JUMP_IF_NOT_NONE,
            Ok(op::POP_JUMP_IF_FALSE) => op::POP_JUMP_IF_TRUE,
            Ok(op::POP_JUMP_IF_TRUE) => op::POP_JUMP_IF_FALSE,
            _ => continue,
        };
        if forward {
            let inst = not_taken(&last);
            g[b].insts.push(inst);
            continue;
        }
        let jump = g.new_block();
        let cold = g[b].cold;
        let next = g[b].next;
        let depth = g[target].startdepth;
        let block = &mut g[jump];
        block.insts.push(not_taken(&last));
        let mut inst = Inst::new(op::JUMP_BACKWARD as Op, 0, last.loc);
        inst.target = Some(target);
        inst.except = last.except;
        block.insts.push(inst);
        block.cold = cold;
        block.next = next;
        block.startdepth = depth;
        block.visited = true;
        g[b].next = Some(jump);
        if let Some(l) = g[b].insts.last_mut() {
            l.op = reversed as Op;
            l.target = next;
        }
        at = next;
    }
}
