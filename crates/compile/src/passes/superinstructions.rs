//! Pairs of loads and stores of locals become one instruction.

use taipan_isa::op;

use super::nops;
use crate::flowgraph::Graph;

pub fn insert(g: &mut Graph) {
    for b in g.order() {
        let insts = &mut g[b].insts;
        for i in 0..insts.len().saturating_sub(1) {
            let (a, n) = (insts[i], insts[i + 1]);
            let fused = if a.is(op::LOAD_FAST) && n.is(op::LOAD_FAST) {
                op::LOAD_FAST_LOAD_FAST
            } else if a.is(op::STORE_FAST) && n.is(op::LOAD_FAST) {
                op::STORE_FAST_LOAD_FAST
            } else if a.is(op::STORE_FAST) && n.is(op::STORE_FAST) {
                op::STORE_FAST_STORE_FAST
            } else {
                continue;
            };
            let other_line = a.line() >= 0 && n.line() >= 0 && a.line() != n.line();
            if other_line || a.arg >= 16 || n.arg >= 16 {
                continue;
            }
            insts[i].set(fused, a.arg << 4 | n.arg);
            insts[i + 1].set_nop();
        }
    }
    nops::remove(g);
}
