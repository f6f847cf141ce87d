//! Blocks that only exceptions reach go to the end.

use taipan_isa::locations::Location;

use super::nops;
use crate::error::Result;
use crate::flowgraph::{BlockId, Graph, Inst, pseudo};

fn mark_warm(g: &mut Graph) {
    g.clear_visited();
    g[Graph::ENTRY].visited = true;
    let mut stack = vec![Graph::ENTRY];
    while let Some(b) = stack.pop() {
        g[b].warm = true;
        for s in successors(g, b) {
            if !g[s].visited {
                g[s].visited = true;
                stack.push(s);
            }
        }
    }
}

fn successors(g: &Graph, b: BlockId) -> Vec<BlockId> {
    let block = &g[b];
    let next = block.next.filter(|_| block.falls_through());
    next.into_iter().chain(block.insts.iter().filter(|i| i.is_jump()).filter_map(|i| i.target)).collect()
}

fn mark_cold(g: &mut Graph) {
    mark_warm(g);
    g.clear_visited();
    let mut stack = Vec::new();
    for b in g.order() {
        if g[b].except_handler {
            g[b].visited = true;
            stack.push(b);
        }
    }
    while let Some(b) = stack.pop() {
        g[b].cold = true;
        for s in successors(g, b) {
            if !g[s].warm && !g[s].visited {
                g[s].visited = true;
                stack.push(s);
            }
        }
    }
}

pub fn push_to_end(g: &mut Graph) -> Result<()> {
    if g[Graph::ENTRY].next.is_none() {
        return Ok(());
    }
    mark_cold(g);
    // A cold block that runs on into a warm one needs a jump there.
    for b in g.order() {
        let Some(next) = g[b].next else { continue };
        if g[b].cold && g[b].falls_through() && g[next].warm {
            let jump = g.new_block();
            g[next].labelled = true;
            let mut inst = Inst::new(pseudo::JUMP_NO_INTERRUPT, 0, Location::NONE);
            inst.target = Some(next);
            let block = &mut g[jump];
            block.insts.push(inst);
            block.cold = true;
            block.next = Some(next);
            block.predecessors = 1;
            g[b].next = Some(jump);
        }
    }
    let order = g.order();
    let (cold, warm): (Vec<BlockId>, Vec<BlockId>) = order.into_iter().partition(|b| g[*b].cold);
    if cold.is_empty() {
        return Ok(());
    }
    let all: Vec<BlockId> = warm.into_iter().chain(cold).collect();
    for (i, b) in all.iter().enumerate() {
        g[*b].next = all.get(i + 1).copied();
    }
    nops::remove_with_jumps(g)
}
