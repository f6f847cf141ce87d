//! Single items of a view: where they lie, reading and writing them.

use super::{MemoryView, View};
use crate::buffer::format::{self, PackError};
use crate::bytes::Bytes;
use crate::int;
use crate::list::List;
use crate::module;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Raised, Result, Value};

impl View {
    /// The byte offset of the item that indices name, one for each dimension.
    pub(super) fn offset(&self, ts: &ThreadState, indices: &[isize]) -> Result<isize> {
        let mut offset = 0;
        for (dim, &i) in indices.iter().enumerate() {
            let n = self.shape[dim];
            let i = if i < 0 { i + n } else { i };
            if i < 0 || i >= n {
                return Err(ts.index_error(format!("index out of bounds on dimension {}", dim + 1)));
            }
            offset += i * self.strides[dim];
        }
        Ok(offset)
    }
    /// The bytes of an item.
    ///
    /// # Safety
    /// The offset comes from [`View::offset`]; the view's loan lasts; nobody writes meanwhile.
    pub(super) unsafe fn bytes(&self, offset: isize) -> &[u8] {
        // SAFETY: by the contract.
        unsafe { std::slice::from_raw_parts(self.ptr.offset(offset), self.itemsize) }
    }
}

fn unsupported(ts: &ThreadState, format: &str) -> Raised {
    ts.not_implemented_error(format!("memoryview: format {format} not supported"))
}

/// An item as a value.
pub(super) fn unpack(ts: &ThreadState, view: &View, offset: isize) -> Result<Value> {
    match format::native(&view.format) {
        // SAFETY: the offset lies within the view.
        Some(code) => Ok(format::unpack(ts, code, unsafe { view.bytes(offset) })),
        None => Err(unsupported(ts, &view.format)),
    }
}

/// Writes an item. Making bytes of the value may run Python code: the view is asked for again then.
pub(super) fn pack(ts: &ThreadState, m: &MemoryView, offset: isize, v: &Value) -> Result<()> {
    let view = m.view(ts)?;
    let Some(code) = format::native(&view.format) else { return Err(unsupported(ts, &view.format)) };
    let mut item = [0; 8];
    let item = &mut item[..view.itemsize];
    format::pack(ts, code, v, item).map_err(|e| match e {
        PackError::Raised(e) => e,
        PackError::Type => ts.type_error(format!("memoryview: invalid type for format '{}'", view.format)),
        PackError::Value => ts.value_error(format!("memoryview: invalid value for format '{}'", view.format)),
    })?;
    let view = m.view(ts)?;
    // SAFETY: the offset lies within the view, which is not released and was found writable.
    unsafe { view.ptr.offset(offset).copy_from_nonoverlapping(item.as_ptr(), item.len()) };
    Ok(())
}

/// `m.tolist()`
pub(super) fn to_list(ts: &ThreadState, view: &View, dim: usize, offset: isize) -> Result<Value> {
    if dim == view.shape.len() {
        return unpack(ts, view, offset);
    }
    let items = (0..view.shape[dim]).map(|i| to_list(ts, view, dim + 1, offset + i * view.strides[dim])).collect::<Result<_>>()?;
    Ok(List::new(ts, items).into_value())
}

/// How items are compared: natively, or by what the module `struct` makes of them.
enum Reader {
    Native(u8),
    Struct(Value),
}

impl Reader {
    fn new(ts: &ThreadState, format: &str) -> Option<Reader> {
        if let Some(code) = format::native(format) {
            return Some(Reader::Native(code));
        }
        let made = module::import(ts, "struct").and_then(|m| {
            protocol::call_method(ts, &m, "Struct", &[Str::new(ts, format).into_value()])
        });
        match made {
            Ok(s) => Some(Reader::Struct(s)),
            Err(_) => {
                ts.take_exception();
                None
            }
        }
    }
    fn read(&self, ts: &ThreadState, b: &[u8]) -> Result<Value> {
        match self {
            Reader::Native(code) => Ok(format::unpack(ts, *code, b)),
            Reader::Struct(s) => {
                let row = protocol::call_method(ts, s, "unpack", &[Bytes::new(ts, b).into_value()])?;
                Ok(match row.downcast::<Tuple>().map(Tuple::items) {
                    Some([one]) => one.clone(),
                    _ => row,
                })
            }
        }
    }
}

fn equal_items(ts: &ThreadState, a: (&View, &Reader, isize), b: (&View, &Reader, isize), dim: usize) -> Result<bool> {
    if dim == a.0.shape.len() {
        // SAFETY: offsets within the views.
        let (x, y) = unsafe { (a.0.bytes(a.2).to_vec(), b.0.bytes(b.2).to_vec()) };
        let (x, y) = (a.1.read(ts, &x)?, b.1.read(ts, &y)?);
        // Unlike `protocol::eq` this does not take identity for equality: NaNs differ.
        return protocol::is_true(ts, &protocol::compare(ts, &x, &y, crate::slots::CmpOp::Eq)?);
    }
    for i in 0..a.0.shape[dim] {
        let x = (a.0, a.1, a.2 + i * a.0.strides[dim]);
        let y = (b.0, b.1, b.2 + i * b.0.strides[dim]);
        if !equal_items(ts, x, y, dim + 1)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Same shape and equal items?
pub(super) fn equal(ts: &ThreadState, a: &View, b: &View) -> Result<bool> {
    if a.shape != b.shape {
        return Ok(false);
    }
    let (Some(x), Some(y)) = (Reader::new(ts, &a.format), Reader::new(ts, &b.format)) else { return Ok(false) };
    if let (Reader::Native(c), Reader::Native(d)) = (&x, &y)
        && (c == d || format::is_signed(*c) == format::is_signed(*d) && a.itemsize == b.itemsize)
        && !matches!(c, b'e' | b'f' | b'd' | b'?')
        && !matches!(d, b'e' | b'f' | b'd' | b'?')
        && (*c == b'c') == (*d == b'c')
        && a.is_c_contiguous()
        && b.is_c_contiguous()
    {
        let n = a.nbytes();
        // SAFETY: contiguous memory under loans.
        return Ok(n == 0 || unsafe { std::slice::from_raw_parts(a.ptr, n) == std::slice::from_raw_parts(b.ptr, n) });
    }
    equal_items(ts, (a, &x, 0), (b, &y, 0), 0)
}

/// The tuple of numbers that `shape` and `strides` show.
pub(super) fn number_row(ts: &ThreadState, row: &[isize]) -> Value {
    Tuple::new(ts, row.iter().map(|&n| int::from_i64(ts, n as i64)).collect()).into_value()
}
