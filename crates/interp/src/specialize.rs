//! Finding a specialised form for an instruction from what its operands are now.

use crate::machine::*;

/// Specialises the instruction behind whose unit `r.ip` stands, or sets its counter back.
///
/// # Safety
/// The instruction is an adaptive one with its operands on the stack.
pub unsafe fn specialize(_ts: &ThreadState, r: &mut Regs) {
    // SAFETY: by the contract.
    unsafe {
        let c = r.ip as *mut u16;
        *c = counter::backoff(*c);
    }
}
