//! The buffer protocol.
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub struct Buffer(pub Value);
pub fn get(_ts: &ThreadState, v: &Value, _flags: u32) -> Result<Buffer> { Ok(Buffer(v.clone())) }
pub fn bytes_like(_ts: &ThreadState, _v: &Value) -> Result<Option<Vec<u8>>> { Ok(None) }
