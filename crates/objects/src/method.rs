//! `method`: a function bound to the object it was looked up on.

use crate::heap::{self, Ref};
use crate::thread::ThreadState;
use crate::native::Args;
use crate::protocol;
use crate::str::Str;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use crate::CmpOp;

#[repr(C)]
pub struct Method {
    pub func: Value,
    pub receiver: Value,
}

crate::payload!(Method, id = crate::ids::METHOD, container,
    traverse = |s, visit| {
        visit(&s.func);
        visit(&s.receiver);
    });

impl Method {
    pub fn new(ts: &ThreadState, func: Value, receiver: Value) -> Ref<Method> {
        heap::new(ts, Method { func, receiver })
    }
}

/// Create a bound instance method object.
#[crate::native::class(name = "method", final, weakref)]
impl Method {
    #[new("(function, instance, /)")]
    fn new_method(_cls: &Value, ts: &ThreadState, function: &Value, instance: &Value) -> Result {
        if !protocol::is_callable(ts, function) {
            return Err(ts.type_error("first argument must be callable"));
        }
        if instance.is_none() {
            return Err(ts.type_error("instance must not be None"));
        }
        Ok(Method::new(ts, function.clone(), instance.clone()).into_value())
    }
    #[slot(call)]
    fn call(ts: &ThreadState, slf: &Value, args: Args<'_>) -> Result {
        protocol::call_args(ts, slf, args)
    }
    #[slot(descr_get)]
    fn descr_get(ts: &ThreadState, slf: &Value, _instance: Option<&Value>, _owner: Option<&Value>) -> Result {
        let _ = ts;
        Ok(slf.clone())
    }
    #[slot(getattro)]
    fn getattro(ts: &ThreadState, slf: &Value, name: &Value) -> Result {
        let Some(m) = slf.downcast::<Method>() else { return Err(ts.system_error("not a method")) };
        let own = name.downcast_ref::<Str>().is_some_and(|n| slf.class(ts).lookup(ts, n).is_some());
        if own {
            return crate::object::generic_getattr(ts, slf, name);
        }
        protocol::getattr_value(ts, &m.func, name)
    }
    #[getter("__func__", member)]
    fn func(&self) -> Value {
        self.func.clone()
    }
    #[getter("__self__", member)]
    fn receiver(&self) -> Value {
        self.receiver.clone()
    }
    #[getter("__doc__")]
    fn doc(&self, ts: &ThreadState) -> Result {
        protocol::getattr(ts, &self.func, &ts.names().__doc__)
    }
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result {
        let getattr = crate::thread_builtins(ts, "getattr")?;
        let name = protocol::getattr(ts, &self.func, &ts.names().__name__)?;
        let args = Tuple::new(ts, vec![self.receiver.clone(), name]).into_value();
        Ok(Tuple::new(ts, vec![getattr, args]).into_value())
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        let n = ts.names();
        let name = match protocol::getattr_opt(ts, &self.func, &n.__qualname__)? {
            Some(q) => Some(q),
            None => protocol::getattr_opt(ts, &self.func, &n.__name__)?,
        };
        let name = name.as_ref().and_then(|v| v.downcast::<Str>()).map_or_else(|| "?".to_string(), |s| s.to_string_lossy().into_owned());
        let receiver = protocol::repr(ts, &self.receiver)?;
        Ok(format!("<bound method {name} of {}>", receiver.to_string_lossy()))
    }
    #[slot(richcompare)]
    fn richcompare(&self, other: &Value, op: CmpOp) -> Result {
        let Some(b) = other.downcast::<Method>() else { return Ok(Value::not_implemented()) };
        let ts = crate::thread::current();
        let same = || -> Result<bool> { Ok(self.receiver.is(&b.receiver) && protocol::eq(ts, &self.func, &b.func)?) };
        match op {
            CmpOp::Eq => Ok(Value::bool(same()?)),
            CmpOp::Ne => Ok(Value::bool(!same()?)),
            _ => Ok(Value::not_implemented()),
        }
    }
    #[slot(hash)]
    fn hash(&self, ts: &ThreadState) -> Result<i64> {
        let h = protocol::hash_pointer(self.receiver.id()) ^ protocol::hash(ts, &self.func)?;
        Ok(if h == -1 { -2 } else { h })
    }
}
