//! Python's `frame` object. It refers to the frame while that lives and takes the contents over when it ends.

use super::{Frame, HEAD, flag, locals};
use crate::dict::Dict;
use crate::heap::{self, GilCell, Ref};
use crate::int;
use crate::module::Module;
use crate::native::class;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Result, StackRef, Value};
use std::cell::Cell;
use std::ptr::null_mut;
use taipan_isa as isa;

pub struct FrameObject {
    /// The frame: in the thread's stack, in a generator, or `own`.
    pub frame: Cell<*mut Frame>,
    /// The contents after the frame has ended.
    own: GilCell<Option<Box<[u64]>>>,
    /// `f_back` after the frame has ended.
    back: GilCell<Option<Value>>,
    /// The names of a module's or class's body.
    pub namespace: GilCell<Option<Value>>,
    /// Names that Python code added through `f_locals` and that are no locals.
    pub extra_locals: GilCell<Option<Ref<Dict>>>,
    /// Values overwritten through `f_locals`: the operand stack may have borrowed them.
    pub kept: GilCell<Vec<Value>>,
    pub trace: GilCell<Option<Value>>,
    pub trace_lines: Cell<bool>,
    pub trace_opcodes: Cell<bool>,
    /// Of an ended frame: how many tail calls were elided below it, and the last of them.
    elided: Cell<u64>,
    elided_sites: GilCell<Vec<super::Site>>,
    /// A line that a trace function set; 0: none.
    pub lineno: Cell<u32>,
}

fn visit_frame(f: *mut Frame, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: the frame object owns the words.
    unsafe {
        visit((*f).func.as_value());
        for i in 0..(*(*f).code).nlocalsplus as usize {
            let w = *Frame::locals(f).add(i);
            if w.is_owned() {
                visit(w.as_value());
            }
        }
    }
}

crate::payload!(FrameObject, id = crate::ids::FRAME, container,
    traverse = |s, visit| {
        if s.is_ended() && !s.frame.get().is_null() {
            visit_frame(s.frame.get(), &mut *visit);
        }
        for c in [&s.back, &s.namespace, &s.trace] {
            c.read(|v| v.iter().for_each(&mut *visit));
        }
        s.extra_locals.read(|d| d.iter().for_each(|d| visit(d.as_value())));
        s.kept.read(|k| k.iter().for_each(&mut *visit));
        s.elided_sites.read(|k| k.iter().for_each(|s| s.arguments.iter().for_each(&mut *visit)));
    },
    clear = |s| {
        if s.is_ended() {
            s.clear_locals();
        }
        for c in [&s.namespace, &s.trace] {
            c.set(None);
        }
        s.extra_locals.set(None);
        s.kept.set(vec![]);
    });

impl Drop for FrameObject {
    fn drop(&mut self) {
        if self.is_ended() && !self.frame.get().is_null() {
            self.clear_locals();
            // SAFETY: the contents are this object's own.
            unsafe { (*self.frame.get()).func.release() };
        }
    }
}

impl FrameObject {
    /// Has the frame ended, so that the contents are this object's?
    pub fn is_ended(&self) -> bool {
        self.own.read(|o| o.is_some())
    }
    fn clear_locals(&self) {
        let f = self.frame.get();
        // SAFETY: the frame is alive or this object's own; its locals are owned or null.
        unsafe {
            for i in (0..(*(*f).code).nlocalsplus as usize).rev() {
                let v = std::mem::replace(&mut *Frame::locals(f).add(i), StackRef::NULL);
                v.release();
            }
        }
    }
    pub fn code(&self) -> &crate::code::Code {
        // SAFETY: the frame is alive or this object's own.
        unsafe { Frame::code_ref(self.frame.get()) }
    }
    pub fn line(&self) -> Option<u32> {
        if self.lineno.get() != 0 {
            return Some(self.lineno.get());
        }
        // SAFETY: as above.
        unsafe { Frame::line(self.frame.get()) }
    }
    /// Byte offset of the current instruction; -1 before the first.
    pub fn lasti(&self) -> i64 {
        // SAFETY: as above.
        unsafe { lasti(self.frame.get()) }
    }
    fn back(&self, ts: &ThreadState) -> Option<Value> {
        if self.is_ended() {
            return self.back.get();
        }
        // SAFETY: the frame is alive, and so are those below it.
        unsafe {
            let prev = Frame::shown((*self.frame.get()).prev);
            if prev.is_null() { None } else { Some(of(ts, prev)) }
        }
    }
    /// How many frames tail calls have elided between this one and the one below it.
    pub fn tail_calls(&self) -> u64 {
        let f = self.frame.get();
        if f.is_null() || self.is_ended() {
            return self.elided.get();
        }
        // SAFETY: the frame is alive.
        unsafe { if (*f).flags & flag::ELIDED != 0 { (*f).tail } else { 0 } }
    }
    /// The last of them, newest first.
    pub fn tail_sites(&self, ts: &ThreadState) -> Vec<super::Site> {
        let f = self.frame.get();
        if f.is_null() || self.is_ended() { self.elided_sites.get() } else { ts.frames.sites(f) }
    }
    fn generator(&self) -> Option<Value> {
        let f = self.frame.get();
        // SAFETY: as above.
        unsafe {
            if !self.is_ended() && (*f).flags & flag::GENERATOR != 0 {
                Some(crate::generator::Generator::of_frame(f).to_value())
            } else {
                None
            }
        }
    }
}

/// Byte offset of a frame's current instruction; -1 before the first.
///
/// # Safety
/// `f` is a live frame with code.
pub unsafe fn lasti(f: *mut Frame) -> i64 {
    // SAFETY: by the contract.
    unsafe {
        let unit = Frame::unit(f);
        if unit < 0 { -1 } else { 2 * Frame::code_ref(f).instruction_start(unit as usize) as i64 }
    }
}

/// The object of a frame, made if it has none yet.
///
/// # Safety
/// `f` is a live frame with code.
pub unsafe fn of(ts: &ThreadState, f: *mut Frame) -> Value {
    // SAFETY: by the contract.
    unsafe {
        if (*f).flags & flag::OBJECT != 0 {
            return (*object_value(f)).clone();
        }
        let object = heap::new(ts, FrameObject {
            frame: Cell::new(f),
            own: GilCell::default(),
            back: GilCell::default(),
            namespace: GilCell::default(),
            extra_locals: GilCell::default(),
            kept: GilCell::default(),
            trace: GilCell::default(),
            trace_lines: Cell::new(true),
            trace_opcodes: Cell::new(false),
            elided: Cell::new(0),
            elided_sites: GilCell::default(),
            lineno: Cell::new(0),
        });
        (*f).object = &*object;
        (*f).flags |= flag::OBJECT;
        // One reference is the frame's.
        std::mem::forget(object.clone());
        object.into_value()
    }
}

/// The object that a frame owns, to look at.
///
/// # Safety
/// The frame has the flag OBJECT.
pub unsafe fn object_value(f: *mut Frame) -> std::mem::ManuallyDrop<Value> {
    // SAFETY: the pointer is that of a payload behind its header.
    unsafe {
        let h = ((*f).object as *mut crate::Header).sub(1);
        std::mem::ManuallyDrop::new(Value::from_header(std::ptr::NonNull::new_unchecked(h)))
    }
}

/// The innermost Python frame's object.
pub fn current(ts: &ThreadState) -> Option<Value> {
    // SAFETY: the frame is alive.
    super::current(ts).map(|f| unsafe { of(ts, f) })
}

/// The names of a module's or class's body.
pub fn namespace(f: *mut Frame) -> Option<Value> {
    // SAFETY: the frame runs.
    unsafe {
        if (*f).flags & flag::OBJECT != 0
            && let Some(names) = (*(*f).object).namespace.get()
        {
            return Some(names);
        }
        // A module's code that was made a function of and called keeps its names in the globals.
        let optimized = Frame::code_ref(f).flags & taipan_isa::co::OPTIMIZED != 0;
        (!optimized).then(|| Frame::function(f).globals.as_value().clone())
    }
}

/// # Safety
/// `f` is a live frame with code.
pub unsafe fn set_namespace(ts: &ThreadState, f: *mut Frame, names: Value) {
    // SAFETY: by the contract.
    unsafe {
        of(ts, f);
        (*(*f).object).namespace.set(Some(names));
    }
}

/// A frame with an object ends. True: the object lives on and has taken the contents over.
///
/// # Safety
/// The frame has the flag OBJECT and an empty operand stack; nobody uses it afterwards. `prev` is still set.
pub unsafe fn take_over(ts: &ThreadState, f: *mut Frame) -> bool {
    // SAFETY: by the contract.
    unsafe {
        let value = std::mem::ManuallyDrop::into_inner(object_value(f));
        (*f).flags &= !flag::OBJECT;
        let object: &FrameObject = &*(*f).object;
        if (*value.header_ptr()).count() == 1 {
            object.frame.set(null_mut());
            drop(value);
            return false;
        }
        let prev = Frame::shown((*f).prev);
        let alone = prev.is_null() || (*f).flags & flag::GENERATOR != 0;
        object.back.set(if alone { None } else { Some(of(ts, prev)) });
        if (*f).flags & flag::ELIDED != 0 {
            object.elided.set((*f).tail);
            object.elided_sites.set(ts.frames.sites(f));
        }
        let words = HEAD + (*(*f).code).nlocalsplus as usize;
        let mut own = vec![0u64; words].into_boxed_slice();
        std::ptr::copy_nonoverlapping(f as *const u64, own.as_mut_ptr(), words);
        let copy = own.as_mut_ptr() as *mut Frame;
        (*copy).prev = null_mut();
        (*copy).flags = flag::OWNED_BY_OBJECT;
        (*copy).sp = Frame::stack_base(copy);
        object.frame.set(copy);
        object.own.set(Some(own));
        drop(value);
        true
    }
}

/// The builtins that code with these globals sees.
pub fn builtins_of(ts: &ThreadState, globals: &Ref<Dict>) -> Value {
    match globals.get_str_near(&ts.names().__builtins__, &ts.interp().builtins_place) {
        Some(b) => match b.downcast::<Module>() {
            Some(m) => m.dict.clone().into_value(),
            None => b,
        },
        None => match ts.interp().builtins.get().and_then(|b| b.downcast::<Module>()) {
            Some(m) => m.dict.clone().into_value(),
            None => Dict::new(ts).into_value(),
        },
    }
}

/// What `locals()` gives in a frame: the namespace itself, or a new dict of a function's locals.
pub fn locals_of(ts: &ThreadState, f: *mut Frame) -> Result<Value> {
    // SAFETY: the frame is alive.
    unsafe {
        let code = Frame::code_ref(f);
        if code.flags & isa::co::OPTIMIZED == 0
            && let Some(n) = namespace(f)
        {
            return Ok(n);
        }
        let d = Dict::new(ts);
        for (name, value) in locals::visible(ts, f) {
            if let Some(v) = value {
                d.set_str(ts, &name, v);
            }
        }
        if (*f).flags & flag::OBJECT != 0
            && let Some(extra) = (*(*f).object).extra_locals.get()
        {
            d.merge(ts, &extra, true)?;
        }
        Ok(d.into_value())
    }
}

/// `f_locals`: the namespace, or a proxy that writes through to a function's locals.
pub fn f_locals(ts: &ThreadState, object: &Ref<FrameObject>) -> Value {
    if object.code().flags & isa::co::OPTIMIZED == 0
        && let Some(n) = object.namespace.get()
    {
        return n;
    }
    locals::FrameLocalsProxy::new(ts, object.clone())
}

#[class(name = "frame", final, no_new)]
impl FrameObject {
    #[getter]
    fn f_back(&self, ts: &ThreadState) -> Option<Value> {
        self.back(ts)
    }
    #[getter]
    fn f_code(&self) -> Value {
        // SAFETY: a code object's payload lies behind its header.
        unsafe { Ref::from_payload(self.code()).into_value() }
    }
    #[getter]
    fn f_globals(&self) -> Value {
        // SAFETY: the frame is alive or this object's own.
        unsafe { Frame::function(self.frame.get()).globals.clone().into_value() }
    }
    #[getter]
    fn f_builtins(&self) -> Value {
        // SAFETY: as above.
        unsafe { Frame::function(self.frame.get()).builtins.clone() }
    }
    #[getter]
    fn f_locals(slf: &Value, ts: &ThreadState) -> Result {
        match slf.downcast_ref::<FrameObject>() {
            Some(f) => Ok(f_locals(ts, f)),
            None => Err(ts.system_error("not a frame")),
        }
    }
    #[getter]
    fn f_lasti(&self) -> i64 {
        self.lasti()
    }
    #[getter]
    fn f_lineno(&self, ts: &ThreadState) -> Value {
        self.line().map_or_else(Value::none, |l| int::from_i64(ts, l as i64))
    }
    #[setter]
    fn set_f_lineno(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        super::jump::set_line(ts, self, value)
    }
    #[getter]
    fn f_generator(&self) -> Option<Value> {
        self.generator()
    }
    /// How many frames tail calls have elided between this one and f_back.
    #[getter]
    fn f_tail_calls(&self) -> u64 {
        self.tail_calls()
    }
    /// The last elided frames, newest first: name, file, line and (with -X tailtrace) arguments of each.
    #[getter]
    fn f_tail_sites(&self, ts: &ThreadState) -> Value {
        let rows = self.tail_sites(ts).into_iter().filter_map(|s| {
            let code = s.code.exact::<crate::code::Code>()?;
            let line = if s.unit == u32::MAX { None } else { code.isa.line(s.unit) };
            let row = vec![
                code.name.clone().into_value(),
                code.filename.clone().into_value(),
                line.map_or_else(Value::none, |l| int::from_i64(ts, l as i64)),
                s.arguments.unwrap_or_else(Value::none),
            ];
            Some(crate::tuple::Tuple::new(ts, row).into_value())
        });
        crate::tuple::Tuple::new(ts, rows.collect()).into_value()
    }
    #[getter]
    fn f_trace(&self) -> Option<Value> {
        self.trace.get()
    }
    #[setter]
    fn set_f_trace(&self, value: Option<&Value>) -> Result<()> {
        self.trace.set(value.filter(|v| !v.is_none()).cloned());
        Ok(())
    }
    #[getter]
    fn f_trace_lines(&self) -> bool {
        self.trace_lines.get()
    }
    #[setter]
    fn set_f_trace_lines(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.as_bool_object()) {
            Some(b) => {
                self.trace_lines.set(b);
                Ok(())
            }
            None => Err(ts.type_error("attribute value type must be bool")),
        }
    }
    #[getter]
    fn f_trace_opcodes(&self) -> bool {
        self.trace_opcodes.get()
    }
    #[setter]
    fn set_f_trace_opcodes(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        match value.and_then(|v| v.as_bool_object()) {
            Some(b) => {
                self.trace_opcodes.set(b);
                Ok(())
            }
            None => Err(ts.type_error("attribute value type must be bool")),
        }
    }
    /// Clear all references held by the frame.
    #[method("clear($self, /)")]
    fn clear(slf: &Value, ts: &ThreadState) -> Result<()> {
        let Some(f) = slf.exact::<FrameObject>() else { return Ok(()) };
        if let Some(g) = f.generator() {
            let Some(g) = crate::generator::Generator::of(&g) else { return Ok(()) };
            if g.state.get() == crate::generator::State::Running {
                return Err(ts.runtime_error("cannot clear an executing frame"));
            }
            if g.state.get() != crate::generator::State::Created {
                return Err(ts.runtime_error("cannot clear a suspended frame"));
            }
            return crate::generator::object::close(ts, g).map(|_| ());
        }
        if !f.is_ended() {
            return Err(ts.runtime_error("cannot clear an executing frame"));
        }
        f.clear_locals();
        f.trace.set(None);
        f.extra_locals.set(None);
        f.kept.set(vec![]);
        Ok(())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let Some(f) = slf.exact::<FrameObject>() else { return Err(ts.system_error("not a frame")) };
        let code = f.code();
        let file = crate::protocol::repr(ts, code.filename.as_value())?;
        Ok(protocol::text(ts, &format!(
            "<frame at {:#x}, file {}, line {}, code {}>",
            slf.id(),
            file.to_string_lossy(),
            f.line().map_or_else(|| "None".to_string(), |l| l.to_string()),
            code.name.to_string_lossy()
        )))
    }
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        8 * self.code().frame_words as usize
    }
}
