//! `code` objects: an [`isa::Code`] with what an interpreter needs to run it: the constants as values, the
//! names as interned strings, and an executable copy of the units, into which inline caches and specialised
//! opcodes are written. All of that is made when the code first runs.

pub mod object;
pub mod prepare;

use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::Value;
use std::cell::{Cell, OnceCell};
use std::sync::Arc;
use taipan_isa as isa;

/// What [`Code::entry`] points to before the code is prepared.
static UNPREPARED: [u16; 2] = [isa::op::specialized::PREPARE as u16, 0];

#[repr(C)]
pub struct Code {
    /// The first executable unit, or [`UNPREPARED`].
    pub entry: Cell<*const u16>,
    pub consts: Cell<*const Value>,
    pub names: Cell<*const Ref<Str>>,
    pub nlocalsplus: u32,
    /// Words of a frame: head, locals and operand stack.
    pub frame_words: u32,
    /// Identifies the code in call caches; 0 until somebody asks, and for good when ids have run out.
    pub version: Cell<u32>,
    /// Positional parameters; see `simple`.
    pub argcount: u32,
    pub kwonlyargcount: u32,
    pub flags: u32,
    /// Neither `*args`, `**kwargs` nor keyword-only parameters.
    pub simple: bool,
    /// The unit of the first instruction at which the frame can be seen.
    pub first_traceable: Cell<u32>,
    pub isa: Arc<isa::Code>,
    prepared: OnceCell<Prepared>,
    /// Constants given as values (`code.replace(co_consts=…)`): a tuple.
    given_consts: OnceCell<Value>,
    pub name: Ref<Str>,
    pub qualname: Ref<Str>,
    pub filename: Ref<Str>,
    /// The unit whose handler was looked up last, and the handler.
    last_handler: Cell<(u32, Option<isa::exceptions::Entry>)>,
    /// What is to be reported of this code, if anybody has asked.
    pub monitoring: OnceCell<Box<crate::monitoring::CodeEvents>>,
}

/// The parts made on first use.
pub struct Prepared {
    pub units: Box<[Cell<u16>]>,
    pub consts: Box<[Value]>,
    pub names: Box<[Ref<Str>]>,
    pub local_names: Box<[Ref<Str>]>,
    /// Units at which a line begins or to which something jumps, a bit each.
    pub boundaries: Box<[u64]>,
}

crate::payload!(Code, id = crate::ids::CODE, container,
    traverse = |s, visit| {
        if let Some(p) = s.prepared.get() {
            p.consts.iter().for_each(&mut *visit);
        }
        if let Some(c) = s.given_consts.get() {
            visit(c);
        }
    });

impl Code {
    /// Is `ip` within the executable units (or just behind them)?
    pub fn contains(&self, ip: *const u16) -> bool {
        let start = self.entry.get() as usize;
        (start..=start + 2 * self.isa.units.len()).contains(&(ip as usize)) && self.prepared.get().is_some()
    }
    pub fn is_generator_like(&self) -> bool {
        self.flags & (isa::co::GENERATOR | isa::co::COROUTINE | isa::co::ASYNC_GENERATOR | isa::co::ITERABLE_COROUTINE) != 0
    }
    /// The handler of the instruction at `unit`. What raises once mostly does so again.
    #[inline]
    pub fn handler(&self, unit: u32) -> Option<isa::exceptions::Entry> {
        let (last, found) = self.last_handler.get();
        if last == unit {
            return found;
        }
        let found = self.isa.handler(unit);
        self.last_handler.set((unit, found));
        found
    }
    /// The parts made on first use.
    pub fn prepared(&self, ts: &ThreadState) -> &Prepared {
        self.prepared.get_or_init(|| prepare::prepare(ts, self))
    }
    pub fn const_values(&self, ts: &ThreadState) -> &[Value] {
        &self.prepared(ts).consts
    }
    pub fn name_strings(&self, ts: &ThreadState) -> &[Ref<Str>] {
        &self.prepared(ts).names
    }
    /// Names of all fast locals, interned.
    pub fn local_names(&self, ts: &ThreadState) -> &[Ref<Str>] {
        &self.prepared(ts).local_names
    }
    /// Does a line begin at `unit`, or does something jump there?
    pub fn is_boundary(&self, unit: usize) -> bool {
        self.prepared.get().is_none_or(|p| p.boundaries.get(unit / 64).is_none_or(|w| w >> (unit % 64) & 1 != 0))
    }
    pub fn posonlyargcount(&self) -> usize {
        self.isa.posonlyargcount as usize
    }
    /// The unit at which the instruction begins that `unit` belongs to (as its opcode or one of its caches).
    pub fn instruction_start(&self, unit: usize) -> usize {
        let units = &self.isa.units;
        let mut at = unit.min(units.len().saturating_sub(1));
        // In the units as compiled, caches are zero and no opcode is.
        while at > 0 && units[at] == 0 {
            at -= 1;
        }
        at
    }
    /// The name of constant-pool entry `i` of the names.
    ///
    /// # Safety
    /// The code runs (so it is prepared), and `i` comes from one of its instructions.
    #[inline(always)]
    pub unsafe fn name_at(&self, i: usize) -> &Ref<Str> {
        // SAFETY: by the contract.
        unsafe { &*self.names.get().add(i) }
    }
}
