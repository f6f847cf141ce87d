//! Calls in tail position. First the frames stay, then they go: a tail call marks the caller's frame as done
//! and runs the callee above it, so that programs of ordinary depth see the frames that CPython would show.
//! A function that calls itself does so for its first [`SELF_ACTIVATIONS`]; then its frame is used again at
//! once. Marked frames have a budget ([`MARKED`]); over it, the run of marked frames down to the nearest frame
//! that still has work is dropped in one go and the callee takes its place, so that nothing below moves.

use crate::binding::{self, Actuals};
use crate::calls;
use crate::frames;
use crate::ops::prelude::*;
use std::sync::atomic::Ordering;
use taipan_objects::code::Code;
use taipan_objects::frame::{self, Elided, Site, object};

/// Activations of a function calling itself whose frames stay.
pub const SELF_ACTIVATIONS: u32 = 16;
/// Marked frames that a thread keeps.
const MARKED: u32 = 1000;
/// So many at least, however much memory they hold on to; a power of two.
const MARKED_LEAST: u32 = 64;
/// When this bits of the number of marked frames are all set, the budget is looked at.
pub const MARKED_STEP: u32 = MARKED_LEAST - 1;
/// How far before the end of a tail call's caches its return lies.
pub const RETURN_BEFORE_END: usize = 2;
/// At multiples of this the growth is looked at in any case.
const MARKED_SURE: u32 = 512;
/// Growth of the process since the last drop at which marked frames go early.
const GROWTH: usize = 32 << 20;
/// Tail sites that are remembered for each frame.
const SITES: usize = 8;

/// Where the count of self activations lies in a frame's flags.
pub const COUNT_SHIFT: u32 = 16;

/// Bytes of memory in use by the process, as far as the system tells.
fn resident_bytes() -> usize {
    let Ok(text) = std::fs::read_to_string("/proc/self/statm") else { return 0 };
    text.split_whitespace().nth(1).and_then(|n| n.parse::<usize>().ok()).unwrap_or(0) * 4096
}

/// Is the budget of marked frames used up?
fn over_budget(ts: &ThreadState) -> bool {
    let marked = ts.frames.marked.get();
    if marked > MARKED {
        return true;
    }
    if marked < MARKED_LEAST || marked % MARKED_LEAST != 0 {
        return false;
    }
    let large = taipan_objects::heap::LARGE_ALLOCATED.load(Ordering::Relaxed);
    let before = ts.frames.large.replace(large);
    // Asking the system takes long: only when much was allocated, or now and then.
    if large.wrapping_sub(before) < GROWTH / 16 && marked % MARKED_SURE != 0 {
        ts.frames.large.set(before);
        return false;
    }
    let now = resident_bytes();
    let before = ts.frames.resident.get();
    if before == 0 {
        ts.frames.resident.set(now);
    }
    before != 0 && now > before + GROWTH
}

/// May calls in tail position of this frame be tail calls?
///
/// # Safety
/// The frame runs.
pub unsafe fn allowed(ts: &ThreadState, f: *mut Frame) -> bool {
    let barred = flag::GENERATOR | flag::ENTRY | flag::OWNED_BY_OBJECT;
    // SAFETY: by the contract.
    unsafe { ts.frames.tail_calls.get() && (*f).flags & barred == 0 && !Frame::function(f).no_tail_calls.get() }
}

/// Drops what is left on the operand stack: iterators of loops.
///
/// # Safety
/// The frame runs; operands above are off the stack.
pub unsafe fn clear_stack(r: &mut Regs) {
    // SAFETY: by the contract.
    unsafe {
        let bottom = Frame::stack_base(r.fp);
        while r.sp > bottom {
            r.sp = r.sp.sub(1);
            (*r.sp).release();
        }
    }
}

/// A call whose result the caller only hands on.
///
/// # Safety
/// On the stack: the callable, the receiver or null, `n` operands, and below them at most iterators.
pub unsafe fn tail_call(r: &mut Regs, ts: &ThreadState, n: usize, names: Option<Value>) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let mut base = r.sp.sub(n + 2);
        if !allowed(ts, r.fp) {
            return calls::call(r, ts, n, names);
        }
        calls::see_through(ts, base);
        let names_tuple = names.as_ref().and_then(|t| t.exact::<Tuple>());
        let keywords = names_tuple.map_or(&[][..], |t| t.items());
        if (*base).shape() != ids::FUNCTION {
            if calls::expands(ts, *base) {
                return calls::call_spread_operands(r, ts, base, n, keywords, true);
            }
            return calls::call(r, ts, n, names);
        }
        let bottom = Frame::stack_base(r.fp);
        if base > bottom {
            let mut p = bottom;
            while p < base {
                (*p).release();
                p = p.add(1);
            }
            std::ptr::copy(base, bottom, n + 2);
            base = bottom;
        }
        let (args, n) = if (*base.add(1)).is_null() { (base.add(2), n) } else { (base.add(1), n + 1) };
        let func = (*base).own();
        r.sp = base;
        enter(r, ts, func, args, n, keywords, false)
    }
}

/// Enters a function in tail position, in whichever way.
///
/// # Safety
/// `func` is a function, owned; `n` operands lie at `args`, on the otherwise empty operand stack or outside it.
pub unsafe fn enter(r: &mut Regs, ts: &ThreadState, func: StackRef, args: *mut StackRef, n: usize, names: &[Value], outside: bool) -> Flow {
    // SAFETY: by the contract.
    unsafe {
        let f = r.fp;
        let base = r.sp;
        let same = func.is_same((*f).func);
        let count = (*f).flags >> COUNT_SHIFT;
        let reusable = (*f).flags & flag::INIT == 0;
        if same && count >= SELF_ACTIVATIONS && reusable && !ts.tracing.active.get() {
            return reuse(r, ts, func, args, n, names);
        }
        r.ip = r.ip.sub(RETURN_BEFORE_END);
        (*f).ip = r.ip;
        mark(ts, f);
        if over_budget(ts) && reusable {
            return drop_run(r, ts, func, args, n, names);
        }
        // The marked frame does not count as recursion.
        (*f).depth = (*f).depth.saturating_sub(1);
        let entered = if outside {
            frames::enter_outside(r, ts, base, func, args, n, names)
        } else {
            frames::enter_general(r, ts, base, func, args, n, names, 0)
        };
        if entered.is_err() {
            unmark(ts, f);
            (*f).depth += 1;
            return Flow::Raise;
        }
        if same {
            (*r.fp).flags |= (count + 1).min(u16::MAX as u32) << COUNT_SHIFT;
        }
        Flow::Next
    }
}

unsafe fn mark(ts: &ThreadState, f: *mut Frame) {
    // SAFETY: the frame runs.
    unsafe {
        (*f).flags |= flag::TAIL;
        ts.frames.marked.set(ts.frames.marked.get() + 1);
    }
}

/// A marked frame ends or goes on after all.
///
/// # Safety
/// The frame is marked.
pub unsafe fn unmark(ts: &ThreadState, f: *mut Frame) {
    // SAFETY: by the contract.
    unsafe {
        (*f).flags &= !flag::TAIL;
        ts.frames.marked.set(ts.frames.marked.get().saturating_sub(1));
    }
}

/// The callee's locals, bound from the operands, which are used up if that succeeds.
unsafe fn bound(ts: &ThreadState, func: StackRef, args: *mut StackRef, n: usize, names: &[Value]) -> Result<Vec<StackRef>> {
    // SAFETY: the operands lie at `args`.
    unsafe {
        let f = &*func.payload::<Function>();
        let code: &Code = f.code_ref();
        let mut locals = vec![StackRef::NULL; code.nlocalsplus as usize];
        let positional = n - names.len();
        let actuals = Actuals {
            positional: std::slice::from_raw_parts_mut(args, positional),
            names,
            values: std::slice::from_raw_parts_mut(args.add(positional), names.len()),
        };
        match binding::bind(ts, f, code, locals.as_mut_ptr(), actuals) {
            Ok(()) => Ok(locals),
            Err(Raised) => {
                locals.iter().for_each(|v| v.release());
                (0..n).for_each(|i| (*args.add(i)).release());
                func.release();
                Err(Raised)
            }
        }
    }
}

/// Takes a frame's contents away, the operand stack being empty; its object keeps them if it has one.
unsafe fn vacate(ts: &ThreadState, f: *mut Frame) {
    // SAFETY: the frame's work is done.
    unsafe {
        if (*f).flags & flag::OBJECT == 0 || !object::take_over(ts, f) {
            frames::clear_locals(f);
            (*f).func.release();
        }
    }
}

/// The function calls itself again: its frame begins anew.
unsafe fn reuse(r: &mut Regs, ts: &ThreadState, func: StackRef, args: *mut StackRef, n: usize, names: &[Value]) -> Flow {
    // SAFETY: the frame runs; its contents are replaced by what was bound.
    unsafe {
        let f = r.fp;
        let locals = match bound(ts, func, args, n, names) {
            Ok(l) => l,
            Err(Raised) => {
                r.sp = Frame::stack_base(f);
                return Flow::Raise;
            }
        };
        let kept = ts.frames.tail_trace.get() as usize;
        if kept > 0 {
            (*f).ip = r.ip.sub(RETURN_BEFORE_END);
            remember(ts, f, kept);
        }
        vacate(ts, f);
        (*f).flags &= !flag::OBJECT;
        std::ptr::copy_nonoverlapping(locals.as_ptr(), Frame::locals(f), locals.len());
        (*f).func = func;
        count_elided(f, 1);
        r.sp = Frame::stack_base(f);
        r.ip = (*(*f).code).entry.get();
        (*f).ip = r.ip;
        Flow::Next
    }
}

/// What is to be known of a frame that goes.
unsafe fn site(ts: &ThreadState, f: *mut Frame, arguments: bool) -> Site {
    // SAFETY: the frame's work is done, its locals are still there.
    unsafe {
        let code = Frame::code_ref(f);
        let arguments = arguments.then(|| {
            let d = Dict::new(ts);
            for (i, name) in code.local_names(ts).iter().enumerate().take(code.isa.total_args()) {
                if let Some(v) = frame::local_value(f, i) {
                    d.set_str(ts, name, v);
                }
            }
            d.into_value()
        });
        Site { code: Ref::from_payload(code).into_value(), unit: Frame::unit(f).max(0) as u32, arguments }
    }
}

/// Keeps what a frame that begins anew was called with.
#[cold]
unsafe fn remember(ts: &ThreadState, f: *mut Frame, kept: usize) {
    // SAFETY: the frame runs.
    let new = unsafe { site(ts, f, true) };
    let mut old = None;
    ts.frames.elided.write(|all| match all.iter_mut().rfind(|e| std::ptr::eq(e.frame, f)) {
        Some(e) => {
            e.sites.insert(0, new);
            if e.sites.len() > kept {
                old = e.sites.pop();
            }
        }
        None => all.push(Elided { frame: f, sites: vec![new], count: 0 }),
    });
    drop(old);
}

/// Tells a frame that tail calls were left out below it.
#[inline(always)]
pub unsafe fn count_elided(f: *mut Frame, n: u64) {
    // SAFETY: the frame is alive.
    unsafe {
        if (*f).flags & flag::ELIDED == 0 {
            (*f).flags |= flag::ELIDED;
            (*f).tail = 0;
        }
        (*f).tail += n;
    }
}

/// Drops the marked frames from the running one down to the nearest frame with work left; the callee takes
/// the place of the lowest.
unsafe fn drop_run(r: &mut Regs, ts: &ThreadState, func: StackRef, args: *mut StackRef, n: usize, names: &[Value]) -> Flow {
    // SAFETY: the frames of the run are done: nothing of theirs is used once the arguments are bound.
    unsafe {
        let top = r.fp;
        let locals = match bound(ts, func, args, n, names) {
            Ok(l) => l,
            Err(Raised) => {
                unmark(ts, top);
                r.sp = Frame::stack_base(top);
                return Flow::Raise;
            }
        };
        let droppable = |f: *mut Frame| {
            (*f).flags & (flag::TAIL | flag::INIT | flag::GENERATOR | flag::ENTRY) == flag::TAIL
        };
        let mut elided = 0;
        let kept = ts.frames.tail_trace.get() as usize;
        let room = kept.max(SITES);
        let mut sites: Vec<Site> = vec![];
        let mut f = top;
        let mut lowest;
        let mut place;
        let mut failed = false;
        loop {
            failed |= ts.tracing.active.get() && !failed && crate::tracing::on_drop(ts, f).is_err();
            lowest = f;
            elided += 1;
            if sites.len() < room {
                sites.push(site(ts, f, sites.len() < kept));
            }
            if (*f).flags & flag::ELIDED != 0 {
                elided += (*f).tail;
                let older = ts.frames.sites(f);
                let free = room - sites.len();
                sites.extend(older.into_iter().take(free));
            }
            let prev = (*f).prev;
            let chunk = (*f).flags & flag::NEW_CHUNK != 0;
            unmark(ts, f);
            ts.frame.set(prev);
            vacate(ts, f);
            if (*f).flags & flag::ELIDED != 0 {
                drop(ts.frames.forget_elided(f));
            }
            place = if chunk {
                ts.frames.pop_chunk();
                None
            } else {
                Some(lowest as *mut u64)
            };
            f = prev;
            if !droppable(f) {
                break;
            }
        }
        ts.frames.resident.set(0);
        let below = f;
        if failed {
            locals.iter().for_each(|v| v.release());
            func.release();
            r.fp = below;
            r.ip = (*below).ip;
            r.sp = (*below).sp;
            r.consts = (*below).consts;
            return Flow::Raise;
        }
        let code = (*func.payload::<Function>()).code_ptr.get();
        let at = place.unwrap_or_else(|| frames::callee_place(below, (*below).sp));
        let (new, flags) = frame::reserve(ts, at, (*code).frame_words as usize);
        std::ptr::copy_nonoverlapping(locals.as_ptr(), Frame::locals(new), locals.len());
        frames::write_head(new, below, func, code, (*below).depth + 1, flags | flag::ELIDED);
        (*new).tail = elided;
        ts.frames.elided.write(|e| e.push(Elided { frame: new, sites, count: elided }));
        ts.frame.set(new);
        r.fp = new;
        r.ip = (*new).ip;
        r.sp = Frame::locals(new).add(locals.len());
        r.consts = (*new).consts;
        Flow::Next
    }
}
