//! `method`: a function bound to the object it was looked up on.

use crate::heap::{self, Ref};
use crate::thread::ThreadState;
use crate::value::Value;

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

#[crate::native::class(name = "method", final)]
impl Method {}
