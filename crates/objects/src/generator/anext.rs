//! `anext(it, default)`: an awaitable that gives the default where the iteration has ended.

use crate::heap::{self, Ref};
use crate::native::class;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Result, Value};

pub struct AnextAwaitable {
    wrapped: Value,
    default: Value,
}
crate::payload!(AnextAwaitable, container, traverse = |s, visit| { visit(&s.wrapped); visit(&s.default); });

impl AnextAwaitable {
    pub fn make(ts: &ThreadState, wrapped: Value, default: Value) -> Result {
        let a: Ref<AnextAwaitable> = heap::new(ts, AnextAwaitable { wrapped, default });
        Ok(a.into_value())
    }
    /// The iterator that drives the wrapped awaitable.
    fn iterator(&self, ts: &ThreadState) -> Result {
        super::object::awaitable_iterator(ts, &self.wrapped)
    }
    /// StopAsyncIteration becomes StopIteration with the default.
    fn convert(&self, ts: &ThreadState, r: Result) -> Result {
        if r.is_err() && ts.exception_is(|x| &x.stop_async_iteration) {
            ts.clear_exception();
            return Err(ts.stop_iteration(Some(self.default.clone())));
        }
        r
    }
    fn delegate(&self, ts: &ThreadState, name: &str, args: &[Value]) -> Result {
        let it = self.iterator(ts)?;
        let r = protocol::call_method(ts, &it, name, args);
        self.convert(ts, r)
    }
}

#[class(name = "anext_awaitable", no_new, final)]
impl AnextAwaitable {
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(await_)]
    fn await_(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let it = self.iterator(ts)?;
        let r = super::object::next_keeping_value(ts, &it);
        self.convert(ts, r).map(Some)
    }
    #[method("send($self, arg, /)")]
    fn send(&self, ts: &ThreadState, arg: &Value) -> Result {
        self.delegate(ts, "send", std::slice::from_ref(arg))
    }
    #[method("throw($self, typ, val=None, tb=None, /)")]
    fn throw(&self, ts: &ThreadState, typ: &Value, val: &Value, tb: &Value) -> Result {
        let mut args = vec![typ.clone()];
        if !val.is_none() || !tb.is_none() {
            args.push(val.clone());
        }
        if !tb.is_none() {
            args.push(tb.clone());
        }
        self.delegate(ts, "throw", &args)
    }
    #[method("close($self, /)")]
    fn close(&self, ts: &ThreadState) -> Result {
        self.delegate(ts, "close", &[])
    }
}
