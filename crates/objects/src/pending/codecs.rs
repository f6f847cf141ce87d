//! Codecs.
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub fn bytes_warning(_ts: &ThreadState, _m: &str) -> Result<()> { Ok(()) }
pub fn decode_value(ts: &ThreadState, _v: &Value, _e: Option<&str>, _r: Option<&str>) -> Result { Err(ts.not_implemented_error("codecs")) }
