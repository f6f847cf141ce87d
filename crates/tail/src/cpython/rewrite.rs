//! The rewrite: self tail calls become jumps, or values for a trampoline.
//!
//! Nothing is relocated. The call instruction is overwritten with a jump to a block appended behind
//! the code, which compares the callee with the function itself, moves the arguments into the
//! parameters and jumps back to the start, or makes the call after all. Existing jumps stay valid,
//! and so do the line and exception tables, to which entries are only added.

use taipan_isa::exceptions::{self, Entry};
use taipan_isa::locations::{self, Location};

use super::bind::{Binding, Bound, Store, bind};
use super::code::{CodeObject, Listing, Refusal};
use super::emit::{self, Block};
use super::layout::{Layout, Patch};
use super::ops::{Op, Tables};
use super::sites::{Analysis, Arguments, Call, Callee};
use super::stack::Stacks;
use crate::policy::{Options, Verdict};

/// What becomes of a self call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// A jump to the start of the function.
    Loop,
    /// A call of a maker, whose result the trampoline around the function understands.
    Return,
}

/// How the running code gets at the function to compare with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Guard {
    /// It is a constant. Keeps the function alive for ever: for functions that live so anyway.
    Const,
    /// It is in a free variable added for it.
    Hidden,
    /// A weak reference to it is a constant.
    Weak,
}

/// A function whose calls are rewritten.
#[derive(Clone, Debug)]
pub struct Target {
    pub guard: Guard,
    /// Names by which it may be called. The guard decides; these only choose the candidates.
    pub names: Vec<String>,
}

/// What to do.
#[derive(Clone, Debug)]
pub struct Request {
    pub mode: Mode,
    pub targets: Vec<Target>,
    pub options: Options,
    /// Unbind every local before each round, for code that looks at its own variables.
    pub unbind_all: bool,
    /// How many defaults the function has, and whether they may become constants.
    pub defaults: u32,
    pub constant_defaults: bool,
}

/// A constant to append, as the caller of the rewriter makes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NewConst {
    None,
    /// The function with this number among the targets.
    Target(u32),
    /// A weak reference to it.
    Weak(u32),
    /// `type` and `types.MethodType`.
    Type,
    MethodType,
    /// `__defaults__` as it is now, and one of its values.
    Defaults,
    Default(u32),
    /// Called with the call's arguments: gives the values of all parameters (`Loop`) or what the
    /// trampoline understands (`Return`).
    Maker(u32),
}

/// Why a tail call of the function itself was left as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    Misfit,
    Layout,
    TooLong,
}

impl Why {
    pub fn text(self) -> &'static str {
        match self {
            Why::Misfit => "its arguments do not fit the signature",
            Why::Layout => "its code is laid out in a way that is not understood",
            Why::TooLong => "the function is too long for a jump to fit",
        }
    }
}

/// What became of a call.
#[derive(Clone, Debug)]
pub struct Report {
    pub location: Location,
    pub callee: Callee,
    /// Whether it calls one of the targets, by its name.
    pub own: bool,
    pub verdict: Verdict,
    pub rewritten: bool,
    pub why: Option<Why>,
}

/// The new parts of a code object.
#[derive(Clone, Debug, Default)]
pub struct Rewritten {
    pub code: Vec<u8>,
    pub linetable: Vec<u8>,
    pub exceptiontable: Vec<u8>,
    pub stacksize: u32,
    pub consts: Vec<NewConst>,
    pub names: Vec<&'static str>,
    /// Free variables to add, in the order of the targets that need them.
    pub hidden: u32,
}

/// What [`rewrite`] gives: a report of every call, and the new code if a call was rewritten.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub reports: Vec<Report>,
    pub code: Option<Rewritten>,
}

struct Writer<'a> {
    tables: &'a Tables,
    code: &'a CodeObject,
    request: &'a Request,
    analysis: &'a Analysis,
    /// Unit to which a round jumps back.
    head: u32,
    cells: Vec<u32>,
    unbind: Vec<u32>,
    consts: Vec<NewConst>,
    names: Vec<&'static str>,
}

/// How the stack lies at a call: entries of its arguments, and whether the NULL was taken away.
#[derive(Clone, Copy)]
struct Shape {
    entries: u32,
    patched: bool,
    /// Number of the callee from the top.
    callee: u32,
}

fn matches(call: &str, wanted: &str) -> bool {
    let mangled = wanted.starts_with("__") && !wanted.ends_with("__") && call.starts_with('_');
    call == wanted || mangled && call.ends_with(wanted)
}

fn is_own(call: &Call, request: &Request) -> bool {
    let name = match &call.callee {
        Callee::Super(_) | Callee::Unknown => return false,
        other => other.name(),
    };
    name.is_some_and(|n| request.targets.iter().flat_map(|t| &t.names).any(|w| matches(n, w)))
}

/// Reads `code` and rewrites the tail calls of the targets.
pub fn rewrite(tables: &Tables, code: &CodeObject, request: &Request) -> Result<Outcome, Refusal> {
    let analysis = Analysis::new(tables, code, request.options)?;
    let mut reports: Vec<Report> = analysis
        .calls
        .iter()
        .map(|c| Report {
            location: c.location,
            callee: c.callee.clone(),
            own: is_own(c, request),
            verdict: c.verdict.clone(),
            rewritten: false,
            why: None,
        })
        .collect();
    let chosen: Vec<usize> =
        (0..reports.len()).filter(|i| reports[*i].own && reports[*i].verdict.is_tail()).collect();
    if chosen.is_empty() {
        return Ok(Outcome { reports, code: None });
    }
    // A call that cannot be rewritten after all changes what may be done to the load it shares with
    // others: then all is done again without it.
    let mut chosen = chosen;
    loop {
        let mut writer = Writer::new(tables, code, request, &analysis)?;
        let layout = Layout::new(tables, &analysis, &chosen);
        let mut bytes = code.code.clone();
        let mut entries = analysis.listing.entries.clone();
        let mut runs: Vec<(Location, u32)> = Vec::new();
        let before = chosen.len();
        let mut left = Vec::new();
        for &i in &chosen {
            let call = &analysis.calls[i];
            match writer.site(call, layout.patch(i), (bytes.len() / 2) as u32) {
                Ok(site) => {
                    site.apply(tables, &analysis, call, layout.patch(i), &mut bytes, &mut entries);
                    runs.push((call.location, site.units));
                    left.push(i);
                }
                Err(Stop::Why(why)) => reports[i].why = Some(why),
                Err(Stop::Refusal(r)) => return Err(r),
            }
        }
        chosen = left;
        if chosen.is_empty() {
            return Ok(Outcome { reports, code: None });
        }
        if chosen.len() < before {
            continue;
        }
        layout.adjust(&mut entries);
        let mut out = writer.finish(bytes, entries, &runs)?;
        verify(tables, code, &mut out)?;
        chosen.iter().for_each(|i| reports[*i].rewritten = true);
        return Ok(Outcome { reports, code: Some(out) });
    }
}

/// Takes the new code apart again and checks it.
fn verify(tables: &Tables, code: &CodeObject, out: &mut Rewritten) -> Result<(), Refusal> {
    let failed = |r: Refusal| Refusal::Internal(r.to_string());
    let listing = Listing::new(tables, &out.code, &out.exceptiontable).map_err(failed)?;
    let stacks = Stacks::new(&listing, tables.minor).map_err(failed)?;
    let covered: u32 = locations::decode(&out.linetable, code.firstlineno).last().map_or(0, |r| r.end);
    if covered != (out.code.len() / 2) as u32 {
        return Err(Refusal::Internal("the line table does not cover the code".into()));
    }
    let consts = (code.consts.len() + out.consts.len()) as u32;
    if listing.insts.iter().any(|i| i.op == Op::LOAD_CONST && i.arg >= consts) {
        return Err(Refusal::Internal("a constant that is not there".into()));
    }
    out.stacksize = code.stacksize.max(stacks.max);
    Ok(())
}

enum Stop {
    Why(Why),
    Refusal(Refusal),
}

impl From<Refusal> for Stop {
    fn from(r: Refusal) -> Stop {
        Stop::Refusal(r)
    }
}

/// A block for one call, and where the call's own units jump.
struct Site {
    bytes: Vec<u8>,
    units: u32,
    base: u32,
    room: Room,
    distance: u32,
}

/// Units of the old code to overwrite, and the width of the jump put there.
#[derive(Clone, Copy)]
struct Room {
    start: u32,
    end: u32,
    width: u32,
}

impl<'a> Writer<'a> {
    fn new(
        tables: &'a Tables,
        code: &'a CodeObject,
        request: &'a Request,
        analysis: &'a Analysis,
    ) -> Result<Writer<'a>, Refusal> {
        let insts = &analysis.listing.insts;
        let resume = insts.iter().position(|i| i.op == Op::RESUME).ok_or(Refusal::Corrupt("it has no start"))?;
        let prologue = &insts[..resume];
        if insts[resume].arg & 3 != 0
            || prologue.iter().any(|i| !matches!(i.op, Op::COPY_FREE_VARS | Op::MAKE_CELL | Op::NOP))
        {
            return Err(Refusal::Corrupt("its start is not understood"));
        }
        let slots = code.first_free_slot() + code.freevars.len();
        if code.params() > code.varnames.len() || insts.iter().any(|i| i.op == Op::MAKE_CELL && i.arg as usize >= slots) {
            return Err(Refusal::Corrupt("variables that are not there"));
        }
        let cells: Vec<u32> = prologue.iter().filter(|i| i.op == Op::MAKE_CELL).map(|i| i.arg).collect();
        // Later versions load without looking where the compiler has proved a local bound; only the
        // others must be unbound again for the next round.
        let mut looked_at = vec![tables.minor == 11 || request.unbind_all; slots];
        for inst in insts.iter().filter(|i| matches!(i.op, Op::LOAD_FAST_CHECK | Op::DELETE_FAST)) {
            if let Some(slot) = looked_at.get_mut(inst.arg as usize) {
                *slot = true;
            }
        }
        cells.iter().for_each(|c| looked_at[*c as usize] = true);
        let unbind = (code.params()..code.first_free_slot()).filter(|s| looked_at[*s]).map(|s| s as u32).collect();
        let head = insts[resume].next;
        Ok(Writer { tables, code, request, analysis, head, cells, unbind, consts: Vec::new(), names: Vec::new() })
    }

    fn konst(&mut self, c: NewConst) -> u32 {
        let at = self.consts.iter().position(|k| *k == c).unwrap_or_else(|| {
            self.consts.push(c);
            self.consts.len() - 1
        });
        (self.code.consts.len() + at) as u32
    }

    fn name(&mut self, name: &'static str) -> u32 {
        let at = self.names.iter().position(|n| *n == name).unwrap_or_else(|| {
            self.names.push(name);
            self.names.len() - 1
        });
        (self.code.names.len() + at) as u32
    }

    fn attribute(&mut self, b: &mut Block, name: &'static str) {
        let index = self.name(name);
        b.op(Op::LOAD_ATTR, if self.tables.minor >= 12 { index << 1 } else { index });
    }

    /// Pushes target `t`.
    fn target(&mut self, b: &mut Block, t: u32) {
        match self.request.targets[t as usize].guard {
            Guard::Const => {
                let k = self.konst(NewConst::Target(t));
                b.op(Op::LOAD_CONST, k);
            }
            Guard::Hidden => {
                let before = self.request.targets[..t as usize].iter().filter(|t| t.guard == Guard::Hidden).count();
                b.op(Op::LOAD_DEREF, (self.code.first_free_slot() + self.code.freevars.len() + before) as u32);
            }
            Guard::Weak => {
                let k = self.konst(NewConst::Weak(t));
                b.callable(k);
                b.call(0);
            }
        }
    }

    /// The block for `call`, to begin at unit `base`.
    fn site(&mut self, call: &Call, patch: Option<&Patch>, base: u32) -> Result<Site, Stop> {
        let Verdict::Tail { path } = &call.verdict else { return Err(Stop::Why(Why::Layout)) };
        let saved = (self.consts.clone(), self.names.clone());
        let result = self.site_inner(call, patch.is_some(), path, base);
        if result.is_err() {
            (self.consts, self.names) = saved;
        }
        result
    }

    fn site_inner(&mut self, call: &Call, patched: bool, path: &[usize], base: u32) -> Result<Site, Stop> {
        let minor = self.tables.minor;
        let entries = match &call.arguments {
            Arguments::Plain { positional, keywords, .. } => positional + keywords.len() as u32,
            Arguments::Unpacked { entries } => *entries,
        };
        let shape = Shape { entries, patched, callee: entries + if patched || minor <= 12 { 1 } else { 2 } };
        let attribute = matches!(call.callee, Callee::Attribute(_));
        let load = call.load.map(|l| self.analysis.listing.insts[l]);
        let method_form = load.is_some_and(|l| l.op == Op::LOAD_METHOD || minor >= 12 && l.op == Op::LOAD_ATTR && l.arg & 1 != 0);
        if attribute && method_form && !patched {
            return Err(Stop::Why(Why::Layout));
        }
        let mut b = Block::new(self.tables);
        // Never run: it takes the mark of a new line, so that the jump from the call, on the same
        // line, is no event for tracers.
        b.op(Op::NOP, 0);
        let (entry, fallback) = (b.label(), b.label());
        b.bind(entry);
        let mut any = false;
        for t in 0..self.request.targets.len() as u32 {
            let direct = self.bound(call, false);
            let method = if attribute { self.bound(call, true) } else { Bound::Misfit };
            let first = call.on_first_local && attribute;
            for on_method in [first, !first] {
                let bound = if on_method { &method } else { &direct };
                if *bound != Bound::Misfit {
                    any = true;
                    self.guarded(&mut b, call, shape, path, t, on_method, bound);
                }
            }
        }
        if !any {
            return Err(Stop::Why(Why::Misfit));
        }
        b.bind(fallback);
        self.call(&mut b, call, shape);
        self.copy_path(&mut b, path);
        let done = b.assemble(base)?;
        let (room, distance) = self.room(call, done.unit(entry)).ok_or(Stop::Why(Why::TooLong))?;
        let units = (done.bytes.len() / 2) as u32;
        Ok(Site { bytes: done.bytes, units, base, room, distance })
    }

    fn bound(&self, call: &Call, with_self: bool) -> Bound {
        match (&call.arguments, self.request.mode) {
            (Arguments::Unpacked { .. }, _) | (_, Mode::Return) => Bound::AtRunTime,
            (Arguments::Plain { positional, keywords, .. }, Mode::Loop) => {
                bind(self.code, *positional, keywords, with_self, self.request.defaults)
            }
        }
    }

    /// One attempt: if the callee is target `t` (or a method of it), leave; else go on behind.
    #[allow(clippy::too_many_arguments)]
    fn guarded(
        &mut self,
        b: &mut Block,
        call: &Call,
        shape: Shape,
        path: &[usize],
        t: u32,
        on_method: bool,
        bound: &Bound,
    ) {
        let (next, slow) = (b.label(), b.label());
        if on_method {
            let (kind, method) = (self.konst(NewConst::Type), self.konst(NewConst::MethodType));
            b.callable(kind);
            b.op(Op::COPY, shape.callee + 2);
            b.call(1);
            b.op(Op::LOAD_CONST, method);
            b.op(Op::IS_OP, 0);
            b.unless(next);
            b.op(Op::COPY, shape.callee);
            self.attribute(b, "__func__");
        } else {
            b.op(Op::COPY, shape.callee);
        }
        self.target(b, t);
        b.op(Op::IS_OP, 0);
        b.unless(next);
        match bound {
            Bound::Known(binding) if shape.patched && (binding.defaults.is_empty() || self.request.constant_defaults) => {
                let guarded = !binding.defaults.is_empty();
                if guarded {
                    self.target(b, t);
                    self.attribute(b, "__defaults__");
                    let k = self.konst(NewConst::Defaults);
                    b.op(Op::LOAD_CONST, k);
                    b.op(Op::IS_OP, 0);
                    b.unless(slow);
                }
                self.store(b, binding, on_method);
                self.again(b, path);
                if guarded {
                    b.bind(slow);
                    self.at_run_time(b, call, shape, path, t, on_method);
                }
            }
            _ => self.at_run_time(b, call, shape, path, t, on_method),
        }
        b.bind(next);
    }

    /// Moves the arguments from the stack into the parameters and drops the callee.
    fn store(&mut self, b: &mut Block, binding: &Binding, on_method: bool) {
        for store in &binding.stores {
            match *store {
                Store::One(slot) => b.op(Op::STORE_FAST, slot),
                Store::Tuple { count, slot } => {
                    b.op(Op::BUILD_TUPLE, count);
                    b.op(Op::STORE_FAST, slot);
                }
            }
        }
        if on_method {
            self.attribute(b, "__self__");
            b.op(Op::STORE_FAST, 0);
        } else {
            b.op(Op::POP_TOP, 0);
        }
        for &(default, slot) in &binding.defaults {
            let k = self.konst(NewConst::Default(default));
            b.op(Op::LOAD_CONST, k);
            b.op(Op::STORE_FAST, slot);
        }
        if let Some(slot) = binding.empty_dict {
            b.op(Op::BUILD_MAP, 0);
            b.op(Op::STORE_FAST, slot);
        }
    }

    /// Puts a maker in the callee's place, makes the same call, and does what the mode says.
    fn at_run_time(&mut self, b: &mut Block, call: &Call, shape: Shape, path: &[usize], t: u32, on_method: bool) {
        let maker = self.konst(NewConst::Maker(t));
        if on_method {
            let method = self.konst(NewConst::MethodType);
            b.callable(method);
            b.op(Op::LOAD_CONST, maker);
            b.op(Op::COPY, shape.callee + 3);
            self.attribute(b, "__self__");
            b.call(2);
        } else {
            b.op(Op::LOAD_CONST, maker);
        }
        b.op(Op::SWAP, shape.callee + 1);
        b.op(Op::POP_TOP, 0);
        self.call(b, call, shape);
        if self.request.mode == Mode::Return {
            self.copy_path(b, path);
            return;
        }
        match self.code.params() as u32 {
            0 => b.op(Op::POP_TOP, 0),
            n => {
                b.op(Op::UNPACK_SEQUENCE, n);
                (0..n).for_each(|slot| b.op(Op::STORE_FAST, slot));
            }
        }
        self.again(b, path);
    }

    /// Starts the next round: nothing of this one is left on the stack or in the variables.
    fn again(&mut self, b: &mut Block, path: &[usize]) {
        if path.len() > 1 {
            let none = self.konst(NewConst::None);
            b.op(Op::LOAD_CONST, none);
            self.copy_path(b, &path[..path.len() - 1]);
            b.op(Op::POP_TOP, 0);
        }
        for slot in &self.unbind {
            b.op(Op::PUSH_NULL, 0);
            b.op(Op::STORE_FAST, *slot);
        }
        self.cells.iter().for_each(|c| b.op(Op::MAKE_CELL, *c));
        b.back_to(self.head);
    }

    /// Repeats the steps of the policy's path: they clear the stack below the value and return it.
    fn copy_path(&self, b: &mut Block, path: &[usize]) {
        for i in path {
            let inst = self.analysis.listing.insts[*i];
            b.op(inst.op, inst.arg);
        }
    }

    /// The call itself.
    fn call(&self, b: &mut Block, call: &Call, shape: Shape) {
        let minor = self.tables.minor;
        let Arguments::Plain { positional, keywords_const, .. } = &call.arguments else {
            let arg = self.analysis.listing.insts[call.inst].arg;
            b.op(Op::CALL_FUNCTION_EX, arg);
            return;
        };
        let mut count = shape.entries;
        if shape.patched && *positional > 0 {
            // The first argument stands where the self of a method would.
            count -= 1;
        } else if shape.patched {
            b.op(Op::PUSH_NULL, 0);
            let below = shape.entries + if minor <= 12 { 2 } else { 1 };
            (2..=below).rev().for_each(|n| b.op(Op::SWAP, n));
        }
        match keywords_const {
            Some(k) if minor >= 13 => {
                b.op(Op::LOAD_CONST, *k);
                b.op(Op::CALL_KW, count);
            }
            Some(k) => {
                b.op(Op::KW_NAMES, *k);
                b.call(count);
            }
            None => b.call(count),
        }
    }

    /// The units of the call that may be overwritten, with the distance of a jump from there that
    /// fits into them.
    fn room(&self, call: &Call, target: u32) -> Option<(Room, u32)> {
        let listing = &self.analysis.listing;
        let mut first = call.inst;
        // What leads up to the call goes with it: the block repeats it.
        while let Some(before) = first.checked_sub(1) {
            let op = listing.insts[before].op;
            let names = first == call.inst && listing.insts[first].op == Op::CALL_KW;
            if !(names || matches!(op, Op::PRECALL | Op::KW_NAMES)) {
                break;
            }
            if listing.is_target[first] {
                return None;
            }
            first = before;
        }
        let start = listing.insts[first].start;
        let mut last = call.inst;
        loop {
            let end = listing.insts[last].next;
            for width in 1..=(end - start).min(4) {
                let distance = target.checked_sub(start + width)?;
                if emit::width(distance) <= width {
                    return Some((Room { start, end, width }, distance));
                }
            }
            last += 1;
            let more = listing.insts.get(last)?;
            if listing.is_target[last]
                || listing.handler[last] != listing.handler[call.inst]
                || !matches!(more.op, Op::NOP | Op::RETURN_VALUE | Op::SWAP | Op::POP_TOP)
            {
                return None;
            }
        }
    }

    fn finish(self, mut bytes: Vec<u8>, mut entries: Vec<Entry>, runs: &[(Location, u32)]) -> Result<Rewritten, Refusal> {
        let decoded: Vec<_> = locations::decode(&self.code.linetable, self.code.firstlineno).collect();
        if decoded.iter().any(|r| r.location.line.unsigned_abs() > 1 << 30) {
            return Err(Refusal::Corrupt("its line table"));
        }
        let line = decoded.iter().rev().find(|r| r.location != Location::NONE).map(|r| r.location.line);
        let mut lines = locations::Encoder::new(line.unwrap_or(self.code.firstlineno as i32));
        runs.iter().for_each(|(location, units)| lines.push(*location, *units));
        let mut linetable = self.code.linetable.clone();
        linetable.extend(&*lines.finish());
        let hidden = self.request.targets.iter().filter(|t| t.guard == Guard::Hidden).count() as u32;
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
                const NO_LOCATION: u8 = 0x80 | 15 << 3;
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
            consts: self.consts,
            names: self.names,
            hidden,
        })
    }
}

impl Site {
    /// Appends the block and changes the old code to lead there.
    fn apply(
        &self,
        tables: &Tables,
        analysis: &Analysis,
        call: &Call,
        patch: Option<&Patch>,
        bytes: &mut Vec<u8>,
        entries: &mut Vec<Entry>,
    ) {
        if let Some(patch) = patch {
            patch.apply(tables, analysis, bytes);
            if tables.minor >= 14 {
                unborrow(tables, analysis, call.inst, bytes);
            }
        }
        let Room { start, end, width } = self.room;
        let mut jump = Vec::new();
        emit::put(&mut jump, tables, Op::JUMP_FORWARD, self.distance, width);
        let nop = tables.number(Op::NOP).unwrap_or(0);
        jump.extend((width..end - start).flat_map(|_| [nop, 0]));
        bytes[start as usize * 2..end as usize * 2].copy_from_slice(&jump);
        bytes.extend(&self.bytes);
        if let Some(entry) = analysis.listing.handler[call.inst] {
            let e = analysis.listing.entries[entry as usize];
            entries.push(Entry { start: self.base, end: self.base + self.units, ..e });
        }
    }
}

/// Makes the block before a call own what it loads: a borrowed argument would not outlive the store
/// into the variable that owns it.
fn unborrow(tables: &Tables, analysis: &Analysis, call: usize, bytes: &mut [u8]) {
    let first = analysis.stacks.block_start(&analysis.listing, call);
    for inst in &analysis.listing.insts[first..call] {
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
