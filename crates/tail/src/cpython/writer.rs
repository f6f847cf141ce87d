//! Writing the block of one call.

use taipan_isa::exceptions::Entry;
use taipan_isa::locations::Location;

use super::bind::{Binding, Bound, Store, bind};
use super::code::{CodeObject, Refusal};
use super::emit::{self, Block};
use super::layout::Patch;
use super::ops::{Op, Tables};
use super::rewrite::{Guard, Mode, NewConst, Request, Why};
use super::sites::{Analysis, Arguments, Call, Callee};
use crate::policy::Verdict;

pub struct Writer<'a> {
    pub tables: &'a Tables,
    pub code: &'a CodeObject,
    pub request: &'a Request,
    pub analysis: &'a Analysis,
    /// Unit to which a round jumps back.
    head: u32,
    pub cells: Vec<u32>,
    unbind: Vec<u32>,
    pub consts: Vec<NewConst>,
    pub names: Vec<&'static str>,
}

/// How the stack lies at a call: entries of its arguments, and whether the NULL was taken away.
#[derive(Clone, Copy)]
pub struct Shape {
    pub entries: u32,
    pub patched: bool,
    /// Number of the callee from the top.
    pub callee: u32,
}

/// Why there is no block for a call.
pub enum Stop {
    Why(Why),
    Refusal(Refusal),
}

impl From<Refusal> for Stop {
    fn from(r: Refusal) -> Stop {
        Stop::Refusal(r)
    }
}

/// A block for one call, and where the old code jumps to it.
pub struct Site {
    pub done: emit::Assembled,
    pub entry: emit::Label,
    pub room: Room,
    /// The first instruction replaced; jumps to it may go to the block at once.
    pub first: usize,
    /// Exceptions that the block handles itself.
    pub entries: Vec<Entry>,
}

/// Units of the old code to overwrite, and the width and distance of the jump put there.
#[derive(Clone, Copy)]
pub struct Room {
    start: u32,
    end: u32,
    width: u32,
    distance: u32,
}

impl Room {
    /// A jump to `target` in the units `start..end`, if it fits.
    pub fn new(start: u32, end: u32, target: u32) -> Option<Room> {
        let fits = |width: &u32| target.checked_sub(start + width).is_some_and(|d| emit::width(d) <= *width);
        let width = (1..=(end - start).min(4)).find(fits)?;
        Some(Room { start, end, width, distance: target - (start + width) })
    }

    /// The units to overwrite, and their new bytes.
    pub fn jump(&self, tables: &Tables) -> (std::ops::Range<u32>, Vec<u8>) {
        let mut bytes = Vec::new();
        emit::put(&mut bytes, tables, Op::JUMP_FORWARD, self.distance, self.width);
        let nop = tables.number(Op::NOP).unwrap_or(0);
        bytes.extend((self.width..self.end - self.start).flat_map(|_| [nop, 0]));
        (self.start..self.end, bytes)
    }
}

impl<'a> Writer<'a> {
    pub fn new(
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

    pub fn konst(&mut self, c: NewConst) -> u32 {
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

    pub fn attribute(&mut self, b: &mut Block, name: &'static str) {
        let index = self.name(name);
        b.op(Op::LOAD_ATTR, if self.tables.minor >= 12 { index << 1 } else { index });
    }

    /// Pushes target `t`.
    pub fn target(&mut self, b: &mut Block, t: u32) {
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
    pub fn site(&mut self, call: &Call, patch: Option<&Patch>, base: u32) -> Result<Site, Stop> {
        let Verdict::Tail { path } = &call.verdict else { return Err(Stop::Why(Why::Layout)) };
        // The stack must be empty but for the value, or the rounds would heap up what is left on it.
        let at_return = path.last().and_then(|r| self.analysis.stacks.depth[*r]);
        if at_return != Some(1) {
            return Err(Stop::Why(Why::Layout));
        }
        let saved = (self.consts.len(), self.names.len());
        let result = match self.early(call, path, base) {
            None => self.at_call(call, patch.is_some(), path, base),
            Some(early) => early,
        };
        if result.is_err() {
            self.consts.truncate(saved.0);
            self.names.truncate(saved.1);
        }
        result
    }

    /// How the stack lies at `call`.
    pub fn shape(&self, call: &Call, patched: bool) -> Shape {
        let entries = match &call.arguments {
            Arguments::Plain { positional, keywords, .. } => positional + keywords.len() as u32,
            Arguments::Unpacked { entries } => *entries,
        };
        Shape { entries, patched, callee: entries + if patched || self.tables.minor <= 12 { 1 } else { 2 } }
    }

    /// Whether the callee is loaded as a method, in two entries.
    pub fn method_form(&self, call: &Call) -> bool {
        call.load.map(|l| self.analysis.listing.insts[l]).is_some_and(|l| {
            l.op == Op::LOAD_METHOD || self.tables.minor >= 12 && l.op == Op::LOAD_ATTR && l.arg & 1 != 0
        })
    }

    /// A new block, whose code comes from `location`.
    pub fn block(&self, location: Location) -> Block<'a> {
        let mut b = Block::new(self.tables, location);
        let head = self.analysis.listing.insts.partition_point(|i| i.start < self.head);
        if self.tables.minor >= 12 && self.analysis.location(head).line == location.line {
            // A jump within a line is no event for tracers: the way back leads over a jump without
            // a line.
            b.at(Location::NONE);
            b.back_over(self.head);
            b.at(location);
        } else {
            b.back_to(self.head);
        }
        // Never run: it takes the mark of a new line, so that the jump from the call, on the same
        // line, is no event for tracers.
        b.op(Op::NOP, 0);
        b
    }

    /// A block that takes over from the call instruction.
    fn at_call(&mut self, call: &Call, patched: bool, path: &[usize], base: u32) -> Result<Site, Stop> {
        let attribute = matches!(call.callee, Callee::Attribute(_));
        if attribute && self.method_form(call) && !patched {
            return Err(Stop::Why(Why::Layout));
        }
        let mut b = self.block(call.location);
        let entry = b.label();
        b.bind(entry);
        self.chain(&mut b, call, self.shape(call, patched), path)?;
        let done = b.assemble(base)?;
        let (first, room) = self.room(call, done.unit(entry)).ok_or(Stop::Why(Why::TooLong))?;
        Ok(Site { done, entry, room, first, entries: Vec::new() })
    }

    /// Compares the callee with each target, does what is due, and else makes the call.
    pub fn chain(&mut self, b: &mut Block, call: &Call, shape: Shape, path: &[usize]) -> Result<(), Stop> {
        let attribute = matches!(call.callee, Callee::Attribute(_));
        let mut any = false;
        for t in 0..self.request.targets.len() as u32 {
            let direct = self.bound(call, false);
            let method = if attribute { self.bound(call, true) } else { Bound::Misfit };
            let first = call.on_first_local && attribute;
            for on_method in [first, !first] {
                let bound = if on_method { &method } else { &direct };
                b.at(call.location);
                if *bound != Bound::Misfit {
                    any = true;
                    self.guarded(b, call, shape, path, t, on_method, bound);
                }
            }
        }
        if !any {
            return Err(Stop::Why(Why::Misfit));
        }
        b.at(call.location);
        self.call(b, call, shape);
        self.copy_path(b, path);
        Ok(())
    }

    pub fn bound(&self, call: &Call, with_self: bool) -> Bound {
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
                    b.at(call.location);
                    self.at_run_time(b, call, shape, path, t, on_method);
                }
            }
            _ => self.at_run_time(b, call, shape, path, t, on_method),
        }
        b.bind(next);
    }

    /// Moves the arguments from the stack into the parameters.
    pub fn move_arguments(&self, b: &mut Block, stores: &[Store]) {
        let mut rest = stores;
        while let Some((store, more)) = rest.split_first() {
            rest = more;
            match (store, more.first()) {
                (Store::One(a), Some(Store::One(c))) if self.tables.minor >= 13 && *a < 16 && *c < 16 => {
                    b.op(Op::STORE_FAST_STORE_FAST, a << 4 | c);
                    rest = &more[1..];
                }
                (Store::One(slot), _) => b.op(Op::STORE_FAST, *slot),
                (Store::Tuple { count, slot }, _) => {
                    b.op(Op::BUILD_TUPLE, *count);
                    b.op(Op::STORE_FAST, *slot);
                }
            }
        }
    }

    /// Moves the arguments into the parameters and drops the callee.
    fn store(&mut self, b: &mut Block, binding: &Binding, on_method: bool) {
        self.move_arguments(b, &binding.stores);
        if on_method {
            self.attribute(b, "__self__");
            b.op(Op::STORE_FAST, 0);
        } else {
            b.op(Op::POP_TOP, 0);
        }
        self.fill(b, binding);
    }

    /// Fills the parameters that get no argument.
    pub fn fill(&mut self, b: &mut Block, binding: &Binding) {
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
        match (self.request.mode, on_method) {
            // The maker of the arguments' binder wants to see the function, or the method.
            (Mode::Loop, _) => {
                b.callable(maker);
                b.op(Op::COPY, shape.callee + 2);
                b.call(1);
            }
            (Mode::Return, false) => b.op(Op::LOAD_CONST, maker),
            (Mode::Return, true) => {
                let method = self.konst(NewConst::MethodType);
                b.callable(method);
                b.op(Op::LOAD_CONST, maker);
                b.op(Op::COPY, shape.callee + 3);
                self.attribute(b, "__self__");
                b.call(2);
            }
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
    pub fn again(&mut self, b: &mut Block, path: &[usize]) {
        b.leave();
        if path.len() > 1 {
            let none = self.konst(NewConst::None);
            b.op(Op::LOAD_CONST, none);
            for i in &path[..path.len() - 1] {
                let inst = self.analysis.listing.insts[*i];
                b.op(inst.op, inst.arg);
            }
            b.op(Op::POP_TOP, 0);
        }
        for slot in &self.unbind {
            b.op(Op::PUSH_NULL, 0);
            b.op(Op::STORE_FAST, *slot);
        }
        self.cells.iter().for_each(|c| b.op(Op::MAKE_CELL, *c));
        let insts = &self.analysis.listing.insts;
        let head = &insts[insts.partition_point(|i| i.start < self.head)];
        let load = matches!(head.op, Op::LOAD_FAST | Op::LOAD_FAST_BORROW) && head.start == head.unit;
        if self.tables.minor >= 13 && load { b.back_loading(head.arg) } else { b.back() }
        b.enter();
    }

    /// Repeats the steps of the policy's path: they clear the stack below the value and return it.
    pub fn copy_path(&self, b: &mut Block, path: &[usize]) {
        for i in path {
            let inst = self.analysis.listing.insts[*i];
            b.at(self.analysis.location(*i));
            b.op(inst.op, inst.arg);
        }
    }

    /// The call itself.
    pub fn call(&self, b: &mut Block, call: &Call, shape: Shape) {
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
    fn room(&self, call: &Call, target: u32) -> Option<(usize, Room)> {
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
            if let Some(room) = Room::new(start, end, target) {
                return Some((first, room));
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
}
