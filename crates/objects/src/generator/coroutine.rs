//! Coroutines: generators that are awaited.

use super::object::{self, close, frame_value, send, set_text, throw_arguments};
use super::{Coroutine, Generator, State};
use crate::frame::Frame;
use crate::heap;
use crate::int;
use crate::native::class;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;

/// `sys.set_coroutine_origin_tracking_depth`, per thread.
#[derive(Default)]
pub struct OriginTracking {
    pub depth: Cell<u32>,
}

/// Remembers who made a coroutine, as deep as the thread asks.
///
/// # Safety
/// `caller` is the frame that calls the coroutine function.
pub unsafe fn record_origin(ts: &ThreadState, g: &Generator, caller: *mut Frame) {
    let depth = ts.extension::<OriginTracking>().depth.get();
    if depth == 0 {
        return;
    }
    let mut rows = vec![];
    // SAFETY: the frames below the running one are alive.
    unsafe {
        let mut f = Frame::shown(caller);
        while !f.is_null() && rows.len() < depth as usize {
            let code = Frame::code_ref(f);
            let line = int::from_i64(ts, Frame::line(f).unwrap_or(0) as i64);
            let row = vec![code.filename.as_value().clone(), line, code.name.as_value().clone()];
            rows.push(Tuple::new(ts, row).into_value());
            f = Frame::shown((*f).prev);
        }
    }
    g.origin.set(Some(Tuple::new(ts, rows).into_value()));
}

/// "coroutine '…' was never awaited".
pub fn warn_never_awaited(ts: &ThreadState, g: &Generator) {
    let v = g.to_value();
    // The module knows how to tell where the coroutine was made: worth importing it for.
    let helper = crate::module::import(ts, "warnings").map(|w| protocol::getattr_opt_name(ts, &w, "_warn_unawaited_coroutine"));
    if helper.is_err() {
        ts.clear_exception();
    }
    let result = match helper {
        Ok(Ok(Some(f))) => protocol::call1(ts, &f, &v).map(|_| ()),
        Ok(Err(e)) => Err(e),
        _ => {
            let name = g.qualname.read(|q| q.to_string_lossy().into_owned());
            ts.warn(|x| &x.runtime_warning, &format!("coroutine '{name}' was never awaited"), 1)
        }
    };
    if result.is_err() {
        ts.write_unraisable("Exception ignored while finalizing coroutine", Some(&v));
    }
}

/// What `await` iterates: the coroutine behind the methods of an iterator.
pub struct CoroutineWrapper {
    coroutine: Value,
}
crate::payload!(CoroutineWrapper, id = crate::ids::COROUTINE_WRAPPER, container,
    traverse = |s, visit| visit(&s.coroutine));

impl CoroutineWrapper {
    fn inner(&self, ts: &ThreadState) -> Result<&Generator> {
        Generator::of(&self.coroutine).ok_or_else(|| ts.system_error("not a coroutine"))
    }
}

/// A wrapper object implementing __await__ for coroutines.
#[class(name = "coroutine_wrapper", final, no_new)]
impl CoroutineWrapper {
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        send(ts, self.inner(ts)?, &Value::none()).map(Some)
    }
    #[method("send($self, value, /)", no_signature)]
    fn send(&self, ts: &ThreadState, value: &Value) -> Result {
        send(ts, self.inner(ts)?, value)
    }
    #[method("throw($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn throw(&self, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        throw_arguments(ts, self.inner(ts)?, ty, value, traceback)
    }
    #[method("close($self, /)", no_signature)]
    fn close(&self, ts: &ThreadState) -> Result {
        close(ts, self.inner(ts)?)
    }
}

#[class(name = "coroutine", final, no_new, weakref)]
impl Coroutine {
    #[slot(await_)]
    fn dunder_await(ts: &ThreadState, slf: &Value) -> Result {
        Ok(heap::new(ts, CoroutineWrapper { coroutine: slf.clone() }).into_value())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Ok(object::repr(slf, ts, "coroutine"))
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        if let Some(g) = Generator::of(slf) {
            object::finalize(ts, g)
        }
    }
    /// send(arg) -> send 'arg' into coroutine,
    /// return next iterated value or raise StopIteration.
    #[method("send($self, value, /)", no_signature)]
    fn send(&self, ts: &ThreadState, value: &Value) -> Result {
        send(ts, &self.0, value)
    }
    /// throw(value)
    /// throw(type[,value[,traceback]])
    ///
    /// Raise exception in coroutine, return next iterated value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method("throw($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn throw(&self, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        throw_arguments(ts, &self.0, ty, value, traceback)
    }
    /// close() -> raise GeneratorExit inside coroutine.
    #[method("close($self, /)", no_signature)]
    fn close(&self, ts: &ThreadState) -> Result {
        close(ts, &self.0)
    }
    #[classmethod("__class_getitem__($type, item, /)", no_signature)]
    fn class_getitem(cls: &Value, ts: &ThreadState, item: &Value) -> Result {
        crate::generic_alias::new(ts, cls, item)
    }
    #[getter("__name__")]
    fn name(&self) -> Value {
        self.0.name.read(|n| n.as_value().clone())
    }
    #[setter("__name__")]
    fn set_name(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_text(ts, &self.0.name, v, "__name__")
    }
    #[getter("__qualname__")]
    fn qualname(&self) -> Value {
        self.0.qualname.read(|n| n.as_value().clone())
    }
    #[setter("__qualname__")]
    fn set_qualname(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        set_text(ts, &self.0.qualname, v, "__qualname__")
    }
    #[getter]
    fn cr_await(&self) -> Option<Value> {
        self.0.delegate()
    }
    #[getter]
    fn cr_running(&self) -> bool {
        self.0.state.get() == State::Running
    }
    #[getter]
    fn cr_suspended(&self) -> bool {
        matches!(self.0.state.get(), State::Suspended | State::SuspendedYieldFrom)
    }
    #[getter]
    fn cr_frame(&self, ts: &ThreadState) -> Value {
        frame_value(ts, &self.0)
    }
    #[getter]
    fn cr_code(&self) -> Option<Value> {
        self.0.code.get()
    }
    #[getter(member)]
    fn cr_origin(&self) -> Option<Value> {
        self.0.origin.get()
    }
    #[method("__sizeof__($self, /)", no_signature)]
    fn sizeof(&self) -> usize {
        size_of::<Generator>() + 8 * self.0.words as usize
    }
}

