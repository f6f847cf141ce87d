//! The calls of a code object: what they call, with which arguments, and the policy's verdict.

use taipan_isa::locations::{self, Location};

use super::code::{CodeObject, Constant, Listing, Refusal};
use super::ops::{Op, Tables};
use super::stack::Stacks;
use crate::policy::{Function, Kind, Options, Step, Verdict};

/// What a call calls, as far as the code shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Callee {
    Global(String),
    /// A variable of an enclosing function, or of this one shared with inner ones.
    Cell(String),
    Local(String),
    /// An attribute of something.
    Attribute(String),
    /// An attribute of `super()`.
    Super(String),
    Unknown,
}

impl Callee {
    /// The name by which the callee is found.
    pub fn name(&self) -> Option<&str> {
        match self {
            Callee::Global(n) | Callee::Cell(n) | Callee::Local(n) | Callee::Attribute(n) | Callee::Super(n) => {
                Some(n)
            }
            Callee::Unknown => None,
        }
    }
    /// How the callee reads in a report.
    pub fn text(&self) -> String {
        match self {
            Callee::Attribute(n) => format!("….{n}"),
            Callee::Super(n) => format!("super().{n}"),
            Callee::Unknown => "(an expression)".into(),
            other => other.name().unwrap_or_default().into(),
        }
    }
}

/// The arguments of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Arguments {
    /// So many by position, then these by keyword.
    Plain { positional: u32, keywords: Vec<String>, keywords_const: Option<u32> },
    /// With `*` or `**`: found out when it runs.
    Unpacked { entries: u32 },
}

/// A call.
#[derive(Clone, Debug)]
pub struct Call {
    /// Index of the call instruction.
    pub inst: usize,
    pub callee: Callee,
    /// The instruction that loads the callee.
    pub load: Option<usize>,
    /// Whether the callee is read from the first local.
    pub on_first_local: bool,
    pub arguments: Arguments,
    pub location: Location,
    pub verdict: Verdict,
}

/// Code with all that the analysis knows of it.
pub struct Analysis {
    pub listing: Listing,
    pub stacks: Stacks,
    pub calls: Vec<Call>,
    /// Location of each unit's run, for looking up.
    runs: Vec<locations::Run>,
}

/// Whether a location table is made of whole entries, with numbers small enough to compute with.
fn table_is_sane(table: &[u8]) -> bool {
    let mut rest = table;
    while let Some((&head, data)) = rest.split_first() {
        // The first byte of an entry has its top bit set, and no other.
        let mut data = data.iter().take_while(|b| **b < 0x80).copied();
        let mut len = 1;
        let mut byte = || {
            len += 1;
            data.next()
        };
        let mut number = || {
            for digit in 0..5 {
                match byte() {
                    Some(b) if b & 0x40 == 0 => return true,
                    Some(_) if digit < 4 => {}
                    _ => return false,
                }
            }
            false
        };
        let sane = match head >> 3 & 15 {
            15 => true,
            14 => (0..4).all(|_| number()),
            13 => number(),
            10..=12 => byte().is_some() && byte().is_some(),
            _ => byte().is_some(),
        };
        if head < 0x80 || !sane {
            return false;
        }
        rest = &rest[len..];
    }
    true
}

/// Whether every constant and variable that the code names is there.
fn check_operands(listing: &Listing, code: &CodeObject) -> Result<(), Refusal> {
    let slots = code.first_free_slot() + code.freevars.len();
    if code.params() > code.varnames.len() || code.posonlyargcount > code.argcount {
        return Err(Refusal::Corrupt("more parameters than variables"));
    }
    for inst in &listing.insts {
        let arg = inst.arg as usize;
        let there = match inst.op {
            Op::LOAD_CONST | Op::RETURN_CONST | Op::KW_NAMES => arg < code.consts.len(),
            Op::LOAD_FAST | Op::LOAD_FAST_CHECK | Op::LOAD_FAST_BORROW | Op::LOAD_FAST_AND_CLEAR | Op::STORE_FAST
            | Op::DELETE_FAST | Op::LOAD_DEREF | Op::STORE_DEREF | Op::DELETE_DEREF | Op::LOAD_CLOSURE
            | Op::MAKE_CELL | Op::LOAD_CLASSDEREF => arg < slots,
            Op::LOAD_FAST_LOAD_FAST | Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW | Op::STORE_FAST_LOAD_FAST
            | Op::STORE_FAST_STORE_FAST => arg >> 4 < slots && arg & 15 < slots,
            _ => true,
        };
        if !there {
            return Err(Refusal::Corrupt("a constant or variable that is not there"));
        }
    }
    Ok(())
}

fn step(listing: &Listing, index: usize) -> Step {
    let inst = &listing.insts[index];
    match inst.op {
        Op::CALL | Op::CALL_KW | Op::CALL_FUNCTION_EX => Step::Call,
        Op::RETURN_VALUE => Step::Return,
        Op::NOP | Op::NOT_TAKEN => Step::Nop,
        Op::SWAP => Step::Swap(inst.arg),
        Op::POP_TOP => Step::Drop(1),
        Op::STORE_FAST | Op::STORE_DEREF | Op::STORE_GLOBAL | Op::STORE_NAME | Op::STORE_FAST_LOAD_FAST => Step::Store,
        Op::PUSH_EXC_INFO => Step::PushExcInfo,
        Op::CHECK_EXC_MATCH | Op::CHECK_EG_MATCH => Step::ExcMatch,
        Op::WITH_EXCEPT_START => Step::WithExit,
        Op::POP_EXCEPT => Step::PopExcept,
        Op::RERAISE => Step::Reraise,
        op => match inst.target {
            Some(t) if op.ends() => Step::Jump(t as usize),
            Some(t) => Step::Branch(t as usize),
            None if op.ends() => Step::End,
            None => Step::Other,
        },
    }
}

impl Analysis {
    pub fn new(tables: &Tables, code: &CodeObject, options: Options) -> Result<Analysis, Refusal> {
        if !table_is_sane(&code.linetable) || code.firstlineno > i32::MAX as u32 / 2 {
            return Err(Refusal::Corrupt("its line table"));
        }
        let listing = Listing::new(tables, &code.code, &code.exceptiontable)?;
        check_operands(&listing, code)?;
        let stacks = Stacks::new(&listing, tables.minor)?;
        if stacks.max > code.stacksize {
            return Err(Refusal::Corrupt("its stack is deeper than it says"));
        }
        let runs: Vec<_> = locations::decode(&code.linetable, code.firstlineno).collect();
        let view = Function {
            kind: Kind::from_flags(code.flags),
            steps: (0..listing.insts.len()).map(|i| step(&listing, i)).collect(),
            handlers: listing.handler.iter().map(|h| h.map(|h| listing.entry_target[h as usize] as usize)).collect(),
        };
        let mut analysis = Analysis { listing, stacks, calls: Vec::new(), runs };
        for (inst, verdict) in view.calls(options) {
            if let Some(call) = analysis.call(tables, code, inst, verdict) {
                analysis.calls.push(call);
            }
        }
        Ok(analysis)
    }

    /// Where the instruction at `index` comes from.
    pub fn location(&self, index: usize) -> Location {
        let unit = self.listing.insts[index].unit;
        let at = self.runs.partition_point(|r| r.end <= unit);
        self.runs.get(at).map_or(Location::NONE, |r| r.location)
    }

    fn call(&self, tables: &Tables, code: &CodeObject, at: usize, verdict: Verdict) -> Option<Call> {
        let inst = self.listing.insts[at];
        let stack = self.stacks.at(&self.listing, at)?;
        let names_of = |index: u32| match code.consts.get(index as usize) {
            Some(Constant::Names(names)) => Some(names.clone()),
            _ => None,
        };
        let plain = |names: Option<Vec<String>>, konst: Option<u32>| {
            let keywords = names?;
            let positional = inst.arg.checked_sub(keywords.len() as u32)?;
            Some(Arguments::Plain { positional, keywords, keywords_const: konst })
        };
        let (arguments, entries) = match inst.op {
            Op::CALL => {
                // In 3.11 and 3.12 the names come with an instruction of their own before the call.
                let mut before = at.checked_sub(1);
                while let Some(i) = before.filter(|i| self.listing.insts[*i].op == Op::PRECALL) {
                    before = i.checked_sub(1);
                }
                let names = before.map(|i| self.listing.insts[i]).filter(|i| i.op == Op::KW_NAMES);
                match names {
                    Some(i) => (plain(names_of(i.arg), Some(i.arg))?, inst.arg),
                    None => (plain(Some(Vec::new()), None)?, inst.arg),
                }
            }
            Op::CALL_KW => {
                let names = self.listing.insts[at.checked_sub(1)?];
                if names.op != Op::LOAD_CONST || stack.last()?.inst as usize != at - 1 {
                    return None;
                }
                (plain(names_of(names.arg), Some(names.arg))?, inst.arg + 1)
            }
            _ => {
                let entries = if tables.minor >= 14 { 2 } else { 1 + (inst.arg & 1) };
                (Arguments::Unpacked { entries }, entries)
            }
        };
        // Callee and NULL (or method and self) lie below the arguments.
        let low = stack.len().checked_sub(entries as usize + 2)?;
        let (first, second) = (stack[low], stack[low + 1]);
        let (mut callee, mut load, mut on_first_local) = (Callee::Unknown, None, false);
        let value = if tables.minor >= 13 { first } else { second };
        if let Some(from) = self.listing.insts.get(value.inst as usize) {
            let name = |index: u32| code.names.get(index as usize).cloned();
            let local = |slot: u32| code.slot_name(slot as usize).map(str::to_owned);
            let found = match from.op {
                Op::LOAD_GLOBAL => name(from.arg >> 1).map(Callee::Global),
                Op::LOAD_DEREF | Op::LOAD_CLASSDEREF => local(from.arg).map(Callee::Cell),
                Op::LOAD_FAST | Op::LOAD_FAST_BORROW | Op::LOAD_FAST_CHECK => local(from.arg).map(Callee::Local),
                Op::LOAD_METHOD => name(from.arg).map(Callee::Attribute),
                Op::LOAD_ATTR if tables.minor >= 12 => name(from.arg >> 1).map(Callee::Attribute),
                Op::LOAD_ATTR => name(from.arg).map(Callee::Attribute),
                Op::LOAD_SUPER_ATTR => name(from.arg >> 2).map(Callee::Super),
                _ => None,
            };
            if let Some(found) = found {
                callee = found;
                load = Some(value.inst as usize);
                if matches!(callee, Callee::Attribute(_)) {
                    let object = self.listing.insts.get((value.inst as usize).wrapping_sub(1));
                    on_first_local = object.is_some_and(|o| {
                        o.arg == 0
                            && matches!(o.op, Op::LOAD_FAST | Op::LOAD_FAST_BORROW | Op::LOAD_FAST_CHECK | Op::LOAD_DEREF)
                    });
                    if self.is_super(value.inst as usize, code) {
                        callee = Callee::Super(callee.name().unwrap_or_default().to_owned());
                    }
                }
            }
        }
        Some(Call { inst: at, callee, load, on_first_local, arguments, location: self.location(at), verdict })
    }

    /// Whether the attribute loaded at `load` is one of `super()`, called the long way.
    fn is_super(&self, load: usize, code: &CodeObject) -> bool {
        let Some(stack) = self.stacks.at(&self.listing, load) else { return false };
        let Some(made) = stack.last().and_then(|s| self.listing.insts.get(s.inst as usize)) else { return false };
        if made.op != Op::CALL {
            return false;
        }
        let index = self.listing.insts.partition_point(|i| i.unit < made.unit);
        let Some(stack) = self.stacks.at(&self.listing, index) else { return false };
        stack.iter().rev().take(made.arg as usize + 2).any(|s| {
            self.listing.insts.get(s.inst as usize).is_some_and(|i| {
                i.op == Op::LOAD_GLOBAL && code.names.get(i.arg as usize >> 1).is_some_and(|n| n == "super")
            })
        })
    }
}
