//! `memoryview`.
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub struct MemoryView;
crate::payload!(MemoryView, id = crate::ids::MEMORYVIEW);
pub fn from_object_with_flags(ts: &ThreadState, _v: &Value, _flags: u32) -> Result { Err(ts.not_implemented_error("memoryview")) }
