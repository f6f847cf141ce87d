//! What Python sees of `array.array`.

use super::codes::{Code, LETTERS};
use super::iter::ArrayIterator;
use super::{Array, single};
use taipan_objects::buffer::{self, Buffer};
use taipan_objects::bytearray::Bytearray;
use taipan_objects::bytes::Bytes;
use taipan_objects::generic_alias::GenericAlias;
use taipan_objects::list::List;
use taipan_objects::native::{Args, class};
use taipan_objects::slice::{self, Slice};
use taipan_objects::str::Str;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{CmpOp, Result, ThreadState, Value, int, protocol};

const BLOCK: usize = 64 * 1024;

impl Array {
    fn find(&self, ts: &ThreadState, v: &Value, start: usize, stop: usize) -> Result<Option<usize>> {
        let mut i = start;
        while i < stop
            && let Some(x) = self.get(ts, i)
        {
            if protocol::eq(ts, &x, v)? {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }
    /// The position that a subscript names.
    fn position(&self, ts: &ThreadState, key: &Value, message: &str) -> Result<usize> {
        if !protocol::has_index(ts, key) {
            return Err(ts.type_error("array indices must be integers"));
        }
        let i = protocol::as_subscript(ts, key)?;
        slice::position(i, self.count()).ok_or_else(|| ts.index_error(message))
    }
    fn assign_slice(&self, ts: &ThreadState, s: &Slice, value: Option<&Value>) -> Result<()> {
        let new = match value {
            None => Vec::new(),
            Some(v) => {
                let Some(a) = v.downcast::<Array>() else {
                    return Err(ts.type_error(format!("can only assign array (not \"{}\") to array slice", v.type_name(ts))));
                };
                if !std::ptr::eq(a.code, self.code) {
                    return Err(ts.type_error("bad argument type for built-in operation"));
                }
                a.data.to_vec()
            }
        };
        let n = self.size();
        let s = s.adjust(ts, self.count())?;
        if s.step == 1 {
            let start = s.start as usize;
            return self.splice(ts, start, start + s.len, &new);
        }
        if value.is_some() {
            if new.len() / n != s.len {
                let given = new.len() / n;
                return Err(ts.value_error(format!("attempt to assign array of size {given} to extended slice of size {}", s.len)));
            }
            self.data.write(|b| {
                for (p, item) in s.positions().zip(new.chunks(n)) {
                    b[p * n..p * n + n].copy_from_slice(item);
                }
            });
            return Ok(());
        }
        if s.len == 0 {
            return Ok(());
        }
        let mut gone = vec![false; self.count()];
        s.positions().for_each(|p| gone[p] = true);
        let kept: Vec<u8> = self.data.read(|b| {
            b.chunks(n).zip(&gone).filter(|(_, gone)| !**gone).flat_map(|(item, _)| item.iter().copied()).collect()
        });
        self.splice(ts, 0, gone.len(), &kept)
    }
    fn repeated(&self, ts: &ThreadState, n: isize) -> Result<Vec<u8>> {
        let n = n.max(0) as usize;
        match self.data.len().checked_mul(n).filter(|t| *t <= isize::MAX as usize) {
            Some(total) => {
                let mut out = Vec::new();
                if out.try_reserve_exact(total).is_err() {
                    return Err(ts.memory_error());
                }
                self.data.read(|b| (0..n).for_each(|_| out.extend_from_slice(b)));
                Ok(out)
            }
            None => Err(ts.memory_error()),
        }
    }
}

#[class(name = "array", module = "array", weakref, sequence, mutable)]
/// array(typecode [, initializer]) -> array
///
/// Return a new array whose items are restricted by typecode, and
/// initialized from the optional initializer value, which must be a list,
/// string or iterable over elements of the appropriate type.
///
/// Arrays represent basic values and behave very much like lists, except
/// the type of objects stored in them is constrained. The type is specified
/// at object creation time by using a type code, which is a single character.
impl Array {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("not a type object")) };
        if !ty.is_heap_type() {
            args.no_keywords(ts, "array.array")?;
        }
        let (code, initial) = match args.positional {
            [c] => (c, None),
            [c, v] => (c, Some(v)),
            [] => return Err(ts.type_error("array() takes at least 1 argument (0 given)")),
            more => return Err(ts.type_error(format!("array() takes at most 2 arguments ({} given)", more.len()))),
        };
        let Some(s) = code.downcast::<Str>() else {
            return Err(ts.type_error(format!("array() argument 1 must be a unicode character, not {}", code.type_name(ts))));
        };
        if s.len() != 1 {
            return Err(ts.type_error(format!("array() argument 1 must be a unicode character, not a string of length {}", s.len())));
        }
        let Some(code) = single(code).and_then(Code::find) else {
            return Err(ts.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)"));
        };
        debug_assert!(LETTERS.contains(code.letter));
        if code.letter == 'u' {
            ts.warn_deprecated("The 'u' type code is deprecated and will be removed in Python 3.16")?;
        }
        let array = Array::make(ts, ty, code, Vec::new());
        if let Some(v) = initial {
            array.initialize(ts, v)?;
        }
        Ok(array.into_value())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(a) = slf.downcast::<Array>() else { return Ok(Value::none()) };
        let mut out = format!("{}('{}'", slf.class(ts).short_name(), a.code.letter).into_bytes();
        if a.count() > 0 {
            let items = if a.code.is_text() { a.tounicode(ts)? } else { a.tolist(ts) };
            out.extend_from_slice(b", ");
            out.extend_from_slice(protocol::repr(ts, &items)?.bytes());
        }
        out.push(b')');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.downcast::<Array>() else { return Ok(Value::not_implemented()) };
        if self.count() != o.count() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(Value::bool(op == CmpOp::Ne));
        }
        let mut i = 0;
        while let (Some(x), Some(y)) = (self.get(ts, i), o.get(ts, i)) {
            // By value, not by identity: nan differs from itself.
            if !protocol::compare_bool(ts, &x, &y, CmpOp::Eq)? {
                return match op {
                    CmpOp::Eq => Ok(Value::false_()),
                    CmpOp::Ne => Ok(Value::true_()),
                    _ => protocol::compare(ts, &x, &y, op),
                };
            }
            i += 1;
        }
        Ok(Value::bool(op.holds(self.count().cmp(&o.count()))))
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(ArrayIterator::new(ts, slf.clone()).into_value())
    }
    #[slot(getbuffer)]
    fn bf_getbuffer(ts: &ThreadState, slf: &Value, _flags: u32) -> Result<Buffer> {
        let Some(a) = slf.downcast::<Array>() else { return Err(ts.buffer_error("not an array")) };
        Ok(Bytearray::lend(&a.data).with_format(a.code.buffer_format(), a.size()).with_exporter(slf.clone()))
    }
    #[slot(len)]
    fn sq_length(&self) -> usize {
        self.count()
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        if let Some(s) = key.exact::<Slice>() {
            let n = self.size();
            let s = s.adjust(ts, self.count())?;
            let bytes = self.data.read(|b| s.positions().flat_map(|p| b[p * n..p * n + n].iter().copied()).collect());
            return Ok(Array::plain(ts, self.code, bytes));
        }
        let i = self.position(ts, key, "array index out of range")?;
        self.get(ts, i).ok_or_else(|| ts.index_error("array index out of range"))
    }
    #[slot(setitem)]
    fn mp_ass_subscript(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        if let Some(s) = key.exact::<Slice>() {
            return self.assign_slice(ts, s, value);
        }
        let i = self.position(ts, key, "array assignment index out of range")?;
        let Some(v) = value else { return self.splice(ts, i, i + 1, &[]) };
        let item = self.encode(ts, v)?;
        let n = self.size();
        let stored = self.data.write(|b| Some(b.get_mut(i * n..i * n + n)?.copy_from_slice(&item[..n])));
        stored.ok_or_else(|| ts.index_error("array assignment index out of range"))
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, v: &Value) -> Result<bool> {
        Ok(self.find(ts, v, 0, usize::MAX)?.is_some())
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        let Some(o) = other.downcast::<Array>() else {
            return Err(ts.type_error(format!("can only append array (not \"{}\") to array", other.type_name(ts))));
        };
        if !std::ptr::eq(o.code, self.code) {
            return Err(ts.type_error("bad argument type for built-in operation"));
        }
        let mut bytes = self.data.to_vec();
        o.data.read(|b| bytes.extend_from_slice(b));
        Ok(Array::plain(ts, self.code, bytes))
    }
    #[slot(repeat)]
    fn sq_repeat(&self, ts: &ThreadState, n: isize) -> Result<Value> {
        Ok(Array::plain(ts, self.code, self.repeated(ts, n)?))
    }
    #[slot(inplace_concat)]
    fn sq_inplace_concat(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        if other.downcast::<Array>().is_none() {
            return Err(ts.type_error(format!("can only extend array with array (not \"{}\")", other.type_name(ts))));
        }
        if let Some(a) = slf.downcast::<Array>() {
            a.extend_from(ts, other)?;
        }
        Ok(slf.clone())
    }
    #[slot(inplace_repeat)]
    fn sq_inplace_repeat(ts: &ThreadState, slf: &Value, n: isize) -> Result<Value> {
        if let Some(a) = slf.downcast::<Array>() {
            let all = a.repeated(ts, n)?;
            a.splice(ts, 0, a.count(), &all)?;
        }
        Ok(slf.clone())
    }
    /// Append new value v to the end of the array.
    #[method("append($self, v, /)")]
    fn append(&self, ts: &ThreadState, v: &Value) -> Result<()> {
        self.push(ts, v)
    }
    /// Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.
    ///
    /// The length should be multiplied by the itemsize attribute to calculate
    /// the buffer length in bytes.
    #[method("buffer_info($self, /)")]
    fn buffer_info(&self, ts: &ThreadState) -> Value {
        let address = self.data.read(|b| b.as_ptr() as usize);
        Tuple::from_array(ts, [int::from_usize(ts, address), int::from_usize(ts, self.count())]).into_value()
    }
    /// Byteswap all items of the array.
    ///
    /// If the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is
    /// raised.
    #[method("byteswap($self, /)")]
    fn byteswap(&self) {
        let n = self.size();
        self.data.write(|b| b.chunks_mut(n).for_each(<[u8]>::reverse));
    }
    /// Remove all items from the array.
    #[method("clear($self, /)")]
    fn clear(&self, ts: &ThreadState) -> Result<()> {
        self.splice(ts, 0, self.count(), &[])
    }
    /// Return a copy of the array.
    #[method("__copy__($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Value {
        Array::plain(ts, self.code, self.data.to_vec())
    }
    /// Return a copy of the array.
    #[method("__deepcopy__($self, unused, /)")]
    fn deepcopy(&self, ts: &ThreadState, _unused: &Value) -> Value {
        Array::plain(ts, self.code, self.data.to_vec())
    }
    /// Return number of occurrences of v in the array.
    #[method("count($self, v, /)")]
    fn count_method(&self, ts: &ThreadState, v: &Value) -> Result<usize> {
        let (mut n, mut i) = (0, 0);
        while let Some(x) = self.get(ts, i) {
            n += usize::from(protocol::eq(ts, &x, v)?);
            i += 1;
        }
        Ok(n)
    }
    /// Append items to the end of the array.
    #[method("extend($self, bb, /)")]
    fn extend(&self, ts: &ThreadState, bb: &Value) -> Result<()> {
        self.extend_from(ts, bb)
    }
    /// Read n objects from the file object f and append them to the end of the array.
    #[method("fromfile($self, f, n, /)")]
    fn fromfile(&self, ts: &ThreadState, f: &Value, n: isize) -> Result<()> {
        if n < 0 {
            return Err(ts.value_error("negative count"));
        }
        let Some(wanted) = (n as usize).checked_mul(self.size()) else { return Err(ts.memory_error()) };
        let read = protocol::call_method(ts, f, "read", &[int::from_usize(ts, wanted)])?;
        let Some(bytes) = read.downcast::<Bytes>() else { return Err(ts.type_error("read() didn't return bytes")) };
        let short = bytes.as_slice().len() != wanted;
        self.append_items(ts, bytes.as_slice())?;
        if short {
            return Err(ts.eof_error("read() didn't return enough bytes"));
        }
        Ok(())
    }
    /// Append items to array from list.
    #[method("fromlist($self, list, /)")]
    fn fromlist(&self, ts: &ThreadState, list: &Value) -> Result<()> {
        let Some(l) = list.downcast::<List>() else { return Err(ts.type_error("arg must be list")) };
        let before = self.count();
        let result = l.to_vec().iter().try_for_each(|v| self.push(ts, v));
        if result.is_err() {
            self.splice(ts, before, self.count().max(before), &[])?;
        }
        result
    }
    /// Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method.
    #[method("frombytes($self, buffer, /)")]
    fn frombytes(&self, ts: &ThreadState, buffer: &Value) -> Result<()> {
        let bytes = buffer::to_vec(ts, buffer)?;
        self.append_items(ts, &bytes)
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// The array must be a unicode type array; otherwise a ValueError is raised.
    /// Use array.frombytes(ustr.encode(...)) to append Unicode data to an array of
    /// some other type.
    #[method("fromunicode($self, ustr, /)")]
    fn fromunicode(&self, ts: &ThreadState, ustr: &Str) -> Result<()> {
        if !self.code.is_text() {
            return Err(ts.value_error("fromunicode() may only be called on unicode type arrays ('u' or 'w')"));
        }
        self.append_text(ts, ustr)
    }
    /// Return index of first occurrence of v in the array.
    ///
    /// Raise ValueError if the value is not present.
    #[method("index($self, v, start=0, stop=sys.maxsize, /)")]
    fn index(&self, ts: &ThreadState, v: &Value, start: Option<&Value>, stop: Option<&Value>) -> Result<usize> {
        let n = self.count();
        let start = slice::wrap_bound(slice::bound(ts, start, 0)?, n);
        let stop = slice::wrap_bound(slice::bound(ts, stop, isize::MAX)?, n);
        match self.find(ts, v, start, stop)? {
            Some(i) => Ok(i),
            None => Err(ts.value_error("array.index(x): x not in array")),
        }
    }
    /// Insert a new item v into the array before position i.
    #[method("insert($self, i, v, /)")]
    fn insert(&self, ts: &ThreadState, i: isize, v: &Value) -> Result<()> {
        let item = self.encode(ts, v)?;
        let at = slice::wrap_bound(i, self.count()).min(self.count());
        self.splice(ts, at, at, &item[..self.size()])
    }
    /// Return the i-th element and delete it from the array.
    ///
    /// i defaults to -1.
    #[method("pop($self, i=-1, /)")]
    fn pop(&self, ts: &ThreadState, i: isize) -> Result<Value> {
        if self.count() == 0 {
            return Err(ts.index_error("pop from empty array"));
        }
        let Some((at, v)) = slice::position(i, self.count()).and_then(|at| Some((at, self.get(ts, at)?))) else {
            return Err(ts.index_error("pop index out of range"));
        };
        self.splice(ts, at, at + 1, &[])?;
        Ok(v)
    }
    /// Return state information for pickling.
    #[method("__reduce_ex__($self, value, /)")]
    fn reduce_ex(slf: &Value, ts: &ThreadState, value: &Value) -> Result<Value> {
        let Some(a) = slf.downcast::<Array>() else { return Ok(Value::none()) };
        let state = protocol::getattr_opt(ts, slf, &ts.names().__dict__)?.unwrap_or_else(Value::none);
        let class = slf.class_ref(ts).into_value();
        let letter = Str::new(ts, a.code.letter.encode_utf8(&mut [0; 4])).into_value();
        if protocol::as_isize(ts, value)? < 3 {
            let args = Tuple::from_array(ts, [letter, a.tolist(ts)]).into_value();
            return Ok(Tuple::from_array(ts, [class, args, state]).into_value());
        }
        let module = taipan_objects::module::import(ts, "array")?;
        let make = protocol::getattr_name(ts, &module, "_array_reconstructor")?;
        let args = [class, letter, int::from_i64(ts, a.code.format().into()), a.tobytes(ts)];
        let args = Tuple::from_array(ts, args).into_value();
        Ok(Tuple::from_array(ts, [make, args, state]).into_value())
    }
    /// Remove the first occurrence of v in the array.
    #[method("remove($self, v, /)")]
    fn remove(&self, ts: &ThreadState, v: &Value) -> Result<()> {
        match self.find(ts, v, 0, usize::MAX)? {
            Some(i) => self.splice(ts, i, i + 1, &[]),
            None => Err(ts.value_error("array.remove(x): x not in array")),
        }
    }
    /// Reverse the order of the items in the array.
    #[method("reverse($self, /)")]
    fn reverse(&self) {
        let n = self.size();
        self.data.write(|b| {
            b.reverse();
            b.chunks_mut(n).for_each(<[u8]>::reverse);
        });
    }
    /// Write all items (as machine values) to the file object f.
    #[method("tofile($self, f, /)")]
    fn tofile(&self, ts: &ThreadState, f: &Value) -> Result<()> {
        for block in self.data.to_vec().chunks(BLOCK) {
            protocol::call_method(ts, f, "write", &[Bytes::new(ts, block).into_value()])?;
        }
        Ok(())
    }
    /// Convert array to an ordinary list with the same items.
    #[method("tolist($self, /)")]
    fn tolist(&self, ts: &ThreadState) -> Value {
        List::new(ts, self.values(ts)).into_value()
    }
    /// Convert the array to an array of machine values and return the bytes representation.
    #[method("tobytes($self, /)")]
    fn tobytes(&self, ts: &ThreadState) -> Value {
        self.data.read(|b| Bytes::new(ts, b)).into_value()
    }
    /// Extends this array with data from the unicode string ustr.
    ///
    /// Convert the array to a unicode string.  The array must be a unicode type array;
    /// otherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a
    /// unicode string from an array of some other type.
    #[method("tounicode($self, /)")]
    fn tounicode(&self, ts: &ThreadState) -> Result<Value> {
        if !self.code.is_text() {
            return Err(ts.value_error("tounicode() may only be called on unicode type arrays ('u' or 'w')"));
        }
        let beyond = self.data.read(|b| {
            b.chunks(4).filter_map(|c| c.try_into().ok().map(u32::from_ne_bytes)).find(|c| *c > 0x10ffff)
        });
        if let Some(c) = beyond {
            return Err(ts.value_error(format!("character U+{c:x} is not in range [U+0000; U+10ffff]")));
        }
        let items = self.values(ts);
        let pieces: Vec<&[u8]> = items.iter().filter_map(|v| v.downcast::<Str>().map(Str::bytes)).collect();
        // Neighbouring surrogates stay apart: each item is a code point of its own.
        Ok(Str::from_pieces(ts, &pieces).into_value())
    }
    /// Size of the array in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        64 + self.data.len()
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
    /// the typecode character used to create the array
    #[getter]
    fn typecode(&self, ts: &ThreadState) -> Value {
        Str::new(ts, self.code.letter.encode_utf8(&mut [0; 4])).into_value()
    }
    /// the size, in bytes, of one array item
    #[getter]
    fn itemsize(&self) -> usize {
        self.size()
    }
}
