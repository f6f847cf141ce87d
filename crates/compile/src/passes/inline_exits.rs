//! Jumps to short blocks that leave the function, or to blocks without lines, become copies.

use crate::flowgraph::{Graph, pseudo};

/// Instructions that are copied at most.
const MAX_COPY_SIZE: usize = 4;

fn inline_one(g: &mut Graph, b: crate::flowgraph::BlockId) -> bool {
    let Some(last) = g[b].last().copied() else { return false };
    let (true, Some(t)) = (last.is_unconditional_jump(), last.target) else { return false };
    let target = &g[t];
    let small_exit = target.exits_scope() && target.insts.len() <= MAX_COPY_SIZE;
    let no_lineno = target.has_no_lineno() && !target.falls_through();
    if !small_exit && !no_lineno {
        return false;
    }
    let copied = target.insts.clone();
    let block = &mut g[b];
    if let Some(l) = block.insts.last_mut() {
        l.set_nop();
    }
    block.insts.extend(copied);
    if no_lineno
        && let Some(l) = block.insts.last_mut()
        && l.is_unconditional_jump()
        && last.op == pseudo::JUMP
    {
        // The jump that was removed polled for signals: so must this one.
        l.op = pseudo::JUMP;
    }
    g[t].predecessors = g[t].predecessors.wrapping_sub(1);
    true
}

pub fn run(g: &mut Graph) {
    loop {
        let mut changes = false;
        for b in g.order() {
            changes |= inline_one(g, b);
        }
        if !changes {
            return;
        }
    }
}
