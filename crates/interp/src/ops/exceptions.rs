//! Raising, handling, cleaning up; `with`.

use super::prelude::*;
use crate::{exceptions, frames};

#[inst(flags(ends))]
pub fn raise_varargs(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: `oparg` operands are there.
    let result = unsafe {
        match oparg {
            0 => return if exceptions::raise_handled(ts) { reraise_again(r, ts) } else { Flow::Raise },
            1 => {
                let exc = pop(r);
                exceptions::raise(ts, &exc, None)
            }
            _ => {
                let cause = pop(r);
                let exc = pop(r);
                exceptions::raise(ts, &exc, Some(&cause))
            }
        }
    };
    let Raised = result;
    Flow::Raise
}

/// `raise` alone keeps the traceback as it is.
fn reraise_again(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the frame runs.
    unsafe {
        (*r.fp).ip = r.ip;
        frames::unwind(r, ts, false)
    }
}

/// `oparg` values below the exception lies the unit at which it was raised first.
#[inst(flags(ends))]
pub fn reraise(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the exception is on top.
    unsafe {
        let exc = pop(r);
        (*r.fp).ip = r.ip;
        if oparg > 0 {
            let lasti = peek(r, oparg as usize);
            if let Some(unit) = lasti.as_small_int() {
                let code = Frame::code_ref(r.fp);
                // Tracebacks tell where the exception came from; the handler is that of this instruction.
                (*r.fp).ip = code.entry.get().add(unit as usize + 1);
            }
        }
        ts.raise_again(exc);
        frames::unwind(r, ts, false)
    }
}

#[inst]
pub fn push_exc_info(r: &mut Regs, heap: Heap) -> Flow {
    // SAFETY: the exception is on top; room was counted.
    unsafe {
        let exc = pop(r);
        let before = heap.handled.write(|h| match h.last_mut() {
            Some(top) => top.replace(exc.clone()),
            None => {
                h.push(Some(exc.clone()));
                None
            }
        });
        push(r, before.unwrap_or_else(Value::none));
        push(r, exc);
    }
    Flow::Next
}

#[inst]
pub fn pop_except(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: what PUSH_EXC_INFO pushed is on top.
    let before = unsafe { pop(r) };
    let before = if before.is_none() { None } else { Some(before) };
    let old = ts.handled.write(|h| match h.last_mut() {
        Some(top) => std::mem::replace(top, before),
        None => None,
    });
    drop(old);
    Flow::Next
}

#[inst]
pub fn check_exc_match(exc: &Keep, ts: &ThreadState, class: &Value) -> Result<StackRef> {
    // SAFETY: the exception stays on the stack.
    let exc = unsafe { exc.lend() };
    Ok(bool_ref(exceptions::matches(ts, &exc, class)?))
}

/// `except*`: what is left over, what matches.
#[inst]
pub fn check_eg_match(ts: &ThreadState, exc: &Value, class: &Value) -> Result<(Value, Value)> {
    let (rest, matched) = exceptions::split_group(ts, exc, class)?;
    if !matched.is_none() {
        // The body of the clause handles what matched.
        let before = ts.handled.write(|h| h.last_mut().and_then(|top| top.replace(matched.clone())));
        drop(before);
    }
    Ok((rest, matched))
}

#[inst]
pub fn load_special(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the object is on top; room was counted.
    unsafe {
        let owner = pop(r);
        match exceptions::load_special(ts, &owner, oparg) {
            Ok((f, bind)) => {
                push(r, f);
                *r.sp = if bind { StackRef::owned(owner) } else { StackRef::NULL };
                r.sp = r.sp.add(1);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// `__exit__(type, value, traceback)`. On the stack: exit function, its receiver or null, lasti, the
/// exception handled before, the exception; the result comes on top.
#[inst]
pub fn with_except_start(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the operands are there.
    unsafe {
        let exc = peek(r, 1);
        let f = (*r.sp.sub(5)).lend();
        let receiver = (*r.sp.sub(4)).lend_option();
        let class = exc.class(ts).to_value();
        let traceback = exceptions::traceback(&exc);
        let mut args: Vec<Value> = receiver.iter().map(|v| (**v).clone()).collect();
        args.extend([class, (*exc).clone(), traceback]);
        match protocol::call(ts, &f, &args) {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// The end of `async for`: StopAsyncIteration ends the loop, anything else goes on.
#[inst(flags(arg, jump, backward))]
pub fn end_async_for(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: iterator and exception are on top.
    unsafe {
        let exc = pop(r);
        if exc.class(ts).is_subtype(&ts.exceptions().stop_async_iteration) {
            drop(pop(r));
            return Flow::Next;
        }
        ts.raise_again(exc);
        (*r.fp).ip = r.ip;
        frames::unwind(r, ts, false)
    }
}

/// After `throw` into `yield from`: StopIteration ends the delegation with its value.
#[inst]
pub fn cleanup_throw(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: sub-iterator, last sent value and exception are on top.
    unsafe {
        let exc = pop(r);
        if exc.class(ts).is_subtype(&ts.exceptions().stop_iteration) {
            drop(pop(r));
            drop(pop(r));
            push(r, Value::none());
            push(r, exceptions::stop_value(&exc));
            return Flow::Next;
        }
        ts.raise_again(exc);
        (*r.fp).ip = r.ip;
        frames::unwind(r, ts, false)
    }
}

/// Looks for the handler of the exception that is set, adding to its traceback.
#[inst(internal, cold)]
pub fn unwind(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the frame runs.
    unsafe { frames::unwind(r, ts, true) }
}
