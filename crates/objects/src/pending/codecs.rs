//! Codecs.
use crate::heap::Ref;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub fn bytes_warning(_ts: &ThreadState, _m: &str) -> Result<()> { Ok(()) }
pub fn decode_value(ts: &ThreadState, _v: &Value, _e: Option<&Str>, _r: Option<&Str>) -> Result { Err(ts.not_implemented_error("codecs")) }
pub fn decode_object(ts: &ThreadState, _v: &Value, _e: Option<&Str>, _r: Option<&Str>) -> Result<Ref<Str>> { Err(ts.not_implemented_error("codecs")) }
pub fn encode_str(ts: &ThreadState, _v: &Str, _e: Option<&Str>, _r: Option<&Str>) -> Result { Err(ts.not_implemented_error("codecs")) }
