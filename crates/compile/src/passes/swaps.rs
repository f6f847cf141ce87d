//! Runs of SWAP: as few as possible, or none, where the instructions behind can change places.

use taipan_isa::op;

use crate::flowgraph::{Inst, Op, pseudo};

const VISITED: usize = usize::MAX;

pub fn run(insts: &mut [Inst]) {
    let mut i = 0;
    while i < insts.len() {
        if insts[i].is(op::SWAP) {
            i = minimize(insts, i);
            apply_static(insts, i);
        }
        i += 1;
    }
}

/// Replaces the run of SWAPs and NOPs at `start` by the shortest with the same effect; the index
/// of its last instruction.
fn minimize(insts: &mut [Inst], start: usize) -> usize {
    let mut depth = insts[start].arg as usize;
    let mut len = 1;
    let mut more = false;
    while start + len < insts.len() {
        let inst = &insts[start + len];
        if inst.is(op::SWAP) {
            depth = depth.max(inst.arg as usize);
            more = true;
        } else if !inst.is(op::NOP) {
            break;
        }
        len += 1;
    }
    if !more {
        return start;
    }
    let run = &mut insts[start..start + len];
    let mut stack: Vec<usize> = (0..depth).collect();
    for inst in run.iter().filter(|i| i.is(op::SWAP)) {
        stack.swap(0, inst.arg as usize - 1);
    }
    // Each cycle of the permutation is undone in reverse by swaps with the top.
    let mut free = len;
    for i in 0..depth {
        if stack[i] == VISITED || stack[i] == i {
            continue;
        }
        let mut j = i;
        loop {
            if j != 0 {
                free -= 1;
                run[free].op = op::SWAP as Op;
                run[free].arg = j as u32 + 1;
            }
            if stack[j] == VISITED {
                break;
            }
            j = std::mem::replace(&mut stack[j], VISITED);
        }
    }
    run[..free].iter_mut().for_each(Inst::set_nop);
    start + len - 1
}

fn stores_to(i: &Inst) -> Option<u32> {
    (i.is(op::STORE_FAST) || i.op == pseudo::STORE_FAST_MAYBE_NULL).then_some(i.arg)
}

fn swappable(i: &Inst) -> bool {
    stores_to(i).is_some() || i.is(op::POP_TOP)
}

fn next_swappable(insts: &[Inst], mut i: usize, line: i32) -> Option<usize> {
    loop {
        i += 1;
        let inst = insts.get(i)?;
        if line >= 0 && inst.line() != line {
            return None;
        }
        if inst.is(op::NOP) {
            continue;
        }
        return swappable(inst).then_some(i);
    }
}

/// Applies the SWAPs up to `end` by exchanging the stores and pops that follow them.
fn apply_static(insts: &mut [Inst], end: usize) {
    for i in (0..=end).rev() {
        if !insts[i].is(op::SWAP) {
            if insts[i].is(op::NOP) || swappable(&insts[i]) {
                continue;
            }
            return;
        }
        let Some(j) = next_swappable(insts, i, -1) else { return };
        let line = insts[j].line();
        let mut k = j;
        for _ in 1..insts[i].arg {
            match next_swappable(insts, k, line) {
                Some(n) => k = n,
                None => return,
            }
        }
        let (store_j, store_k) = (stores_to(&insts[j]), stores_to(&insts[k]));
        if store_j.is_some() || store_k.is_some() {
            if store_j == store_k {
                return;
            }
            for between in &insts[j + 1..k] {
                let s = stores_to(between);
                if s.is_some() && (s == store_j || s == store_k) {
                    return;
                }
            }
        }
        insts[i].set_nop();
        insts.swap(j, k);
    }
}
