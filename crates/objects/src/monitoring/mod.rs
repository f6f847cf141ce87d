//! What `sys.settrace`, `sys.setprofile` and `sys.monitoring` have asked for. The interpreter fires the
//! events; while nobody asks for any, its dispatch table does not know of them.

pub mod lines;

use crate::code::Code;
use crate::heap::GilCell;
use crate::thread::ThreadState;
use crate::value::Value;
use std::cell::{Cell, OnceCell};
use std::collections::HashMap;

/// Events by number; the bits of event sets.
pub mod event {
    pub const PY_START: usize = 0;
    pub const PY_RESUME: usize = 1;
    pub const PY_RETURN: usize = 2;
    pub const PY_YIELD: usize = 3;
    pub const CALL: usize = 4;
    pub const LINE: usize = 5;
    pub const INSTRUCTION: usize = 6;
    pub const JUMP: usize = 7;
    pub const BRANCH_LEFT: usize = 8;
    pub const BRANCH_RIGHT: usize = 9;
    pub const STOP_ITERATION: usize = 10;
    pub const RAISE: usize = 11;
    pub const EXCEPTION_HANDLED: usize = 12;
    pub const PY_UNWIND: usize = 13;
    pub const PY_THROW: usize = 14;
    pub const RERAISE: usize = 15;
    pub const C_RETURN: usize = 16;
    pub const C_RAISE: usize = 17;
    pub const BRANCH: usize = 18;
    /// Those before this one belong to a place in the code and can be disabled there.
    pub const LOCAL: usize = 11;
    pub const NAMES: [&str; 19] = [
        "PY_START", "PY_RESUME", "PY_RETURN", "PY_YIELD", "CALL", "LINE", "INSTRUCTION", "JUMP", "BRANCH_LEFT",
        "BRANCH_RIGHT", "STOP_ITERATION", "RAISE", "EXCEPTION_HANDLED", "PY_UNWIND", "PY_THROW", "RERAISE", "C_RETURN",
        "C_RAISE", "BRANCH",
    ];
    pub const COUNT: usize = NAMES.len();
}

/// The set with one event.
pub const fn bit(event: usize) -> u32 {
    1 << event
}

/// Tools that programs may be.
pub const TOOLS: usize = 6;

/// Events of `sys.settrace`.
pub const TRACE_EVENTS: u32 = bit(event::PY_START)
    | bit(event::PY_RESUME)
    | bit(event::PY_THROW)
    | bit(event::PY_RETURN)
    | bit(event::PY_YIELD)
    | bit(event::RAISE)
    | bit(event::STOP_ITERATION)
    | bit(event::LINE)
    | bit(event::PY_UNWIND)
    | bit(event::JUMP)
    | bit(event::INSTRUCTION);
/// Events of `sys.setprofile`.
pub const PROFILE_EVENTS: u32 = bit(event::PY_START)
    | bit(event::PY_RESUME)
    | bit(event::PY_THROW)
    | bit(event::PY_RETURN)
    | bit(event::PY_YIELD)
    | bit(event::CALL)
    | bit(event::PY_UNWIND);

fn marker(ts: &ThreadState) -> Value {
    let object = crate::typeobject::builtin(ts, crate::ids::OBJECT).to_value();
    crate::protocol::call(ts, &object, &[]).unwrap_or_else(|_| Value::none())
}

/// A tool of `sys.monitoring`.
#[derive(Default)]
pub struct Tool {
    pub name: GilCell<Option<Value>>,
    pub events: Cell<u32>,
    pub callbacks: [GilCell<Option<Value>>; event::COUNT],
}

/// The interpreter's part of the state.
#[derive(Default)]
pub struct Monitoring {
    pub tools: [Tool; TOOLS],
    /// Some code object has events of its own.
    pub local: Cell<bool>,
    /// Counts calls of `restart_events`.
    pub generation: Cell<u32>,
    /// Counts how often each tool was cleared: events of single code objects end then.
    pub tool_generations: [Cell<u32>; TOOLS],
    disable: OnceCell<Value>,
    missing: OnceCell<Value>,
}

impl Monitoring {
    pub fn disable(&self, ts: &ThreadState) -> &Value {
        self.disable.get_or_init(|| marker(ts))
    }
    pub fn missing(&self, ts: &ThreadState) -> &Value {
        self.missing.get_or_init(|| marker(ts))
    }
    /// Events that some tool wants of all code.
    pub fn global_events(&self) -> u32 {
        self.tools.iter().fold(0, |e, t| e | t.events.get())
    }
}

/// The thread's part.
pub struct Tracing {
    pub trace: GilCell<Option<Value>>,
    pub profile: GilCell<Option<Value>>,
    /// Callbacks that are running: nothing is reported meanwhile.
    pub busy: Cell<u32>,
    /// The event that is being reported; -1: none.
    pub what: Cell<i32>,
    /// The frame whose event is being reported.
    pub frame: Cell<*mut crate::frame::Frame>,
    /// A trace function has set the frame's line.
    pub jumped: Cell<bool>,
    /// Something is being traced in this thread.
    pub active: Cell<bool>,
}

impl Default for Tracing {
    fn default() -> Tracing {
        Tracing {
            trace: GilCell::default(),
            profile: GilCell::default(),
            busy: Cell::new(0),
            what: Cell::new(-1),
            frame: Cell::new(std::ptr::null_mut()),
            jumped: Cell::new(false),
            active: Cell::new(false),
        }
    }
}

/// A code object's part.
#[derive(Default)]
pub struct CodeEvents {
    /// For each tool its events and the tool's generation for which they hold.
    local: [Cell<(u32, u32)>; TOOLS],
    /// Tools (bits) that have disabled an event at a unit.
    disabled: GilCell<HashMap<(u32, u8), u8>>,
    generation: Cell<u32>,
    pub lines: OnceCell<lines::Lines>,
}

impl CodeEvents {
    pub fn of(code: &Code) -> &CodeEvents {
        code.monitoring.get_or_init(Default::default)
    }
    fn renew(&self, m: &Monitoring) {
        if self.generation.get() != m.generation.get() {
            self.generation.set(m.generation.get());
            self.disabled.set(HashMap::new());
        }
    }
    pub fn disable(&self, m: &Monitoring, unit: u32, event: usize, tool: usize) {
        self.renew(m);
        self.disabled.write(|d| *d.entry((unit, event as u8)).or_default() |= 1 << tool);
    }
    pub fn is_disabled(&self, m: &Monitoring, unit: u32, event: usize, tool: usize) -> bool {
        self.renew(m);
        self.disabled.read(|d| d.get(&(unit, event as u8)).is_some_and(|t| t >> tool & 1 != 0))
    }
    pub fn local(&self, m: &Monitoring, tool: usize) -> u32 {
        let (events, generation) = self.local[tool].get();
        if generation == m.tool_generations[tool].get() { events } else { 0 }
    }
    pub fn set_local(&self, m: &Monitoring, tool: usize, events: u32) {
        self.local[tool].set((events, m.tool_generations[tool].get()));
    }
    /// Events that some tool wants of this code.
    pub fn events(&self, m: &Monitoring) -> u32 {
        (0..TOOLS).fold(0, |e, t| e | self.local(m, t))
    }
}

/// Tells the interpreter that the state has changed.
pub fn changed(ts: &ThreadState) {
    if let Some(f) = ts.interp().hooks.read(|h| h.tracing_changed) {
        f(ts)
    }
}
