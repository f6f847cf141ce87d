//! `types.GenericAlias`.
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub struct GenericAlias;
impl GenericAlias { pub fn of(ts: &ThreadState, _origin: &Value, _args: &Value) -> Result { Err(ts.not_implemented_error("types.GenericAlias")) } pub fn new(ts: &ThreadState, _origin: Value, _args: Value) -> Result { Err(ts.not_implemented_error("types.GenericAlias")) } }
pub fn new(ts: &ThreadState, _origin: &Value, _args: &Value) -> Result { Err(ts.not_implemented_error("types.GenericAlias")) }
