//! Loads of constants: small ints, conditions that are known, comparison with None.

use taipan_isa::{Const, op};

use crate::constant::{ConstPool, truth};
use crate::flowgraph::{Graph, Inst, Op, pseudo};

/// Ints from 0 up to this are loaded without a constant.
const SMALL_INT_LIMIT: i64 = 256;

/// The constant that `inst` loads.
pub fn value(inst: &Inst, consts: &ConstPool) -> Option<Const> {
    if inst.is(op::LOAD_CONST) {
        Some(consts.get(inst.arg).clone())
    } else if inst.is(op::LOAD_SMALL_INT) {
        Some(Const::Int(inst.arg as i64))
    } else {
        None
    }
}

fn small_int(inst: &mut Inst, c: &Const) -> bool {
    match c {
        Const::Int(i) if (0..=SMALL_INT_LIMIT - 1).contains(i) => {
            inst.set(op::LOAD_SMALL_INT, *i as u32);
            true
        }
        _ => false,
    }
}

/// Makes `inst` load `c`.
pub fn make(inst: &mut Inst, c: Const, consts: &mut ConstPool) {
    if !small_int(inst, &c) {
        let i = consts.add(c);
        inst.set(op::LOAD_CONST, i);
    }
}

pub fn run(g: &mut Graph, consts: &mut ConstPool) {
    for b in g.order() {
        block(&mut g[b].insts, consts);
    }
}

fn block(insts: &mut [Inst], consts: &mut ConstPool) {
    // What is on top of the stack, if a load just before (or copies of it) put it there.
    let mut top: Option<Inst> = None;
    for i in 0..insts.len() {
        if insts[i].is(op::LOAD_CONST) {
            let c = consts.get(insts[i].arg).clone();
            small_int(&mut insts[i], &c);
        }
        let copies = top.is_some_and(|t| t.is(op::LOAD_CONST)) && insts[i].is(op::COPY) && insts[i].arg == 1;
        if !copies {
            top = Some(insts[i]);
        }
        let Some(c) = top.as_ref().and_then(|t| value(t, consts)) else { continue };
        let Some(next) = insts.get(i + 1).copied() else { continue };
        match next.op {
            pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE => {
                decide(insts, i + 1, truth(&c) == (next.op == pseudo::JUMP_IF_TRUE));
            }
            _ if next.is(op::POP_JUMP_IF_FALSE) || next.is(op::POP_JUMP_IF_TRUE) => {
                insts[i].set_nop();
                decide(insts, i + 1, truth(&c) == next.is(op::POP_JUMP_IF_TRUE));
            }
            _ if next.is(op::IS_OP) && matches!(c, Const::None) => is_none(insts, i),
            _ if next.is(op::TO_BOOL) => {
                let index = consts.add(Const::Bool(truth(&c)));
                insts[i].set_nop();
                insts[i + 1].set(op::LOAD_CONST, index);
            }
            _ => {}
        }
    }
}

fn decide(insts: &mut [Inst], jump: usize, taken: bool) {
    if taken {
        insts[jump].op = pseudo::JUMP;
    } else {
        insts[jump].set_nop();
    }
}

/// `x is None` before a jump.
fn is_none(insts: &mut [Inst], i: usize) {
    let mut jump = i + 2;
    if jump >= insts.len() {
        return;
    }
    if insts[jump].is(op::TO_BOOL) {
        insts[jump].set_nop();
        jump += 1;
        if jump >= insts.len() {
            return;
        }
    }
    let mut invert = insts[i + 1].arg != 0;
    if insts[jump].is(op::POP_JUMP_IF_FALSE) {
        invert = !invert;
    } else if !insts[jump].is(op::POP_JUMP_IF_TRUE) {
        return;
    }
    insts[i].set_nop();
    insts[i + 1].set_nop();
    insts[jump].op = if invert { op::POP_JUMP_IF_NOT_NONE } else { op::POP_JUMP_IF_NONE } as Op;
}
