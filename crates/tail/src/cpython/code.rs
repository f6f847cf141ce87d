//! Code objects as the rewriter sees them, decoded instructions, and refusals.

use std::fmt;

use taipan_isa::exceptions::{self, Entry};

use super::ops::{Direction, Op, Tables};

/// A constant, as far as it matters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constant {
    None,
    /// A tuple of names, as keyword calls have it.
    Names(Vec<String>),
    Other,
}

/// The parts of a code object.
#[derive(Clone, Debug, Default)]
pub struct CodeObject {
    pub name: String,
    pub code: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
    pub firstlineno: u32,
    pub flags: u32,
    pub stacksize: u32,
    pub argcount: u32,
    pub posonlyargcount: u32,
    pub kwonlyargcount: u32,
    pub varnames: Vec<String>,
    pub cellvars: Vec<String>,
    pub freevars: Vec<String>,
    pub names: Vec<String>,
    pub consts: Vec<Constant>,
}

const VARARGS: u32 = 0x4;
const VARKEYWORDS: u32 = 0x8;

impl CodeObject {
    pub fn has_varargs(&self) -> bool {
        self.flags & VARARGS != 0
    }
    pub fn has_varkeywords(&self) -> bool {
        self.flags & VARKEYWORDS != 0
    }
    /// Parameters by position and keyword, without `*args` and `**kwargs`.
    pub fn named_params(&self) -> usize {
        self.argcount as usize + self.kwonlyargcount as usize
    }
    /// All parameters: the first fast locals.
    pub fn params(&self) -> usize {
        self.named_params() + self.has_varargs() as usize + self.has_varkeywords() as usize
    }
    /// Slots of the cell variables among the fast locals; a captured parameter keeps its own.
    pub fn cell_slots(&self) -> Vec<usize> {
        let mut next = self.varnames.len();
        let slot = |name: &String| {
            self.varnames.iter().position(|v| v == name).unwrap_or_else(|| {
                next += 1;
                next - 1
            })
        };
        self.cellvars.iter().map(slot).collect()
    }
    /// Slot of the first free variable.
    pub fn first_free_slot(&self) -> usize {
        let captured = self.cellvars.iter().filter(|c| self.varnames.contains(c)).count();
        self.varnames.len() + self.cellvars.len() - captured
    }
    /// The name of a fast local that is a cell or free variable, or a plain local.
    pub fn slot_name(&self, slot: usize) -> Option<&str> {
        let free = self.first_free_slot();
        let name = if slot < self.varnames.len() {
            self.varnames.get(slot)
        } else if slot < free {
            self.cellvars.iter().filter(|c| !self.varnames.contains(c)).nth(slot - self.varnames.len())
        } else {
            self.freevars.get(slot - free)
        };
        name.map(String::as_str)
    }
}

/// Why a code object is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It does not hold together.
    Corrupt(&'static str),
    /// It has an instruction that is not known for this version.
    UnknownInstruction { number: u8, unit: u32 },
    /// It is beyond some limit of the rewriter.
    Limit(&'static str),
    /// What was made did not pass its own check. A defect of the rewriter.
    Internal(String),
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Refusal::Corrupt(what) => write!(f, "the code object is corrupt: {what}"),
            Refusal::UnknownInstruction { number, unit } => {
                write!(f, "the code has an unknown instruction, number {number} at offset {}", unit * 2)
            }
            Refusal::Limit(what) => write!(f, "the code object is too big: {what}"),
            Refusal::Internal(what) => write!(f, "the rewritten code did not pass its check: {what}"),
        }
    }
}

/// A decoded instruction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Inst {
    pub op: Op,
    pub arg: u32,
    /// First unit, `EXTENDED_ARG` prefixes included.
    pub start: u32,
    /// Unit of the opcode itself.
    pub unit: u32,
    /// First unit behind the caches.
    pub next: u32,
    /// For jumps the index of the target instruction.
    pub target: Option<u32>,
}

/// Decoded code.
#[derive(Clone, Debug)]
pub struct Listing {
    pub insts: Vec<Inst>,
    /// For each instruction, whether a jump or a handler leads to it.
    pub is_target: Vec<bool>,
    pub entries: Vec<Entry>,
    /// For each instruction, its entry in `entries`.
    pub handler: Vec<Option<u32>>,
    /// For each entry, the index of its target instruction.
    pub entry_target: Vec<u32>,
}

impl Listing {
    /// Decodes code and exception table, and checks that every jump lands on an instruction.
    pub fn new(tables: &Tables, code: &[u8], exceptiontable: &[u8]) -> Result<Listing, Refusal> {
        if !code.len().is_multiple_of(2) || code.is_empty() {
            return Err(Refusal::Corrupt("its bytes are no whole number of units"));
        }
        if code.len() > 1 << 25 {
            return Err(Refusal::Limit("more than 16 million units"));
        }
        let units = (code.len() / 2) as u32;
        let mut insts = Vec::with_capacity(code.len() / 4);
        let mut index_of = vec![u32::MAX; units as usize + 1];
        let (mut at, mut start, mut high) = (0u32, 0u32, 0u32);
        while at < units {
            let (number, low) = (code[at as usize * 2], code[at as usize * 2 + 1]);
            let op = tables.op(number).ok_or(Refusal::UnknownInstruction { number, unit: at })?;
            if op == Op::CACHE {
                return Err(Refusal::Corrupt("a cache where an instruction should be"));
            }
            if op == Op::EXTENDED_ARG {
                if high >> 16 != 0 {
                    return Err(Refusal::Corrupt("an oparg of more than 32 bits"));
                }
                high = (high | low as u32) << 8;
                at += 1;
                continue;
            }
            let next = at + 1 + tables.caches(op);
            if next > units {
                return Err(Refusal::Corrupt("it ends amid an instruction"));
            }
            index_of[start as usize] = insts.len() as u32;
            insts.push(Inst { op, arg: high | low as u32, start, unit: at, next, target: None });
            (at, start, high) = (next, next, 0);
        }
        if start != units {
            return Err(Refusal::Corrupt("it ends amid an instruction"));
        }
        let find = |unit: u32| match index_of.get(unit as usize) {
            Some(&i) if i != u32::MAX => Ok(i),
            _ => Err(Refusal::Corrupt("a jump or handler leads to no instruction")),
        };
        let mut is_target = vec![false; insts.len()];
        for inst in &mut insts {
            let target = match inst.op.jump() {
                None => continue,
                Some(Direction::Forward) => inst.next.checked_add(inst.arg),
                Some(Direction::Backward) => inst.next.checked_sub(inst.arg),
            };
            let target = find(target.unwrap_or(u32::MAX))?;
            inst.target = Some(target);
            is_target[target as usize] = true;
        }
        if insts.last().is_none_or(|i| !i.op.ends()) {
            return Err(Refusal::Corrupt("it runs off its end"));
        }
        let entries: Vec<Entry> = exceptions::decode(exceptiontable).collect();
        let mut handler = vec![None; insts.len()];
        let mut entry_target = Vec::with_capacity(entries.len());
        let mut last = 0;
        for (i, e) in entries.iter().enumerate() {
            if e.start < last || e.end > units || e.end < e.start {
                return Err(Refusal::Corrupt("its exception table is out of order"));
            }
            last = e.end;
            let target = find(e.target)?;
            is_target[target as usize] = true;
            entry_target.push(target);
            let first = insts.partition_point(|inst| inst.unit < e.start);
            for (inst, handler) in insts[first..].iter().zip(&mut handler[first..]) {
                if inst.unit >= e.end {
                    break;
                }
                *handler = Some(i as u32);
            }
        }
        Ok(Listing { insts, is_target, entries, handler, entry_target })
    }

    /// Indices of the instructions that may follow `index`, those of handlers left out.
    pub fn successors(&self, index: usize) -> impl Iterator<Item = (usize, bool)> {
        let inst = &self.insts[index];
        let next = (!inst.op.ends() && index + 1 < self.insts.len()).then_some((index + 1, false));
        let jump = inst.target.map(|t| (t as usize, true));
        next.into_iter().chain(jump)
    }
}
