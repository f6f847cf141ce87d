//! The iterators over `bytes` and `bytearray`.

use super::Bytes;
use crate::bytearray::Bytearray;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::int;
use crate::iterators;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use taipan_macros::class;

pub struct BytesIterator {
    source: GilCell<Option<Ref<Bytes>>>,
    index: Cell<usize>,
}
pub struct BytearrayIterator {
    source: GilCell<Option<Ref<Bytearray>>>,
    index: Cell<usize>,
}

crate::payload!(BytesIterator, id = ids::BYTES_ITERATOR);
crate::payload!(BytearrayIterator, id = ids::BYTEARRAY_ITERATOR);

impl Bytes {
    pub fn iterate(ts: &ThreadState, source: Ref<Bytes>) -> Value {
        heap::new(ts, BytesIterator { source: GilCell::new(Some(source)), index: Cell::new(0) }).into_value()
    }
}
impl Bytearray {
    pub fn iterate(ts: &ThreadState, source: Ref<Bytearray>) -> Value {
        heap::new(ts, BytearrayIterator { source: GilCell::new(Some(source)), index: Cell::new(0) }).into_value()
    }
}

/// What `__reduce__` gives: `(iter, (source,), index)`, or an iterator over nothing.
fn reduced(ts: &ThreadState, source: Option<Value>, index: usize) -> Result<Value> {
    let iter = iterators::builtin(ts, "iter")?;
    Ok(match source {
        Some(s) => {
            let args = Tuple::from_array(ts, [s]).into_value();
            Tuple::from_array(ts, [iter, args, int::from_i64(ts, index as i64)]).into_value()
        }
        None => {
            let args = Tuple::from_array(ts, [Tuple::empty(ts).into_value()]).into_value();
            Tuple::from_array(ts, [iter, args]).into_value()
        }
    })
}

macro_rules! iterator {
    ($class:ident, $name:literal, $read:expr) => {
        #[class(name = $name, no_new, final)]
        impl $class {
            #[slot(iter)]
            fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
                Ok(slf.clone())
            }
            #[slot(iternext)]
            fn tp_next(&self, _ts: &ThreadState) -> Result<Option<Value>> {
                let i = self.index.get();
                match self.source.read(|s| s.as_ref().and_then(|s| ($read)(s, i))) {
                    Some(b) => {
                        self.index.set(i + 1);
                        Ok(Value::small_int(b as i64))
                    }
                    None => {
                        self.source.set(None);
                        Ok(None)
                    }
                }
            }
            #[method("__length_hint__($self, /)")]
            fn length_hint(&self) -> usize {
                self.source.read(|s| s.as_ref().map_or(0, |s| s.len().saturating_sub(self.index.get())))
            }
            #[method("__reduce__($self, /)")]
            fn reduce(&self, ts: &ThreadState) -> Result<Value> {
                reduced(ts, self.source.get().map(Ref::into_value), self.index.get())
            }
            #[method("__setstate__($self, object, /)")]
            fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
                let i = protocol::as_isize(ts, object)?.max(0) as usize;
                self.source.read(|s| {
                    if let Some(s) = s {
                        self.index.set(i.min(s.len()));
                    }
                });
                Ok(())
            }
        }
    };
}

iterator!(BytesIterator, "bytes_iterator", |s: &Ref<Bytes>, i: usize| s.as_slice().get(i).copied());
iterator!(BytearrayIterator, "bytearray_iterator", |s: &Ref<Bytearray>, i: usize| s.read(|b| b.get(i).copied()));
