//! The running frames as native modules see them.

use super::{current, object, Frame};
use crate::thread::ThreadState;
use crate::value::{Result, Value};

/// The frame object `depth` Python frames below the innermost one.
pub fn object_at_depth(ts: &ThreadState, depth: usize) -> Option<Value> {
    let mut f = current(ts)?;
    // SAFETY: running frames are linked and stay while they run.
    unsafe {
        for _ in 0..depth {
            f = Frame::shown((*f).prev);
            if f.is_null() {
                return None;
            }
        }
        Some(object::of(ts, f))
    }
}

/// What `locals()` gives in the innermost Python frame.
pub fn current_locals(ts: &ThreadState) -> Result {
    match current(ts) {
        Some(f) => object::locals_of(ts, f),
        None => Err(ts.system_error("frame does not exist")),
    }
}

/// Applies a new recursion limit to the running thread.
pub fn set_recursion_limit(ts: &ThreadState, limit: u32) -> Result<()> {
    let depth = current(ts).map_or(0, |f| {
        // SAFETY: a running frame.
        unsafe { (*f).depth }
    });
    if depth >= limit {
        return Err(ts.recursion_error(format!(
            "cannot set the recursion limit to {limit} at the recursion depth {depth}: the limit is too low"
        )));
    }
    ts.frames.set_max_depth(limit);
    Ok(())
}
