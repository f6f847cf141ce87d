//! `LOAD_FAST` of a local that may be unbound becomes `LOAD_FAST_CHECK`.

use taipan_isa::op;

use crate::flowgraph::{BlockId, Graph, pseudo};

/// Locals beyond these are looked at one block at a time, to stay linear.
const TRACKED: usize = 64;

fn maybe_push(g: &mut Graph, b: BlockId, mask: u64, stack: &mut Vec<BlockId>) {
    let both = g[b].unsafe_locals | mask;
    if g[b].unsafe_locals != both {
        g[b].unsafe_locals = both;
        if !g[b].visited {
            g[b].visited = true;
            stack.push(b);
        }
    }
}

fn scan(g: &mut Graph, b: BlockId, stack: &mut Vec<BlockId>) {
    let mut mask = g[b].unsafe_locals;
    for i in 0..g[b].insts.len() {
        let inst = g[b].insts[i];
        if let Some(e) = inst.except {
            maybe_push(g, e, mask, stack);
        }
        if inst.arg as usize >= TRACKED {
            continue;
        }
        let bit = 1u64 << inst.arg;
        if inst.op == pseudo::STORE_FAST_MAYBE_NULL {
            mask |= bit;
            continue;
        }
        match u8::try_from(inst.op) {
            Ok(op::DELETE_FAST | op::LOAD_FAST_AND_CLEAR) => mask |= bit,
            Ok(op::STORE_FAST | op::LOAD_FAST_CHECK) => mask &= !bit,
            Ok(op::LOAD_FAST) => {
                if mask & bit != 0 {
                    g[b].insts[i].op = op::LOAD_FAST_CHECK as u16;
                }
                mask &= !bit;
            }
            _ => {}
        }
    }
    if let (true, Some(n)) = (g[b].falls_through(), g[b].next) {
        maybe_push(g, n, mask, stack);
    }
    if let Some(last) = g[b].last().copied()
        && last.is_jump()
        && let Some(t) = last.target
    {
        maybe_push(g, t, mask, stack);
    }
}

fn scan_many(g: &mut Graph, nlocals: usize) {
    // The number of the last block in which each local was seen bound.
    let mut states = vec![0usize; nlocals - TRACKED];
    for (n, b) in g.order().into_iter().enumerate() {
        let number = n + 1;
        for inst in &mut g[b].insts {
            let arg = inst.arg as usize;
            let Some(state) = arg.checked_sub(TRACKED).and_then(|i| states.get_mut(i)) else { continue };
            if inst.op == pseudo::STORE_FAST_MAYBE_NULL {
                *state = number - 1;
                continue;
            }
            match u8::try_from(inst.op) {
                Ok(op::DELETE_FAST | op::LOAD_FAST_AND_CLEAR) => *state = number - 1,
                Ok(op::STORE_FAST) => *state = number,
                Ok(op::LOAD_FAST) => {
                    if *state != number {
                        inst.op = op::LOAD_FAST_CHECK as u16;
                    }
                    *state = number;
                }
                _ => {}
            }
        }
    }
}

pub fn add_checks(g: &mut Graph, nlocals: usize, nparams: usize) {
    if nlocals == 0 {
        return;
    }
    if nlocals > TRACKED {
        scan_many(g, nlocals);
    }
    g.clear_visited();
    let mut stack = Vec::new();
    let mut start = 0u64;
    for i in nparams..nlocals.min(TRACKED) {
        start |= 1 << i;
    }
    maybe_push(g, Graph::ENTRY, start, &mut stack);
    for b in g.order() {
        scan(g, b, &mut stack);
    }
    while let Some(b) = stack.pop() {
        g[b].visited = false;
        scan(g, b, &mut stack);
    }
}
