//! The assembler: a list of instructions with jump targets to units and tables.

use crate::exceptions::{self, Entry};
use crate::locations::{Encoder, Location};
use crate::op::{self, EXTENDED_ARG, flag};
use crate::{Code, dis};

/// Where an exception raised by an instruction goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handler {
    /// Index of the handler's first instruction.
    pub target: u32,
    pub depth: u32,
    pub lasti: bool,
}

/// An instruction before assembly. For a jump `arg` is the index of its target instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inst {
    pub op: u8,
    pub arg: u32,
    pub location: Location,
    pub handler: Option<Handler>,
}

/// What [`assemble`] makes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Assembled {
    pub units: Box<[u16]>,
    pub linetable: Box<[u8]>,
    pub exceptiontable: Box<[u8]>,
}

fn arg_units(arg: u32) -> u32 {
    match arg {
        0..=0xff => 1,
        0x100..=0xffff => 2,
        0x1_0000..=0xff_ffff => 3,
        _ => 4,
    }
}

/// Rounds in which jumps may shrink; from then on they only grow, so that this ends.
const SHRINKING_ROUNDS: u32 = 16;

/// Offsets in units of each instruction, and the args with jumps made relative.
///
/// A jump begins with the index of its target as a guess at its distance, as in CPython: where a
/// longer and a shorter form would both fit, the same one is chosen.
fn resolve(insts: &[Inst], caches: impl Fn(u8) -> u32) -> (Vec<u32>, Vec<u32>) {
    let mut args: Vec<u32> = insts.iter().map(|i| i.arg).collect();
    let mut widths: Vec<u32> = args.iter().map(|a| arg_units(*a)).collect();
    let mut offsets = vec![0u32; insts.len() + 1];
    for round in 0.. {
        let mut at = 0;
        for (i, inst) in insts.iter().enumerate() {
            offsets[i] = at;
            at += widths[i] + caches(inst.op);
        }
        offsets[insts.len()] = at;
        let mut changed = false;
        for (i, inst) in insts.iter().enumerate() {
            let info = op::info(inst.op);
            if info.has_jump() {
                let target = offsets[(inst.arg as usize).min(insts.len())];
                args[i] = if info.has(flag::BACKWARD) {
                    offsets[i + 1].saturating_sub(target)
                } else {
                    target.saturating_sub(offsets[i + 1])
                };
                let width = arg_units(args[i]);
                if width > widths[i] || width < widths[i] && round < SHRINKING_ROUNDS {
                    widths[i] = width;
                    changed = true;
                }
            }
        }
        if !changed {
            break;
        }
    }
    (offsets, args)
}

/// Makes units, location table and exception table of `insts`.
pub fn assemble(insts: &[Inst], firstlineno: u32) -> Assembled {
    assemble_with(insts, firstlineno, |op| op::info(op).caches as u32)
}

/// [`assemble`] for code whose tail calls carry the locations of their returns, by index.
pub fn assemble_tail(insts: &[Inst], firstlineno: u32, returns: &[(usize, Location)]) -> Assembled {
    assemble_all(insts, firstlineno, |op| op::info(op).caches as u32, returns)
}

/// [`assemble`] for a machine whose instructions have other numbers of caches.
pub fn assemble_with(insts: &[Inst], firstlineno: u32, caches: impl Fn(u8) -> u32) -> Assembled {
    assemble_all(insts, firstlineno, caches, &[])
}

fn assemble_all(insts: &[Inst], firstlineno: u32, caches: impl Fn(u8) -> u32, returns: &[(usize, Location)]) -> Assembled {
    let (offsets, args) = resolve(insts, &caches);
    let mut units = Vec::with_capacity(*offsets.last().unwrap_or(&0) as usize);
    for (i, inst) in insts.iter().enumerate() {
        let caches = caches(inst.op);
        let width = offsets[i + 1] - offsets[i] - caches;
        let arg = args[i];
        for k in (1..width).rev() {
            units.push((arg >> (8 * k) & 0xff) as u16 * 256 + EXTENDED_ARG as u16);
        }
        units.push((arg & 0xff) as u16 * 256 + inst.op as u16);
        units.extend(std::iter::repeat_n(0, caches as usize));
    }

    let mut locations: Vec<Location> = insts.iter().map(|i| i.location).collect();
    for i in (0..locations.len()).rev() {
        if locations[i] == Location::NEXT {
            locations[i] = match insts.get(i) {
                Some(inst) if !op::info(inst.op).is_terminator() && i + 1 < locations.len() => {
                    locations[i + 1]
                }
                _ => Location::NONE,
            };
        }
    }
    let mut lines = Encoder::new(firstlineno as i32);
    let mut start = 0;
    let mut returns = returns.iter().peekable();
    for i in 0..insts.len() {
        let own = returns.next_if(|(at, _)| *at == i).map(|r| r.1).filter(|l| *l != locations[i] && *l != Location::NEXT);
        if own.is_some() || i + 1 == insts.len() || locations[i + 1] != locations[i] {
            lines.push(locations[i], offsets[i + 1] - offsets[start] - 2 * own.is_some() as u32);
            start = i + 1;
        }
        if let Some(l) = own {
            // The return lies in the last unit but one; the last is where the call goes on from.
            lines.push(l, 1);
            lines.push(locations[i], 1);
        }
    }

    let mut table = Vec::new();
    let mut start = 0;
    for i in 0..insts.len() {
        if i + 1 == insts.len() || insts[i + 1].handler != insts[i].handler {
            if let Some(h) = insts[i].handler {
                let target = offsets[(h.target as usize).min(insts.len())];
                let entry = Entry {
                    start: offsets[start],
                    end: offsets[i + 1],
                    target,
                    depth: h.depth,
                    lasti: h.lasti,
                };
                exceptions::encode(&mut table, &entry);
            }
            start = i + 1;
        }
    }
    Assembled { units: units.into(), linetable: lines.finish(), exceptiontable: table.into() }
}

/// The instructions of `code` as they were before assembly.
pub fn disassemble(code: &Code) -> Vec<Inst> {
    let decoded: Vec<_> = dis::instructions(&code.units).collect();
    let index = |unit: u32| decoded.partition_point(|d| d.start < unit) as u32;
    let locations: Vec<Location> = code.positions().collect();
    let location = |unit: u32| locations.get(unit as usize).copied().unwrap_or(Location::NONE);
    let handler = |unit| {
        let e = code.handler(unit)?;
        Some(Handler { target: index(e.target), depth: e.depth, lasti: e.lasti })
    };
    let inst = |d: &dis::Decoded| Inst {
        op: d.op,
        arg: d.target().map_or(d.arg, index),
        location: location(d.unit),
        handler: handler(d.unit),
    };
    decoded.iter().map(inst).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dis::instructions;
    use crate::op::*;

    fn inst(op: u8, arg: u32) -> Inst {
        Inst { op, arg, location: Location::line_only(1), handler: None }
    }

    #[test]
    fn long_jumps_and_args() {
        for n in [0u32, 1, 250, 254, 255, 256, 300, 65_530, 65_540, 70_000] {
            let mut insts = vec![inst(RESUME, 0), inst(POP_JUMP_IF_TRUE, n + 4), inst(LOAD_CONST, 0x1_02_03)];
            insts.extend((0..n).map(|_| inst(NOP, 0)));
            insts.push(inst(JUMP_BACKWARD, 1));
            insts.push(inst(RETURN_VALUE, 0));
            let a = assemble(&insts, 1);
            let code = crate::Code { units: a.units, ..Default::default() };
            let back: Vec<_> = instructions(&code.units).collect();
            assert_eq!(back.len(), insts.len());
            assert_eq!(back[2].arg, 0x1_02_03);
            let end = back[insts.len() - 1];
            assert_eq!(back[1].next + back[1].arg, end.start, "{n}");
            let jump = back[insts.len() - 2];
            assert_eq!(jump.next - jump.arg, back[1].start, "{n}");
        }
    }
}
