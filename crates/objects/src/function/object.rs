//! What Python sees of `function`.

use super::Function;
use crate::cell::CellObject;
use crate::code::{Code, prepare};
use crate::dict::Dict;
use crate::heap::GilCell;
use crate::method::Method;
use crate::native::{Args, class};
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};

fn option(c: &GilCell<Option<Value>>) -> Value {
    c.get().unwrap_or_else(Value::none)
}

/// The annotations, evaluated by `__annotate__` if that has not happened yet.
fn annotations(ts: &ThreadState, slf: &Value, f: &Function) -> Result {
    let _ = slf;
    if let Some(a) = f.annotations.get() {
        // The compiler leaves a flat tuple of names and values where all are constants.
        if let Some(t) = a.exact::<Tuple>() {
            let d = Dict::new(ts);
            for pair in t.items().chunks(2) {
                if let [k, v] = pair {
                    d.set(ts, k, v.clone())?;
                }
            }
            f.annotations.set(Some(d.clone().into_value()));
            return Ok(d.into_value());
        }
        return Ok(a);
    }
    let made = match f.annotate.get().filter(|a| !a.is_none()) {
        Some(annotate) if protocol::is_callable(ts, &annotate) => {
            let v = protocol::call1(ts, &annotate, &crate::int::from_i64(ts, 1))?;
            if v.downcast::<Dict>().is_none() {
                return Err(ts.type_error(format!("__annotate__ returned non-dict of type '{}'", v.type_name(ts))));
            }
            v
        }
        _ => Dict::new(ts).into_value(),
    };
    f.annotations.set(Some(made.clone()));
    Ok(made)
}

fn str_of(ts: &ThreadState, v: Option<&Value>, what: &str) -> Result<crate::Ref<Str>> {
    match v.and_then(|v| v.downcast_ref::<Str>()) {
        Some(s) => Ok(s.clone()),
        None => Err(ts.type_error(format!("{what} must be set to a string object"))),
    }
}

/// Create a function object.
///   code
///     a code object
///   globals
///     the globals dictionary
///   name
///     a string that overrides the name from the code object
///   argdefs
///     a tuple that specifies the default argument values
///   closure
///     a tuple that supplies the bindings for free variables
///   kwdefaults
///     a dictionary that specifies the default keyword argument values
#[class(name = "function", final, dict, weakref, method_descriptor)]
impl Function {
    #[new("(code, globals, name=None, argdefs=None, closure=None, kwdefaults=None)")]
    fn new_function(
        _cls: &Value,
        ts: &ThreadState,
        code: &Value,
        globals: &Value,
        name: Option<&Value>,
        argdefs: Option<&Value>,
        closure: Option<&Value>,
        kwdefaults: Option<&Value>,
    ) -> Result {
        let Some(code) = code.downcast_ref::<Code>() else {
            return Err(ts.type_error(format!("function() argument 'code' must be code, not {}", code.type_name(ts))));
        };
        let Some(globals) = globals.downcast_ref::<Dict>() else {
            return Err(ts.type_error(format!("function() argument 'globals' must be dict, not {}", globals.type_name(ts))));
        };
        if name.is_some_and(|n| n.downcast::<Str>().is_none()) {
            return Err(ts.type_error("arg 3 (name) must be None or string"));
        }
        if argdefs.is_some_and(|d| d.downcast::<Tuple>().is_none()) {
            return Err(ts.type_error("arg 4 (defaults) must be None or tuple"));
        }
        let free = code.isa.nfrees();
        let items = match closure {
            None => {
                if free > 0 {
                    return Err(ts.type_error("arg 5 (closure) must be tuple"));
                }
                &[][..]
            }
            Some(c) => match c.downcast::<Tuple>() {
                Some(t) => t.items(),
                None => return Err(ts.type_error("arg 5 (closure) must be None or tuple")),
            },
        };
        if kwdefaults.is_some_and(|d| d.downcast::<Dict>().is_none()) {
            return Err(ts.type_error("arg 6 (kwdefaults) must be None or dict"));
        }
        if items.len() != free {
            return Err(ts.value_error(format!(
                "{} requires closure of length {free}, not {}",
                code.name.to_string_lossy(),
                items.len()
            )));
        }
        if let Some(bad) = items.iter().find(|c| c.exact::<CellObject>().is_none()) {
            return Err(ts.type_error(format!("arg 5 (closure) expected cell, found {}", bad.type_name(ts))));
        }
        let f = Function::new(ts, code, globals);
        if let Some(n) = name.and_then(|n| n.downcast_ref::<Str>()) {
            f.name.set(n.clone());
        }
        f.defaults.set(argdefs.cloned());
        f.closure.set(closure.cloned());
        f.kwdefaults.set(kwdefaults.cloned());
        Ok(f.into_value())
    }
    #[slot(call)]
    fn call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result {
        protocol::call_args(ts, slf, args)
    }
    #[slot(descr_get)]
    fn descr_get(ts: &ThreadState, slf: &Value, instance: Option<&Value>, _owner: Option<&Value>) -> Result {
        match instance {
            Some(o) if !o.is_none() || _owner.is_none() => Ok(Method::new(ts, slf.clone(), o.clone()).into_value()),
            Some(o) if _owner.is_some_and(|t| t.as_type().is_some_and(|t| t.is(o.class(ts)))) => {
                Ok(Method::new(ts, slf.clone(), o.clone()).into_value())
            }
            _ => Ok(slf.clone()),
        }
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        match slf.exact::<Function>() {
            Some(f) => Ok(protocol::text(ts, &format!("<function {} at {:#x}>", f.qualname.read(|q| q.to_string_lossy().into_owned()), slf.id()))),
            None => Err(ts.system_error("not a function")),
        }
    }
    #[getter("__globals__", member)]
    fn globals(&self) -> Value {
        self.globals.clone().into_value()
    }
    #[getter("__builtins__", member)]
    fn builtins(&self) -> Value {
        self.builtins.clone()
    }
    #[getter("__closure__", member)]
    fn closure(&self) -> Value {
        option(&self.closure)
    }
    #[getter("__doc__", member)]
    fn doc(&self, ts: &ThreadState) -> Value {
        if let Some(d) = self.doc.get() {
            return d;
        }
        let d = prepare::docstring(ts, self.code_ref());
        self.doc.set(Some(d.clone()));
        d
    }
    #[setter("__doc__")]
    fn set_doc(&self, value: Option<&Value>) -> Result<()> {
        self.doc.set(Some(value.cloned().unwrap_or_else(Value::none)));
        Ok(())
    }
    #[getter("__module__", member)]
    fn module(&self) -> Value {
        option(&self.module)
    }
    #[setter("__module__")]
    fn set_module(&self, value: Option<&Value>) -> Result<()> {
        self.module.set(value.cloned());
        Ok(())
    }
    #[getter("__code__")]
    fn code(&self) -> Value {
        self.code.read(|c| c.as_value().clone())
    }
    #[setter("__code__")]
    fn set_code_attribute(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let Some(code) = value.and_then(|v| v.downcast_ref::<Code>()) else {
            return Err(ts.type_error("__code__ must be set to a code object"));
        };
        let closure = self.closure.read(|c| c.as_ref().and_then(|c| c.exact::<Tuple>()).map_or(0, |t| t.items().len()));
        if code.isa.nfrees() != closure {
            return Err(ts.value_error(format!(
                "{}() requires a code object with {closure} free vars, not {}",
                self.name.read(|n| n.to_string_lossy().into_owned()),
                code.isa.nfrees()
            )));
        }
        self.set_code(code.clone());
        Ok(())
    }
    #[getter("__name__")]
    fn name(&self) -> Value {
        self.name.read(|n| n.as_value().clone())
    }
    #[setter("__name__")]
    fn set_name(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        self.name.set(str_of(ts, value, "__name__")?);
        Ok(())
    }
    #[getter("__qualname__")]
    fn qualname(&self) -> Value {
        self.qualname.read(|n| n.as_value().clone())
    }
    #[setter("__qualname__")]
    fn set_qualname(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        self.qualname.set(str_of(ts, value, "__qualname__")?);
        Ok(())
    }
    #[getter("__defaults__")]
    fn defaults(&self) -> Value {
        option(&self.defaults)
    }
    #[setter("__defaults__")]
    fn set_defaults(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| v.downcast::<Tuple>().is_none()) {
            return Err(ts.type_error("__defaults__ must be set to a tuple object"));
        }
        self.modified();
        self.defaults.set(value.cloned());
        Ok(())
    }
    #[getter("__kwdefaults__")]
    fn kwdefaults(&self) -> Value {
        option(&self.kwdefaults)
    }
    #[setter("__kwdefaults__")]
    fn set_kwdefaults(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| v.downcast::<Dict>().is_none()) {
            return Err(ts.type_error("__kwdefaults__ must be set to a dict object"));
        }
        self.modified();
        self.kwdefaults.set(value.cloned());
        Ok(())
    }
    #[getter("__annotations__")]
    fn annotations(slf: &Value, ts: &ThreadState) -> Result {
        match slf.exact::<Function>() {
            Some(f) => annotations(ts, slf, f),
            None => Err(ts.system_error("not a function")),
        }
    }
    #[setter("__annotations__")]
    fn set_annotations(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        let value = value.filter(|v| !v.is_none());
        if value.is_some_and(|v| v.downcast::<Dict>().is_none()) {
            return Err(ts.type_error("__annotations__ must be set to a dict object"));
        }
        self.annotations.set(value.cloned());
        self.annotate.set(None);
        Ok(())
    }
    #[getter("__annotate__")]
    fn annotate(&self) -> Value {
        option(&self.annotate)
    }
    #[setter("__annotate__")]
    fn set_annotate(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        match value {
            None => Err(ts.type_error("__annotate__ cannot be deleted")),
            Some(v) if v.is_none() => {
                self.annotate.set(None);
                Ok(())
            }
            Some(v) if protocol::is_callable(ts, v) => {
                self.annotate.set(Some(v.clone()));
                self.annotations.set(None);
                Ok(())
            }
            Some(_) => Err(ts.type_error("__annotate__ must be callable or None")),
        }
    }
    #[getter("__type_params__")]
    fn type_params(&self, ts: &ThreadState) -> Value {
        self.type_params.get().unwrap_or_else(|| Tuple::empty(ts).into_value())
    }
    #[setter("__type_params__")]
    fn set_type_params(&self, ts: &ThreadState, value: Option<&Value>) -> Result<()> {
        match value {
            Some(v) if v.downcast::<Tuple>().is_some() => {
                self.type_params.set(Some(v.clone()));
                Ok(())
            }
            _ => Err(ts.type_error("__type_params__ must be set to a tuple")),
        }
    }
}
