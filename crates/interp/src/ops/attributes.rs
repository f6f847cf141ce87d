//! Attributes: reading, writing, deleting; `super()`.

use super::prelude::*;
use crate::attributes;

/// The low bit of the operand asks for `method, self` or `value, null`, for a call.
#[inst(flags(name), cache(counter, version: 2, keys_version: 2, descr: 4), adaptive)]
pub fn load_attr(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let name = Fp(r.fp).name(oparg >> 1);
    // SAFETY: one operand is there; room was counted.
    unsafe {
        let owner = pop(r);
        if oparg & 1 == 0 {
            return match protocol::getattr(ts, &owner, name) {
                Ok(v) => {
                    push(r, v);
                    Flow::Next
                }
                Err(Raised) => Flow::Raise,
            };
        }
        match attributes::load_method(ts, &owner, name) {
            Ok((v, true)) => {
                push(r, v);
                push(r, owner);
                Flow::Next
            }
            Ok((v, false)) => {
                push(r, v);
                *r.sp = StackRef::NULL;
                r.sp = r.sp.add(1);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

#[inst(flags(name), cache(counter, version: 2, index), adaptive)]
pub fn store_attr(ts: &ThreadState, value: &Value, owner: &Value, frame: Fp, oparg: u32) -> Result<()> {
    protocol::setattr(ts, owner, frame.name(oparg), value)
}

#[inst(flags(name))]
pub fn delete_attr(ts: &ThreadState, owner: &Value, frame: Fp, oparg: u32) -> Result<()> {
    protocol::delattr(ts, owner, frame.name(oparg))
}

/// `super().name`: the second-lowest bit of the operand tells the two-argument form.
#[inst(flags(name), cache(counter))]
pub fn load_super_attr(r: &mut Regs, ts: &ThreadState, oparg: u32) -> Flow {
    let name = Fp(r.fp).name(oparg >> 2);
    // SAFETY: three operands are there.
    unsafe {
        let receiver = pop(r);
        let class = pop(r);
        let global_super = pop(r);
        match attributes::load_super(ts, &global_super, &class, &receiver, name, oparg & 2 != 0, oparg & 1 != 0) {
            Ok((v, bind)) => {
                push(r, v);
                if oparg & 1 != 0 {
                    *r.sp = if bind { StackRef::owned(receiver) } else { StackRef::NULL };
                    r.sp = r.sp.add(1);
                }
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}
