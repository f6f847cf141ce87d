//! Asynchronous generators: the objects that `asend`, `athrow`, `aclose` and `__anext__` give, and the hooks
//! of `sys.set_asyncgen_hooks`.

use super::object::{self, Step, frame_value, send_step, set_text, thrown};
use super::{AsyncGenerator, Generator, State};
use crate::heap::{self, GilCell};
use crate::ids;
use crate::native::class;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Raised, Result, Value};
use std::cell::Cell;

/// `sys.set_asyncgen_hooks`, per thread.
#[derive(Default)]
pub struct Hooks {
    pub firstiter: GilCell<Option<Value>>,
    pub finalizer: GilCell<Option<Value>>,
}

/// A value that an asynchronous generator yields, to be told from what it awaits.
pub struct WrappedValue {
    value: Value,
}
crate::payload!(WrappedValue, id = ids::ASYNC_GENERATOR_WRAPPED_VALUE, container,
    traverse = |s, visit| visit(&s.value));

#[class(name = "async_generator_wrapped_value", final, no_new)]
impl WrappedValue {}

/// Wraps what is yielded.
pub fn wrap(ts: &ThreadState, value: Value) -> Value {
    heap::new(ts, WrappedValue { value }).into_value()
}

fn init_hooks(ts: &ThreadState, slf: &Value) -> Result<()> {
    let Some(g) = Generator::of(slf) else { return Ok(()) };
    if g.hooks_inited.replace(true) {
        return Ok(());
    }
    let hooks = ts.extension::<Hooks>();
    g.finalizer.set(hooks.finalizer.get());
    if let Some(f) = hooks.firstiter.get() {
        protocol::call1(ts, &f, slf)?;
    }
    Ok(())
}

/// How far an `asend`, `athrow` or `aclose` has got.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Init,
    Iterating,
    Closed,
}

fn is_end(ts: &ThreadState) -> bool {
    ts.exception_is(|x| &x.stop_async_iteration) || ts.exception_is(|x| &x.generator_exit)
}

/// A step of the generator as the awaiting side sees it: a value that was yielded ends the await.
fn unwrap(ts: &ThreadState, g: &Generator, step: Result<Step>) -> Result {
    let end = |r: Raised| {
        g.running_async.set(false);
        Err(r)
    };
    match step {
        Ok(Step::Returned(_)) => {
            g.closed.set(true);
            end(ts.raise_args(&ts.exceptions().stop_async_iteration, vec![]))
        }
        Err(r) => {
            if is_end(ts) {
                g.closed.set(true);
            }
            end(r)
        }
        Ok(Step::Yielded(v)) => match v.downcast::<WrappedValue>() {
            Some(w) => end(object::stop_with(ts, w.value.clone())),
            None => Ok(v),
        },
    }
}

/// The awaitable of `asend` and `__anext__`.
pub struct ASend {
    generator: Value,
    sent: Value,
    progress: Cell<Progress>,
}
crate::payload!(ASend, id = ids::ASYNC_GENERATOR_ASEND, container,
    traverse = |s, visit| {
        visit(&s.generator);
        visit(&s.sent);
    });

const REUSED_ASEND: &str = "cannot reuse already awaited __anext__()/asend()";

impl ASend {
    fn inner(&self, ts: &ThreadState) -> Result<&Generator> {
        Generator::of(&self.generator).ok_or_else(|| ts.system_error("not an asynchronous generator"))
    }
    fn begin(&self, ts: &ThreadState, g: &Generator) -> Result<bool> {
        match self.progress.get() {
            Progress::Closed => Err(ts.runtime_error(REUSED_ASEND)),
            Progress::Init => {
                if g.running_async.get() {
                    self.progress.set(Progress::Closed);
                    return Err(ts.runtime_error("anext(): asynchronous generator is already running"));
                }
                self.progress.set(Progress::Iterating);
                Ok(true)
            }
            Progress::Iterating => Ok(false),
        }
    }
    fn finish(&self, r: Result) -> Result {
        if r.is_err() {
            self.progress.set(Progress::Closed);
        }
        r
    }
    fn send_value(&self, ts: &ThreadState, value: &Value) -> Result {
        let g = self.inner(ts)?;
        let first = self.begin(ts, g)?;
        let value = if first && value.is_none() { &self.sent } else { value };
        g.running_async.set(true);
        self.finish(unwrap(ts, g, send_step(ts, g, value, false)))
    }
    fn throw_exception(&self, ts: &ThreadState, exc: &Value) -> Result {
        let g = self.inner(ts)?;
        if self.begin(ts, g)? {
            g.running_async.set(true);
        }
        self.finish(unwrap(ts, g, throw_into(ts, g, exc, true)))
    }
}

fn throw_into(ts: &ThreadState, g: &Generator, exc: &Value, closing: bool) -> Result<Step> {
    if g.state.get() == State::Running {
        return Err(ts.value_error("async generator already executing"));
    }
    object::throw(ts, g, exc, closing)
}

/// Closes an awaitable: GeneratorExit is thrown in and may come out.
fn close_awaitable(ts: &ThreadState, closed: bool, throw: impl FnOnce(&Value) -> Result) -> Result<()> {
    if closed {
        return Ok(());
    }
    let exit = protocol::call0(ts, ts.exceptions().generator_exit.as_value())?;
    match throw(&exit) {
        Ok(_) => Err(ts.runtime_error("coroutine ignored GeneratorExit")),
        Err(r) => {
            if is_end(ts) || ts.exception_is(|x| &x.stop_iteration) {
                ts.clear_exception();
                return Ok(());
            }
            Err(r)
        }
    }
}

#[class(name = "async_generator_asend", final, no_new)]
impl ASend {
    #[slot(await_)]
    fn dunder_await(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.send_value(ts, &Value::none()).map(Some)
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        if let Some(s) = slf.downcast::<ASend>()
            && s.progress.get() == Progress::Init
        {
            warn_unawaited(ts, &s.generator, "asend");
        }
    }
    #[method("send($self, value, /)", no_signature)]
    fn send(&self, ts: &ThreadState, value: &Value) -> Result {
        self.send_value(ts, value)
    }
    #[method("throw($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn throw(&self, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        if self.progress.get() == Progress::Closed {
            return Err(ts.runtime_error(REUSED_ASEND));
        }
        let exc = thrown(ts, ty, value, traceback)?;
        self.throw_exception(ts, &exc)
    }
    #[method("close($self, /)", no_signature)]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        close_awaitable(ts, self.progress.get() == Progress::Closed, |e| self.throw_exception(ts, e))
    }
}

/// The awaitable of `athrow` and `aclose`.
pub struct AThrow {
    generator: Value,
    /// What is thrown; absent for `aclose`.
    exception: Option<(Value, Option<Value>, Option<Value>)>,
    progress: Cell<Progress>,
}
crate::payload!(AThrow, id = ids::ASYNC_GENERATOR_ATHROW, container,
    traverse = |s, visit| {
        visit(&s.generator);
        if let Some((a, b, c)) = &s.exception {
            visit(a);
            b.iter().chain(c).for_each(&mut *visit);
        }
    });

const REUSED_ATHROW: &str = "cannot reuse already awaited aclose()/athrow()";
const IGNORED_EXIT: &str = "async generator ignored GeneratorExit";

impl AThrow {
    fn inner(&self, ts: &ThreadState) -> Result<&Generator> {
        Generator::of(&self.generator).ok_or_else(|| ts.system_error("not an asynchronous generator"))
    }
    fn already_running(&self, ts: &ThreadState) -> Raised {
        self.progress.set(Progress::Closed);
        ts.runtime_error(if self.exception.is_none() {
            "aclose(): asynchronous generator is already running"
        } else {
            "athrow(): asynchronous generator is already running"
        })
    }
    /// After an error: the end of the generator is the end of `aclose`.
    fn check_error(&self, ts: &ThreadState, g: &Generator, r: Raised) -> Result {
        g.running_async.set(false);
        self.progress.set(Progress::Closed);
        if is_end(ts) && self.exception.is_none() {
            ts.clear_exception();
            return Err(ts.stop_iteration(None));
        }
        Err(r)
    }
    fn ignored(&self, ts: &ThreadState, g: &Generator) -> Result {
        g.running_async.set(false);
        self.progress.set(Progress::Closed);
        Err(ts.runtime_error(IGNORED_EXIT))
    }
    /// A step of the generator, as `aclose` or as `athrow` sees it.
    fn step(&self, ts: &ThreadState, g: &Generator, step: Result<Step>) -> Result {
        if self.exception.is_some() {
            return match unwrap(ts, g, step) {
                Ok(v) => Ok(v),
                Err(r) => self.check_error(ts, g, r),
            };
        }
        match step {
            Ok(Step::Yielded(v)) if v.downcast::<WrappedValue>().is_some() => self.ignored(ts, g),
            Ok(Step::Yielded(v)) => Ok(v),
            Ok(Step::Returned(_)) => {
                let r = ts.raise_args(&ts.exceptions().stop_async_iteration, vec![]);
                self.check_error(ts, g, r)
            }
            Err(r) => self.check_error(ts, g, r),
        }
    }
    fn send_value(&self, ts: &ThreadState, value: &Value) -> Result {
        let g = self.inner(ts)?;
        if self.progress.get() == Progress::Closed {
            return Err(ts.runtime_error(REUSED_ATHROW));
        }
        if g.state.get() == State::Cleared {
            self.progress.set(Progress::Closed);
            return Err(ts.stop_iteration(None));
        }
        if self.progress.get() == Progress::Iterating {
            return self.step(ts, g, send_step(ts, g, value, false));
        }
        if g.running_async.get() {
            return Err(self.already_running(ts));
        }
        if g.closed.get() {
            self.progress.set(Progress::Closed);
            return Err(ts.raise_args(&ts.exceptions().stop_async_iteration, vec![]));
        }
        if !value.is_none() {
            return Err(ts.runtime_error("can't send non-None value to a just-started coroutine"));
        }
        self.progress.set(Progress::Iterating);
        g.running_async.set(true);
        let exc = match &self.exception {
            None => {
                g.closed.set(true);
                protocol::call0(ts, ts.exceptions().generator_exit.as_value())
            }
            Some((ty, v, tb)) => thrown(ts, ty, v.as_ref(), tb.as_ref()),
        };
        let step = match exc {
            Ok(e) => throw_into(ts, g, &e, false),
            Err(r) => Err(r),
        };
        self.step(ts, g, step)
    }
    fn throw_exception(&self, ts: &ThreadState, exc: &Value) -> Result {
        let g = self.inner(ts)?;
        match self.progress.get() {
            Progress::Closed => return Err(ts.runtime_error(REUSED_ATHROW)),
            Progress::Init => {
                if g.running_async.get() {
                    return Err(self.already_running(ts));
                }
                self.progress.set(Progress::Iterating);
                g.running_async.set(true);
            }
            Progress::Iterating => {}
        }
        let step = throw_into(ts, g, exc, true);
        if self.exception.is_some() {
            let r = unwrap(ts, g, step);
            if r.is_err() {
                self.progress.set(Progress::Closed);
            }
            return r;
        }
        self.step(ts, g, step)
    }
}

#[class(name = "async_generator_athrow", final, no_new)]
impl AThrow {
    #[slot(await_)]
    fn dunder_await(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.send_value(ts, &Value::none()).map(Some)
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        if let Some(s) = slf.downcast::<AThrow>()
            && s.progress.get() == Progress::Init
        {
            warn_unawaited(ts, &s.generator, if s.exception.is_some() { "athrow" } else { "aclose" });
        }
    }
    #[method("send($self, value, /)", no_signature)]
    fn send(&self, ts: &ThreadState, value: &Value) -> Result {
        self.send_value(ts, value)
    }
    #[method("throw($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn throw(&self, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        if self.progress.get() == Progress::Closed {
            return Err(ts.runtime_error(REUSED_ATHROW));
        }
        let exc = thrown(ts, ty, value, traceback)?;
        self.throw_exception(ts, &exc)
    }
    #[method("close($self, /)", no_signature)]
    fn close(&self, ts: &ThreadState) -> Result<()> {
        close_awaitable(ts, self.progress.get() == Progress::Closed, |e| self.throw_exception(ts, e))
    }
}

fn warn_unawaited(ts: &ThreadState, generator: &Value, method: &str) {
    let name = Generator::of(generator).map_or_else(String::new, |g| g.qualname.read(|q| q.to_string_lossy().into_owned()));
    let text = format!("coroutine method '{method}' of '{name}' was never awaited");
    if ts.warn(|x| &x.runtime_warning, &text, 1).is_err() {
        ts.write_unraisable("Exception ignored while finalizing", Some(generator));
    }
}

fn new_asend(ts: &ThreadState, generator: &Value, sent: Value) -> Result {
    init_hooks(ts, generator)?;
    let s = ASend { generator: generator.clone(), sent, progress: Cell::new(Progress::Init) };
    Ok(heap::new(ts, s).into_value())
}

fn new_athrow(ts: &ThreadState, generator: &Value, exception: Option<(Value, Option<Value>, Option<Value>)>) -> Result {
    init_hooks(ts, generator)?;
    let s = AThrow { generator: generator.clone(), exception, progress: Cell::new(Progress::Init) };
    Ok(heap::new(ts, s).into_value())
}

#[class(name = "async_generator", final, no_new, weakref)]
impl AsyncGenerator {
    #[slot(aiter)]
    fn dunder_aiter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(anext)]
    fn dunder_anext(ts: &ThreadState, slf: &Value) -> Result {
        new_asend(ts, slf, Value::none())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Ok(object::repr(slf, ts, "async_generator"))
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        if let Some(g) = Generator::of(slf) {
            object::finalize(ts, g)
        }
    }
    /// asend(v) -> send 'v' in generator.
    #[method("asend($self, value, /)", no_signature)]
    fn asend(slf: &Value, ts: &ThreadState, value: &Value) -> Result {
        new_asend(ts, slf, value.clone())
    }
    /// athrow(value)
    /// athrow(type[,value[,tb]])
    ///
    /// raise exception in generator.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method("athrow($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn athrow(slf: &Value, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        if value.is_some() || traceback.is_some() {
            ts.warn(
                |x| &x.deprecation_warning,
                "the (type, exc, tb) signature of athrow() is deprecated, use the single-arg signature instead.",
                1,
            )?;
        }
        new_athrow(ts, slf, Some((ty.clone(), value.cloned(), traceback.cloned())))
    }
    /// aclose() -> raise GeneratorExit inside generator.
    #[method("aclose($self, /)", no_signature)]
    fn aclose(slf: &Value, ts: &ThreadState) -> Result {
        new_athrow(ts, slf, None)
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
    fn ag_await(&self) -> Option<Value> {
        self.0.delegate()
    }
    #[getter(member)]
    fn ag_running(&self) -> bool {
        self.0.running_async.get()
    }
    #[getter]
    fn ag_suspended(&self) -> bool {
        matches!(self.0.state.get(), State::Suspended | State::SuspendedYieldFrom)
    }
    #[getter]
    fn ag_frame(&self, ts: &ThreadState) -> Value {
        frame_value(ts, &self.0)
    }
    #[getter]
    fn ag_code(&self) -> Option<Value> {
        self.0.code.get()
    }
    #[method("__sizeof__($self, /)", no_signature)]
    fn sizeof(&self) -> usize {
        size_of::<Generator>() + 8 * self.0.words as usize
    }
}
