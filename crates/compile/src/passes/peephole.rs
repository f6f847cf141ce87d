//! Local improvements within a block: folding, jump threading, tests that need no conversion.

use taipan_isa::oparg::intrinsic1;
use taipan_isa::op;

use super::{fold, swaps};
use crate::constant::ConstPool;
use crate::flowgraph::{BlockId, Graph, Inst, Op, pseudo};

pub fn run(g: &mut Graph, consts: &mut ConstPool) {
    for b in g.order() {
        block(g, b, consts);
        swaps::run(&mut g[b].insts);
    }
}

/// Lets the jump at `i` go where its target, a jump too, goes; true if that changed anything.
fn thread(g: &mut Graph, b: BlockId, i: usize, target: &Inst, opcode: Op) -> bool {
    let inst = g[b].insts[i];
    if inst.target == target.target {
        return false;
    }
    g[b].insts[i].set_nop();
    let mut jump = Inst::new(opcode, 0, target.loc);
    jump.target = target.target;
    jump.except = inst.except;
    g[b].insts.push(jump);
    true
}

fn block(g: &mut Graph, b: BlockId, consts: &mut ConstPool) {
    let mut i = 0;
    while i < g[b].insts.len() {
        let inst = g[b].insts[i];
        let next = g[b].insts.get(i + 1).copied();
        let next_is = |op: u8| next.is_some_and(|n| n.is(op));
        if let (true, Some(t)) = (inst.is_jump(), inst.target) {
            if jump(g, b, i, inst, t) {
                continue;
            }
            i += 1;
            continue;
        }
        let insts = &mut g[b].insts;
        match u8::try_from(inst.op) {
            Ok(op::BUILD_TUPLE) => {
                let unpacked = next.filter(|n| n.is(op::UNPACK_SEQUENCE) && n.arg == inst.arg);
                match (unpacked, inst.arg) {
                    (Some(_), 1) => {
                        insts[i].set_nop();
                        insts[i + 1].set_nop();
                    }
                    (Some(_), 2 | 3) => {
                        insts[i].set_nop();
                        insts[i + 1].op = op::SWAP as Op;
                    }
                    _ => fold::tuple(insts, i, consts),
                }
            }
            Ok(op::BUILD_LIST | op::BUILD_SET) => fold::list_or_set(insts, i, next.map(|n| n.op), consts),
            Ok(op::STORE_FAST) => {
                if next.is_some_and(|n| n.is(op::STORE_FAST) && n.arg == inst.arg && n.line() == inst.line()) {
                    insts[i].set(op::POP_TOP, 0);
                }
            }
            Ok(op::SWAP) if inst.arg == 1 => insts[i].set_nop(),
            Ok(op::LOAD_GLOBAL) if next_is(op::PUSH_NULL) && inst.arg & 1 == 0 => {
                insts[i].arg |= 1;
                insts[i + 1].set_nop();
            }
            Ok(op::COMPARE_OP) if next_is(op::TO_BOOL) => {
                insts[i].set_nop();
                insts[i + 1].set(op::COMPARE_OP, inst.arg | taipan_isa::oparg::compare::TO_BOOL);
            }
            Ok(o @ (op::CONTAINS_OP | op::IS_OP)) if next_is(op::TO_BOOL) => {
                insts[i].set_nop();
                insts[i + 1].set(o, inst.arg);
            }
            Ok(o @ (op::CONTAINS_OP | op::IS_OP)) if next_is(op::UNARY_NOT) => {
                insts[i].set_nop();
                insts[i + 1].set(o, inst.arg ^ 1);
            }
            Ok(op::TO_BOOL) if next_is(op::TO_BOOL) => insts[i].set_nop(),
            Ok(op::UNARY_NOT) if next_is(op::TO_BOOL) => {
                insts[i].set_nop();
                insts[i + 1].set(op::UNARY_NOT, 0);
            }
            Ok(op::UNARY_NOT) if next_is(op::UNARY_NOT) => {
                insts[i].set_nop();
                insts[i + 1].set_nop();
            }
            Ok(op::UNARY_NOT | op::UNARY_INVERT | op::UNARY_NEGATIVE) => fold::unary(insts, i, consts),
            Ok(op::LIST_APPEND | op::SET_ADD)
                if inst.arg == 1 && (next_is(op::GET_ITER) || next_is(op::CONTAINS_OP)) =>
            {
                fold::long_list_or_set(insts, i, consts);
            }
            Ok(op::CALL_INTRINSIC_1) if inst.arg == intrinsic1::LIST_TO_TUPLE => {
                fold::list_to_tuple(insts, i, consts);
                if insts[i].is(op::CALL_INTRINSIC_1) && next_is(op::GET_ITER) {
                    insts[i].set_nop();
                }
            }
            Ok(op::CALL_INTRINSIC_1) if inst.arg == intrinsic1::UNARY_POSITIVE => fold::unary(insts, i, consts),
            Ok(op::BINARY_OP) => fold::binary(insts, i, consts),
            _ => {}
        }
        i += 1;
    }
}

/// Improves the jump at `i`; true if the instruction now there is to be looked at again.
fn jump(g: &mut Graph, b: BlockId, i: usize, inst: Inst, t: BlockId) -> bool {
    let Some(target) = g[t].insts.first().copied() else { return false };
    match inst.op {
        pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE => {
            if target.op == pseudo::JUMP || target.op == inst.op {
                thread(g, b, i, &target, inst.op)
            } else if matches!(target.op, pseudo::JUMP_IF_FALSE | pseudo::JUMP_IF_TRUE) {
                // The opposite test fails there: on to what follows it.
                let next = g[t].next;
                g[b].insts[i].target = next;
                next.is_some()
            } else {
                false
            }
        }
        pseudo::JUMP | pseudo::JUMP_NO_INTERRUPT => match target.op {
            pseudo::JUMP => thread(g, b, i, &target, pseudo::JUMP),
            pseudo::JUMP_NO_INTERRUPT => thread(g, b, i, &target, inst.op),
            _ => false,
        },
        _ => match u8::try_from(inst.op) {
            Ok(
                op::POP_JUMP_IF_FALSE | op::POP_JUMP_IF_TRUE | op::POP_JUMP_IF_NONE | op::POP_JUMP_IF_NOT_NONE,
            ) if target.op == pseudo::JUMP => thread(g, b, i, &target, inst.op),
            _ => false,
        },
    }
}
