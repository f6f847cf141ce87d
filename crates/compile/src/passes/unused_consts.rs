//! Constants that no instruction loads any more are dropped; the first stays, it may be a docstring.

use taipan_isa::Const;
use taipan_isa::op;

use crate::constant::ConstPool;
use crate::flowgraph::{Graph, Op};

pub fn remove(g: &mut Graph, consts: ConstPool) -> Vec<Const> {
    let items = consts.into_items();
    if items.is_empty() {
        return items;
    }
    let uses_const = |o: Op| o < 256 && op::info(o as u8).has_const();
    let mut used = vec![false; items.len()];
    used[0] = true;
    let order = g.order();
    for b in &order {
        for i in &g[*b].insts {
            if uses_const(i.op) {
                used[i.arg as usize] = true;
            }
        }
    }
    let mut index = vec![0u32; items.len()];
    let mut kept = Vec::new();
    for (i, c) in items.into_iter().enumerate() {
        index[i] = kept.len() as u32;
        if used[i] {
            kept.push(c);
        }
    }
    for b in order {
        for i in &mut g[b].insts {
            if uses_const(i.op) {
                i.arg = index[i.arg as usize];
            }
        }
    }
    kept
}
