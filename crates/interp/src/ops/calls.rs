//! Calls and returns.

use super::prelude::*;
use crate::calls;
use crate::frames;

/// Under the operands: the callable and, above it, the receiver or null.
#[inst(cache(counter, func_version: 2), adaptive)]
pub fn call(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the operands are there.
    unsafe { calls::call(r, ts, oparg as usize, None) }
}

#[inst(cache(counter, func_version: 2), adaptive)]
pub fn call_kw(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above; the names are on top.
    unsafe {
        let names = pop(r);
        calls::call(r, ts, oparg as usize, Some(names))
    }
}

/// `f(*args, **kwargs)`: callable, null, a tuple of arguments (or any iterable), a dict or null.
#[inst]
pub fn call_function_ex(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the operands are there.
    unsafe { calls::call_ex(r, ts) }
}

/// The call in tail position: the frame's only remaining work is to hand the result on, which the
/// RETURN_VALUE in the last cache entry does.
#[inst(flags(ends), cache(counter, func_version: 2, return_value))]
pub fn tail_call(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as for CALL; the last cache entry holds an instruction.
    unsafe {
        r.ip = r.ip.sub(1);
        calls::call(r, ts, oparg as usize, None)
    }
}

#[inst(flags(ends), cache(counter, func_version: 2, return_value))]
pub fn tail_call_kw(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe {
        r.ip = r.ip.sub(1);
        let names = pop(r);
        calls::call(r, ts, oparg as usize, Some(names))
    }
}

#[inst(flags(ends), cache(return_value))]
pub fn tail_call_function_ex(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe {
        r.ip = r.ip.sub(1);
        calls::call_ex(r, ts)
    }
}

/// An ordinary frame whose locals need no dropping leaves at once.
#[inst(flags(ends), miss = RETURN_DROPPING)]
pub fn return_value(r: &mut Regs, heap: Heap) -> Flow {
    // SAFETY: the value is the only operand; the frame below waits for its callee.
    unsafe {
        let f = r.fp;
        if (*f).flags != 0 {
            return Flow::Miss;
        }
        let locals = Frame::locals(f);
        let n = (*(*f).code).nlocalsplus as usize;
        let mut i = 0;
        while i < n {
            if (*locals.add(i)).is_counted() {
                return Flow::Miss;
            }
            i += 1;
        }
        let value = (*r.sp.sub(1)).own();
        let (func, prev) = ((*f).func, (*f).prev);
        heap.frame.set(prev);
        r.fp = prev;
        r.ip = (*prev).ip;
        r.sp = (*prev).sp;
        r.consts = (*prev).consts;
        *r.sp = value;
        r.sp = r.sp.add(1);
        if func.count_down() { Flow::Release(func) } else { Flow::Next }
    }
}

#[inst(internal, miss = RETURN_SLOW)]
pub fn return_dropping(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe {
        let f = r.fp;
        if (*f).flags != 0 {
            return Flow::Miss;
        }
        let value = (*r.sp.sub(1)).own();
        let locals = Frame::locals(f);
        let n = (*(*f).code).nlocalsplus as usize;
        let mut i = 0;
        while i < n {
            let v = *locals.add(i);
            if v.count_down() {
                release(v);
            }
            i += 1;
        }
        let (func, prev) = ((*f).func, (*f).prev);
        ts.frame.set(prev);
        r.fp = prev;
        r.ip = (*prev).ip;
        r.sp = (*prev).sp;
        r.consts = (*prev).consts;
        *r.sp = value;
        r.sp = r.sp.add(1);
        if func.count_down() {
            release(func);
        }
        Flow::Next
    }
}

#[inst(internal, cold)]
pub fn return_slow(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: as above.
    unsafe {
        r.sp = r.sp.sub(1);
        let value = (*r.sp).own();
        frames::return_from(r, ts, value)
    }
}

/// Leaves the engine: only entry frames contain it.
#[inst(flags(ends))]
pub fn interpreter_exit(r: &mut Regs) -> Flow {
    // SAFETY: the value is on top, owned.
    unsafe {
        r.sp = r.sp.sub(1);
        Flow::Exit((*r.sp).own().0)
    }
}

/// Where a function begins or goes on: a poll.
#[inst(miss = RESUME_POLL)]
pub fn resume(heap: Heap, _oparg: u32) -> Guarded<()> {
    if heap.breaker.load(std::sync::atomic::Ordering::Relaxed) != 0 { Guarded::Miss } else { Guarded::Ok(()) }
}

#[inst(internal, cold)]
pub fn resume_poll(ts: &ThreadState) -> Result<()> {
    crate::poll::poll(ts)
}

/// The code runs for the first time: its constants, names and executable units are made.
#[inst(private)]
pub fn prepare(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: a frame of the code was just entered.
    unsafe {
        let code = &*(*r.fp).code;
        code.prepared(ts);
        (*r.fp).consts = code.consts.get();
        r.consts = code.consts.get();
        r.ip = code.entry.get();
        (*r.fp).ip = r.ip;
    }
    Flow::Next
}

/// Kept for CPython's numbering: `__init__` frames are marked by a flag here.
#[inst]
pub fn exit_init_check(_value: &StackRef) {}
