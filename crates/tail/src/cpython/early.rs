//! Blocks that take over where the callee is loaded, before its arguments.
//!
//! If the way from the load to the call is straight, the arguments can be evaluated in the block
//! itself, with nothing of the callee left on the stack. The callee has been read by then, so the
//! guard sees what the call would have seen. What is not the function goes through a second copy of
//! the arguments; nothing of the old code between load and call is run any more.

use taipan_isa::exceptions::Entry;

use super::bind::{Binding, Bound};
use super::emit::{Block, Label};
use super::ops::Op;
use super::rewrite::{Mode, NewConst};
use super::sites::{Arguments, Call, Callee};
use super::writer::{Room, Site, Stop, Writer};

/// Instructions to copy at most.
const LONGEST: usize = 100;

/// A straight way from load to call.
#[derive(Clone, Copy)]
struct Straight {
    /// The first instruction of the load, and the first and last behind it that make the arguments.
    first: usize,
    args: usize,
    call_start: usize,
    call: usize,
}

impl Writer<'_> {
    /// Whether `call` gets a block of this kind.
    pub fn is_early(&self, call: &Call) -> bool {
        self.plan(call).is_some()
    }

    fn straight(&self, call: &Call) -> Option<Straight> {
        let listing = &self.analysis.listing;
        let load = call.load?;
        let insts = &listing.insts;
        // The NULL comes with the load, before it or behind it.
        let (first, args) = match insts[load].op {
            Op::LOAD_GLOBAL if insts[load].arg & 1 != 0 => (load, load + 1),
            Op::LOAD_GLOBAL | Op::LOAD_DEREF | Op::LOAD_FAST | Op::LOAD_FAST_BORROW | Op::LOAD_FAST_CHECK => {
                if self.tables.minor >= 13 && insts.get(load + 1)?.op == Op::PUSH_NULL {
                    (load, load + 2)
                } else if self.tables.minor <= 12 && insts.get(load.checked_sub(1)?)?.op == Op::PUSH_NULL {
                    (load - 1, load + 1)
                } else {
                    return None;
                }
            }
            Op::LOAD_ATTR | Op::LOAD_METHOD if self.method_form(call) => (load, load + 1),
            _ => return None,
        };
        if call.inst < args || call.inst - first > LONGEST {
            return None;
        }
        let handler = listing.handler[first];
        let depth = self.analysis.stacks.depth[args]?;
        for (i, inst) in insts.iter().enumerate().take(call.inst + 1).skip(first) {
            if i > first && listing.is_target[i] || listing.handler[i] != handler {
                return None;
            }
            if i < call.inst && (inst.op.ends() || inst.target.is_some()) {
                return None;
            }
            if i >= args && i < call.inst {
                let reach = inst.op.effect(inst.arg, self.tables.minor, false)?.reach;
                if self.analysis.stacks.depth[i]?.checked_sub(depth)? < reach {
                    return None;
                }
            }
        }
        let mut call_start = call.inst;
        while call_start > args {
            let before = insts[call_start - 1].op;
            let names = call_start == call.inst && insts[call.inst].op == Op::CALL_KW;
            if !(names || matches!(before, Op::PRECALL | Op::KW_NAMES)) {
                break;
            }
            call_start -= 1;
        }
        Some(Straight { first, args, call_start, call: call.inst })
    }

    fn plan(&self, call: &Call) -> Option<(Straight, Binding)> {
        if self.request.mode != Mode::Loop || self.request.targets.len() != 1 {
            return None;
        }
        let Arguments::Plain { .. } = call.arguments else { return None };
        let binding = match &call.callee {
            Callee::Global(_) | Callee::Cell(_) | Callee::Local(_) => match self.bound(call, false) {
                Bound::Known(b) if b.defaults.is_empty() => b,
                _ => return None,
            },
            // A method called on the first parameter: then that is its first argument too.
            Callee::Attribute(_) => {
                let name = self.code.varnames.first()?;
                let receiver = &self.analysis.listing.insts[call.load?.checked_sub(1)?];
                let fits = call.on_first_local
                    && self.code.argcount > 0
                    && !matches!(name.as_str(), "cls" | "klass" | "mcs" | "mcls" | "metacls")
                    && receiver.op != Op::LOAD_DEREF
                    && !self.cells.contains(&0)
                    && self.analysis.listing.handler[call.inst].is_none();
                match self.bound(call, true) {
                    Bound::Known(b) if fits && b.defaults.is_empty() => b,
                    _ => return None,
                }
            }
            _ => return None,
        };
        Some((self.straight(call)?, binding))
    }

    /// A block that takes over from the load of the callee, if there can be one.
    pub fn early(&mut self, call: &Call, path: &[usize], base: u32) -> Option<Result<Site, Stop>> {
        let (way, binding) = self.plan(call)?;
        Some(self.early_inner(call, way, &binding, path, base))
    }

    fn early_inner(
        &mut self,
        call: &Call,
        way: Straight,
        binding: &Binding,
        path: &[usize],
        base: u32,
    ) -> Result<Site, Stop> {
        let location = self.analysis.location(way.first);
        let mut b = self.block(location);
        let entry = b.label();
        b.bind(entry);
        let watched = match call.callee {
            Callee::Attribute(_) => Some(self.early_method(&mut b, call, way, binding, path)?),
            _ => {
                self.early_direct(&mut b, call, way, binding, path);
                None
            }
        };
        let done = b.assemble(base)?;
        let insts = &self.analysis.listing.insts;
        let room = Room::new(insts[way.first].start, insts[way.call].next, done.unit(entry));
        let room = room.ok_or(Stop::Why(super::rewrite::Why::TooLong))?;
        let mut entries = Vec::new();
        if let Some([start, end, target]) = watched {
            let depth = self.analysis.stacks.depth[way.first].unwrap_or(0) + 1;
            let (start, end, target) = (done.unit(start), done.unit(end), done.unit(target));
            entries.push(Entry { start, end, target, depth, lasti: false });
        }
        Ok(Site { done, entry, room, first: way.first, entries })
    }

    fn early_direct(&mut self, b: &mut Block, call: &Call, way: Straight, binding: &Binding, path: &[usize]) {
        let fast = b.label();
        let load = self.analysis.listing.insts[call.load.unwrap_or(way.first)];
        match load.op {
            Op::LOAD_GLOBAL => b.op(Op::LOAD_GLOBAL, load.arg & !1),
            // Borrowed or not makes no difference: it is compared at once.
            op => b.op(op, load.arg),
        }
        self.target(b, 0);
        b.op(Op::IS_OP, 0);
        b.when(fast);
        for i in way.first..=way.call {
            let inst = self.analysis.listing.insts[i];
            b.at(self.analysis.location(i));
            b.op(inst.op, inst.arg);
        }
        self.copy_path(b, path);
        b.bind(fast);
        self.copy_arguments(b, way, true);
        b.at(call.location);
        self.move_arguments(b, &binding.stores);
        self.fill(b, binding);
        self.again(b, path);
    }

    /// Gives the labels between which an unbound variable shows that there is no plain method, and
    /// that of what then follows.
    fn early_method(
        &mut self,
        b: &mut Block,
        call: &Call,
        way: Straight,
        binding: &Binding,
        path: &[usize],
    ) -> Result<[Label; 3], Stop> {
        let (fast, none, rest) = (b.label(), b.label(), b.label());
        let (check, checked) = (b.label(), b.label());
        let minor = self.tables.minor;
        let load = self.analysis.listing.insts[way.first];
        let read = if minor == 11 { Op::LOAD_FAST } else { Op::LOAD_FAST_CHECK };
        // On the stack: the object. The load gives the function and the object, or else the attribute
        // and NULL (up to 3.12 the other way round). A NULL can be stored, and its lack be seen.
        b.op(Op::COPY, 1);
        b.op(load.op, load.arg);
        if minor >= 13 {
            b.op(Op::STORE_FAST, 0);
            b.bind(check);
            b.op(read, 0);
            b.bind(checked);
            b.op(Op::POP_TOP, 0);
            b.op(Op::COPY, 1);
        } else {
            b.op(Op::SWAP, 2);
            b.op(Op::STORE_FAST, 0);
            b.bind(check);
            b.op(read, 0);
            b.bind(checked);
        }
        self.target(b, 0);
        b.op(Op::IS_OP, 0);
        b.when(fast);
        // Another method: bound to the object.
        if minor <= 12 {
            b.op(Op::LOAD_FAST, 0);
            b.op(Op::SWAP, 3);
            b.op(Op::STORE_FAST, 0);
            b.op(Op::SWAP, 2);
        }
        let method = self.konst(NewConst::MethodType);
        b.callable(method);
        b.op(Op::COPY, 3);
        b.op(Op::COPY, 5);
        b.call(2);
        b.op(Op::SWAP, 3);
        b.op(Op::POP_TOP, 0);
        b.op(Op::POP_TOP, 0);
        b.forward(rest);
        // Not a plain method: the attribute alone.
        b.bind(none);
        b.op(Op::PUSH_EXC_INFO, 0);
        b.op(Op::POP_TOP, 0);
        b.op(Op::POP_EXCEPT, 0);
        b.op(Op::SWAP, 2);
        b.op(Op::STORE_FAST, 0);
        b.bind(rest);
        self.copy_arguments(b, way, false);
        b.at(call.location);
        self.chain(b, call, self.shape(call, true), path)?;
        // It is the function: the first parameter is the object, and nothing else is needed.
        b.bind(fast);
        b.at(self.analysis.location(way.first));
        b.op(Op::POP_TOP, 0);
        if minor >= 13 {
            b.op(Op::POP_TOP, 0);
        } else {
            b.op(Op::STORE_FAST, 0);
        }
        self.copy_arguments(b, way, true);
        b.at(call.location);
        self.move_arguments(b, &binding.stores);
        self.fill(b, binding);
        self.again(b, path);
        Ok([check, checked, none])
    }

    /// Repeats the code of the arguments. What a store into a variable will outlive is owned; with
    /// `sparing` the rest stays as it is.
    fn copy_arguments(&self, b: &mut Block, way: Straight, sparing: bool) {
        let listing = &self.analysis.listing;
        let stack = self.analysis.stacks.at(listing, way.call).unwrap_or_default();
        let low = self.analysis.stacks.depth[way.args].unwrap_or(0) as usize;
        let values = stack.get(low..).unwrap_or(&[]);
        // These may hand on what they were given.
        let opaque = values.iter().any(|s| match listing.insts.get(s.inst as usize) {
            None => true,
            Some(i) => matches!(i.op, Op::FORMAT_SIMPLE | Op::CONVERT_VALUE | Op::GET_ITER | Op::GET_YIELD_FROM_ITER),
        });
        let all = opaque || !sparing;
        let mut at = way.args;
        while at < way.call_start {
            // Runs of loads are paired anew, since some are owned now.
            let mut run = Vec::new();
            while at < way.call_start {
                let inst = listing.insts[at];
                let owned = |part| all || values.iter().any(|s| s.inst as usize == at && s.part == part);
                match inst.op {
                    Op::LOAD_FAST_BORROW => run.push((inst.arg, owned(0), at)),
                    Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
                        run.extend([(inst.arg >> 4, owned(0), at), (inst.arg & 15, owned(1), at)]);
                    }
                    _ => break,
                }
                at += 1;
            }
            let mut rest = &run[..];
            while let Some(&(slot, owned, from)) = rest.first() {
                b.at(self.analysis.location(from));
                // An odd one goes first if that spares the others the counting.
                let even = rest.len() % 2 == 0;
                let pair = rest.get(1).filter(|n| n.0 < 16 && slot < 16 && (n.1 == owned || even));
                let (op, arg) = match (pair, owned) {
                    (Some(n), false) if !n.1 => (Op::LOAD_FAST_BORROW_LOAD_FAST_BORROW, slot << 4 | n.0),
                    (Some(n), _) => (Op::LOAD_FAST_LOAD_FAST, slot << 4 | n.0),
                    (None, true) => (Op::LOAD_FAST, slot),
                    (None, false) => (Op::LOAD_FAST_BORROW, slot),
                };
                b.op(op, arg);
                rest = &rest[1 + usize::from(pair.is_some())..];
            }
            if at < way.call_start {
                b.at(self.analysis.location(at));
                b.op(listing.insts[at].op, listing.insts[at].arg);
                at += 1;
            }
        }
    }
}
