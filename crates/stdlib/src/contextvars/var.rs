//! `ContextVar`.

use super::token::{self, Token};
use super::current;
use taipan_objects::generic_alias::GenericAlias;
use taipan_objects::heap;
use taipan_objects::native::class;
use taipan_objects::str::Str;
use taipan_objects::{Ref, Result, ThreadState, Value, payload, protocol};

pub struct ContextVar {
    pub(super) name: Ref<Str>,
    pub(super) default: Option<Value>,
}

payload!(ContextVar, container, traverse = |s, visit| s.default.iter().for_each(visit));

#[class(name = "ContextVar", module = "_contextvars", final, weakref)]
impl ContextVar {
    #[new("(name, *, default=<unrepresentable>)")]
    fn tp_new(_cls: &Value, ts: &ThreadState, name: &Value, default: Option<&Value>) -> Result<Value> {
        let Some(name) = name.downcast_ref::<Str>() else { return Err(ts.type_error("context variable name must be a str")) };
        Ok(heap::new(ts, ContextVar { name: name.clone(), default: default.cloned() }).into_value())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(v) = slf.downcast::<ContextVar>() else { return Ok(Value::none()) };
        let mut text = format!("<ContextVar name={}", protocol::repr_lossy(ts, v.name.as_value())?);
        if let Some(d) = &v.default {
            text.push_str(&format!(" default={}", protocol::repr_lossy(ts, d)?));
        }
        text.push_str(&format!(" at {:#x}>", slf.id()));
        Ok(Str::new(ts, &text).into_value())
    }
    #[slot(hash)]
    fn tp_hash(ts: &ThreadState, slf: &Value) -> Result<i64> {
        let name = slf.downcast::<ContextVar>().map_or(0, |v| v.name.hash(ts));
        let h = name ^ protocol::hash_pointer(slf.id());
        Ok(if h == -1 { -2 } else { h })
    }
    /// Return a value for the context variable for the current context.
    ///
    /// If there is no value for the variable in the current context, the method will:
    ///  * return the value of the default argument of the method, if provided; or
    ///  * return the default value for the context variable, if it was created
    ///    with one; or
    ///  * raise a LookupError.
    #[method("get($self, default=<unrepresentable>, /)")]
    fn get(slf: &Value, ts: &ThreadState, default: Option<&Value>) -> Result<Value> {
        if let Some(v) = current(ts).lookup(slf) {
            return Ok(v);
        }
        let own = slf.downcast::<ContextVar>().and_then(|v| v.default.clone());
        match default.cloned().or(own) {
            Some(v) => Ok(v),
            None => Err(ts.raise_args(&ts.exceptions().lookup_error, vec![slf.clone()])),
        }
    }
    /// Call to set a new value for the context variable in the current context.
    ///
    /// The required *value* argument is the new value for the context variable.
    ///
    /// Returns a Token object that can be used to restore the variable to its previous
    /// value via the `ContextVar.reset()` method.
    #[method("set($self, value, /)")]
    fn set(slf: &Value, ts: &ThreadState, value: &Value) -> Value {
        let context = current(ts);
        let old = context.assign(ts, slf, value.clone());
        Token::new(ts, &context, slf, old).into_value()
    }
    /// Reset the context variable.
    ///
    /// The variable is reset to the value it had before the `ContextVar.set()` that
    /// created the *token* was used.
    #[method("reset($self, token, /)")]
    fn reset(slf: &Value, ts: &ThreadState, token: &Value) -> Result<()> {
        token::reset(ts, slf, token)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
    #[getter(member)]
    fn name(&self) -> Value {
        self.name.as_value().clone()
    }
}
