//! `frame` objects.
use crate::dict::Dict;
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::value::Value;
pub struct FrameObject;
crate::payload!(FrameObject, id = crate::ids::FRAME);
pub fn builtins_of(_ts: &ThreadState, _g: &Ref<Dict>) -> Value { unimplemented!() }
pub fn object_value(_f: *mut super::Frame) -> Value { unimplemented!() }
