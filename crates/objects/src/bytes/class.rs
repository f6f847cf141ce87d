//! `bytes` as a class: construction and operators.

use super::shared::{BytesLike, contains, hex_argument, index_error};
use super::{Bytes, convert, ops};
use crate::buffer::{self, Buffer, flags};
use crate::bytearray::Bytearray;
use crate::format::percent;
use crate::heap::Ref;
use crate::protocol;
use crate::slice::{self, Slice};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use taipan_macros::class;

#[class(name = "bytes", match_self, parts(Self::SHARED))]
/// bytes(iterable_of_ints) -> bytes
/// bytes(string, encoding[, errors]) -> bytes
/// bytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer
/// bytes(int) -> bytes object of size given by the parameter, initialised with null bytes
/// bytes() -> empty bytes object
impl Bytes {
    #[new("(source=b'', encoding='utf-8', errors='strict')", no_signature)]
    fn tp_new(
        cls: &Value,
        ts: &ThreadState,
        #[default(None)] source: Option<&Value>,
        #[default(None)] encoding: Option<&Str>,
        #[default(None)] errors: Option<&Str>,
    ) -> Result<Value> {
        let ty = cls.downcast::<Type>().filter(|t| t.is_heap_type());
        if let Some(x) = source.filter(|_| encoding.is_none() && errors.is_none()) {
            if x.is_exact::<Bytes>() && ty.is_none() {
                return Ok(x.clone());
            }
            if let Some(f) = protocol::lookup_special(ts, x, &ts.names().__bytes__)? {
                let made = protocol::call(ts, &f, &[])?;
                let Some(b) = made.downcast::<Bytes>() else {
                    return Err(ts.type_error(format!("__bytes__ returned non-bytes (type {})", made.type_name(ts))));
                };
                return Ok(match ty {
                    Some(ty) => Bytes::with_type(ts, ty, b).into_value(),
                    None => made,
                });
            }
        }
        let bytes = convert::from_arguments(ts, source, encoding, errors, "bytes")?;
        Ok(match ty {
            Some(ty) => Bytes::with_type(ts, ty, &bytes),
            None => Bytes::new(ts, &bytes),
        }
        .into_value())
    }
    /// Make bytes of hexadecimal digits; whitespace between the pairs does not count.
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(cls: &Value, ts: &ThreadState, string: &Value) -> Result<Value> {
        let b = Bytes::new(ts, &hex_argument(ts, string)?).into_value();
        if cls.downcast::<Type>().is_some_and(Type::is_heap_type) { protocol::call(ts, cls, &[b]) } else { Ok(b) }
    }
    #[slot(repr)]
    fn tp_repr(&self, ts: &ThreadState) -> Result<Value> {
        Ok(Str::from_ascii(ts, &ops::repr(self, false)).into_value())
    }
    #[slot(str)]
    fn tp_str(&self, ts: &ThreadState) -> Result<Value> {
        crate::codecs::bytes_warning(ts, "str() on a bytes instance")?;
        self.tp_repr(ts)
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        Ok(self.hash(ts))
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.downcast::<Bytes>() else {
            if matches!(op, CmpOp::Eq | CmpOp::Ne) && other.as_str().is_some() {
                crate::codecs::bytes_warning(ts, "Comparison between bytes and string")?;
            }
            return Ok(Value::not_implemented());
        };
        Ok(Value::bool(match op {
            CmpOp::Eq => self.as_slice() == o.as_slice(),
            CmpOp::Ne => self.as_slice() != o.as_slice(),
            _ => op.holds(self.as_slice().cmp(o.as_slice())),
        }))
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        Ok(Bytes::iterate(ts, self.to_ref()))
    }
    #[slot(len)]
    fn sq_length(&self, _ts: &ThreadState) -> Result<usize> {
        Ok(self.len())
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        if let Some(s) = key.exact::<Slice>() {
            let x = s.adjust(ts, self.len())?;
            if x.step == 1 {
                if x.len == self.len() {
                    return Ok(self.same(ts));
                }
                return Ok(Bytes::new(ts, &self[x.span()]).into_value());
            }
            return Ok(Bytes::with(ts, x.len, |out| {
                for (o, i) in out.iter_mut().zip(x.positions()) {
                    *o = self[i];
                }
            })
            .into_value());
        }
        if !protocol::has_index(ts, key) {
            return Err(index_error(ts, key, "byte"));
        }
        match slice::position(protocol::as_subscript(ts, key)?, self.len()) {
            Some(i) => Ok(crate::int::from_i64(ts, self[i] as i64)),
            None => Err(ts.index_error("index out of range")),
        }
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        contains(ts, self, key)
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        if let Some(o) = other.downcast::<Bytes>() {
            if o.is_empty() {
                return Ok(self.same(ts));
            }
            if self.is_empty() {
                return Ok(o.same(ts));
            }
            return Ok(Bytes::from_pieces(ts, &[self, o]).into_value());
        }
        if !buffer::supports(ts, other) {
            return Err(ts.type_error(format!("can't concat {} to bytes", other.type_name(ts))));
        }
        let o = buffer::get(ts, other, flags::FULL_RO)?.to_vec();
        Ok(Bytes::from_pieces(ts, &[self, &o]).into_value())
    }
    #[slot(repeat)]
    fn sq_repeat(&self, ts: &ThreadState, count: isize) -> Result<Value> {
        if count == 1 {
            return Ok(self.same(ts));
        }
        if self.len().checked_mul(count.max(0) as usize).is_none_or(|n| n > isize::MAX as usize) {
            return Err(ts.overflow_error("repeated bytes are too long"));
        }
        Ok(Bytes::new(ts, &ops::repeated(ts, self, count)?).into_value())
    }
    #[slot(mod_)]
    fn nb_remainder(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        match a.downcast::<Bytes>() {
            Some(f) => Ok(Bytes::new(ts, &percent::format_bytes(ts, f, b)?).into_value()),
            None => Ok(Value::not_implemented()),
        }
    }
    #[slot(getbuffer)]
    fn bf_getbuffer(&self, ts: &ThreadState, flags: u32) -> Result<Buffer> {
        if flags & buffer::flags::WRITABLE != 0 {
            return Err(ts.buffer_error("Object is not writable."));
        }
        let owner = self.to_ref().into_value();
        // SAFETY: immutable, inline in the object.
        Ok(unsafe { Buffer::new(owner, self.as_slice().as_ptr() as *mut u8, self.len(), true, None) })
    }
    #[method("__getnewargs__($self, /)")]
    fn getnewargs(&self, ts: &ThreadState) -> Ref<Tuple> {
        Tuple::from_array(ts, [Bytes::new(ts, self).into_value()])
    }
    /// Convert this value to exact type bytes.
    #[method("__bytes__($self, /)")]
    fn bytes(&self, ts: &ThreadState) -> Value {
        self.same(ts)
    }
    #[method("__sizeof__($self, /)", no_signature)]
    fn sizeof(&self) -> usize {
        8 + size_of::<Bytes>() + super::round_up(self.len())
    }
}

/// The contents of exactly `bytes` or `bytearray`, or of a subclass.
pub fn contents(v: &Value) -> Option<Vec<u8>> {
    if let Some(b) = v.downcast::<Bytes>() {
        return Some(b.to_vec());
    }
    v.downcast::<Bytearray>().map(|b| b.read(|b| b.to_vec()))
}
