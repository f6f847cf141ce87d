//! The module `_tracemalloc`: memory is not traced, and this says so: sizes are those of no traces.

use crate::prelude::*;
use std::cell::Cell;

pub static MODULE: ModuleDef = ModuleDef {
    name: "_tracemalloc",
    doc: "Debug module to trace memory blocks allocated by Python.",
    functions: &[functions::FUNCTIONS],
    init: None,
};

#[derive(Default)]
struct State {
    limit: Cell<Option<i32>>,
}

fn state(ts: &ThreadState) -> &State {
    ts.interp().extension::<State>()
}

#[functions(module = "_tracemalloc")]
pub mod functions {
    use super::*;

    /// Return True if the tracemalloc module is tracing Python memory allocations.
    #[function("is_tracing()")]
    fn is_tracing(ts: &ThreadState) -> bool {
        state(ts).limit.get().is_some()
    }
    /// Clear traces of memory blocks allocated by Python.
    #[function("clear_traces()")]
    fn clear_traces() {}
    /// Get traces of all memory blocks allocated by Python.
    ///
    /// Return a list of (size: int, traceback: tuple) tuples.
    #[function("_get_traces()")]
    fn get_traces(ts: &ThreadState) -> Value {
        list(ts, vec![])
    }
    /// Get the traceback where the Python object obj was allocated.
    ///
    /// Return None if the tracemalloc module is disabled or did not
    /// trace the allocation of the object.
    #[function("_get_object_traceback(obj, /)")]
    fn get_object_traceback(obj: &Value) {
        let _ = obj;
    }
    /// Start tracing Python memory allocations.
    ///
    /// Also set the maximum number of frames stored in the traceback of a
    /// trace to nframe.
    #[function("start(nframe=1, /)")]
    fn start(ts: &ThreadState, nframe: i32) -> Result<()> {
        if !(1..=65535).contains(&nframe) {
            return Err(ts.value_error("the number of frames must be in range [1; 65535]"));
        }
        state(ts).limit.set(Some(nframe));
        Ok(())
    }
    /// Stop tracing Python memory allocations.
    #[function("stop()")]
    fn stop(ts: &ThreadState) {
        state(ts).limit.set(None);
    }
    /// Get the maximum number of frames stored in the traceback of a trace.
    #[function("get_traceback_limit()")]
    fn get_traceback_limit(ts: &ThreadState) -> i32 {
        state(ts).limit.get().unwrap_or(1)
    }
    /// Get the memory usage in bytes of the tracemalloc module.
    #[function("get_tracemalloc_memory()")]
    fn get_tracemalloc_memory() -> i64 {
        0
    }
    /// Get the current size and peak size of memory blocks traced by tracemalloc.
    ///
    /// Returns a tuple: (current: int, peak: int).
    #[function("get_traced_memory()")]
    fn get_traced_memory() -> (i64, i64) {
        (0, 0)
    }
    /// Set the peak size of memory blocks traced by tracemalloc to the current size.
    #[function("reset_peak()")]
    fn reset_peak() {}
}
