//! Generators: how they come to be, are resumed, closed, thrown into, and end.

use super::{Coroutine, AsyncGenerator, Generator, PlainGenerator, State};
use crate::exceptions::BaseException;
use crate::frame::{self, Frame, flag};
use crate::heap::{self, GilCell, Payload};
use crate::native::class;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Raised, Result, StackRef, Value};
use crate::{Ref, ids};
use std::cell::Cell;
use std::ptr::null_mut;
use taipan_isa::co;

/// A generator object that takes over frame `f`, whose stack is empty; the frame is not ended.
///
/// # Safety
/// `f` is the running frame of a generator-like code; nobody uses it afterwards, its `prev` and chunk apart.
pub unsafe fn from_frame(ts: &ThreadState, f: *mut Frame) -> Value {
    // SAFETY: by the contract; the words behind the payload are filled at once.
    unsafe {
        let code = Frame::code_ref(f);
        let ty: Ref<Type> = if code.flags & co::COROUTINE != 0 {
            Coroutine::class(ts)
        } else if code.flags & co::ASYNC_GENERATOR != 0 {
            AsyncGenerator::class(ts)
        } else {
            PlainGenerator::class(ts)
        };
        let function = Frame::function(f);
        let words = code.frame_words;
        // The payload says how large the object is, so the collector must not see it before it is written:
        // allocation never collects.
        let h = heap::allocate(ts, &ty, words as usize * 8);
        let g = h.as_ptr().add(1) as *mut Generator;
        g.write(Generator {
            state: Cell::new(State::Created),
            hooks_inited: Cell::new(false),
            closed: Cell::new(false),
            running_async: Cell::new(false),
            words,
            return_jump: Cell::new(0),
            name: GilCell::new(function.name.get()),
            qualname: GilCell::new(function.qualname.get()),
            code: GilCell::new(Some(Ref::from_payload(code).into_value())),
            handled: GilCell::new(None),
            origin: GilCell::new(None),
            finalizer: GilCell::new(None),
            top: Cell::new(null_mut()),
        });
        let own = (*g).frame();
        let used = (*f).sp.offset_from(f as *const StackRef) as usize;
        std::ptr::copy_nonoverlapping(f as *const u64, own as *mut u64, used);
        (*own).prev = null_mut();
        (*own).flags = flag::GENERATOR | (*f).flags & flag::OBJECT;
        (*own).sp = (own as *mut StackRef).add(used);
        if (*own).flags & flag::OBJECT != 0 {
            (*(*own).object).frame.set(own);
            (*f).flags &= !flag::OBJECT;
        }
        let v = Value::from_header(h);
        if code.flags & co::COROUTINE != 0 {
            super::coroutine::record_origin(ts, &*g, (*f).prev);
        } else if code.flags & co::ASYNC_GENERATOR == 0 {
            // A generator that has not begun has nothing to close.
            (*g).set_finalized(true);
        }
        v
    }
}

/// Ends the frame of a generator that is not running.
fn clear_frame(g: &Generator) {
    if matches!(g.state.get(), State::Cleared | State::Running) {
        return;
    }
    g.state.set(State::Cleared);
    g.set_finalized(true);
    // SAFETY: the frame is suspended: its words are valid; it is not used afterwards.
    unsafe {
        let f = g.frame();
        let base = Frame::stack_base(f);
        while (*f).sp > base {
            (*f).sp = (*f).sp.sub(1);
            (*(*f).sp).release();
        }
        if (*f).flags & flag::OBJECT == 0 || !frame::object::take_over(crate::thread::current(), f) {
            let locals = Frame::locals(f);
            for i in 0..(*(*f).code).nlocalsplus as usize {
                let v = std::mem::replace(&mut *locals.add(i), StackRef::NULL);
                v.release();
            }
            (*f).func.release();
        }
    }
    g.handled.set(None);
}

pub fn clear_for_collector(g: &Generator) {
    clear_frame(g);
    g.finalizer.set(None);
    g.origin.set(None);
}

pub fn drop_frame(g: &mut Generator) {
    clear_frame(g)
}

/// "generator", "coroutine" or "async generator".
pub fn kind(g: &Value) -> &'static str {
    match g.shape_id() {
        ids::COROUTINE => "coroutine",
        ids::ASYNC_GENERATOR => "async generator",
        _ => "generator",
    }
}

/// How a resumption ended.
pub enum Step {
    Yielded(Value),
    Returned(Value),
}

fn resume(ts: &ThreadState, g: &Generator, value: Option<Value>) -> Result<Step> {
    let Some(hook) = ts.interp().hooks.read(|h| h.resume) else {
        return Err(ts.system_error("no interpreter is installed"));
    };
    let keep = g.to_value();
    let v = hook(ts, g, value)?;
    let step = if g.state.get() == State::Cleared { Step::Returned(v) } else { Step::Yielded(v) };
    drop(keep);
    Ok(step)
}

fn check_resumable(ts: &ThreadState, g: &Generator) -> Result<()> {
    if g.state.get() == State::Running {
        let what = kind(&g.to_value());
        return Err(ts.value_error(format!("{what} already executing")));
    }
    Ok(())
}

/// Sends a value in. A finished generator returns None again; a coroutine must not be resumed then.
pub fn send_step(ts: &ThreadState, g: &Generator, value: &Value, closing: bool) -> Result<Step> {
    check_resumable(ts, g)?;
    match g.state.get() {
        State::Created if !value.is_none() => {
            let what = kind(&g.to_value());
            Err(ts.type_error(format!("can't send non-None value to a just-started {what}")))
        }
        State::Cleared => {
            if g.to_value().shape_id() == ids::COROUTINE && !closing {
                return Err(ts.runtime_error("cannot reuse already awaited coroutine"));
            }
            Ok(Step::Returned(Value::none()))
        }
        _ => resume(ts, g, Some(value.clone())),
    }
}

#[cold]
#[inline(never)]
fn nothing_next(ts: &ThreadState, g: &Generator, installed: bool) -> Result<Option<Value>> {
    if !installed {
        return Err(ts.system_error("no interpreter is installed"));
    }
    check_resumable(ts, g).map(|()| None)
}

/// Raises the exception that is set inside the generator.
pub fn raise_inside(ts: &ThreadState, g: &Generator) -> Result<Step> {
    check_resumable(ts, g)?;
    if g.state.get() == State::Cleared {
        if g.to_value().shape_id() == ids::COROUTINE {
            ts.clear_exception();
            return Err(ts.runtime_error("cannot reuse already awaited coroutine"));
        }
        return Err(Raised);
    }
    resume(ts, g, None)
}

/// StopIteration with what a generator returned.
pub fn stop_with(ts: &ThreadState, v: Value) -> Raised {
    if v.is_none() {
        return ts.stop_iteration(None);
    }
    // A tuple or exception is the one argument, never spread.
    ts.stop_iteration(Some(v))
}

pub use crate::exceptions::stop_value;

pub fn send(ts: &ThreadState, g: &Generator, value: &Value) -> Result {
    match send_step(ts, g, value, false)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => Err(stop_with(ts, v)),
    }
}

/// The next value of any iterator; its end is StopIteration with its value.
pub fn next_keeping_value(ts: &ThreadState, it: &Value) -> Result {
    let Some(next) = it.class(ts).slots().iternext else {
        return Err(ts.type_error(format!("'{}' object is not an iterator", it.type_name(ts))));
    };
    match next(ts, it)? {
        Some(v) => Ok(v),
        None => Err(ts.stop_iteration(None)),
    }
}

/// Closes whatever a generator delegates to.
fn close_delegate(ts: &ThreadState, sub: &Value) -> Result<()> {
    if let Some(g) = Generator::of_plain(sub) {
        return close(ts, g).map(|_| ());
    }
    match protocol::getattr_opt(ts, sub, &ts.names().close) {
        Ok(Some(f)) => protocol::call0(ts, &f).map(|_| ()),
        Ok(None) => Ok(()),
        Err(Raised) => {
            ts.write_unraisable("Exception ignored while closing generator", Some(sub));
            Ok(())
        }
    }
}

/// Does something to what a suspended generator delegates to; the generator counts as running, and its frame
/// stands below the delegate's.
fn delegating<T>(ts: &ThreadState, g: &Generator, f: impl FnOnce() -> T) -> T {
    let (own, prev) = (g.frame(), ts.frame.get());
    g.state.set(State::Running);
    // SAFETY: the generator's frame is suspended and valid; the one below it runs.
    unsafe {
        (*own).prev = prev;
        (*own).depth = if prev.is_null() { 0 } else { (*prev).depth + 1 };
        g.top.set(frame::stack_top(prev));
    }
    ts.frame.set(own);
    let r = f();
    ts.frame.set(prev);
    // SAFETY: as above.
    unsafe { (*own).prev = null_mut() };
    g.state.set(State::SuspendedYieldFrom);
    r
}

/// Is the generator suspended where no `try` or `with` would see an exception? Then none has to be raised to end it,
/// unless it is watched.
fn in_no_try(g: &Generator) -> bool {
    if g.state.get() != State::Suspended {
        return false;
    }
    // SAFETY: the frame is suspended: its code is alive, and its `ip` lies in it, behind a yield.
    unsafe {
        let f = g.frame();
        let code = Frame::code_ref(f);
        let unit = usize::try_from(Frame::unit(f) + 1).ok().and_then(|i| code.isa.units.get(i));
        // RESUME says so: the one handler there is the whole body's, for StopIteration.
        unit.is_some_and(|u| *u as u8 == taipan_isa::op::RESUME && u >> 8 & taipan_isa::oparg::resume::DEPTH1 as u16 != 0)
    }
}

/// `close()`: raises GeneratorExit inside; gives what the generator then returns.
pub fn close(ts: &ThreadState, g: &Generator) -> Result {
    check_resumable(ts, g)?;
    match g.state.get() {
        State::Created => {
            clear_frame(g);
            return Ok(Value::none());
        }
        State::Cleared => return Ok(Value::none()),
        _ => {}
    }
    if !ts.tracing.active.get() && in_no_try(g) {
        clear_frame(g);
        return Ok(Value::none());
    }
    let mut error = false;
    if let Some(sub) = g.delegate() {
        error = delegating(ts, g, || close_delegate(ts, &sub)).is_err();
    }
    if !error {
        ts.raise_args(&ts.exceptions().generator_exit, vec![]);
    }
    match raise_inside(ts, g) {
        Ok(Step::Returned(v)) => Ok(v),
        Ok(Step::Yielded(_)) => {
            let what = kind(&g.to_value());
            Err(ts.runtime_error(format!("{what} ignored GeneratorExit")))
        }
        Err(Raised) => {
            if ts.exception_is(|x| &x.generator_exit) {
                ts.clear_exception();
                return Ok(Value::none());
            }
            if ts.exception_is(|x| &x.stop_iteration) {
                let exc = ts.take_exception().unwrap_or_else(Value::none);
                return Ok(stop_value(&exc));
            }
            Err(Raised)
        }
    }
}

/// An exception instance for the arguments of `throw`.
pub fn thrown(ts: &ThreadState, ty: &Value, value: Option<&Value>, tb: Option<&Value>) -> Result {
    let tb = tb.filter(|t| !t.is_none());
    if tb.is_some_and(|t| t.downcast::<crate::traceback::Traceback>().is_none()) {
        return Err(ts.type_error("throw() third argument must be a traceback object"));
    }
    let value = value.filter(|v| !v.is_none());
    let is_class = ty.as_type().is_some_and(|t| t.is_subtype(&ts.exceptions().base_exception));
    let exc = if is_class {
        let made = match value {
            Some(v) if ty.as_type().is_some_and(|t| v.class(ts).is_subtype(t)) => Ok(v.clone()),
            Some(v) => match v.downcast::<crate::tuple::Tuple>() {
                Some(t) => protocol::call(ts, ty, t.items()),
                None => protocol::call1(ts, ty, v),
            },
            None => protocol::call0(ts, ty),
        };
        let made = made.and_then(|e| match e.as_type().is_none() && e.downcast::<BaseException>().is_some() {
            true => Ok(e),
            false => Err(ts.type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                protocol::repr(ts, ty)?.to_string_lossy(),
                e.type_name(ts),
            ))),
        });
        match made {
            Ok(e) => e,
            // What went wrong is thrown in instead.
            Err(Raised) => return ts.take_exception().ok_or(Raised),
        }
    } else if ty.as_type().is_none() && ty.downcast::<BaseException>().is_some() {
        if value.is_some() {
            return Err(ts.type_error("instance exception may not have a separate value"));
        }
        ty.clone()
    } else {
        return Err(ts.type_error(format!(
            "exceptions must be classes or instances deriving from BaseException, not {}",
            ty.type_name(ts)
        )));
    };
    if let (Some(tb), Some(b)) = (tb, exc.downcast::<BaseException>()) {
        b.traceback.set(Some(tb.clone()));
    }
    Ok(exc)
}

/// `throw(exc)`: into what the generator delegates to, or into itself. `closing`: GeneratorExit closes the
/// delegate first.
pub fn throw(ts: &ThreadState, g: &Generator, exc: &Value, closing: bool) -> Result<Step> {
    if let Some(sub) = g.delegate() {
        let is_exit = exc.class(ts).is_subtype(&ts.exceptions().generator_exit);
        if is_exit && closing {
            let r = delegating(ts, g, || close_delegate(ts, &sub));
            if r.is_err() {
                return raise_inside(ts, g);
            }
        } else {
            let result = if let Some(inner) = Generator::of_plain(&sub) {
                delegating(ts, g, || throw(ts, inner, exc, closing))
            } else {
                match protocol::getattr_opt(ts, &sub, &ts.names().throw)? {
                    Some(f) => {
                        match delegating(ts, g, || protocol::call1(ts, &f, exc)) {
                            Ok(v) => Ok(Step::Yielded(v)),
                            Err(Raised) if ts.exception_is(|x| &x.stop_iteration) => {
                                let e = ts.take_exception().unwrap_or_else(Value::none);
                                Ok(Step::Returned(stop_value(&e)))
                            }
                            Err(Raised) => Err(Raised),
                        }
                    }
                    None => {
                        ts.raise_again(exc.clone());
                        return raise_inside(ts, g);
                    }
                }
            };
            return match result {
                Ok(Step::Yielded(v)) => Ok(Step::Yielded(v)),
                Ok(Step::Returned(v)) => {
                    // The handler around the delegation takes StopIteration's value as its result.
                    stop_with(ts, v);
                    raise_inside(ts, g)
                }
                Err(Raised) => raise_inside(ts, g),
            };
        }
    }
    ts.raise_again(exc.clone());
    raise_inside(ts, g)
}

/// What `throw(type, value, traceback)` gives.
pub fn throw_arguments(ts: &ThreadState, g: &Generator, ty: &Value, value: Option<&Value>, tb: Option<&Value>) -> Result {
    if value.is_some() || tb.is_some() {
        ts.warn(
            |x| &x.deprecation_warning,
            "the (type, exc, tb) signature of throw() is deprecated, use the single-arg signature instead.",
            1,
        )?;
    }
    check_resumable(ts, g)?;
    let exc = thrown(ts, ty, value, tb)?;
    match throw(ts, g, &exc, true)? {
        Step::Yielded(v) => Ok(v),
        Step::Returned(v) => Err(stop_with(ts, v)),
    }
}

/// The iterator of an awaitable object.
pub fn awaitable_iterator(ts: &ThreadState, v: &Value) -> Result {
    if v.shape_id() == ids::COROUTINE && v.is_pointer() {
        return Ok(v.clone());
    }
    if let Some(g) = Generator::of_plain(v)
        && is_iterable_coroutine(g)
    {
        return Ok(v.clone());
    }
    let Some(f) = v.class(ts).slots().await_ else {
        return Err(ts.type_error(format!("'{}' object can't be awaited", v.type_name(ts))));
    };
    let it = f(ts, v)?;
    if it.shape_id() == ids::COROUTINE || Generator::of_plain(&it).is_some_and(is_iterable_coroutine) {
        return Err(ts.type_error("__await__() returned a coroutine"));
    }
    if it.class(ts).slots().iternext.is_none() {
        return Err(ts.type_error(format!("__await__() returned non-iterator of type '{}'", it.type_name(ts))));
    }
    Ok(it)
}

fn is_iterable_coroutine(g: &Generator) -> bool {
    g.code.read(|c| c.as_ref().and_then(|c| c.downcast::<crate::code::Code>()).is_some_and(|c| c.flags & co::ITERABLE_COROUTINE != 0))
}

/// `__del__`: closes a generator that is suspended; tells of a coroutine that never ran.
pub fn finalize(ts: &ThreadState, g: &Generator) {
    if matches!(g.state.get(), State::Cleared | State::Running) {
        return;
    }
    let v = g.to_value();
    if v.shape_id() == ids::ASYNC_GENERATOR
        && let Some(f) = g.finalizer.get()
        && !g.closed.get()
    {
        if protocol::call1(ts, &f, &v).is_err() {
            ts.write_unraisable("Exception ignored while finalizing generator", Some(&v));
        }
        return;
    }
    if v.shape_id() == ids::COROUTINE && g.state.get() == State::Created {
        super::coroutine::warn_never_awaited(ts, g);
        clear_frame(g);
        return;
    }
    if close(ts, g).is_err() {
        ts.write_unraisable("Exception ignored while closing generator", Some(&v));
    }
}

pub fn set_text(ts: &ThreadState, cell: &GilCell<Ref<Str>>, v: Option<&Value>, what: &str) -> Result<()> {
    match v.and_then(|v| v.downcast_ref::<Str>()) {
        Some(s) => {
            cell.set(s.clone());
            Ok(())
        }
        None => Err(ts.type_error(format!("{what} must be set to a string object"))),
    }
}

/// The frame object, or None when the frame is gone.
pub fn frame_value(ts: &ThreadState, g: &Generator) -> Value {
    if g.state.get() == State::Cleared {
        return Value::none();
    }
    // SAFETY: the frame is alive.
    unsafe { frame::object::of(ts, g.frame()) }
}

pub fn repr(v: &Value, ts: &ThreadState, word: &str) -> Value {
    let name = Generator::of(v).map_or_else(String::new, |g| g.qualname.read(|q| q.to_string_lossy().into_owned()));
    protocol::text(ts, &format!("<{word} object {name} at {:#x}>", v.id()))
}

#[class(name = "generator", final, no_new, weakref)]
impl PlainGenerator {
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(iternext)]
    #[inline(always)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        match ts.interp().hooks.read(|h| h.next) {
            Some(hook) if self.0.state.get() < State::Running => hook(ts, &self.0),
            hook => nothing_next(ts, &self.0, hook.is_some()),
        }
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        Ok(repr(slf, ts, "generator"))
    }
    #[slot(finalize)]
    fn finalize(ts: &ThreadState, slf: &Value) {
        if let Some(g) = Generator::of(slf) {
            finalize(ts, g)
        }
    }
    /// send(value) -> send 'value' into generator,
    /// return next yielded value or raise StopIteration.
    #[method("send($self, value, /)", no_signature)]
    fn send(&self, ts: &ThreadState, value: &Value) -> Result {
        send(ts, &self.0, value)
    }
    /// throw(value)
    /// throw(type[,value[,tb]])
    ///
    /// Raise exception in generator, return next yielded value or raise
    /// StopIteration.
    /// the (type, val, tb) signature is deprecated,
    /// and may be removed in a future version of Python.
    #[method("throw($self, type, value=<unrepresentable>, traceback=<unrepresentable>, /)", no_signature)]
    fn throw(&self, ts: &ThreadState, ty: &Value, value: Option<&Value>, traceback: Option<&Value>) -> Result {
        throw_arguments(ts, &self.0, ty, value, traceback)
    }
    /// close() -> raise GeneratorExit inside generator.
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
    fn gi_yieldfrom(&self) -> Option<Value> {
        self.0.delegate()
    }
    #[getter]
    fn gi_running(&self) -> bool {
        self.0.state.get() == State::Running
    }
    #[getter]
    fn gi_suspended(&self) -> bool {
        matches!(self.0.state.get(), State::Suspended | State::SuspendedYieldFrom)
    }
    #[getter]
    fn gi_frame(&self, ts: &ThreadState) -> Value {
        frame_value(ts, &self.0)
    }
    #[getter]
    fn gi_code(&self) -> Option<Value> {
        self.0.code.get()
    }
    #[method("__sizeof__($self, /)", no_signature)]
    fn sizeof(&self) -> usize {
        size_of::<Generator>() + 8 * self.0.words as usize
    }
}
