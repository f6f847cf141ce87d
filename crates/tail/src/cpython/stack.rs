//! The stack, followed through the code: its depth everywhere and where its entries come from.

use super::code::{Listing, Refusal};
use super::ops::Op;

/// Where a stack entry comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slot {
    /// The instruction that pushed it, or [`Slot::ANY`].
    pub inst: u32,
    /// Which of that instruction's results, the lowest being 0.
    pub part: u32,
}

impl Slot {
    /// Several instructions, or none that is known.
    pub const ANY: Slot = Slot { inst: u32::MAX, part: 0 };
}

/// The stack before each instruction.
pub struct Stacks {
    /// Depth before each instruction; `None` where control never comes.
    pub depth: Vec<Option<u32>>,
    /// The deepest it gets.
    pub max: u32,
    minor: u8,
    /// Entry states of the instructions where paths begin or meet.
    states: Vec<Option<Box<[Slot]>>>,
}

const MAX_DEPTH: usize = 100_000;
/// Bounds the work on crafted code: entries copied over all.
const MAX_WORK: usize = 50_000_000;

fn step(stack: &mut Vec<Slot>, op: Op, arg: u32, minor: u8, jump: bool, index: usize) -> Result<(), Refusal> {
    const UNDERFLOW: Refusal = Refusal::Corrupt("its stack runs empty");
    let effect = op.effect(arg, minor, jump).ok_or(Refusal::Corrupt("an absurd oparg"))?;
    if effect.reach as usize > stack.len() && op != Op::DICT_MERGE && op != Op::RERAISE {
        return Err(UNDERFLOW);
    }
    let len = stack.len();
    match op {
        Op::SWAP | Op::COPY if arg == 0 => return Err(Refusal::Corrupt("an absurd oparg")),
        Op::SWAP => stack.swap(len - 1, len - arg as usize),
        Op::COPY => stack.push(stack[len - arg as usize]),
        _ => {
            stack.truncate(len.checked_sub(effect.pops as usize).ok_or(UNDERFLOW)?);
            if stack.len() + effect.pushes as usize > MAX_DEPTH {
                return Err(Refusal::Limit("its stack"));
            }
            stack.extend((0..effect.pushes).map(|part| Slot { inst: index as u32, part }));
        }
    }
    Ok(())
}

/// Whether an exception can come out of an instruction; in doubt it can.
fn may_raise(op: Op) -> bool {
    use Op::*;
    !matches!(
        op,
        NOP | POP_TOP | POP_ITER | END_FOR | SWAP | LOAD_CONST | LOAD_COMMON_CONSTANT | RETURN_VALUE | RETURN_CONST
    )
}

/// Joins `stack` into the state of an instruction; tells whether that changed.
fn join(state: &mut Option<Box<[Slot]>>, stack: &[Slot]) -> Result<bool, Refusal> {
    let Some(state) = state else {
        *state = Some(stack.into());
        return Ok(true);
    };
    if state.len() != stack.len() {
        return Err(Refusal::Corrupt("paths of different stack depth meet"));
    }
    let mut changed = false;
    for (old, new) in state.iter_mut().zip(stack) {
        if *old != *new && *old != Slot::ANY {
            *old = Slot::ANY;
            changed = true;
        }
    }
    Ok(changed)
}

impl Stacks {
    pub fn new(listing: &Listing, minor: u8) -> Result<Stacks, Refusal> {
        let count = listing.insts.len();
        let mut stacks = Stacks { depth: vec![None; count], max: 0, minor, states: vec![None; count] };
        let mut work = vec![0usize];
        stacks.states[0] = Some(Box::new([]));
        let mut budget = MAX_WORK;
        let mut handled = vec![false; listing.entries.len()];
        while let Some(first) = work.pop() {
            let mut stack = stacks.states[first].as_deref().unwrap_or(&[]).to_vec();
            let mut at = first;
            loop {
                budget = budget.checked_sub(1 + stack.len() / 16).ok_or(Refusal::Limit("its flow"))?;
                let inst = &listing.insts[at];
                stacks.depth[at] = Some(stack.len() as u32);
                stacks.max = stacks.max.max(stack.len() as u32);
                if let Some(entry) = listing.handler[at] {
                    // A handler begins with what lay below its depth, then perhaps the offset, then
                    // the exception. Its own instructions are all that matters of its entries.
                    let e = &listing.entries[entry as usize];
                    if !handled[entry as usize] {
                        handled[entry as usize] = true;
                        let depth = e.depth as usize + e.lasti as usize + 1;
                        if depth > MAX_DEPTH {
                            return Err(Refusal::Limit("its stack"));
                        }
                        let target = listing.entry_target[entry as usize] as usize;
                        if join(&mut stacks.states[target], &vec![Slot::ANY; depth])? {
                            work.push(target);
                        }
                        stacks.max = stacks.max.max(depth as u32);
                    }
                    // The compiler covers the end of a generator too widely, which does no harm.
                    if (stack.len() as u32) < e.depth && may_raise(inst.op) {
                        return Err(Refusal::Corrupt("a handler keeps more of the stack than there is"));
                    }
                }
                if let Some(target) = inst.target {
                    let mut there = stack.clone();
                    budget = budget.checked_sub(there.len()).ok_or(Refusal::Limit("its flow"))?;
                    step(&mut there, inst.op, inst.arg, minor, true, at)?;
                    stacks.max = stacks.max.max(there.len() as u32);
                    if join(&mut stacks.states[target as usize], &there)? {
                        work.push(target as usize);
                    }
                }
                step(&mut stack, inst.op, inst.arg, minor, false, at)?;
                stacks.max = stacks.max.max(stack.len() as u32);
                if inst.op.ends() {
                    break;
                }
                at += 1;
                if at >= count {
                    return Err(Refusal::Corrupt("it runs off its end"));
                }
                if listing.is_target[at] || stacks.states[at].is_some() {
                    if join(&mut stacks.states[at], &stack)? {
                        work.push(at);
                    }
                    break;
                }
            }
        }
        Ok(stacks)
    }

    /// The stack before instruction `index`; `None` where control never comes.
    pub fn at(&self, listing: &Listing, index: usize) -> Option<Vec<Slot>> {
        self.depth.get(index).copied().flatten()?;
        let first = (0..=index).rev().find(|i| self.states[*i].is_some())?;
        let mut stack = self.states[first].as_deref()?.to_vec();
        for i in first..index {
            let inst = &listing.insts[i];
            step(&mut stack, inst.op, inst.arg, self.minor, false, i).ok()?;
        }
        Some(stack)
    }

    /// The first instruction of the block that `index` is in.
    pub fn block_start(&self, listing: &Listing, index: usize) -> usize {
        let begins = |i: usize| i == 0 || listing.is_target[i] || {
            let before = listing.insts[i - 1];
            before.op.ends() || before.target.is_some()
        };
        (0..=index).rev().find(|i| begins(*i)).unwrap_or(0)
    }
}
