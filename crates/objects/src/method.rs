//! `method`: a function bound to the object it was looked up on.

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
