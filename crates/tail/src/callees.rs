//! What the calls of Taipan's code call, as far as the code shows.

use taipan_isa::asm::Inst;
use taipan_isa::op::*;
use taipan_isa::{Code, asm, oparg, stack_effect, stack_inputs};

use crate::cpython::Callee;
use crate::policy::{Options, Verdict};
use crate::taipan;

/// A call of a function.
pub struct Call {
    pub line: Option<u32>,
    pub column: Option<u32>,
    pub callee: Callee,
    /// The callee is an attribute of the first local.
    pub on_first_local: bool,
    pub verdict: Verdict,
}

/// For each instruction that is reached, which instructions pushed what is on the stack in front of it.
fn producers(insts: &[Inst]) -> Vec<Option<Vec<usize>>> {
    let mut before: Vec<Option<Vec<usize>>> = vec![None; insts.len() + 1];
    before[0] = Some(vec![]);
    let mut waiting = vec![0usize];
    while let Some(at) = waiting.pop() {
        let (Some(inst), Some(mut stack)) = (insts.get(at), before[at].clone()) else { continue };
        match inst.op {
            SWAP if inst.arg > 0 && inst.arg as usize <= stack.len() => {
                let n = stack.len();
                stack.swap(n - 1, n - inst.arg as usize);
            }
            COPY if inst.arg > 0 && inst.arg as usize <= stack.len() => stack.push(stack[stack.len() - inst.arg as usize]),
            op => {
                let pops = stack_inputs(op, inst.arg).unwrap_or(0) as usize;
                let pushes = pops as i32 + stack_effect(op, inst.arg, false).unwrap_or(0);
                stack.truncate(stack.len().saturating_sub(pops));
                stack.extend(std::iter::repeat_n(at, pushes.max(0) as usize));
            }
        }
        let info = taipan_isa::op::info(inst.op);
        let tail = matches!(inst.op, TAIL_CALL | TAIL_CALL_KW | TAIL_CALL_FUNCTION_EX);
        let mut go = |to: usize, stack: &[usize]| {
            if to < before.len() && before[to].is_none() {
                before[to] = Some(stack.to_vec());
                waiting.push(to);
            }
        };
        if info.has_jump() {
            go(inst.arg as usize, &stack);
        }
        if !info.is_terminator() || tail {
            go(at + 1, &stack);
        }
        if let Some(h) = inst.handler {
            let pushed = 1 + h.lasti as usize;
            let mut handler: Vec<usize> = before[at].iter().flatten().copied().take(h.depth as usize).collect();
            handler.extend(std::iter::repeat_n(h.target as usize, pushed));
            if let Some(place) = before.get_mut(h.target as usize)
                && place.is_none()
            {
                *place = Some(handler);
                waiting.push(h.target as usize);
            }
        }
    }
    before
}

fn callee(code: &Code, insts: &[Inst], stack: &[usize], call: &Inst) -> (Callee, bool) {
    let below = match call.op {
        CALL | TAIL_CALL => call.arg as usize + 2,
        CALL_KW | TAIL_CALL_KW => call.arg as usize + 3,
        _ => 4,
    };
    let Some(&producer) = stack.len().checked_sub(below).and_then(|i| stack.get(i)) else {
        return (Callee::Unknown, false);
    };
    let inst = &insts[producer];
    let name = |i: u32| code.names.get(i as usize).map_or(String::new(), |n| n.to_string());
    let local = |i: u32| code.local_names.get(i as usize).map_or(String::new(), |n| n.to_string());
    let callee = match inst.op {
        LOAD_GLOBAL => Callee::Global(name(oparg::name_index(inst.op, inst.arg))),
        LOAD_NAME | LOAD_FROM_DICT_OR_GLOBALS => Callee::Global(name(inst.arg)),
        LOAD_DEREF => Callee::Cell(local(inst.arg)),
        LOAD_FAST | LOAD_FAST_BORROW | LOAD_FAST_CHECK => Callee::Local(local(inst.arg)),
        LOAD_SUPER_ATTR => Callee::Super(name(oparg::name_index(inst.op, inst.arg))),
        LOAD_ATTR => Callee::Attribute(name(oparg::name_index(inst.op, inst.arg))),
        _ => Callee::Unknown,
    };
    let on_first_local = inst.op == LOAD_ATTR
        && producer.checked_sub(1).is_some_and(|p| {
            matches!(insts[p].op, LOAD_FAST | LOAD_FAST_BORROW | LOAD_FAST_CHECK) && insts[p].arg == 0
        });
    (callee, on_first_local)
}

/// Every call, in layout order.
pub fn calls(code: &Code) -> Vec<Call> {
    let insts = asm::disassemble(code);
    let before = producers(&insts);
    let view = taipan::function(&insts, code.flags);
    let found = view.calls(Options::default()).into_iter().map(|(at, verdict)| {
        let known = |n: i32| u32::try_from(n).ok();
        let stack = before[at].as_deref().unwrap_or(&[]);
        let (callee, on_first_local) = callee(code, &insts, stack, &insts[at]);
        let location = insts[at].location;
        Call { line: known(location.line), column: known(location.col), callee, on_first_local, verdict }
    });
    found.collect()
}
