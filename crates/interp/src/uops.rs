//! The micro-ops: what every instruction is made of, and the engine that interprets them.
//!
//! An instruction is expanded into [`MicroOp`]s whose operands are read from the code once: its oparg, the caches
//! that the micro-op looks at, where a miss goes. [`Uop`] tells what is known of each kind: whether it is a guard,
//! an action or part of the machinery, how it leaves the stack, by which exits it can be left and what it touches
//! besides. A tier that compiles traces needs no other description: it strings expansions together, drops what
//! it proves needless, and calls or inlines the same bodies.
//!
//! The engine here expands and interprets one instruction at a time. It is slow; it shows that the expansions are
//! right.

use crate::generated::arm;
pub use crate::generated::uop::{EXPANSIONS, LONGEST, UOPS};
use crate::machine::*;

/// The ways to leave a micro-op before the next one, joined with `|` in [`Uop::exits`].
pub mod exit {
    /// A guard says no; nothing has changed.
    pub const MISS: u16 = 1;
    /// An exception is set.
    pub const RAISE: u16 = 2;
    /// The body moves the registers and says how it goes on, see [`crate::machine::Flow`]: by a jump, into
    /// another frame, out of the engine, with an object to be released.
    pub const FLOW: u16 = 4;
    /// In the handler given as the other way.
    pub const OTHER: u16 = 8;
    /// An adaptive instruction's counter has run out.
    pub const SPECIALIZE: u16 = 16;
    /// An operand has died.
    pub const RELEASE: u16 = 32;
    /// Finalizers wait.
    pub const FINALIZE: u16 = 64;
    /// The instruction is done.
    pub const INSTRUCTION: u16 = 128;
}

/// What a micro-op touches besides its operands, joined with `|` in [`Uop::effects`].
pub mod effect {
    /// May run Python code: nothing that was known of objects, globals or the frame's locals holds after it.
    pub const ESCAPES: u16 = 1;
    /// Moves the registers itself.
    pub const REGISTERS: u16 = 2;
    /// Reads or writes locals.
    pub const LOCALS: u16 = 4;
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Looks, and lets pass or not.
    Guard,
    /// Does something.
    Action,
    /// Belongs to the interpreter: a compiler replaces it.
    Control,
}

pub type Run = unsafe fn(&mut Machine, &MicroOp) -> Step;

/// What is known of a kind of micro-op.
pub struct Uop {
    pub name: &'static str,
    pub kind: Kind,
    /// Entries at the top of the stack that it looks at.
    pub looks: u8,
    /// Entries taken off and put on; `None`: the oparg says, or the way taken.
    pub stack: Option<(u8, u8)>,
    pub exits: u16,
    pub effects: u16,
    pub run: Run,
}

/// A micro-op in the expansion of an instruction, before its operands are read.
pub struct Part {
    pub uop: u16,
    /// Units from behind the instruction's opcode to behind the opcode of the part that it belongs to.
    pub part: u8,
    pub count: u8,
    /// Cache operands: units from there, and how many.
    pub caches: &'static [(u8, u8)],
    pub miss: u32,
    pub other: u32,
}

/// No handler.
pub const NOWHERE: u32 = u32::MAX;

/// A micro-op with its operands.
#[derive(Clone, Copy, Debug)]
pub struct MicroOp {
    pub uop: u16,
    pub count: u8,
    pub oparg: u32,
    /// From the inline cache.
    pub operands: [u64; 4],
    /// The handlers in which a miss and the other way go on.
    pub miss: u32,
    pub other: u32,
}

impl MicroOp {
    pub const NONE: MicroOp = MicroOp { uop: 0, count: 0, oparg: 0, operands: [0; 4], miss: NOWHERE, other: NOWHERE };

    pub fn info(&self) -> &'static Uop {
        &UOPS[self.uop as usize]
    }
}

/// The expansion of a handler: an opcode, or one of those that have none.
pub fn parts(handler: u32) -> &'static [Part] {
    // The arm TRACE has the numbers from 256 to 511, what follows begins at 512.
    EXPANSIONS[match handler {
        0..=255 => handler,
        256..=511 => 256,
        _ => handler - 255,
    } as usize]
}

/// Expands the instruction with the word `word` whose caches are at `ip`; gives the number of micro-ops.
///
/// # Safety
/// `ip` points into prepared code, behind an instruction that the handler fits.
pub unsafe fn expand(handler: u32, word: u32, ip: *const u16, out: &mut [MicroOp; LONGEST]) -> usize {
    let parts = parts(handler);
    for (p, o) in parts.iter().zip(out.iter_mut()) {
        // SAFETY: the parts of a superinstruction follow each other in the code, each with its caches.
        unsafe {
            let at = ip.add(p.part as usize);
            let word = if p.part == 0 { word } else { *at.sub(1) as u32 };
            *o = MicroOp { uop: p.uop, count: p.count, oparg: word >> 8, miss: p.miss, other: p.other, ..MicroOp::NONE };
            for (value, (offset, units)) in o.operands.iter_mut().zip(p.caches) {
                let from = at.add(*offset as usize);
                *value = match units {
                    1 => *from as u64,
                    2 => (from as *const u32).read_unaligned() as u64,
                    _ => (from as *const u64).read_unaligned(),
                };
            }
        }
    }
    parts.len()
}

/// Where a micro-op goes on: with the next one, in another handler, or out of the engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Step(u32);

impl Step {
    pub const NEXT: Step = Step(u32::MAX);
    pub const LEAVE: Step = Step(u32::MAX - 1);
}

/// The state of the engine.
pub struct Machine {
    pub r: Regs,
    pub ts: *const ThreadState,
    /// Added to each opcode: 0, or 256 while tracing.
    mode: u32,
    /// Operands that the action has left to be dropped.
    dead: [StackRef; 8],
    left: usize,
    result: u64,
}

impl Machine {
    /// The registers as a body gets them, behind the caches.
    ///
    /// # Safety
    /// The instruction has them.
    pub unsafe fn registers(&self, caches: usize) -> Regs {
        let Regs { ip, sp, fp, consts, word, table } = self.r;
        // SAFETY: by the contract.
        Regs { ip: unsafe { ip.add(caches) }, sp, fp, consts, word, table }
    }
    fn handler(&self, n: u32) -> Step {
        if n == NOWHERE { impossible() } else { Step(n) }
    }
    pub fn miss(&self, u: &MicroOp) -> Step {
        count(Left::Miss);
        self.handler(u.miss)
    }
    pub fn raise(&self) -> Step {
        count(Left::Raise);
        Step(arm::UNWIND)
    }
    pub fn drop_later(&mut self, v: StackRef) {
        self.dead[self.left] = v;
        self.left += 1;
    }
    fn reload(&mut self) {
        // SAFETY: the thread state is current, the frame runs.
        unsafe {
            self.mode = (*self.ts).frames.table.get() as usize as u32;
            self.r.consts = (*self.r.fp).consts;
        }
        if self.mode != 0 {
            count(Left::Tracing);
        }
    }
    /// The next instruction.
    ///
    /// # Safety
    /// `r.ip` is at an instruction.
    unsafe fn instruction(&mut self) -> Step {
        // SAFETY: by the contract.
        unsafe {
            self.r.word = *self.r.ip as u32;
            self.r.ip = self.r.ip.add(1);
        }
        Step(self.r.word & 255 | self.mode)
    }
    /// Goes on as a body says that has moved `r`.
    ///
    /// # Safety
    /// The registers are as the body left them.
    pub unsafe fn flow(&mut self, u: &MicroOp, r: Regs, flow: Flow) -> Step {
        if !matches!(flow, Flow::Miss) && r.fp != self.r.fp {
            // SAFETY: both are frames of this thread; a frame that has ended is only compared.
            count(if unsafe { (*r.fp).prev } == self.r.fp { Left::Call } else { Left::Return });
        }
        match flow {
            Flow::Next => {
                self.r = r;
                Step::NEXT
            }
            Flow::Jump => {
                count(Left::Jump);
                self.r = r;
                self.reload();
                // SAFETY: a jump goes to an instruction.
                unsafe { self.instruction() }
            }
            Flow::Miss => self.miss(u),
            Flow::Other => {
                count(Left::Other);
                self.move_to(&r);
                self.r.word = r.word;
                self.handler(u.other)
            }
            Flow::Raise => {
                self.move_to(&r);
                self.raise()
            }
            Flow::Release(v) => {
                self.move_to(&r);
                self.release(v.0)
            }
            Flow::Dispatch => {
                count(Left::Dispatch);
                let handler = r.word & 255;
                self.r = r;
                Step(handler)
            }
            Flow::Exit(v) => {
                count(Left::Exit);
                self.result = v;
                Step::LEAVE
            }
        }
    }
    fn move_to(&mut self, r: &Regs) {
        (self.r.ip, self.r.sp, self.r.fp) = (r.ip, r.sp, r.fp);
    }
    fn release(&mut self, word: u64) -> Step {
        count(Left::Release);
        self.r.consts = word as _;
        Step(arm::RELEASE_NEXT)
    }
}

/// # Safety
/// As for every micro-op: the registers describe a running frame, and the stack holds what the instruction expects.
pub unsafe fn count_down(m: &mut Machine, _u: &MicroOp) -> Step {
    // SAFETY: an adaptive instruction's cache begins with a counter.
    unsafe {
        if counter_ran_out(m.r.ip) {
            count(Left::Specialize);
            return Step(arm::SPECIALIZE);
        }
        crate::machine::count_down(m.r.ip);
    }
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn save_ip(m: &mut Machine, _u: &MicroOp) -> Step {
    // SAFETY: the frame runs.
    unsafe { (*m.r.fp).ip = m.r.ip };
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn skip(m: &mut Machine, u: &MicroOp) -> Step {
    // SAFETY: the instruction has these caches.
    m.r.ip = unsafe { m.r.ip.add(u.count as usize) };
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn drop(m: &mut Machine, _u: &MicroOp) -> Step {
    let mut words = [0; 2];
    // SAFETY: the action has left its operands here, and nowhere else.
    unsafe {
        for (w, v) in words.iter_mut().zip(&m.dead[..m.left]) {
            if v.count_down() {
                *w = v.0;
            }
        }
    }
    m.left = 0;
    match words {
        [0, 0] => Step::NEXT,
        [a, 0] | [0, a] => m.release(a),
        [a, b] => {
            count(Left::Release);
            (m.r.consts, m.r.table) = (a as _, b as _);
            Step(arm::RELEASE_TWO_NEXT)
        }
    }
}

/// # Safety
/// See [`count_down`].
pub unsafe fn release(m: &mut Machine, _u: &MicroOp) -> Step {
    for v in &m.dead[..m.left] {
        // SAFETY: as in `drop`.
        unsafe { v.release() };
    }
    m.left = 0;
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn reload(m: &mut Machine, _u: &MicroOp) -> Step {
    m.reload();
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn finalize(m: &mut Machine, _u: &MicroOp) -> Step {
    // SAFETY: the thread state is current.
    if unsafe { finalizers_wait(m.ts) } {
        count(Left::Finalize);
        return Step(arm::FINALIZE_NEXT);
    }
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn fetch(m: &mut Machine, _u: &MicroOp) -> Step {
    // SAFETY: a superinstruction's parts follow each other.
    unsafe {
        m.r.word = *m.r.ip as u32;
        m.r.ip = m.r.ip.add(1);
    }
    Step::NEXT
}

/// # Safety
/// See [`count_down`].
pub unsafe fn next(m: &mut Machine, _u: &MicroOp) -> Step {
    // SAFETY: the registers are behind the instruction.
    unsafe { m.instruction() }
}

/// Runs from `ip` until the engine is left.
///
/// # Safety
/// The registers describe a frame of the thread that is ready to run.
pub unsafe fn run(ip: *const u16, sp: *mut StackRef, fp: *mut Frame, ts: *const ThreadState) -> u64 {
    let registers = Regs { ip, sp, fp, consts: std::ptr::null(), word: 0, table: std::ptr::null() };
    let mut m = Machine { r: registers, ts, mode: 0, dead: [StackRef::NULL; 8], left: 0, result: 0 };
    let mut buffer = [MicroOp::NONE; LONGEST];
    // SAFETY: by the contract; each micro-op leaves the machine as the next one expects it.
    unsafe {
        m.reload();
        let mut step = m.instruction();
        loop {
            let n = expand(step.0, m.r.word, m.r.ip, &mut buffer);
            step = Step::NEXT;
            for u in &buffer[..n] {
                step = (UOPS[u.uop as usize].run)(&mut m, u);
                if step != Step::NEXT {
                    break;
                }
            }
            if step == Step::LEAVE {
                return m.result;
            }
        }
    }
}

/// The ways in which expansions were left, for the tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    Miss,
    Raise,
    Jump,
    Other,
    Dispatch,
    Exit,
    Call,
    Return,
    Release,
    Specialize,
    Finalize,
    Tracing,
}

#[cfg(not(test))]
#[inline(always)]
fn count(_: Left) {}

#[cfg(test)]
use tests::count;

#[cfg(test)]
mod tests;
