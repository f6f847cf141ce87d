//! Handlers without an opcode, which other handlers go on in.

use super::prelude::*;

/// Releases the object in the register of the constants, whose count is zero.
#[inst(internal, cold)]
pub fn release_next(r: &mut Regs, ts: &ThreadState) -> Flow {
    let _ = ts;
    // SAFETY: the handler that came here has counted the last reference down.
    unsafe { release(StackRef(r.consts as u64)) };
    Flow::Next
}

/// As RELEASE_NEXT for two objects, in the registers of the constants and of the table; 0: none.
#[inst(internal, cold)]
pub fn release_two_next(r: &mut Regs, ts: &ThreadState) -> Flow {
    let _ = ts;
    for w in [r.consts as u64, r.table as u64] {
        if w != 0 {
            // SAFETY: as above.
            unsafe { release(StackRef(w)) };
        }
    }
    Flow::Next
}

/// Runs the finalizers of objects that have died, then goes on.
#[inst(internal, cold, other = FINALIZED_NEXT)]
pub fn finalize_next(r: &mut Regs, heap: Heap) -> Flow {
    // SAFETY: the frame runs; what follows is a new instruction.
    unsafe { (*r.fp).ip = r.ip };
    crate::poll::run_finalizers(heap.0);
    Flow::Other
}

/// After FINALIZE_NEXT: reads again what Python code may have changed.
#[inst(internal, cold)]
pub fn finalized_next(_ts: &ThreadState) {}

/// An adaptive instruction has counted down: looks for a specialised form, then runs what is there now.
#[inst(internal, cold)]
pub fn specialize(r: &mut Regs, ts: &ThreadState) -> Flow {
    // SAFETY: `r.ip` is behind the instruction's unit (this handler has no caches).
    unsafe {
        crate::specialize::specialize(ts, r);
        let mut opcode = (*r.ip.sub(1) & 255) as u8;
        if ts.tracing.active.get() {
            opcode = crate::generated::metadata::FIRST[opcode as usize];
        }
        r.word = (r.word & !255) | opcode as u32;
    }
    Flow::Dispatch
}

/// Every instruction while something is traced.
#[inst(internal, cold)]
pub fn trace(r: &mut Regs, heap: Heap) -> Flow {
    // SAFETY: the frame runs; the word's instruction has not begun.
    unsafe { crate::tracing::before(heap.0, r) }
}
