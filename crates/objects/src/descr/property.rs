//! `property`.

use crate::heap::{self, GilCell};
use crate::native::class;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::Cell;

#[derive(Default)]
pub struct Property {
    pub getter: GilCell<Option<Value>>,
    pub setter: GilCell<Option<Value>>,
    pub deleter: GilCell<Option<Value>>,
    doc: GilCell<Option<Value>>,
    name: GilCell<Option<Value>>,
    getter_doc: Cell<bool>,
}
crate::payload!(Property, id = crate::ids::PROPERTY, container,
    traverse = |s, visit| for c in [&s.getter, &s.setter, &s.deleter, &s.doc, &s.name] { c.read(|v| v.iter().for_each(&mut *visit)) },
    clear = |s| for c in [&s.getter, &s.setter, &s.deleter, &s.doc, &s.name] { c.set(None) });

fn some(v: Option<&Value>) -> Option<Value> {
    v.filter(|v| !v.is_none()).cloned()
}

impl Property {
    /// The name for messages: as set by `__set_name__`, else the getter's.
    fn display_name(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let Some(n) = self.name.get() {
            return Ok(Some(n));
        }
        match self.getter.get() {
            Some(g) => protocol::getattr_opt(ts, &g, &ts.names().__name__),
            None => Ok(None),
        }
    }
    fn missing(&self, ts: &ThreadState, obj: &Value, what: &str) -> Result {
        let qualname = obj.class(ts).qualname.get();
        let q = protocol::repr_lossy(ts, qualname.as_value())?;
        Err(match self.display_name(ts)? {
            Some(n) => ts.attribute_error(format!("property {} of {q} object has no {what}", protocol::repr_lossy(ts, &n)?)),
            None => ts.attribute_error(format!("property of {q} object has no {what}")),
        })
    }
    /// A copy with some functions replaced; of the same class as `slf`.
    fn with(slf: &Value, ts: &ThreadState, get: Option<&Value>, set: Option<&Value>, del: Option<&Value>) -> Result {
        // SAFETY: called by methods of the class.
        let p: &Property = unsafe { slf.payload_unchecked() };
        let none = Value::none();
        let pick = |new: Option<&Value>, old: &GilCell<Option<Value>>| match new {
            Some(v) if !v.is_none() => v.clone(),
            _ => old.get().unwrap_or_else(|| none.clone()),
        };
        let getter = pick(get, &p.getter);
        let doc = if p.getter_doc.get() && !getter.is_none() { Value::none() } else { p.doc.get().unwrap_or_else(Value::none) };
        let args = [getter, pick(set, &p.setter), pick(del, &p.deleter), doc];
        let new = protocol::call(ts, &slf.class(ts).to_value(), &args)?;
        if let Some(q) = new.downcast::<Property>() {
            q.name.set(p.name.get());
        }
        Ok(new)
    }
}

/// Property attribute.
#[class(name = "property")]
impl Property {
    #[new("(*args, **kwargs)")]
    fn new(cls: &Value, ts: &ThreadState, _args: &[Value], _kwargs: crate::native::Kwargs<'_>) -> Result {
        let Some(ty) = cls.as_type() else { return Err(ts.type_error("property.__new__(X): X is not a type object")) };
        Ok(heap::new_with_type(ts, ty, Property::default()).into_value())
    }
    #[init("(fget=None, fset=None, fdel=None, doc=None)")]
    fn init(slf: &Value, ts: &ThreadState, fget: Option<&Value>, fset: Option<&Value>, fdel: Option<&Value>, doc: Option<&Value>) -> Result<()> {
        // SAFETY: called on instances of the class.
        let p: &Property = unsafe { slf.payload_unchecked() };
        p.getter.set(some(fget));
        p.setter.set(some(fset));
        p.deleter.set(some(fdel));
        p.name.set(None);
        p.getter_doc.set(false);
        let mut doc = some(doc);
        if doc.is_none() && let Some(g) = some(fget) {
            let d = protocol::getattr_opt(ts, &g, &ts.names().__doc__)?.filter(|d| !d.is_none());
            p.getter_doc.set(d.is_some());
            doc = d;
        }
        if !slf.is_exact::<Property>() {
            // A subclass keeps it in its own attribute, unless it has none and nothing is to be kept.
            let d = doc.clone().unwrap_or_else(Value::none);
            if let Err(e) = protocol::setattr(ts, slf, &ts.names().__doc__, &d) {
                if p.getter_doc.get() || doc.is_none() {
                    if !ts.exception_is(|x| &x.attribute_error) {
                        return Err(e);
                    }
                    ts.clear_exception();
                } else {
                    return Err(e);
                }
            }
            return Ok(());
        }
        p.doc.set(doc);
        Ok(())
    }
    #[slot(descr_get)]
    fn get(ts: &ThreadState, slf: &Value, obj: Option<&Value>, _ty: Option<&Value>) -> Result {
        let Some(o) = obj else { return Ok(slf.clone()) };
        // SAFETY: the slot is called with instances of the type.
        let p: &Property = unsafe { slf.payload_unchecked() };
        match p.getter.get() {
            Some(f) => protocol::call1(ts, &f, o),
            None => p.missing(ts, o, "getter"),
        }
    }
    #[slot(descr_set)]
    fn set(&self, ts: &ThreadState, obj: &Value, value: Option<&Value>) -> Result<()> {
        let f = if value.is_some() { self.setter.get() } else { self.deleter.get() };
        match (f, value) {
            (Some(f), Some(v)) => protocol::call(ts, &f, &[obj.clone(), v.clone()]).map(drop),
            (Some(f), None) => protocol::call1(ts, &f, obj).map(drop),
            (None, _) => self.missing(ts, obj, if value.is_some() { "setter" } else { "deleter" }).map(drop),
        }
    }
    /// Descriptor to obtain a copy of the property with a different getter.
    #[method("getter($self, object, /)")]
    fn with_getter(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        Property::with(slf, ts, Some(object), None, None)
    }
    /// Descriptor to obtain a copy of the property with a different setter.
    #[method("setter($self, object, /)")]
    fn with_setter(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        Property::with(slf, ts, None, Some(object), None)
    }
    /// Descriptor to obtain a copy of the property with a different deleter.
    #[method("deleter($self, object, /)")]
    fn with_deleter(slf: &Value, ts: &ThreadState, object: &Value) -> Result {
        Property::with(slf, ts, None, None, Some(object))
    }
    /// Method to set name of a property.
    #[method("__set_name__($self, owner, name, /)")]
    fn set_name(&self, _owner: &Value, name: &Value) -> Result<()> {
        self.name.set(Some(name.clone()));
        Ok(())
    }
    #[getter("fget", member)]
    fn fget(&self) -> Value {
        self.getter.get().unwrap_or_else(Value::none)
    }
    #[getter("fset", member)]
    fn fset(&self) -> Value {
        self.setter.get().unwrap_or_else(Value::none)
    }
    #[getter("fdel", member)]
    fn fdel(&self) -> Value {
        self.deleter.get().unwrap_or_else(Value::none)
    }
    #[getter("__doc__", member)]
    fn get_doc(&self) -> Value {
        self.doc.get().unwrap_or_else(Value::none)
    }
    #[setter("__doc__")]
    fn set_doc(&self, v: Option<&Value>) -> Result<()> {
        self.getter_doc.set(false);
        self.doc.set(v.cloned());
        Ok(())
    }
    #[getter("__name__")]
    fn get_name(&self, ts: &ThreadState) -> Result {
        match self.display_name(ts)? {
            Some(n) => Ok(n),
            None => Err(ts.attribute_error("'property' object has no attribute '__name__'")),
        }
    }
    #[setter("__name__")]
    fn set_property_name(&self, v: Option<&Value>) -> Result<()> {
        self.name.set(v.cloned());
        Ok(())
    }
    #[getter("__isabstractmethod__")]
    fn is_abstract(&self, ts: &ThreadState) -> Result<bool> {
        for c in [&self.getter, &self.setter, &self.deleter] {
            if let Some(f) = c.get()
                && let Some(a) = protocol::getattr_opt(ts, &f, &ts.names().__isabstractmethod__)?
                && protocol::is_true(ts, &a)?
            {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[allow(unused)]
fn _uses(_: &Str) {}
