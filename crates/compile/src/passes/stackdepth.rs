//! The deepest stack on any path, and the depth at the start of each block.

use crate::error::{Error, ErrorKind, Result};
use crate::flowgraph::{BlockId, Graph, effect};
use taipan_isa::op;

fn push(g: &mut Graph, stack: &mut Vec<BlockId>, b: BlockId, depth: i32) -> Result<()> {
    let known = g[b].startdepth;
    if known >= 0 && known != depth {
        return Err(Error::new(ErrorKind::SystemError, "Invalid CFG, inconsistent stackdepth"));
    }
    if known < 0 {
        g[b].startdepth = depth;
        stack.push(b);
    }
    Ok(())
}

pub fn calculate(g: &mut Graph) -> Result<u32> {
    g.blocks.iter_mut().for_each(|b| b.startdepth = i32::MIN);
    let mut stack = Vec::new();
    let mut max = 0;
    push(g, &mut stack, Graph::ENTRY, 0)?;
    while let Some(b) = stack.pop() {
        let mut depth = g[b].startdepth;
        let mut next = g[b].next;
        for i in 0..g[b].insts.len() {
            let inst = g[b].insts[i];
            let after = depth + effect(inst.op, inst.arg, false);
            if after < 0 {
                return Err(Error::new(ErrorKind::SystemError, "Invalid CFG, stack underflow"));
            }
            max = max.max(depth);
            if let (true, Some(t)) = (inst.has_target() && !inst.is(op::END_ASYNC_FOR), inst.target) {
                let at_target = depth + effect(inst.op, inst.arg, true);
                push(g, &mut stack, t, at_target)?;
            }
            depth = after;
            if inst.is_unconditional_jump() || inst.exits_scope() {
                next = None;
                break;
            }
        }
        if let Some(n) = next {
            push(g, &mut stack, n, depth)?;
        }
    }
    Ok(max as u32)
}
