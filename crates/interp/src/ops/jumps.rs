//! Jumps and the poll that goes with backward ones.

use super::prelude::*;
use std::sync::atomic::Ordering;
use taipan_objects::StackRef as S;

#[inline(always)]
fn truth(v: S) -> Option<bool> {
    if v.0 == true_word() {
        Some(true)
    } else if v.0 == false_word() {
        Some(false)
    } else {
        None
    }
}

#[inline(always)]
unsafe fn forward(r: &mut Regs, oparg: u32) {
    // SAFETY: jumps stay within the code.
    r.ip = unsafe { r.ip.add(oparg as usize) };
}

#[inst(flags(jump, always))]
pub fn jump_forward(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: compiled code.
    unsafe { forward(r, oparg) };
    Flow::Next
}

#[inst(flags(jump, always, backward))]
pub fn jump_backward_no_interrupt(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: compiled code.
    r.ip = unsafe { r.ip.sub(oparg as usize) };
    Flow::Next
}

#[inst(flags(jump, always, backward), cache(counter), miss = JUMP_BACKWARD_POLL)]
pub fn jump_backward(r: &mut Regs, heap: Heap, oparg: u32) -> Flow {
    if heap.breaker.load(Ordering::Relaxed) != 0 {
        return Flow::Miss;
    }
    // SAFETY: compiled code.
    r.ip = unsafe { r.ip.sub(oparg as usize) };
    Flow::Next
}

#[inst(internal, cold, cache(counter))]
pub fn jump_backward_poll(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    if crate::poll::poll(ts).is_err() {
        return Flow::Raise;
    }
    // SAFETY: compiled code.
    r.ip = unsafe { r.ip.sub(oparg as usize) };
    Flow::Next
}

/// The condition is a bool: the compiler puts TO_BOOL before where it cannot tell.
#[inst(flags(jump), cache(counter), miss = POP_JUMP_SLOW)]
pub fn pop_jump_if_false(r: &mut Regs, condition: Bits, oparg: u32) -> Flow {
    // SAFETY: one operand is there.
    unsafe {
        match truth(StackRef(condition.0)) {
            Some(true) => {}
            Some(false) => forward(r, oparg),
            None => return Flow::Miss,
        }
        r.sp = r.sp.sub(1);
    }
    Flow::Next
}

#[inst(flags(jump), cache(counter), miss = POP_JUMP_SLOW)]
pub fn pop_jump_if_true(r: &mut Regs, condition: Bits, oparg: u32) -> Flow {
    // SAFETY: one operand is there.
    unsafe {
        match truth(StackRef(condition.0)) {
            Some(false) => {}
            Some(true) => forward(r, oparg),
            None => return Flow::Miss,
        }
        r.sp = r.sp.sub(1);
    }
    Flow::Next
}

/// Other conditions than bools: only code that was not made by the compiler has them.
#[inst(internal, cold, cache(counter))]
pub fn pop_jump_slow(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let wanted = (r.word & 255) as u8 == op::POP_JUMP_IF_TRUE;
    // SAFETY: one operand is there.
    unsafe {
        r.sp = r.sp.sub(1);
        let v = (*r.sp).into_owned();
        match protocol::is_true(ts, &v) {
            Ok(b) if b == wanted => forward(r, oparg),
            Ok(_) => {}
            Err(Raised) => return Flow::Raise,
        }
    }
    Flow::Next
}

#[inline(always)]
unsafe fn jump_on_none(r: &mut Regs, oparg: u32, wanted: bool) -> Flow {
    // SAFETY: one operand is there.
    unsafe {
        r.sp = r.sp.sub(1);
        let v = *r.sp;
        if (v.0 == none_word()) == wanted {
            forward(r, oparg);
        }
        if v.count_down_present() { Flow::Release(v) } else { Flow::Next }
    }
}

#[inst(flags(jump), cache(counter))]
pub fn pop_jump_if_none(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: as below.
    unsafe { jump_on_none(r, oparg, true) }
}

#[inst(flags(jump), cache(counter))]
pub fn pop_jump_if_not_none(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe { jump_on_none(r, oparg, false) }
}
