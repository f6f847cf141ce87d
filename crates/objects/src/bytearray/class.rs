//! `bytearray` as a class: construction and operators.

use super::Bytearray;
use crate::buffer::{self, Buffer};
use crate::bytes::shared::{contains, hex_argument, index_error};
use crate::bytes::{convert, ops};
use crate::format::percent;
use crate::heap::Ref;
use crate::int;
use crate::protocol;
use crate::slice::{self, Indices, Slice};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::typeobject::Type;
use crate::value::{Raised, Result, Value};
use taipan_macros::class;

impl Bytearray {
    fn me(&self) -> Ref<Bytearray> {
        // SAFETY: a `Bytearray` that methods get lies inside its object.
        unsafe { Ref::from_payload(self) }
    }
    fn out_of_range(ts: &ThreadState) -> Raised {
        ts.index_error("bytearray index out of range")
    }
    /// The bytes to be assigned to a slice.
    fn new_bytes(ts: &ThreadState, v: &Value) -> Result<Vec<u8>> {
        if buffer::supports(ts, v) {
            return buffer::to_vec(ts, v);
        }
        if int::view(v).is_some() || v.as_str().is_some() {
            return Err(ts.type_error("can assign only bytes, buffers, or iterables of ints in range(0, 256)"));
        }
        convert::from_object(ts, v, "bytearray")
    }
    fn assign(&self, ts: &ThreadState, x: Indices, new: &[u8]) -> Result<()> {
        if x.step == 1 {
            let start = x.start as usize;
            return self.splice(ts, start, start + x.len, new);
        }
        if new.is_empty() {
            return self.remove_slice(ts, x);
        }
        if new.len() != x.len {
            return Err(ts.value_error(format!(
                "attempt to assign bytes of size {} to extended slice of size {}",
                new.len(),
                x.len
            )));
        }
        self.write(|b| x.positions().zip(new).for_each(|(i, &c)| b[i] = c));
        Ok(())
    }
    fn remove_slice(&self, ts: &ThreadState, x: Indices) -> Result<()> {
        if x.len == 0 {
            return Ok(());
        }
        if x.step == 1 {
            let start = x.start as usize;
            return self.splice(ts, start, start + x.len, &[]);
        }
        let mut gone = vec![false; self.len()];
        x.positions().for_each(|i| gone[i] = true);
        self.resize(ts, |c| {
            let mut i = 0;
            c.vec().retain(|_| {
                i += 1;
                !gone[i - 1]
            })
        })
    }
}

#[class(name = "bytearray", match_self, parts(Self::SHARED, Self::CHANGES))]
/// bytearray(iterable_of_ints) -> bytearray
/// bytearray(string, encoding[, errors]) -> bytearray
/// bytearray(bytes_or_buffer) -> mutable copy of bytes_or_buffer
/// bytearray(int) -> bytes array of size given by the parameter, initialised with null bytes
/// bytearray() -> empty bytes array
impl Bytearray {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: crate::native::Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else {
            return Err(ts.type_error("bytearray.__new__(X): X is not a type object"));
        };
        Ok(Bytearray::new_with_type(ts, ty, Vec::new()).into_value())
    }
    #[init("(source=b'', encoding='utf-8', errors='strict')", no_signature)]
    fn tp_init(
        &self,
        ts: &ThreadState,
        #[default(None)] source: Option<&Value>,
        #[default(None)] encoding: Option<&Str>,
        #[default(None)] errors: Option<&Str>,
    ) -> Result<()> {
        let new = convert::from_arguments(ts, source, encoding, errors, "bytearray")?;
        self.splice(ts, 0, self.len(), &new)
    }
    /// Make a bytearray of hexadecimal digits; whitespace between the pairs does not count.
    #[classmethod("fromhex($type, string, /)")]
    fn fromhex(cls: &Value, ts: &ThreadState, string: &Value) -> Result<Value> {
        let b = Bytearray::new(ts, hex_argument(ts, string)?).into_value();
        if cls.downcast::<Type>().is_some_and(Type::is_heap_type) { protocol::call(ts, cls, &[b]) } else { Ok(b) }
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(me) = slf.downcast::<Bytearray>() else { return Ok(Value::none()) };
        let name = slf.class(ts).short_name();
        let inner = me.read(|b| ops::repr(b, true));
        Ok(Str::from_pieces(ts, &[name.as_bytes(), b"(", &inner, b")"]).into_value())
    }
    #[slot(str)]
    fn tp_str(ts: &ThreadState, slf: &Value) -> Result<Value> {
        crate::codecs::bytes_warning(ts, "str() on a bytearray instance")?;
        Bytearray::tp_repr(ts, slf)
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        if !buffer::supports(ts, other) {
            if matches!(op, CmpOp::Eq | CmpOp::Ne) && other.as_str().is_some() {
                crate::codecs::bytes_warning(ts, "Comparison between bytearray and string")?;
            }
            return Ok(Value::not_implemented());
        }
        let o = match buffer::simple(ts, other) {
            Ok(o) => o,
            Err(_) => {
                ts.take_exception();
                return Ok(Value::not_implemented());
            }
        };
        Ok(Value::bool(self.read(|b| op.holds(b.cmp(o.as_slice())))))
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        Ok(Bytearray::iterate(ts, self.me()))
    }
    #[slot(len)]
    fn sq_length(&self, _ts: &ThreadState) -> Result<usize> {
        Ok(self.len())
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        if let Some(s) = key.exact::<Slice>() {
            let u = s.unpack(ts)?;
            let out = self.read(|b| {
                let x = u.adjust(b.len());
                if x.step == 1 { b[x.span()].to_vec() } else { x.positions().map(|i| b[i]).collect() }
            });
            return Ok(Bytearray::new(ts, out).into_value());
        }
        if !protocol::has_index(ts, key) {
            return Err(index_error(ts, key, "bytearray"));
        }
        let i = protocol::as_subscript(ts, key)?;
        match slice::position(i, self.len()) {
            Some(i) => Ok(int::from_i64(ts, self.read(|b| b[i]) as i64)),
            None => Err(Bytearray::out_of_range(ts)),
        }
    }
    #[slot(setitem)]
    fn mp_ass_subscript(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        if let Some(s) = key.exact::<Slice>() {
            let u = s.unpack(ts)?;
            return match value {
                Some(v) => {
                    let new = Bytearray::new_bytes(ts, v)?;
                    // Making the bytes may have changed the size.
                    self.assign(ts, u.adjust(self.len()), &new)
                }
                None => self.remove_slice(ts, u.adjust(self.len())),
            };
        }
        if !protocol::has_index(ts, key) {
            return Err(index_error(ts, key, "bytearray"));
        }
        let i = protocol::as_subscript(ts, key)?;
        let Some(v) = value else {
            let Some(i) = slice::position(i, self.len()) else { return Err(Bytearray::out_of_range(ts)) };
            return self.splice(ts, i, i + 1, &[]);
        };
        let b = convert::byte(ts, v, "byte must be in range(0, 256)")?;
        let Some(i) = slice::position(i, self.len()) else { return Err(Bytearray::out_of_range(ts)) };
        self.write(|all| all[i] = b);
        Ok(())
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        contains(ts, self, key)
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        if !buffer::supports(ts, other) {
            return Err(ts.type_error(format!("can't concat {} to bytearray", other.type_name(ts))));
        }
        let o = buffer::to_vec(ts, other)?;
        let mut out = self.to_vec();
        out.extend_from_slice(&o);
        Ok(Bytearray::new(ts, out).into_value())
    }
    #[slot(inplace_concat)]
    fn sq_inplace_concat(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        if !buffer::supports(ts, other) {
            return Err(ts.type_error(format!("can't concat {} to {}", other.type_name(ts), slf.type_name(ts))));
        }
        // A copy, because it may be our own memory.
        let o = buffer::to_vec(ts, other)?;
        if let Some(me) = slf.downcast::<Bytearray>() {
            me.extend(ts, &o)?;
        }
        Ok(slf.clone())
    }
    #[slot(repeat)]
    fn sq_repeat(&self, ts: &ThreadState, count: isize) -> Result<Value> {
        let out = self.read(|b| ops::repeated(ts, b, count))?;
        Ok(Bytearray::new(ts, out).into_value())
    }
    #[slot(inplace_repeat)]
    fn sq_inplace_repeat(ts: &ThreadState, slf: &Value, count: isize) -> Result<Value> {
        if let Some(me) = slf.downcast::<Bytearray>() {
            let out = me.read(|b| ops::repeated(ts, b, count))?;
            me.splice(ts, 0, me.len(), &out)?;
        }
        Ok(slf.clone())
    }
    #[slot(mod_)]
    fn nb_remainder(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
        match a.downcast::<Bytearray>() {
            Some(f) => {
                let format = f.to_vec();
                Ok(Bytearray::new(ts, percent::format_bytes(ts, &format, b)?).into_value())
            }
            None => Ok(Value::not_implemented()),
        }
    }
    #[slot(getbuffer)]
    fn bf_getbuffer(&self, _ts: &ThreadState, _flags: u32) -> Result<Buffer> {
        Ok(Bytearray::lend(&self.me()))
    }
}
