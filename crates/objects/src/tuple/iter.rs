//! `tuple_iterator`.

use super::Tuple;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::iterators::{builtin, state_index};
use crate::payload;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

pub struct TupleIterator {
    /// Absent once exhausted.
    pub tuple: GilCell<Option<Value>>,
    pub index: Cell<usize>,
}

payload!(TupleIterator, id = ids::TUPLE_ITERATOR, container, traverse = |s, visit| s.tuple.read(|t| if let Some(t) = t { visit(t) }));

impl TupleIterator {
    pub fn new(ts: &ThreadState, tuple: Value) -> Ref<TupleIterator> {
        heap::new(ts, TupleIterator { tuple: GilCell::new(Some(tuple)), index: Cell::new(0) })
    }
    #[inline(always)]
    pub fn next(&self) -> Option<Value> {
        let i = self.index.get();
        let item = self.tuple.read(|t| t.as_ref()?.downcast::<Tuple>()?.items().get(i).cloned());
        match item {
            Some(_) => self.index.set(i + 1),
            None => drop(self.tuple.take()),
        }
        item
    }
    /// The next item of an exact tuple. `None` changes nothing: ask [`TupleIterator::next`].
    #[inline(always)]
    pub fn next_if_exact(&self) -> Option<Value> {
        let i = self.index.get();
        let item = self.tuple.read(|t| t.as_ref()?.exact::<Tuple>()?.items().get(i).cloned());
        if item.is_some() {
            self.index.set(i + 1);
        }
        item
    }
    pub fn remaining(&self) -> usize {
        self.tuple.read(|t| t.as_ref().and_then(|t| t.downcast::<Tuple>()).map_or(0, |t| t.len().saturating_sub(self.index.get())))
    }
}

#[class(name = "tuple_iterator", no_new, final)]
impl TupleIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self) -> Option<Value> {
        self.next()
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.remaining()
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let iter = builtin(ts, "iter")?;
        Ok(match self.tuple.get() {
            Some(t) => {
                let args = Tuple::from_array(ts, [t]).into_value();
                Tuple::from_array(ts, [iter, args, crate::int::from_i64(ts, self.index.get() as i64)])
            }
            None => {
                let args = Tuple::from_array(ts, [Tuple::empty(ts).into_value()]).into_value();
                Tuple::from_array(ts, [iter, args])
            }
        }
        .into_value())
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = state_index(ts, object)?.max(0) as usize;
        let len = self.tuple.read(|t| t.as_ref().and_then(|t| t.downcast::<Tuple>()).map(|t| t.len()));
        if let Some(len) = len {
            self.index.set(i.min(len));
        }
        Ok(())
    }
}
