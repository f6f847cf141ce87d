//! Operators and displays whose operands are constants are computed ahead.

use taipan_isa::locations::Location;
use taipan_isa::oparg::intrinsic1;
use taipan_isa::{Const, op};

use super::load_const::{make, value};
use crate::constant::{ConstPool, arithmetic, frozenset};
use crate::flowgraph::{Inst, Op};

/// Longest display that is folded.
const STACK_USE_GUIDELINE: u32 = 30;
const MIN_CONST_SEQUENCE_SIZE: u32 = 3;

fn loads_const(i: &Inst) -> bool {
    i.is(op::LOAD_CONST) || i.is(op::LOAD_SMALL_INT)
}

/// Indices of the `count` loads of constants before `end`, with nothing but NOPs between.
fn const_loads(insts: &[Inst], end: usize, count: usize) -> Option<Vec<usize>> {
    let mut out = Vec::with_capacity(count);
    let mut at = end;
    while out.len() < count {
        at = at.checked_sub(1)?;
        if insts[at].is(op::NOP) {
            continue;
        }
        if !loads_const(&insts[at]) {
            return None;
        }
        out.push(at);
    }
    out.reverse();
    Some(out)
}

fn values(insts: &[Inst], at: &[usize], consts: &ConstPool) -> Option<Vec<Const>> {
    at.iter().map(|i| value(&insts[*i], consts)).collect()
}

fn nop_out(insts: &mut [Inst], at: &[usize]) {
    for i in at {
        insts[*i].set_nop();
        insts[*i].loc = Location::NONE;
    }
}

pub fn tuple(insts: &mut [Inst], i: usize, consts: &mut ConstPool) {
    let size = insts[i].arg;
    if size > STACK_USE_GUIDELINE {
        return;
    }
    let Some(at) = const_loads(insts, i, size as usize) else { return };
    let Some(items) = values(insts, &at, consts) else { return };
    nop_out(insts, &at);
    make(&mut insts[i], Const::Tuple(items.into()), consts);
}

/// The loads behind a `build` of nothing that ends before `end`, each followed by an `add`; and the
/// indices of all those instructions.
fn appended(insts: &[Inst], end: usize, build: u8, add: u8) -> Option<(Vec<usize>, Vec<usize>)> {
    let mut loads = Vec::new();
    let mut all = Vec::new();
    let mut expect_append = true;
    for at in (0..end).rev() {
        let inst = &insts[at];
        if inst.is(op::NOP) {
            continue;
        }
        if inst.is(build) && inst.arg == 0 {
            all.push(at);
            loads.reverse();
            return expect_append.then_some((loads, all));
        }
        if expect_append {
            if !inst.is(add) || inst.arg != 1 {
                return None;
            }
        } else {
            if !loads_const(inst) {
                return None;
            }
            loads.push(at);
        }
        all.push(at);
        expect_append = !expect_append;
    }
    None
}

/// A long tuple of constants is built as a list, then converted.
pub fn list_to_tuple(insts: &mut [Inst], i: usize, consts: &mut ConstPool) {
    let Some((loads, all)) = appended(insts, i, op::BUILD_LIST, op::LIST_APPEND) else { return };
    let Some(items) = values(insts, &loads, consts) else { return };
    nop_out(insts, &all);
    make(&mut insts[i], Const::Tuple(items.into()), consts);
}

/// A long list or set of constants that is iterated or searched only.
pub fn long_list_or_set(insts: &mut [Inst], i: usize, consts: &mut ConstPool) {
    let is_list = insts[i].is(op::LIST_APPEND);
    let build = if is_list { op::BUILD_LIST } else { op::BUILD_SET };
    let Some((loads, mut all)) = appended(insts, i + 1, build, insts[i].op as u8) else { return };
    let Some(items) = values(insts, &loads, consts) else { return };
    all.retain(|at| *at != i);
    nop_out(insts, &all);
    let c = if is_list { Const::Tuple(items.into()) } else { frozenset(items) };
    let index = consts.add(c);
    insts[i].set(op::LOAD_CONST, index);
}

pub fn list_or_set(insts: &mut [Inst], i: usize, next: Option<Op>, consts: &mut ConstPool) {
    let is_list = insts[i].is(op::BUILD_LIST);
    let contains_or_iter = next == Some(op::GET_ITER as Op) || next == Some(op::CONTAINS_OP as Op);
    let size = insts[i].arg;
    if size > STACK_USE_GUIDELINE || size < MIN_CONST_SEQUENCE_SIZE && !contains_or_iter {
        return;
    }
    let Some(at) = const_loads(insts, i, size as usize) else {
        if contains_or_iter && is_list {
            insts[i].set(op::BUILD_TUPLE, size);
        }
        return;
    };
    let Some(items) = values(insts, &at, consts) else { return };
    let c = if is_list { Const::Tuple(items.into()) } else { frozenset(items) };
    let index = consts.add(c);
    nop_out(insts, &at);
    if contains_or_iter {
        insts[i].set(op::LOAD_CONST, index);
        return;
    }
    insts[i - 2].loc = insts[i].loc;
    insts[i - 2].set(if is_list { op::BUILD_LIST } else { op::BUILD_SET }, 0);
    insts[i - 1].set(op::LOAD_CONST, index);
    insts[i].set(if is_list { op::LIST_EXTEND } else { op::SET_UPDATE }, 1);
}

pub fn binary(insts: &mut [Inst], i: usize, consts: &mut ConstPool) {
    let Some(at) = const_loads(insts, i, 2) else { return };
    let Some(v) = values(insts, &at, consts) else { return };
    if let Some(c) = arithmetic::binary(&v[0], insts[i].arg, &v[1]) {
        nop_out(insts, &at);
        make(&mut insts[i], c, consts);
    }
}

pub fn unary(insts: &mut [Inst], i: usize, consts: &mut ConstPool) {
    let Some(at) = const_loads(insts, i, 1) else { return };
    let Some(v) = values(insts, &at, consts) else { return };
    let inst = insts[i];
    let result = if inst.is(op::CALL_INTRINSIC_1) && inst.arg == intrinsic1::UNARY_POSITIVE {
        arithmetic::positive(&v[0])
    } else {
        arithmetic::unary(inst.op as u8, &v[0])
    };
    if let Some(c) = result {
        nop_out(insts, &at);
        make(&mut insts[i], c, consts);
    }
}
