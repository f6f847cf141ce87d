//! Adds frames to the traceback of the exception that is raised.

use super::{Frame, object};
use crate::Value;
use crate::exceptions::BaseException;
use crate::thread::ThreadState;
use crate::traceback::Traceback;

/// The exception that is set passes through frame `f`.
///
/// # Safety
/// `f` runs Python code and has recorded its position.
pub unsafe fn add(ts: &ThreadState, f: *mut Frame) {
    let Some(exc) = ts.exception.get() else { return };
    let Some(e) = exc.downcast::<BaseException>() else { return };
    // SAFETY: by the contract.
    unsafe {
        let frame = object::of(ts, f);
        let lasti = object::lasti(f) as i32;
        let tb = Traceback::new(ts, e.traceback.get(), frame, lasti, 0);
        if (*f).flags & super::flag::ELIDED != 0
            && let Some(t) = tb.exact::<Traceback>()
        {
            t.elided.set((*f).tail);
        }
        e.traceback.set(Some(tb));
    }
}

/// A traceback of the innermost Python frame alone.
pub fn here(ts: &ThreadState) -> Option<Value> {
    let f = super::current(ts)?;
    // SAFETY: the frame runs, and native code that it called runs above it: its position is recorded.
    unsafe { Some(Traceback::new(ts, None, object::of(ts, f), object::lasti(f) as i32, 0)) }
}
