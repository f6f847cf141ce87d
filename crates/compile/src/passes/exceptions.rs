//! Which handler each instruction has: block setups and `POP_BLOCK` become facts.

use taipan_isa::op;
use taipan_isa::oparg::resume;

use crate::flowgraph::{BlockId, Graph, pseudo};

pub fn mark_handlers(g: &mut Graph) {
    for b in g.order() {
        for i in 0..g[b].insts.len() {
            let inst = g[b].insts[i];
            if let (true, Some(t)) = (inst.is_block_push(), inst.target) {
                g[t].except_handler = true;
            }
        }
    }
}

/// Walks the graph with the stack of open blocks and notes the innermost at each instruction.
pub fn label_targets(g: &mut Graph) {
    g.clear_visited();
    let mut todo: Vec<(BlockId, Vec<BlockId>)> = vec![(Graph::ENTRY, Vec::new())];
    g[Graph::ENTRY].visited = true;
    while let Some((b, mut stack)) = todo.pop() {
        let mut handler = stack.last().copied();
        let mut last_yield_depth = None;
        for i in 0..g[b].insts.len() {
            let inst = g[b].insts[i];
            if inst.is_block_push() {
                if let Some(t) = inst.target {
                    if !g[t].visited {
                        g[t].visited = true;
                        todo.push((t, stack.clone()));
                    }
                    if matches!(inst.op, pseudo::SETUP_WITH | pseudo::SETUP_CLEANUP) {
                        g[t].preserve_lasti = true;
                    }
                    stack.push(t);
                    handler = Some(t);
                }
                continue;
            }
            if inst.op == pseudo::POP_BLOCK {
                stack.pop();
                handler = stack.last().copied();
                g[b].insts[i].set_nop();
                continue;
            }
            g[b].insts[i].except = handler;
            if inst.is_jump() {
                if let Some(t) = inst.target
                    && !g[t].visited
                {
                    g[t].visited = true;
                    todo.push((t, stack.clone()));
                }
            } else if inst.is(op::YIELD_VALUE) {
                last_yield_depth = Some(stack.len());
            } else if inst.is(op::RESUME) && inst.arg != resume::AT_FUNC_START {
                if last_yield_depth == Some(1) {
                    g[b].insts[i].arg |= resume::DEPTH1;
                }
                last_yield_depth = None;
            }
        }
        if let Some(n) = g[b].next
            && g[b].falls_through()
            && !g[n].visited
        {
            g[n].visited = true;
            todo.push((n, stack));
        }
    }
}
