//! Changing the old code so that it leads to the appended blocks, and its tables with it.

use taipan_isa::exceptions::{self, Entry};
use taipan_isa::locations::{self, Location};

use super::code::{CodeObject, Refusal};
use super::emit;
use super::layout::{Layout, Patch};
use super::ops::{Direction, Op, Tables};
use super::rewrite::{Guard, Rewritten};
use super::sites::{Analysis, Call};
use super::writer::{Site, Writer};

/// An entry of a line table: one unit without a location.
const NO_LOCATION: u8 = 0x80 | 15 << 3;

/// Code being changed.
pub struct Patched<'a> {
    tables: &'a Tables,
    code: &'a CodeObject,
    analysis: &'a Analysis,
    bytes: Vec<u8>,
    entries: Vec<Entry>,
    /// Locations of what was appended.
    runs: Vec<(Location, u32)>,
}

impl<'a> Patched<'a> {
    pub fn new(tables: &'a Tables, code: &'a CodeObject, analysis: &'a Analysis) -> Patched<'a> {
        let entries = analysis.listing.entries.clone();
        Patched { tables, code, analysis, bytes: code.code.clone(), entries, runs: Vec::new() }
    }

    /// How long the code is by now.
    pub fn units(&self) -> u32 {
        (self.bytes.len() / 2) as u32
    }

    /// Appends a block and changes the old code to lead there.
    pub fn apply(&mut self, site: &Site, call: &Call, patch: Option<&Patch>) {
        let (tables, analysis) = (self.tables, self.analysis);
        if let Some(patch) = patch {
            patch.apply(tables, analysis, &mut self.bytes);
            let first = analysis.stacks.block_start(&analysis.listing, call.inst);
            unborrow(tables, analysis, first..call.inst, &mut self.bytes);
        }
        // What lies on the stack already when the block takes over, such as the object of a method.
        let below = analysis.stacks.at(&analysis.listing, site.first).unwrap_or_default();
        unborrow(tables, analysis, below.iter().map(|s| s.inst as usize), &mut self.bytes);
        let (old, jump) = site.room.jump(tables);
        self.bytes[old.start as usize * 2..old.end as usize * 2].copy_from_slice(&jump);
        self.retarget(site);
        self.bytes.extend(&site.done.bytes);
        self.runs.extend(&site.done.runs);
        self.entries.extend(&site.entries);
        if let Some(entry) = analysis.listing.handler[call.inst] {
            let e = analysis.listing.entries[entry as usize];
            self.entries.extend(site.done.inside.iter().map(|(start, end)| Entry { start: *start, end: *end, ..e }));
        }
    }

    /// Sends jumps to what was replaced straight to the block, where their oparg has room for it.
    fn retarget(&mut self, site: &Site) {
        let entry = site.done.unit(site.entry);
        for inst in &self.analysis.listing.insts {
            if inst.target != Some(site.first as u32) || inst.op.jump() != Some(Direction::Forward) {
                continue;
            }
            let arg = entry - inst.next;
            let width = inst.unit - inst.start + 1;
            if emit::width(arg) <= width {
                for k in 0..width {
                    self.bytes[(inst.unit - k) as usize * 2 + 1] = (arg >> (8 * k)) as u8;
                }
            }
        }
    }

    /// The new parts of the code object.
    pub fn finish(mut self, layout: &Layout, writer: Writer) -> Result<Rewritten, Refusal> {
        layout.adjust(&mut self.entries);
        let (mut bytes, mut entries) = (self.bytes, self.entries);
        let decoded: Vec<_> = locations::decode(&self.code.linetable, self.code.firstlineno).collect();
        if decoded.iter().any(|r| r.location.line.unsigned_abs() > 1 << 30) {
            return Err(Refusal::Corrupt("its line table"));
        }
        let line = decoded.iter().rev().find(|r| r.location != Location::NONE).map(|r| r.location.line);
        let mut lines = locations::Encoder::new(line.unwrap_or(self.code.firstlineno as i32));
        // Code that other tools made may have a table that is too short.
        let old = (self.code.code.len() / 2) as u32;
        let covered = decoded.last().map_or(0, |r| r.end);
        let missing = old.checked_sub(covered).ok_or(Refusal::Corrupt("its line table"))?;
        lines.push(Location::NONE, missing);
        self.runs.iter().for_each(|(location, units)| lines.push(*location, *units));
        let mut linetable = self.code.linetable.clone();
        linetable.extend(&*lines.finish());
        let hidden = writer.request.targets.iter().filter(|t| t.guard == Guard::Hidden).count() as u32;
        if hidden > 0 {
            let first = self.analysis.listing.insts[0];
            let count = self.code.freevars.len() as u32 + hidden;
            if count > 255 {
                return Err(Refusal::Limit("its free variables"));
            }
            if first.op == Op::COPY_FREE_VARS && first.arg as usize == self.code.freevars.len() && first.start == first.unit {
                bytes[first.unit as usize * 2 + 1] = count as u8;
            } else if self.code.freevars.is_empty() && first.op != Op::COPY_FREE_VARS {
                // The one thing that goes before: all else moves by a unit, and jumps are relative.
                let number = self.tables.number(Op::COPY_FREE_VARS).unwrap_or(0);
                bytes.splice(0..0, [number, count as u8]);
                for e in &mut entries {
                    (e.start, e.end, e.target) = (e.start + 1, e.end + 1, e.target + 1);
                }
                linetable.insert(0, NO_LOCATION);
            } else {
                return Err(Refusal::Corrupt("its free variables"));
            }
        }
        let mut exceptiontable = Vec::new();
        entries.iter().for_each(|e| exceptions::encode(&mut exceptiontable, e));
        Ok(Rewritten {
            code: bytes,
            linetable,
            exceptiontable,
            stacksize: 0,
            consts: writer.consts,
            names: writer.names,
            hidden,
        })
    }
}

/// Makes `insts` own what they load: a borrowed value would not outlive the store into the variable
/// that owns it.
fn unborrow(tables: &Tables, analysis: &Analysis, insts: impl Iterator<Item = usize>, bytes: &mut [u8]) {
    for inst in insts.filter_map(|i| analysis.listing.insts.get(i)) {
        let owning = match inst.op {
            Op::LOAD_FAST_BORROW => Op::LOAD_FAST,
            Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW => Op::LOAD_FAST_LOAD_FAST,
            _ => continue,
        };
        if let Some(number) = tables.number(owning) {
            bytes[inst.unit as usize * 2] = number;
        }
    }
}
