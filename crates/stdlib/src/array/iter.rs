//! `array.arrayiterator`.

use super::Array;
use std::cell::Cell;
use taipan_objects::heap;
use taipan_objects::iterators::{builtin, state_index};
use taipan_objects::native::class;
use taipan_objects::tuple::Tuple;
use taipan_objects::{GilCell, Ref, Result, ThreadState, Value, int, payload};

pub struct ArrayIterator {
    /// Absent once exhausted.
    array: GilCell<Option<Value>>,
    index: Cell<usize>,
}

payload!(ArrayIterator, container, traverse = |s, visit| s.array.read(|a| a.iter().for_each(visit)));

impl ArrayIterator {
    pub fn new(ts: &ThreadState, array: Value) -> Ref<ArrayIterator> {
        heap::new(ts, ArrayIterator { array: GilCell::new(Some(array)), index: Cell::new(0) })
    }
}

#[class(name = "arrayiterator", module = "array", no_new, final)]
impl ArrayIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Option<Value> {
        let array = self.array.get()?;
        let i = self.index.get();
        let item = array.downcast::<Array>()?.get(ts, i);
        match item {
            Some(_) => self.index.set(i + 1),
            None => self.array.set(None),
        }
        item
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let iter = builtin(ts, "iter")?;
        Ok(match self.array.get() {
            Some(a) => {
                let args = Tuple::from_array(ts, [a]).into_value();
                Tuple::from_array(ts, [iter, args, int::from_usize(ts, self.index.get())]).into_value()
            }
            None => {
                let args = Tuple::from_array(ts, [Tuple::empty(ts).into_value()]).into_value();
                Tuple::from_array(ts, [iter, args]).into_value()
            }
        })
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, state, /)")]
    fn setstate(&self, ts: &ThreadState, state: &Value) -> Result<()> {
        let i = state_index(ts, state)?.max(0) as usize;
        if let Some(a) = self.array.get().as_ref().and_then(|a| a.downcast::<Array>()) {
            self.index.set(i.min(a.count()));
        }
        Ok(())
    }
}
