//! Blocks that nothing reaches are emptied; predecessors are counted.

use crate::flowgraph::Graph;

pub fn remove(g: &mut Graph) {
    for b in &mut g.blocks {
        b.predecessors = 0;
        b.visited = false;
    }
    g[Graph::ENTRY].predecessors = 1;
    g[Graph::ENTRY].visited = true;
    let mut stack = vec![Graph::ENTRY];
    while let Some(b) = stack.pop() {
        if let Some(n) = g[b].next
            && g[b].falls_through()
        {
            if !g[n].visited {
                g[n].visited = true;
                stack.push(n);
            }
            g[n].predecessors += 1;
        }
        for i in 0..g[b].insts.len() {
            if let (true, Some(t)) = (g[b].insts[i].has_target(), g[b].insts[i].target) {
                if !g[t].visited {
                    g[t].visited = true;
                    stack.push(t);
                }
                g[t].predecessors += 1;
            }
        }
    }
    for b in g.order() {
        let block = &mut g[b];
        if block.predecessors == 0 {
            block.insts.clear();
            block.except_handler = false;
        }
    }
}
