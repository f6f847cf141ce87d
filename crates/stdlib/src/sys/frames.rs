//! `sys._getframe` and its kin.

use taipan_objects::dict::Dict;
use taipan_objects::native::functions;
use taipan_objects::tuple::Tuple;
use taipan_objects::value::{Result, Value};
use taipan_objects::{frame, int, protocol, ThreadState};

#[functions(module = "sys")]
pub mod functions {
    use super::*;
    /// Return a frame object from the call stack.
    ///
    /// If optional integer depth is given, return the frame object that many
    /// calls below the top of the stack.  If that is deeper than the call
    /// stack, ValueError is raised.  The default for depth is zero, returning
    /// the frame at the top of the call stack.
    #[function("_getframe(depth=0, /)")]
    fn _getframe(ts: &ThreadState, depth: i64) -> Result {
        match frame::access::object_at_depth(ts, depth.max(0) as usize) {
            Some(f) => Ok(f),
            None => Err(ts.value_error("call stack is not deep enough")),
        }
    }
    /// Return the name of the module for a calling frame.
    #[function("_getframemodulename(depth=0)")]
    fn _getframemodulename(ts: &ThreadState, depth: i64) -> Result {
        match frame::access::object_at_depth(ts, depth.max(0) as usize) {
            Some(f) => {
                let g = protocol::getattr_name(ts, &f, "f_globals")?;
                Ok(g.downcast::<Dict>().and_then(|d| d.get_str(&ts.names().__name__)).unwrap_or_else(Value::none))
            }
            None => Ok(Value::none()),
        }
    }
    /// Return a dict mapping each thread's thread id to its current stack frame.
    #[function("_current_frames()")]
    fn _current_frames(ts: &ThreadState) -> Result {
        let d = Dict::new(ts);
        if let Some(f) = frame::access::object_at_depth(ts, 0) {
            d.set(ts, &int::from_u64(ts, ts.ident), f)?;
        }
        Ok(d.into_value())
    }
    /// Return a dict mapping each thread's identifier to its current raised exception.
    #[function("_current_exceptions()")]
    fn _current_exceptions(ts: &ThreadState) -> Result {
        let d = Dict::new(ts);
        d.set(ts, &int::from_u64(ts, ts.ident), ts.handled_exception().unwrap_or_else(Value::none))?;
        Ok(d.into_value())
    }
    /// Return information about the most recent exception caught by an except clause in the current stack frame or in an older stack frame.
    #[function("exc_info()")]
    fn exc_info(ts: &ThreadState) -> Result {
        let items = match ts.handled_exception() {
            None => vec![Value::none(), Value::none(), Value::none()],
            Some(e) => {
                let tb = protocol::getattr(ts, &e, &ts.names().__traceback__)?;
                vec![e.class(ts).to_value(), e, tb]
            }
        };
        Ok(Tuple::new(ts, items).into_value())
    }
    /// Return the current exception.
    ///
    /// Return the most recent exception caught by an except clause
    /// in the current stack frame or in an older stack frame, or None
    /// if no such clause exists.
    #[function("exception()")]
    fn exception(ts: &ThreadState) -> Value {
        ts.handled_exception().unwrap_or_else(Value::none)
    }
}
