//! Taipan's own bytecode: marking its tail calls.

use taipan_isa::asm::Inst;
use taipan_isa::op::{self, *};

use crate::policy::{Function, Kind, Options, Step, Verdict};

/// A call and what the policy says of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Index of the call among the instructions.
    pub inst: usize,
    pub verdict: Verdict,
}

/// The tail form of a call.
pub fn tail_form(opcode: u8) -> Option<u8> {
    match opcode {
        CALL => Some(TAIL_CALL),
        CALL_KW => Some(TAIL_CALL_KW),
        CALL_FUNCTION_EX => Some(TAIL_CALL_FUNCTION_EX),
        _ => None,
    }
}

fn step(inst: &Inst) -> Step {
    let to = inst.arg as usize;
    match inst.op {
        CALL | CALL_KW | CALL_FUNCTION_EX | TAIL_CALL | TAIL_CALL_KW | TAIL_CALL_FUNCTION_EX => Step::Call,
        RETURN_VALUE => Step::Return,
        NOP | NOT_TAKEN => Step::Nop,
        SWAP => Step::Swap(inst.arg),
        POP_TOP | POP_ITER | END_FOR => Step::Drop(1),
        STORE_FAST | STORE_DEREF | STORE_GLOBAL | STORE_NAME => Step::Store,
        PUSH_EXC_INFO => Step::PushExcInfo,
        CHECK_EXC_MATCH | CHECK_EG_MATCH => Step::ExcMatch,
        WITH_EXCEPT_START => Step::WithExit,
        POP_EXCEPT => Step::PopExcept,
        RERAISE => Step::Reraise,
        other => {
            let info = op::info(other);
            if info.has_jump() {
                if info.is_terminator() { Step::Jump(to) } else { Step::Branch(to) }
            } else if info.is_terminator() {
                Step::End
            } else {
                Step::Other
            }
        }
    }
}

/// The policy's view of `insts`, whose jumps name the index of their target. `flags` is `co_flags`.
pub fn function(insts: &[Inst], flags: u32) -> Function {
    Function {
        kind: Kind::from_flags(flags),
        steps: insts.iter().map(step).collect(),
        handlers: insts.iter().map(|i| i.handler.map(|h| h.target as usize)).collect(),
    }
}

/// Turns every call in tail position into its tail form and tells of all calls. The instructions
/// behind a marked call stay: they may be targets of other paths.
pub fn mark(insts: &mut [Inst], flags: u32) -> Vec<Site> {
    let view = function(insts, flags);
    let sites: Vec<Site> =
        view.calls(Options::default()).into_iter().map(|(inst, verdict)| Site { inst, verdict }).collect();
    for site in &sites {
        if let (true, Some(form)) = (site.verdict.is_tail(), tail_form(insts[site.inst].op)) {
            insts[site.inst].op = form;
        }
    }
    sites
}

#[cfg(test)]
mod tests {
    use super::*;
    use taipan_isa::locations::Location;

    fn inst(op: u8, arg: u32) -> Inst {
        Inst { op, arg, location: Location::line_only(1), handler: None }
    }

    #[test]
    fn marks_through_loops_and_joins() {
        let mut insts = vec![
            inst(POP_JUMP_IF_FALSE, 3),
            inst(CALL, 1),
            inst(JUMP_FORWARD, 5),
            inst(CALL_KW, 2),
            inst(NOP, 0),
            inst(SWAP, 2),
            inst(POP_TOP, 0),
            inst(RETURN_VALUE, 0),
        ];
        let sites = mark(&mut insts, 3);
        assert!(sites.iter().all(|s| s.verdict == Verdict::Tail { path: vec![5, 6, 7] }));
        assert_eq!((insts[1].op, insts[3].op), (TAIL_CALL, TAIL_CALL_KW));
    }
}
