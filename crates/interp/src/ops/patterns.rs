//! `match`.

use super::prelude::*;
use crate::patterns;

#[inst]
pub fn get_len(subject: &Keep, ts: &ThreadState) -> Result<Value> {
    // SAFETY: the subject stays on the stack.
    let v = unsafe { subject.lend() };
    Ok(taipan_objects::int::from_i64(ts, protocol::len(ts, &v)? as i64))
}

#[inst]
pub fn match_mapping(subject: &Keep, ts: &ThreadState) -> StackRef {
    // SAFETY: as above.
    let v = unsafe { subject.lend() };
    bool_ref(v.class(ts).has_flag(taipan_objects::typeobject::flags::MAPPING))
}

#[inst]
pub fn match_sequence(subject: &Keep, ts: &ThreadState) -> StackRef {
    // SAFETY: as above.
    let v = unsafe { subject.lend() };
    bool_ref(v.class(ts).has_flag(taipan_objects::typeobject::flags::SEQUENCE))
}

/// Subject and keys stay; a tuple of the values, or None, comes on top.
#[inst]
pub fn match_keys(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: two operands are there; room was counted.
    unsafe {
        let (keys, subject) = (peek(r, 1), peek(r, 2));
        match patterns::match_keys(ts, &subject, &keys) {
            Ok(v) => {
                push(r, v);
                Flow::Next
            }
            Err(Raised) => Flow::Raise,
        }
    }
}

/// The operand counts positional sub-patterns; the names of the others are on top.
#[inst]
pub fn match_class(ts: &ThreadState, subject: &Value, class: &Value, names: &Value, oparg: u32) -> Result<Value> {
    patterns::match_class(ts, subject, class, oparg as usize, names)
}
