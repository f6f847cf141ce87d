//! `types.UnionType`.
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
pub struct Union { pub args: Ref<Tuple> }
crate::payload!(Union, id = crate::ids::UNION, container, traverse = |s, visit| visit(s.args.as_value()));
pub fn type_or(_ts: &ThreadState, _a: &Value, _b: &Value) -> Result { Ok(Value::not_implemented()) }
