//! The iterator over a view with one dimension.

use super::{MemoryView, items};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::Cell;
use taipan_macros::class;

pub struct MemoryIterator {
    source: GilCell<Option<Ref<MemoryView>>>,
    index: Cell<isize>,
    length: isize,
}

crate::payload!(MemoryIterator, id = ids::MEMORY_ITERATOR, container, traverse = |s, visit| s.source.read(|m| if let Some(m) = m { visit(m.as_value()) }));

impl MemoryView {
    pub fn iterate(ts: &ThreadState, source: Ref<MemoryView>) -> Result<Value> {
        let view = source.view(ts)?;
        let length = match view.shape[..] {
            [] => return Err(ts.type_error("invalid indexing of 0-dim memory")),
            [n] => n,
            _ => return Err(ts.not_implemented_error("multi-dimensional sub-views are not implemented")),
        };
        if crate::buffer::format::native(&view.format).is_none() {
            let message = format!("memoryview: format {} not supported", view.format);
            return Err(ts.not_implemented_error(message));
        }
        let it = MemoryIterator { source: GilCell::new(Some(source)), index: Cell::new(0), length };
        Ok(heap::new(ts, it).into_value())
    }
}

#[class(name = "memory_iterator", no_new, final)]
impl MemoryIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(source) = self.source.get() else { return Ok(None) };
        let i = self.index.get();
        if i < self.length {
            let view = source.view(ts)?;
            self.index.set(i + 1);
            return Ok(Some(items::unpack(ts, view, i * view.strides[0])?));
        }
        self.source.set(None);
        Ok(None)
    }
}
