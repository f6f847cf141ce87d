//! Generators, coroutines, `await`, `async for`.

use super::prelude::*;
use crate::{coroutines, frames};
use taipan_objects::generator::{Generator, State};

#[inst]
pub fn return_generator(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the frame runs; nothing is on its stack.
    unsafe { frames::return_generator(r, ts) }
}

/// An operand of 1 tells that the generator waits in `yield from` or `await`.
#[inst]
pub fn yield_value(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    // SAFETY: the frame is a generator's; the value is on top.
    unsafe {
        r.sp = r.sp.sub(1);
        let value = (*r.sp).own();
        let state = [State::Suspended, State::SuspendedYieldFrom][(oparg & 1) as usize];
        frames::suspend(r, heap.0, value, state);
        if (*r.fp).flags & flag::ENTRY != 0 {
            // As INTERPRETER_EXIT, which stands there.
            r.sp = r.sp.sub(1);
            return Flow::Exit((*r.sp).0);
        }
    }
    Flow::Next
}

/// Sends the top value to the iterator below; jumps when that is done, its result in place of the value.
#[inst(flags(jump), cache(counter), adaptive)]
pub fn send(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: receiver and value are on top.
    unsafe {
        let receiver = peek(r, 2);
        if let Some(g) = Generator::of_plain(&receiver)
            && frames::can_enter(g)
            && !(g.state.get() == State::Created && (*r.sp.sub(1)).0 != none_word())
        {
            r.sp = r.sp.sub(1);
            let v = (*r.sp).own();
            return frames::enter_generator(r, ts, g, v, oparg);
        }
        let value = pop(r);
        match coroutines::send(ts, &receiver, &value) {
            Ok((v, false)) => push(r, v),
            Ok((v, true)) => {
                push(r, v);
                r.ip = r.ip.add(oparg as usize);
            }
            Err(Raised) => {
                push(r, value);
                return Flow::Raise;
            }
        }
    }
    Flow::Next
}

#[inst(family = SEND)]
pub fn send_gen(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    // SAFETY: as above; the shape says what the receiver is.
    unsafe {
        let receiver = *r.sp.sub(2);
        let shape = receiver.shape();
        if shape != ids::GENERATOR && shape != ids::COROUTINE {
            return Flow::Miss;
        }
        let g = &*receiver.payload::<Generator>();
        if !frames::can_enter(g) || g.state.get() == State::Created && (*r.sp.sub(1)).0 != none_word() {
            return Flow::Miss;
        }
        r.sp = r.sp.sub(1);
        let v = (*r.sp).own();
        frames::enter_generator(r, heap.0, g, v, oparg)
    }
}

#[inst]
pub fn get_awaitable(ts: &ThreadState, iterable: &Value, oparg: u32) -> Result<Value> {
    coroutines::get_awaitable(ts, iterable, oparg)
}

#[inst]
pub fn get_aiter(ts: &ThreadState, iterable: &Value) -> Result<Value> {
    coroutines::get_aiter(ts, iterable)
}

#[inst]
pub fn get_anext(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: the iterator is on top; room was counted.
    unsafe {
        let it = peek(r, 1);
        match coroutines::get_anext(ts, &it) {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}
