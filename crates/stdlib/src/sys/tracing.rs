//! `sys.settrace`, `sys.setprofile` and what goes with them.

use taipan_objects::native::functions;
use taipan_objects::value::{Result, Value};
use taipan_objects::{ThreadState, monitoring, protocol};

fn option(function: &Value) -> Option<Value> {
    Some(function.clone()).filter(|f| !f.is_none())
}

fn every_thread(ts: &ThreadState, set: impl Fn(&ThreadState)) {
    for t in ts.interp().threads.borrow().iter() {
        // SAFETY: threads take themselves off the list before they end; this one holds the lock.
        set(unsafe { &**t });
    }
    monitoring::changed(ts);
}

#[functions(module = "sys")]
pub mod functions {
    use super::*;
    /// Set the global debug tracing function.
    ///
    /// It will be called on each function call.  See the debugger chapter
    /// in the library manual.
    #[function("settrace(function, /)")]
    fn settrace(ts: &ThreadState, function: &Value) -> Result<()> {
        crate::sys::hooks::audit(ts, "sys.settrace", &[])?;
        ts.tracing.trace.set(option(function));
        monitoring::changed(ts);
        Ok(())
    }
    /// Return the global debug tracing function set with sys.settrace.
    ///
    /// See the debugger chapter in the library manual.
    #[function("gettrace()")]
    fn gettrace(ts: &ThreadState) -> Option<Value> {
        ts.tracing.trace.get()
    }
    /// Set the profiling function.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[function("setprofile(function, /)")]
    fn setprofile(ts: &ThreadState, function: &Value) -> Result<()> {
        crate::sys::hooks::audit(ts, "sys.setprofile", &[])?;
        ts.tracing.profile.set(option(function));
        monitoring::changed(ts);
        Ok(())
    }
    /// Return the profiling function set with sys.setprofile.
    ///
    /// See the profiler chapter in the library manual.
    #[function("getprofile()")]
    fn getprofile(ts: &ThreadState) -> Option<Value> {
        ts.tracing.profile.get()
    }
    /// Set the global debug tracing function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call. See the debugger chapter
    /// in the library manual.
    #[function("_settraceallthreads(function, /)")]
    fn _settraceallthreads(ts: &ThreadState, function: &Value) {
        every_thread(ts, |t| t.tracing.trace.set(option(function)));
    }
    /// Set the profiling function in all running threads belonging to the current interpreter.
    ///
    /// It will be called on each function call and return.  See the profiler
    /// chapter in the library manual.
    #[function("_setprofileallthreads(function, /)")]
    fn _setprofileallthreads(ts: &ThreadState, function: &Value) {
        every_thread(ts, |t| t.tracing.profile.set(option(function)));
    }
    /// Call func(*args), while tracing is enabled.
    ///
    /// The tracing state is saved, and restored afterwards.  This is intended
    /// to be called from a debugger from a checkpoint, to recursively debug
    /// some other code.
    #[function("call_tracing(func, args, /)")]
    fn call_tracing(ts: &ThreadState, func: &Value, args: &Value) -> Result {
        let Some(t) = args.downcast::<taipan_objects::tuple::Tuple>() else {
            return Err(ts.type_error(format!("call_tracing() argument 2 must be tuple, not {}", args.type_name(ts))));
        };
        let busy = ts.tracing.busy.replace(0);
        let what = ts.tracing.what.replace(-1);
        monitoring::changed(ts);
        let r = protocol::call(ts, func, t.items());
        ts.tracing.busy.set(busy);
        ts.tracing.what.set(what);
        monitoring::changed(ts);
        r
    }
}
