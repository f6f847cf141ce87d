//! `memoryview.cast`: the same bytes as items of another kind or shape.

use super::{Dims, MemoryView, View};
use crate::buffer::format;
use crate::heap::Ref;
use crate::int;
use crate::list::List;
use crate::protocol;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use smallvec::SmallVec;

fn shape_of(ts: &ThreadState, v: &Value) -> Result<Vec<isize>> {
    let items = if let Some(l) = v.downcast::<List>() {
        l.to_vec()
    } else if let Some(t) = v.downcast::<Tuple>() {
        t.items().to_vec()
    } else {
        return Err(ts.type_error("shape must be a list or a tuple"));
    };
    if items.len() > 64 {
        return Err(ts.value_error("memoryview: number of dimensions must not exceed 64"));
    }
    items
        .iter()
        .map(|v| {
            if int::view(v).is_none() {
                return Err(ts.type_error("memoryview.cast(): elements of shape must be integers"));
            }
            match protocol::as_isize(ts, v)? {
                n if n > 0 => Ok(n),
                _ => Err(ts.value_error("memoryview.cast(): elements of shape must be integers > 0")),
            }
        })
        .collect()
}

pub(super) fn cast(ts: &ThreadState, m: &MemoryView, format: &Str, shape: Option<&Value>) -> Result<Ref<MemoryView>> {
    let (base, view) = m.open(ts)?;
    if !view.is_c_contiguous() {
        return Err(ts.type_error("memoryview: casts are restricted to C-contiguous views"));
    }
    if (shape.is_some() || view.shape.len() != 1) && view.shape.contains(&0) {
        return Err(ts.type_error("memoryview: cannot cast view with zeros in shape or strides"));
    }
    let shape = match shape {
        Some(v) => {
            let shape = shape_of(ts, v)?;
            if view.shape.len() != 1 && shape.len() != 1 {
                return Err(ts.type_error("memoryview: cast must be 1D -> ND or ND -> 1D"));
            }
            Some(shape)
        }
        None => None,
    };
    const NATIVE: &str = "format must be a native single character format prefixed with an optional '@'";
    let text = format.to_string_lossy();
    let Some(to) = format::native(&text) else {
        return Err(ts.value_error(format!("memoryview: destination {NATIVE}")));
    };
    let Some(from) = format::native(&view.format) else {
        return Err(ts.value_error(format!("memoryview: source {NATIVE}")));
    };
    let is_byte = |c: u8| matches!(c, b'b' | b'B' | b'c');
    if !is_byte(to) && !is_byte(from) {
        return Err(ts.type_error("memoryview: cannot cast between two non-byte formats"));
    }
    let itemsize = format::size(to).unwrap_or(1);
    let nbytes = view.nbytes();
    if nbytes % itemsize != 0 {
        return Err(ts.type_error("memoryview: length is not a multiple of itemsize"));
    }
    let shape = shape.unwrap_or_else(|| vec![(nbytes / itemsize) as isize]);
    let product = shape.iter().try_fold(itemsize as isize, |n, &s| n.checked_mul(s));
    if product != Some(nbytes as isize) {
        return Err(ts.type_error("memoryview: product(shape) * itemsize != buffer size"));
    }
    let shape = Dims::from_vec(shape);
    let mut strides: Dims = SmallVec::from_elem(0, shape.len());
    let mut step = itemsize as isize;
    for (s, n) in strides.iter_mut().zip(&shape).rev() {
        *s = step;
        step *= n;
    }
    let new = View { itemsize, format: text.into_owned().into(), shape, strides, ..view.clone() };
    Ok(MemoryView::make(ts, base, new))
}
