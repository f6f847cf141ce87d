//! Makes the executable form.
use super::{Code, Prepared};
use crate::thread::ThreadState;
pub fn prepare(_ts: &ThreadState, _code: &Code) -> Prepared { unimplemented!() }
