//! Instructions that move values between the stack, the locals and the constants.

use super::prelude::*;

#[inst]
pub fn nop() {}

/// The branch before was not taken: something to hang events on.
#[inst]
pub fn not_taken() {}

#[inst]
pub fn pop_top(_value: &StackRef) {}

#[inst]
pub fn pop_iter(_iterator: &StackRef) {}

#[inst]
pub fn end_for(_value: &StackRef) {}

#[inst]
pub fn end_send(_receiver: &StackRef, value: StackRef) -> StackRef {
    value
}

#[inst]
pub fn push_null() -> StackRef {
    StackRef::NULL
}

#[inst]
pub fn copy(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: the compiler says that the stack is that deep.
    unsafe {
        let v = *r.sp.sub(oparg as usize);
        *r.sp = v.duplicate();
        r.sp = r.sp.add(1);
    }
    Flow::Next
}

#[inst]
pub fn swap(r: &mut Regs, oparg: u32) -> Flow {
    // SAFETY: as above.
    unsafe { std::ptr::swap(r.sp.sub(1), r.sp.sub(oparg as usize)) };
    Flow::Next
}

#[inst(flags(const))]
pub fn load_const(consts: Consts, oparg: u32) -> StackRef {
    consts.borrow(oparg)
}

#[inst]
pub fn load_small_int(oparg: u32) -> StackRef {
    StackRef((oparg as u64) << 3 | 3)
}

#[inst(flags(local))]
pub fn load_fast(locals: Locals, oparg: u32) -> StackRef {
    // SAFETY: locals are owned or null.
    unsafe { locals.get(oparg).duplicate() }
}

#[inst(flags(local))]
pub fn load_fast_borrow(locals: Locals, oparg: u32) -> StackRef {
    StackRef(locals.get(oparg).0 | 2)
}

#[inst(flags(local), miss = UNBOUND_LOCAL)]
pub fn load_fast_check(locals: Locals, oparg: u32) -> Guarded<StackRef> {
    let v = locals.get(oparg);
    if v.is_null() {
        return Guarded::Miss;
    }
    // SAFETY: as above.
    Guarded::Ok(unsafe { v.duplicate() })
}

#[inst(internal, cold)]
pub fn unbound_local(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the frame runs.
    let code = unsafe { Frame::code_ref(r.fp) };
    let name = &code.local_names(ts)[oparg as usize];
    let text = name.to_string_lossy();
    ts.unbound_local_error(
        format!("cannot access local variable '{text}' where it is not associated with a value"),
        name.as_value(),
    );
    Flow::Raise
}

#[inst(flags(local))]
pub fn load_fast_and_clear(locals: Locals, oparg: u32) -> StackRef {
    locals.replace(oparg, StackRef::NULL)
}

#[inst(flags(local))]
pub fn load_fast_load_fast(locals: Locals, oparg: u32) -> (StackRef, StackRef) {
    // SAFETY: as above.
    unsafe { (locals.get(oparg >> 4).duplicate(), locals.get(oparg & 15).duplicate()) }
}

#[inst(flags(local))]
pub fn load_fast_borrow_load_fast_borrow(locals: Locals, oparg: u32) -> (StackRef, StackRef) {
    (StackRef(locals.get(oparg >> 4).0 | 2), StackRef(locals.get(oparg & 15).0 | 2))
}

/// Puts `v` into a local; the old value is to be released if its count has reached zero.
#[inline(always)]
unsafe fn store(locals: Locals, i: u32, v: StackRef) -> Flow {
    // SAFETY: what lies on the stack is alive; what comes out of a local was owned.
    unsafe {
        let old = locals.replace(i, v.own());
        if old.count_down() { Flow::Release(old) } else { Flow::Next }
    }
}

#[inst(flags(local))]
pub fn store_fast(r: &mut Regs, locals: Locals, value: Bits, oparg: u32) -> Flow {
    // SAFETY: one operand is there.
    unsafe {
        r.sp = r.sp.sub(1);
        store(locals, oparg, StackRef(value.0))
    }
}

#[inst(flags(local))]
pub fn store_fast_load_fast(r: &mut Regs, locals: Locals, oparg: u32) -> Flow {
    // SAFETY: one operand is there; its place is taken by the other local.
    unsafe {
        let old = locals.replace(oparg >> 4, (*r.sp.sub(1)).own());
        *r.sp.sub(1) = locals.get(oparg & 15).duplicate();
        if old.count_down() { Flow::Release(old) } else { Flow::Next }
    }
}

#[inst(flags(local))]
pub fn store_fast_store_fast(r: &mut Regs, locals: Locals, oparg: u32) -> Flow {
    // SAFETY: two operands are there.
    unsafe {
        r.sp = r.sp.sub(2);
        let (second, first) = (*r.sp, *r.sp.add(1));
        let a = locals.replace(oparg >> 4, first.own());
        let b = locals.replace(oparg & 15, second.own());
        let (a_dead, b_dead) = (a.count_down(), b.count_down());
        if a_dead && b_dead {
            release(a);
            return Flow::Release(b);
        }
        if a_dead {
            return Flow::Release(a);
        }
        if b_dead { Flow::Release(b) } else { Flow::Next }
    }
}

#[inst(flags(local))]
pub fn delete_fast(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    // SAFETY: the frame runs.
    let locals = Locals(unsafe { Frame::locals(r.fp) });
    if locals.get(oparg).is_null() {
        return unbound_local(r, ts, oparg);
    }
    // SAFETY: locals are owned.
    unsafe { locals.replace(oparg, StackRef::NULL).release() };
    Flow::Next
}

#[inst(flags(arg))]
pub fn extended_arg(r: &mut Regs) -> Flow {
    // SAFETY: an instruction follows.
    unsafe {
        let next = *r.ip as u32;
        r.ip = r.ip.add(1);
        r.word = (r.word >> 8) << 16 | next;
    }
    Flow::Dispatch
}

#[inst]
pub fn cache(r: &mut Regs) -> Flow {
    unknown_opcode_at(r)
}

#[inst]
pub fn reserved(r: &mut Regs) -> Flow {
    unknown_opcode_at(r)
}

#[inst(internal, cold)]
pub fn unknown_opcode(r: &mut Regs) -> Flow {
    unknown_opcode_at(r)
}

#[cold]
fn unknown_opcode_at(r: &mut Regs) -> Flow {
    let ts = taipan_objects::thread::current();
    ts.system_error(format!("unknown opcode {}", r.word & 255));
    Flow::Raise
}
