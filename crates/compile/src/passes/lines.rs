//! Every instruction that may end a function or be interrupted gets a line (PEP 626).

use crate::flowgraph::{BlockId, Graph};
use taipan_isa::locations::Location;

fn exit_or_eval_check_without_lineno(g: &Graph, b: BlockId) -> bool {
    let block = &g[b];
    (block.exits_scope() || block.has_eval_break()) && block.has_no_lineno()
}

/// Blocks without lines that are reached by several jumps are copied, so that each copy can take
/// the line of its only predecessor.
fn duplicate_exits(g: &mut Graph) {
    let mut at = Some(Graph::ENTRY);
    while let Some(b) = at {
        if let Some(last) = g[b].last().copied()
            && last.is_jump()
            && let Some(target) = g.nonempty(last.target)
            && exit_or_eval_check_without_lineno(g, target)
            && g[target].predecessors > 1
        {
            let copy = g.copy_block(target);
            g[copy].insts[0].loc = last.loc;
            if let Some(l) = g[b].insts.last_mut() {
                l.target = Some(copy);
            }
            g[target].predecessors -= 1;
            g[copy].predecessors = 1;
            g[copy].labelled = true;
            g[copy].next = g[target].next;
            g[target].next = Some(copy);
        }
        at = g[b].next;
    }
    for b in g.order() {
        if let (true, Some(n), Some(last)) = (g[b].falls_through(), g[b].next, g[b].last().copied())
            && !g[n].insts.is_empty()
            && exit_or_eval_check_without_lineno(g, n)
        {
            g[n].insts[0].loc = last.loc;
        }
    }
}

fn propagate(g: &mut Graph) {
    for b in g.order() {
        if g[b].insts.is_empty() {
            continue;
        }
        let mut prev = Location::NONE;
        for i in &mut g[b].insts {
            if i.loc.line == Location::NONE.line {
                i.loc = prev;
            } else {
                prev = i.loc;
            }
        }
        let give = |g: &mut Graph, to: BlockId| {
            if g[to].predecessors == 1
                && let Some(first) = g[to].insts.first_mut()
                && first.loc.line == Location::NONE.line
            {
                first.loc = prev;
            }
        };
        if let (true, Some(n)) = (g[b].falls_through(), g[b].next) {
            give(g, n);
        }
        if let Some(last) = g[b].last().copied()
            && last.is_jump()
            && let Some(t) = last.target
        {
            give(g, t);
        }
    }
}

pub fn resolve(g: &mut Graph) {
    duplicate_exits(g);
    propagate(g);
}
