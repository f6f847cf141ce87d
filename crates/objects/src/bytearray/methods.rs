//! The methods of `bytearray` that change it.

use super::Bytearray;
use crate::buffer;
use crate::bytes::convert;
use crate::heap::Ref;
use crate::protocol;
use crate::slice;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use taipan_macros::methods;

const RANGE: &str = "byte must be in range(0, 256)";

#[methods(part = CHANGES)]
impl Bytearray {
    /// Add a byte at the end.
    #[method("append($self, item, /)")]
    fn append(&self, ts: &ThreadState, item: &Value) -> Result<()> {
        let b = convert::byte(ts, item, RANGE)?;
        self.resize(ts, |c| c.tail().push(b))
    }
    /// Add the bytes of a buffer or of an iterable of ints at the end.
    #[method("extend($self, iterable_of_ints, /)")]
    fn py_extend(&self, ts: &ThreadState, iterable_of_ints: &Value) -> Result<()> {
        let v = iterable_of_ints;
        if buffer::supports(ts, v) {
            let new = buffer::to_vec(ts, v)?;
            return self.extend(ts, &new);
        }
        if v.as_str().is_some() {
            return Err(ts.type_error("expected iterable of integers; got: 'str'"));
        }
        if !protocol::is_iterable(ts, v) {
            return Err(ts.type_error(format!("can't extend bytearray with {}", v.type_name(ts))));
        }
        let mut new = Vec::new();
        protocol::for_each(ts, v, |v| {
            new.push(convert::byte(ts, &v, RANGE)?);
            Ok(())
        })?;
        self.extend(ts, &new)
    }
    /// Put a byte in front of the one at an index.
    #[method("insert($self, index, item, /)")]
    fn insert(&self, ts: &ThreadState, index: isize, item: &Value) -> Result<()> {
        let b = convert::byte(ts, item, RANGE)?;
        let i = slice::wrap_bound(index, self.len()).min(self.len());
        self.resize(ts, |c| c.vec().insert(i, b))
    }
    /// Remove and return the byte at an index: the last one by default.
    #[method("pop($self, index=-1, /)")]
    fn pop(&self, ts: &ThreadState, index: isize) -> Result<u8> {
        if self.is_empty() {
            return Err(ts.index_error("pop from empty bytearray"));
        }
        let Some(i) = slice::position(index, self.len()) else { return Err(ts.index_error("pop index out of range")) };
        let b = self.read(|b| b[i]);
        self.splice(ts, i, i + 1, &[])?;
        Ok(b)
    }
    /// Remove the first byte with this value.
    #[method("remove($self, value, /)")]
    fn remove(&self, ts: &ThreadState, value: &Value) -> Result<()> {
        let b = convert::byte(ts, value, RANGE)?;
        match self.read(|all| memchr::memchr(b, all)) {
            Some(i) => self.splice(ts, i, i + 1, &[]),
            None => Err(ts.value_error("value not found in bytearray")),
        }
    }
    /// Turn the order of the bytes around.
    #[method("reverse($self, /)")]
    fn reverse(&self) {
        self.write(|b| b.reverse())
    }
    /// Release the buffer object that exposes the underlying memory of the object.
    #[method("__release_buffer__($self, buffer, /)")]
    fn release_buffer(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<()> {
        match buffer.downcast::<crate::memoryview::MemoryView>() {
            Some(m) => crate::memoryview::release_of(ts, slf, m),
            None => Err(ts.type_error("expected a memoryview object")),
        }
    }
    /// Remove all bytes.
    #[method("clear($self, /)")]
    fn clear(&self, ts: &ThreadState) -> Result<()> {
        self.resize(ts, |c| *c = Default::default())
    }
    /// Return a copy.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Ref<Bytearray> {
        Bytearray::new(ts, self.to_vec())
    }
    /// Set the length; new bytes at the end are null.
    #[method("resize($self, size, /)")]
    fn py_resize(&self, ts: &ThreadState, size: isize) -> Result<()> {
        if size < 0 {
            return Err(ts.value_error(format!("Can only resize to positive sizes, got {size}")));
        }
        let size = size as usize;
        let old = self.len();
        if size == old {
            return Ok(());
        }
        let room = self.resize(ts, |c| {
            let v = c.vec();
            v.try_reserve(size.saturating_sub(old)).map(|()| v.resize(size, 0))
        })?;
        room.map_err(|_| ts.memory_error())
    }
    /// Return the number of bytes that are reserved.
    #[method("__alloc__($self, /)")]
    fn alloc(&self) -> usize {
        self.contents.read(|c| if c.capacity() == 0 { 0 } else { c.capacity() + 1 })
    }
    /// Return the size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        8 + size_of::<Bytearray>() + self.contents.read(|c| c.capacity())
    }
    fn reduced(slf: &Value, ts: &ThreadState, proto: i64) -> Result<Value> {
        let bytes = slf.downcast::<Bytearray>().map(Bytearray::to_vec).unwrap_or_default();
        let dict = protocol::call_method(ts, slf, "__getstate__", &[])?;
        let class = slf.class(ts).to_value();
        let args = if proto < 3 {
            let text: Vec<u8> = bytes.iter().flat_map(|&b| char::from(b).to_string().into_bytes()).collect();
            Tuple::from_array(ts, [Str::from_wtf8(ts, text).into_value(), Str::new(ts, "latin-1").into_value()])
        } else if bytes.is_empty() {
            Tuple::empty(ts)
        } else {
            Tuple::from_array(ts, [crate::bytes::Bytes::new(ts, &bytes).into_value()])
        };
        Ok(Tuple::from_array(ts, [class, args.into_value(), dict]).into_value())
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Bytearray::reduced(slf, ts, 2)
    }
    /// Return state information for pickling.
    #[method("__reduce_ex__($self, proto=0, /)")]
    fn reduce_ex(slf: &Value, ts: &ThreadState, proto: i32) -> Result<Value> {
        Bytearray::reduced(slf, ts, proto as i64)
    }
}
