//! What the bodies of instructions use.

pub use crate::machine::*;
pub use taipan_isa::op;
pub use taipan_isa::oparg;
pub use taipan_macros::{inst, uop};
pub use taipan_objects::dict::Dict;
pub use taipan_objects::ids;
pub use taipan_objects::list::List;
pub use taipan_objects::protocol;
pub use taipan_objects::str::Str;
pub use taipan_objects::tuple::Tuple;

#[inline(always)]
pub fn true_word() -> u64 {
    ManuallyDrop::new(Value::true_()).word()
}

#[inline(always)]
pub fn false_word() -> u64 {
    ManuallyDrop::new(Value::false_()).word()
}

#[inline(always)]
pub fn none_word() -> u64 {
    ManuallyDrop::new(Value::none()).word()
}

#[inline(always)]
pub fn bool_ref(b: bool) -> StackRef {
    StackRef(if b { true_word() } else { false_word() })
}

/// Takes the top `n` entries off the stack as owned values.
///
/// # Safety
/// They are there and not null.
pub unsafe fn take(r: &mut Regs, n: usize) -> Vec<Value> {
    // SAFETY: by the contract.
    unsafe {
        r.sp = r.sp.sub(n);
        (0..n).map(|i| (*r.sp.add(i)).into_owned()).collect()
    }
}

/// Takes the top entry.
///
/// # Safety
/// It is there and not null.
#[inline(always)]
pub unsafe fn pop(r: &mut Regs) -> Value {
    // SAFETY: by the contract.
    unsafe {
        r.sp = r.sp.sub(1);
        (*r.sp).into_owned()
    }
}

/// # Safety
/// The stack has room: the compiler has counted.
#[inline(always)]
pub unsafe fn push(r: &mut Regs, v: Value) {
    // SAFETY: by the contract.
    unsafe {
        *r.sp = StackRef::owned(v);
        r.sp = r.sp.add(1);
    }
}

/// The entry `n` below the top (1: the top itself), to look at.
///
/// # Safety
/// It is there and not null.
#[inline(always)]
pub unsafe fn peek(r: &Regs, n: usize) -> ManuallyDrop<Value> {
    // SAFETY: by the contract.
    unsafe { (*r.sp.sub(n)).lend() }
}

/// `Ok` goes on, an exception raises.
#[inline(always)]
pub fn flow(r: Result<()>) -> Flow {
    match r {
        Ok(()) => Flow::Next,
        Err(Raised) => Flow::Raise,
    }
}
