//! Raising from native code: `return Err(ts.type_error("…"))`.

use super::members::Special;
use super::{AttributeError, BaseException, ExceptionTypes, ImportError, NameError};
use crate::heap::{self, Ref};
use crate::native::Args;
use crate::protocol;
use crate::slots::{Call, Init};
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Raised, Result, Value};

impl ThreadState {
    pub fn exceptions(&self) -> &'static ExceptionTypes {
        self.interp().exceptions.get().expect("exception types are made first")
    }
    /// Sets the exception to be raised; its context is what is being handled.
    pub fn raise(&self, exc: &Value) -> Raised {
        self.set_context(exc);
        self.exception.set(Some(exc.clone()));
        Raised
    }
    /// As [`ThreadState::raise`], without touching the context.
    pub fn raise_again(&self, exc: Value) -> Raised {
        self.exception.set(Some(exc));
        Raised
    }
    /// The exception being handled, innermost.
    pub fn handled_exception(&self) -> Option<Value> {
        self.handled.read(|h| h.iter().rev().flatten().next().cloned())
    }
    fn set_context(&self, exc: &Value) {
        let Some(handled) = self.handled_exception() else { return };
        if handled.is(exc) {
            return;
        }
        let Some(e) = exc.downcast::<BaseException>() else { return };
        // Never close a cycle through the contexts of what is being handled.
        let mut slow = handled.clone();
        let mut at = handled.clone();
        let mut step = 0usize;
        loop {
            let next = match at.downcast::<BaseException>() {
                Some(b) => b.context.get(),
                None => None,
            };
            let Some(next) = next else { break };
            if next.is(exc) {
                if let Some(b) = at.downcast::<BaseException>() {
                    b.context.set(None);
                }
                break;
            }
            at = next;
            step += 1;
            if step % 2 == 0 {
                let s = slow.downcast::<BaseException>().and_then(|b| b.context.get());
                match s {
                    Some(s) if s.is(&at) => break,
                    Some(s) => slow = s,
                    None => break,
                }
            }
        }
        e.context.set(Some(handled));
    }
    /// A new exception of a class with one message, raised.
    #[cold]
    #[inline(never)]
    pub fn raise_message(&self, ty: &Ref<Type>, message: &str) -> Raised {
        let text = Str::new(self, message).into_value();
        self.raise_args(ty, vec![text])
    }
    /// Makes an exception of a class with `args` and raises it.
    #[cold]
    #[inline(never)]
    pub fn raise_args(&self, ty: &Ref<Type>, args: Vec<Value>) -> Raised {
        match self.make_exception(ty, &args) {
            Ok(e) => self.raise(&e),
            Err(e) => e,
        }
    }
    /// `ty(*args)`; built-in classes are instantiated without a call.
    pub fn make_exception(&self, ty: &Ref<Type>, args: &[Value]) -> Result {
        let s = ty.slots();
        if let (Some(new), Some(init)) = (s.new, s.init) {
            if std::ptr::fn_addr_eq(new, BaseException::new as Call) && std::ptr::fn_addr_eq(init, BaseException::init as Init) {
                let e = BaseException::empty(self);
                e.set_args_from(self, args);
                return Ok(heap::new_with_type(self, ty, e).into_value());
            }
            if !ty.is_heap_type() {
                let e = new(self, ty.as_value(), Args::new(args))?;
                init(self, &e, Args::new(args))?;
                return Ok(e);
            }
        }
        let e = protocol::call(self, ty.as_value(), args)?;
        if e.downcast::<BaseException>().is_none() {
            return Err(self.type_error(format!(
                "calling {} should have returned an instance of BaseException, not {}",
                protocol::repr_lossy(self, ty.as_value())?,
                e.type_name(self)
            )));
        }
        Ok(e)
    }
    pub fn take_exception(&self) -> Option<Value> {
        self.exception.take()
    }
    pub fn clear_exception(&self) {
        self.exception.set(None)
    }
    /// Is the exception being raised an instance of one of the built-in classes?
    pub fn exception_is(&self, pick: fn(&ExceptionTypes) -> &Ref<Type>) -> bool {
        let ty = pick(self.exceptions());
        self.exception.read(|e| e.as_ref().is_some_and(|e| e.class(self).is_subtype(ty)))
    }
    pub fn exception_matches(&self, ty: &Type) -> bool {
        self.exception.read(|e| e.as_ref().is_some_and(|e| e.class(self).is_subtype(ty)))
    }
    /// Adds a note to the exception being raised.
    pub fn add_note(&self, text: &str) {
        if let Some(e) = self.take_exception() {
            let note = Str::new(self, text).into_value();
            let r = protocol::call_method(self, &e, "add_note", &[note]);
            if r.is_err() {
                self.clear_exception();
            }
            self.exception.set(Some(e));
        }
    }
    /// "'T' object has no attribute 'name'", with `name` and `obj` set for suggestions.
    pub fn attribute_error_for(&self, o: &Value, name: &Ref<Str>) -> Raised {
        let n = name.to_string_lossy();
        let text = match o.as_type() {
            Some(t) => format!("type object '{}' has no attribute '{n}'", t.short_name()),
            None => format!("'{}' object has no attribute '{n}'", o.type_name(self)),
        };
        self.attribute_error_with(text, o, name)
    }
    #[cold]
    #[inline(never)]
    pub fn attribute_error_with(&self, message: impl Into<String>, o: &Value, name: &Ref<Str>) -> Raised {
        let e = AttributeError::empty(BaseException::empty(self));
        e.base.set_args_from(self, &[Str::new(self, &message.into()).into_value()]);
        e.name.set(Some(name.as_value().clone()));
        e.obj.set(Some(o.clone()));
        let e = heap::new_with_type(self, &self.exceptions().attribute_error, e);
        self.raise(e.as_value())
    }
    pub fn name_error(&self, message: impl Into<String>, name: &Value) -> Raised {
        self.name_error_of(&self.exceptions().name_error, message, name)
    }
    pub fn unbound_local_error(&self, message: impl Into<String>, name: &Value) -> Raised {
        self.name_error_of(&self.exceptions().unbound_local_error, message, name)
    }
    fn name_error_of(&self, ty: &Ref<Type>, message: impl Into<String>, name: &Value) -> Raised {
        let r = self.raise_message(ty, &message.into());
        self.exception.read(|e| {
            if let Some(e) = e.as_ref().and_then(|e| e.downcast::<NameError>()) {
                e.name.set(Some(name.clone()));
            }
        });
        r
    }
    pub fn import_error(&self, message: impl Into<String>, name: Option<&Value>, path: Option<&Value>) -> Raised {
        self.import_error_of(&self.exceptions().import_error, message, name, path)
    }
    pub fn module_not_found(&self, message: impl Into<String>, name: &Value) -> Raised {
        self.import_error_of(&self.exceptions().module_not_found_error, message, Some(name), None)
    }
    fn import_error_of(&self, ty: &Ref<Type>, message: impl Into<String>, name: Option<&Value>, path: Option<&Value>) -> Raised {
        let r = self.raise_message(ty, &message.into());
        self.exception.read(|e| {
            if let Some(e) = e.as_ref().and_then(|e| e.downcast::<ImportError>()) {
                e.name.set(name.cloned());
                e.path.set(path.cloned());
            }
        });
        r
    }
    pub fn key_error(&self, key: &Value) -> Raised {
        self.raise_args(&self.exceptions().key_error, vec![key.clone()])
    }
    pub fn stop_iteration(&self, value: Option<Value>) -> Raised {
        self.raise_args(&self.exceptions().stop_iteration, value.into_iter().collect())
    }
    pub fn memory_error(&self) -> Raised {
        self.raise_args(&self.exceptions().memory_error, vec![])
    }
    /// OSError (the subclass that `errno` tells) for the last failed system call.
    pub fn os_error(&self, error: &std::io::Error, filename: Option<&Value>) -> Raised {
        self.os_error_code(error.raw_os_error().unwrap_or(0), filename, None)
    }
    pub fn os_error_code(&self, errno: i32, filename: Option<&Value>, filename2: Option<&Value>) -> Raised {
        let text = errno_text(errno);
        let mut args = vec![crate::int::from_i64(self, errno as i64), Str::new(self, &text).into_value()];
        if let Some(f) = filename {
            args.push(f.clone());
            if let Some(g) = filename2 {
                args.extend([Value::none(), g.clone()]);
            }
        }
        self.raise_args(&self.exceptions().os_error, args)
    }
    /// Hands the exception being raised to `sys.unraisablehook`.
    pub fn write_unraisable(&self, message: &str, object: Option<&Value>) {
        let Some(exc) = self.take_exception() else { return };
        crate::traceback::report_unraisable(self, &exc, message, object);
        self.clear_exception();
    }
}

macro_rules! simple {
    ($($f:ident)*) => { impl ThreadState { $(
        #[cold]
        pub fn $f(&self, message: impl Into<String>) -> Raised {
            self.raise_message(&self.exceptions().$f, &message.into())
        }
    )* } };
}
simple! { type_error value_error index_error overflow_error zero_division_error runtime_error system_error attribute_error
    lookup_error assertion_error buffer_error eof_error not_implemented_error recursion_error reference_error
    arithmetic_error keyboard_interrupt unicode_error timeout_error }

/// `strerror`.
pub fn errno_text(errno: i32) -> String {
    let text = std::io::Error::from_raw_os_error(errno).to_string();
    match text.rfind(" (os error") {
        Some(i) => text[..i].to_string(),
        None => text,
    }
}

pub fn unicode_encode_error(ts: &ThreadState, encoding: &str, object: &Str, start: usize, end: usize, reason: &str) -> Raised {
    let args = vec![
        Str::new(ts, encoding).into_value(),
        object.to_ref().into_value(),
        crate::int::from_i64(ts, start as i64),
        crate::int::from_i64(ts, end as i64),
        Str::new(ts, reason).into_value(),
    ];
    ts.raise_args(&ts.exceptions().unicode_encode_error, args)
}

impl ThreadState {
    pub fn unicode_encode_error(&self, encoding: &str, object: &Str, start: usize, end: usize, reason: &str) -> Raised {
        unicode_encode_error(self, encoding, object, start, end, reason)
    }
    pub fn unicode_decode_error(&self, encoding: &str, object: &Value, start: usize, end: usize, reason: &str) -> Raised {
        let args = vec![
            Str::new(self, encoding).into_value(),
            object.clone(),
            crate::int::from_i64(self, start as i64),
            crate::int::from_i64(self, end as i64),
            Str::new(self, reason).into_value(),
        ];
        self.raise_args(&self.exceptions().unicode_decode_error, args)
    }
}

/// Runs `f` with the exception state saved and restored.
pub fn preserving<R>(ts: &ThreadState, f: impl FnOnce() -> R) -> R {
    let saved = ts.take_exception();
    let r = f();
    ts.exception.set(saved);
    r
}
