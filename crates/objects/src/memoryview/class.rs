//! `memoryview` as a class.

use super::{MemoryView, View, cast, from_object_with_flags_ref, items};
use crate::buffer::{self, Buffer, flags};
use crate::bytes::shared::hex_separator;
use crate::bytes::{Bytes, ops};
use crate::generic_alias;
use crate::heap::Ref;
use crate::protocol;
use crate::slice::Slice;
use crate::slots::CmpOp;
use crate::str::{Str, hash_bytes};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use taipan_macros::class;

impl MemoryView {
    fn me(&self) -> Ref<MemoryView> {
        // SAFETY: a `MemoryView` that methods get lies inside its object.
        unsafe { Ref::from_payload(self) }
    }
    /// The view of a slice of the first dimension.
    fn sliced(&self, ts: &ThreadState, s: &Slice) -> Result<View> {
        let unpacked = s.unpack(ts)?;
        let view = &self.view;
        let x = unpacked.adjust(view.shape[0] as usize);
        let mut new = view.clone();
        if x.len > 0 {
            // SAFETY: the first item of the slice lies within the view.
            new.ptr = unsafe { view.ptr.offset(x.start * view.strides[0]) };
        }
        new.shape[0] = x.len as isize;
        new.strides[0] *= x.step;
        Ok(new)
    }
    /// The indices of a key that is a tuple of numbers.
    fn indices(ts: &ThreadState, key: &Value) -> Result<Option<Vec<isize>>> {
        let Some(t) = key.downcast::<Tuple>() else { return Ok(None) };
        if !t.items().iter().all(|v| protocol::has_index(ts, v)) {
            return Ok(None);
        }
        Ok(Some(t.items().iter().map(|v| protocol::as_isize(ts, v)).collect::<Result<_>>()?))
    }
    fn all_slices(key: &Value) -> bool {
        key.downcast::<Tuple>().is_some_and(|t| !t.is_empty() && t.items().iter().all(|v| v.is_exact::<Slice>()))
    }
    /// The offset for as many indices as there are dimensions.
    fn locate(&self, ts: &ThreadState, indices: &[isize]) -> Result<isize> {
        let view = self.view(ts)?;
        let (n, ndim) = (indices.len(), view.shape.len());
        if n < ndim {
            return Err(ts.not_implemented_error("sub-views are not implemented"));
        }
        if n > ndim {
            return Err(ts.type_error(format!("cannot index {ndim}-dimension view with {n}-element tuple")));
        }
        view.offset(ts, indices)
    }
    fn hash_of(&self, ts: &ThreadState) -> Result<i64> {
        if let Some(h) = self.hash.get() {
            return Ok(h);
        }
        let view = self.view(ts)?;
        if !view.readonly {
            return Err(ts.value_error("cannot hash writable memoryview object"));
        }
        if !matches!(crate::buffer::format::native(&view.format), Some(b'B' | b'b' | b'c')) {
            return Err(ts.value_error("memoryview: hashing is restricted to formats 'B', 'b' or 'c'"));
        }
        // The exporter must be hashable too; meanwhile the view cannot be released.
        let object = self.object(ts)?;
        self.pinned(|| protocol::hash(ts, &object))?;
        let h = hash_bytes(ts, &self.to_vec(ts)?);
        self.hash.set(Some(h));
        Ok(h)
    }
    /// Runs something during which the view cannot be released.
    fn pinned<R>(&self, f: impl FnOnce() -> R) -> R {
        self.exports.set(self.exports.get() + 1);
        let r = f();
        self.exports.set(self.exports.get() - 1);
        r
    }
    fn assign_slice(&self, ts: &ThreadState, s: &Slice, value: &Value) -> Result<()> {
        let lent = buffer::get(ts, value, flags::FULL_RO)?;
        let source = View::of(&lent);
        let target = self.sliced(ts, s)?;
        self.view(ts)?;
        let plain = |f: &str| f.strip_prefix('@').unwrap_or(f).to_string();
        if plain(&source.format) != plain(&target.format) || source.itemsize != target.itemsize || source.shape != target.shape {
            return Err(ts.value_error("memoryview assignment: lvalue and rvalue have different structures"));
        }
        let mut bytes = Vec::new();
        // SAFETY: both loans last; the bytes are copied out first, because the memory may overlap.
        unsafe {
            buffer::gather(source.ptr, &source.shape, &source.strides, source.itemsize, &mut bytes);
            for (i, item) in bytes.chunks_exact(target.itemsize).enumerate() {
                let at = target.ptr.offset(i as isize * target.strides[0]);
                at.copy_from_nonoverlapping(item.as_ptr(), item.len());
            }
        }
        Ok(())
    }
    /// The bytes with the first index running fastest.
    fn to_fortran(view: &View) -> Vec<u8> {
        let mut out = Vec::with_capacity(view.nbytes());
        let mut shape = view.shape.clone();
        let mut strides = view.strides.clone();
        shape.reverse();
        strides.reverse();
        if view.nbytes() > 0 {
            // SAFETY: the same items in another order.
            unsafe { buffer::gather(view.ptr, &shape, &strides, view.itemsize, &mut out) }
        }
        out
    }
}

#[class(name = "memoryview", final, sequence, weakref)]
/// Create a new memoryview object which references the given object.
impl MemoryView {
    #[new("(object)")]
    fn tp_new(_cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        Ok(MemoryView::of(ts, object)?.into_value())
    }
    /// Create a memoryview with buffer flags of one's own choice.
    #[classmethod("_from_flags($type, /, object, flags)")]
    fn from_flags(_cls: &Value, ts: &ThreadState, object: &Value, flags: i32) -> Result<Value> {
        if let Some(m) = object.downcast_ref::<MemoryView>() {
            let lent = MemoryView::lend(m, ts, flags as u32)?;
            return Ok(MemoryView::of_buffer(ts, lent).into_value());
        }
        if !buffer::supports(ts, object) {
            let name = object.type_name(ts);
            return Err(ts.type_error(format!("memoryview: a bytes-like object is required, not '{name}'")));
        }
        Ok(from_object_with_flags_ref(ts, object, flags as u32)?.into_value())
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let released = slf.downcast::<MemoryView>().is_some_and(|m| m.base.read(|b| b.is_none()));
        let what = if released { "released memory" } else { "memory" };
        Ok(Str::new(ts, &format!("<{what} at {:#x}>", slf.id())).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self, ts: &ThreadState) -> Result<i64> {
        self.hash_of(ts)
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(Value::not_implemented());
        }
        let answer = |equal: bool| Ok(Value::bool(equal == (op == CmpOp::Eq)));
        if let Some(o) = other.downcast::<MemoryView>() {
            return match (self.parts(ts), o.parts(ts)) {
                (Ok((_a, x)), Ok((_b, y))) => answer(items::equal(ts, x, y)?),
                _ => {
                    // A released view equals itself only.
                    ts.take_exception();
                    answer(std::ptr::eq(self, o))
                }
            };
        }
        let Ok((_base, view)) = self.parts(ts) else {
            ts.take_exception();
            return answer(false);
        };
        if !buffer::supports(ts, other) {
            return Ok(Value::not_implemented());
        }
        match buffer::get(ts, other, flags::FULL_RO) {
            Ok(lent) => answer(items::equal(ts, view, &View::of(&lent))?),
            Err(_) => {
                ts.take_exception();
                Ok(Value::not_implemented())
            }
        }
    }
    #[slot(iter)]
    fn tp_iter(&self, ts: &ThreadState) -> Result<Value> {
        MemoryView::iterate(ts, self.me())
    }
    #[slot(len)]
    fn sq_length(&self, ts: &ThreadState) -> Result<usize> {
        match self.view(ts)?.shape.first() {
            Some(&n) => Ok(n as usize),
            None => Err(ts.type_error("0-dim memory has no length")),
        }
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        let (base, view) = self.parts(ts)?;
        if view.shape.is_empty() {
            if key.downcast::<Tuple>().is_some_and(Tuple::is_empty) {
                return items::unpack(ts, view, 0);
            }
            if key.is_ellipsis() {
                return Ok(self.me().into_value());
            }
            return Err(ts.type_error("invalid indexing of 0-dim memory"));
        }
        if protocol::has_index(ts, key) {
            let i = protocol::as_subscript(ts, key)?;
            let view = self.view(ts)?;
            if view.shape.len() > 1 {
                return Err(ts.not_implemented_error("multi-dimensional sub-views are not implemented"));
            }
            return items::unpack(ts, view, view.offset(ts, &[i])?);
        }
        if let Some(s) = key.exact::<Slice>() {
            self.open(ts)?;
            let new = self.sliced(ts, s)?;
            return Ok(MemoryView::make(ts, base, new).into_value());
        }
        if let Some(indices) = MemoryView::indices(ts, key)? {
            let offset = self.locate(ts, &indices)?;
            return items::unpack(ts, self.view(ts)?, offset);
        }
        if MemoryView::all_slices(key) {
            return Err(ts.not_implemented_error("multi-dimensional slicing is not implemented"));
        }
        Err(ts.type_error("memoryview: invalid slice key"))
    }
    #[slot(setitem)]
    fn mp_ass_subscript(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        // Keeps the memory while the value is made into bytes.
        let (_base, view) = self.parts(ts)?;
        if view.readonly {
            return Err(ts.type_error("cannot modify read-only memory"));
        }
        let Some(value) = value else { return Err(ts.type_error("cannot delete memory")) };
        if view.shape.is_empty() {
            if key.is_ellipsis() || key.downcast::<Tuple>().is_some_and(Tuple::is_empty) {
                return items::pack(ts, self, 0, value);
            }
            return Err(ts.type_error("invalid indexing of 0-dim memory"));
        }
        if protocol::has_index(ts, key) {
            if view.shape.len() > 1 {
                return Err(ts.not_implemented_error("sub-views are not implemented"));
            }
            let i = protocol::as_subscript(ts, key)?;
            let offset = self.view(ts)?.offset(ts, &[i])?;
            return items::pack(ts, self, offset, value);
        }
        if let Some(s) = key.exact::<Slice>() {
            if view.shape.len() > 1 {
                let message = "memoryview slice assignments are currently restricted to ndim = 1";
                return Err(ts.not_implemented_error(message));
            }
            return self.assign_slice(ts, s, value);
        }
        if let Some(indices) = MemoryView::indices(ts, key)? {
            let offset = self.locate(ts, &indices)?;
            return items::pack(ts, self, offset, value);
        }
        if MemoryView::all_slices(key) {
            let message = "memoryview slice assignments are currently restricted to ndim = 1";
            return Err(ts.not_implemented_error(message));
        }
        Err(ts.type_error("memoryview: invalid slice key"))
    }
    #[slot(getbuffer)]
    fn bf_getbuffer(&self, ts: &ThreadState, flags: u32) -> Result<Buffer> {
        MemoryView::lend(&self.me(), ts, flags)
    }
    /// Release the underlying buffer exposed by the memoryview object.
    #[method("release($self, /)")]
    fn py_release(&self, ts: &ThreadState) -> Result<()> {
        self.release(ts)
    }
    #[method("__release_buffer__($self, buffer, /)")]
    fn release_buffer(slf: &Value, ts: &ThreadState, buffer: &Value) -> Result<()> {
        match buffer.downcast::<MemoryView>() {
            Some(m) => super::release_of(ts, slf, m),
            None => Err(ts.type_error("expected a memoryview object")),
        }
    }
    #[method("__enter__($self, /)")]
    fn enter(&self, ts: &ThreadState) -> Result<Value> {
        self.view(ts)?;
        Ok(self.me().into_value())
    }
    #[method("__exit__($self, /, *exc_info)")]
    fn exit(&self, ts: &ThreadState, exc_info: &[Value]) -> Result<()> {
        let _ = exc_info;
        self.release(ts)
    }
    /// Return the data in the buffer as bytes: order is 'C', 'F', or 'A' for Fortran order when the memory
    /// has it.
    #[method("tobytes($self, /, order='C')")]
    fn tobytes(&self, ts: &ThreadState, order: Option<&Str>) -> Result<Ref<Bytes>> {
        let view = self.view(ts)?;
        let fortran = match order.map_or(&b"C"[..], |s| s.bytes()) {
            b"C" => false,
            b"F" => true,
            b"A" => view.is_f_contiguous() && !view.is_c_contiguous(),
            _ => return Err(ts.value_error("order must be 'C', 'F' or 'A'")),
        };
        let out = if fortran { MemoryView::to_fortran(view) } else { self.to_vec(ts)? };
        Ok(Bytes::new(ts, &out))
    }
    /// Return the data in the buffer as hexadecimal digits, with a separator after every bytes_per_sep bytes.
    #[method("hex($self, /, sep=<unrepresentable>, bytes_per_sep=1)")]
    fn hex(&self, ts: &ThreadState, sep: Option<&Value>, bytes_per_sep: i32) -> Result<Ref<Str>> {
        self.view(ts)?;
        let sep = self.pinned(|| hex_separator(ts, sep))?;
        let bytes = self.to_vec(ts)?;
        Ok(Str::from_ascii(ts, &ops::hex(&bytes, sep, bytes_per_sep as isize)))
    }
    /// Return the data in the buffer as a list of elements.
    #[method("tolist($self, /)")]
    fn tolist(&self, ts: &ThreadState) -> Result<Value> {
        let (_base, view) = self.parts(ts)?;
        items::to_list(ts, view, 0, 0)
    }
    /// Cast a memoryview to a new format or shape.
    #[method("cast($self, /, format, shape=<unrepresentable>)")]
    fn cast(&self, ts: &ThreadState, format: &Str, shape: Option<&Value>) -> Result<Ref<MemoryView>> {
        cast::cast(ts, self, format, shape)
    }
    /// Return a read-only version of the memoryview.
    #[method("toreadonly($self, /)")]
    fn toreadonly(&self, ts: &ThreadState) -> Result<Ref<MemoryView>> {
        let (base, view) = self.open(ts)?;
        Ok(MemoryView::make(ts, base, View { readonly: true, ..view.clone() }))
    }
    /// Count the number of occurrences of a value.
    #[method("count($self, value, /)")]
    fn count(slf: &Value, ts: &ThreadState, value: &Value) -> Result<usize> {
        let mut n = 0;
        protocol::for_each(ts, slf, |v| {
            n += protocol::eq(ts, &v, value)? as usize;
            Ok(())
        })?;
        Ok(n)
    }
    /// Return the index of the first occurrence of a value, or raise ValueError.
    #[method("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index_(
        &self,
        ts: &ThreadState,
        value: &Value,
        #[default(None)] start: Option<&Value>,
        #[default(None)] stop: Option<&Value>,
    ) -> Result<isize> {
        let (_base, view) = self.parts(ts)?;
        let n = match view.shape[..] {
            [] => return Err(ts.type_error("invalid lookup on 0-dim memory")),
            [n] => n,
            _ => return Err(ts.not_implemented_error("multi-dimensional lookup is not implemented")),
        };
        let (start, stop) = (crate::slice::bound(ts, start, 0)?, crate::slice::bound(ts, stop, isize::MAX)?);
        let wrap = |i: isize| if i < 0 { i.saturating_add(n).max(0) } else { i.min(n) };
        for i in wrap(start)..wrap(stop) {
            let view = self.view(ts)?;
            let item = items::unpack(ts, view, i * view.strides[0])?;
            if protocol::eq(ts, &item, value)? {
                return Ok(i);
            }
        }
        Err(ts.value_error("memoryview.index(x): x not found"))
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        generic_alias::new(ts, cls, object)
    }
    /// The underlying object of the memoryview.
    #[getter]
    fn obj(&self, ts: &ThreadState) -> Result<Value> {
        self.object(ts)
    }
    /// The amount of space in bytes that the array would use in a contiguous representation.
    #[getter]
    fn nbytes(&self, ts: &ThreadState) -> Result<usize> {
        Ok(self.view(ts)?.nbytes())
    }
    /// A bool indicating whether the memory is read only.
    #[getter]
    fn readonly(&self, ts: &ThreadState) -> Result<bool> {
        Ok(self.view(ts)?.readonly)
    }
    /// The size in bytes of each element of the memoryview.
    #[getter]
    fn itemsize(&self, ts: &ThreadState) -> Result<usize> {
        Ok(self.view(ts)?.itemsize)
    }
    /// A string containing the format (in struct module style) for each element in the view.
    #[getter]
    fn format(&self, ts: &ThreadState) -> Result<Ref<Str>> {
        Ok(Str::new(ts, &self.view(ts)?.format))
    }
    /// An integer indicating how many dimensions of a multi-dimensional array the memory represents.
    #[getter]
    fn ndim(&self, ts: &ThreadState) -> Result<usize> {
        Ok(self.view(ts)?.shape.len())
    }
    /// A tuple of ndim integers giving the shape of the memory as an N-dimensional array.
    #[getter]
    fn shape(&self, ts: &ThreadState) -> Result<Value> {
        Ok(items::number_row(ts, &self.view(ts)?.shape))
    }
    /// A tuple of ndim integers giving the size in bytes to access each element for each dimension.
    #[getter]
    fn strides(&self, ts: &ThreadState) -> Result<Value> {
        Ok(items::number_row(ts, &self.view(ts)?.strides))
    }
    /// A tuple of integers used internally for PIL-style arrays.
    #[getter]
    fn suboffsets(&self, ts: &ThreadState) -> Result<Value> {
        self.view(ts)?;
        Ok(Tuple::empty(ts).into_value())
    }
    /// A bool indicating whether the memory is C contiguous.
    #[getter]
    fn c_contiguous(&self, ts: &ThreadState) -> Result<bool> {
        Ok(self.view(ts)?.is_c_contiguous())
    }
    /// A bool indicating whether the memory is Fortran contiguous.
    #[getter]
    fn f_contiguous(&self, ts: &ThreadState) -> Result<bool> {
        Ok(self.view(ts)?.is_f_contiguous())
    }
    /// A bool indicating whether the memory is contiguous.
    #[getter]
    fn contiguous(&self, ts: &ThreadState) -> Result<bool> {
        let view = self.view(ts)?;
        Ok(view.is_c_contiguous() || view.is_f_contiguous())
    }
}
