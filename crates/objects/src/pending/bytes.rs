//! `bytes`.
use crate::heap::Ref;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
pub struct Bytes(pub Vec<u8>);
crate::payload!(Bytes, id = crate::ids::BYTES);
#[crate::native::class(name = "bytes")]
impl Bytes {}
impl Bytes { pub fn new(ts: &ThreadState, b: &[u8]) -> Ref<Bytes> { crate::heap::new(ts, Bytes(b.to_vec())) } }
pub fn bytes_or_bytearray(_v: &Value) -> Option<Vec<u8>> { None }
pub fn from_object(_ts: &ThreadState, _v: &Value) -> Result<Vec<u8>> { Ok(vec![]) }
