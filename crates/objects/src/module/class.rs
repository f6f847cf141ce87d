//! What Python sees of `module`.

use super::Module;
use crate::dict::Dict;
use crate::heap::{self, GilCell};
use crate::native::class;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

fn name_of(m: &Module, ts: &ThreadState) -> Option<String> {
    m.name(ts)?.downcast::<Str>().map(|s| s.to_string_lossy().into_owned())
}

/// Create a module object.
///
/// The name must be a string; the optional docstring can have any type.
#[class(name = "module", weakref)]
impl Module {
    #[new("(*args, **kwargs)")]
    fn new_module(cls: &Value, ts: &ThreadState, _args: &[Value], _kwargs: crate::native::Kwargs<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("not a type")) };
        Ok(heap::new_with_type(ts, ty, Module { dict: Dict::new(ts), def: GilCell::new(None) }).into_value())
    }
    #[init("(name, doc=None)")]
    fn init(&self, ts: &ThreadState, name: &Str, doc: &Value) -> Result<()> {
        let n = ts.names();
        self.dict.set_str(ts, &n.__name__, name.to_ref().into_value());
        self.dict.set_str(ts, &n.__doc__, doc.clone());
        for k in [&n.__package__, &n.__loader__, &n.__spec__] {
            self.dict.set_str(ts, k, Value::none());
        }
        Ok(())
    }
    #[slot(getattro)]
    fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        getattr(ts, slf, name)
    }
    #[slot(setattro)]
    fn setattro(ts: &ThreadState, slf: &Value, name: &Value, value: Option<&Value>) -> Result<()> {
        let name = protocol::check_attr_name(ts, name)?;
        if let Some(d) = slf.class(ts).lookup(ts, &name)
            && let Some(set) = d.class(ts).slots().descr_set
        {
            return set(ts, &d, slf, value);
        }
        // SAFETY: the slot is called with modules.
        let m: &Module = unsafe { slf.payload_unchecked() };
        match value {
            Some(v) => m.dict.set_str(ts, &name, v.clone()),
            None => {
                if m.dict.remove_str(&name).is_none() {
                    return Err(ts.attribute_error_for(slf, &name));
                }
            }
        }
        Ok(())
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let text = match crate::module::import(ts, "_frozen_importlib") {
            Ok(b) => return Ok(protocol::call_method(ts, &b, "_module_repr", std::slice::from_ref(slf))?),
            Err(_) => {
                ts.clear_exception();
                // SAFETY: as above.
                let m: &Module = unsafe { slf.payload_unchecked() };
                format!("<module '{}'>", name_of(m, ts).unwrap_or_else(|| "?".into()))
            }
        };
        Ok(Str::new(ts, &text).into_value())
    }
    #[getter("__dict__", member)]
    fn get_dict(&self) -> Value {
        self.dict.as_value().clone()
    }
    #[method("__dir__($self, /)")]
    fn dir(slf: &Value, ts: &ThreadState) -> Result {
        // SAFETY: called on modules.
        let m: &Module = unsafe { slf.payload_unchecked() };
        let d = protocol::getattr(ts, slf, &ts.names().__dict__)?;
        if d.downcast::<Dict>().is_none() {
            return Err(ts.type_error("<module>.__dict__ is not a dictionary"));
        }
        if let Some(f) = m.dict.get_str(&ts.names().__dir__) {
            return protocol::call0(ts, &f);
        }
        Ok(crate::list::List::new(ts, m.dict.keys()).into_value())
    }
    #[getter("__annotations__")]
    fn get_annotations(&self, ts: &ThreadState) -> Result {
        let n = ts.names();
        if let Some(a) = self.dict.get_str(&n.__annotations__) {
            return Ok(a);
        }
        let d = match self.dict.get_str(&n.__annotate__) {
            Some(f) if protocol::is_callable(ts, &f) => {
                let r = protocol::call1(ts, &f, &crate::int::from_i64(ts, 1))?;
                if r.downcast::<Dict>().is_none() {
                    return Err(ts.type_error(format!("__annotate__ returned non-dict of type '{}'", r.type_name(ts))));
                }
                r
            }
            _ => Dict::new(ts).into_value(),
        };
        // More may come while the module's body runs.
        if !initializing(ts, &self.dict)? {
            self.dict.set_str(ts, &n.__annotations__, d.clone());
        }
        Ok(d)
    }
    #[setter("__annotations__")]
    fn set_annotations(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let n = ts.names();
        match v {
            Some(v) => self.dict.set_str(ts, &n.__annotations__, v.clone()),
            None => {
                if self.dict.remove_str(&n.__annotations__).is_none() {
                    return Err(ts.attribute_error("__annotations__"));
                }
            }
        }
        self.dict.remove_str(&n.__annotate__);
        Ok(())
    }
    #[getter("__annotate__")]
    fn get_annotate(&self, ts: &ThreadState) -> Value {
        let n = ts.names();
        match self.dict.get_str(&n.__annotate__) {
            Some(v) => v,
            None => {
                self.dict.set_str(ts, &n.__annotate__, Value::none());
                Value::none()
            }
        }
    }
    #[setter("__annotate__")]
    fn set_annotate(&self, ts: &ThreadState, v: Option<&Value>) -> Result<()> {
        let n = ts.names();
        let Some(v) = v else { return Err(ts.type_error("cannot delete __annotate__ attribute")) };
        if !v.is_none() && !protocol::is_callable(ts, v) {
            return Err(ts.type_error("__annotate__ must be callable or None"));
        }
        self.dict.set_str(ts, &n.__annotate__, v.clone());
        if !v.is_none() {
            self.dict.remove_str(&n.__annotations__);
        }
        Ok(())
    }
}

/// A module's attribute: its namespace, then its `__getattr__`.
pub fn getattr(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
    let name = protocol::check_attr_name(ts, name)?;
    // SAFETY: callers pass modules.
    let m: &Module = unsafe { slf.payload_unchecked() };
    let ty = slf.class(ts);
    let found = ty.lookup(ts, &name);
    if let Some(d) = &found
        && let (Some(get), true) = (d.class(ts).slots().descr_get, d.class(ts).slots().descr_set.is_some())
    {
        return get(ts, d, Some(slf), Some(&ty.to_value()));
    }
    if let Some(v) = m.dict.get_str(&name) {
        return Ok(v);
    }
    if let Some(d) = found {
        return match d.class(ts).slots().descr_get {
            Some(get) => get(ts, &d, Some(slf), Some(&ty.to_value())),
            None => Ok(d),
        };
    }
    if let Some(f) = m.dict.get_str(&ts.names().__getattr__) {
        return protocol::call1(ts, &f, name.as_value());
    }
    missing(ts, slf, m, &name)
}

fn missing(ts: &ThreadState, slf: &Value, m: &Module, name: &crate::Ref<Str>) -> Result {
    let attr = name.to_string_lossy();
    let Some(module) = name_of(m, ts) else {
        return Err(ts.attribute_error_with(format!("module has no attribute '{attr}'"), slf, name));
    };
    let text = if initializing(ts, &m.dict)? {
        let from = file_of(ts, &m.dict)?.map_or(String::new(), |f| format!(" from '{f}'"));
        format!("partially initialized module '{module}'{from} has no attribute '{attr}' (most likely due to a circular import)")
    } else {
        format!("module '{module}' has no attribute '{attr}'")
    };
    Err(ts.attribute_error_with(text, slf, name))
}

/// The file that the module with this namespace comes from.
fn file_of(ts: &ThreadState, dict: &Dict) -> Result<Option<String>> {
    let Some(spec) = dict.get_str(&ts.names().__spec__) else { return Ok(None) };
    match protocol::getattr_opt(ts, &spec, &Str::intern(ts, "has_location"))? {
        Some(v) if protocol::is_true(ts, &v)? => {}
        _ => return Ok(None),
    }
    let origin = protocol::getattr_opt(ts, &spec, &Str::intern(ts, "origin"))?;
    Ok(origin.and_then(|o| o.downcast::<Str>().map(|s| s.to_string_lossy().into_owned())))
}

/// Does the module with this namespace still run its body?
fn initializing(ts: &ThreadState, dict: &Dict) -> Result<bool> {
    match dict.get_str(&ts.names().__spec__) {
        Some(spec) if !spec.is_none() => match protocol::getattr_opt(ts, &spec, &ts.names()._initializing)? {
            Some(v) => protocol::is_true(ts, &v),
            None => Ok(false),
        },
        _ => Ok(false),
    }
}
