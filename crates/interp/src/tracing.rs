//! `sys.settrace`, `sys.setprofile`, `sys.monitoring`.

use crate::machine::*;

/// Before an instruction, while tracing.
///
/// # Safety
/// The frame runs.
pub unsafe fn before(_ts: &ThreadState, _r: &mut Regs) -> Flow {
    Flow::Dispatch
}

pub fn on_raise(_ts: &ThreadState, _f: *mut Frame) {}

pub fn on_unwind(_ts: &ThreadState, _f: *mut Frame) {}
