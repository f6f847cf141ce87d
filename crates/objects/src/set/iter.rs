//! `set_iterator`.

use super::any_set;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::iterators::builtin;
use crate::list::List;
use crate::payload;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

pub struct SetIterator {
    /// Absent once exhausted.
    set: GilCell<Option<Value>>,
    position: Cell<usize>,
    /// The set's size at the start; `usize::MAX` after it was seen to change.
    used: Cell<usize>,
    remaining: Cell<usize>,
}

payload!(SetIterator, id = ids::SET_ITERATOR, container, traverse = |s, visit| s.set.read(|t| if let Some(t) = t { visit(t) }));

impl SetIterator {
    pub fn new(ts: &ThreadState, set: Value) -> Ref<SetIterator> {
        let n = any_set(&set).map_or(0, |s| s.len());
        heap::new(
            ts,
            SetIterator { set: GilCell::new(Some(set)), position: Cell::new(0), used: Cell::new(n), remaining: Cell::new(n) },
        )
    }
    #[inline]
    pub fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let found = self.set.read(|v| {
            let Some(s) = v.as_ref().and_then(any_set) else { return Ok(None) };
            if s.len() != self.used.get() {
                self.used.set(usize::MAX);
                return Err(ts.runtime_error("Set changed size during iteration"));
            }
            Ok(s.next_entry(self.position.get()))
        })?;
        match found {
            Some((position, _, key)) => {
                self.position.set(position);
                self.remaining.set(self.remaining.get().saturating_sub(1));
                Ok(Some(key))
            }
            None => {
                drop(self.set.take());
                Ok(None)
            }
        }
    }
}

#[class(name = "set_iterator", no_new, final)]
impl SetIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.next(ts)
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        let live = self.set.read(|v| v.as_ref().and_then(any_set).map(|s| s.len()));
        if live == Some(self.used.get()) { self.remaining.get() } else { 0 }
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let mut rest = Vec::new();
        if let Some(v) = self.set.get()
            && let Some(s) = any_set(&v)
        {
            if s.len() != self.used.get() {
                self.used.set(usize::MAX);
                return Err(ts.runtime_error("Set changed size during iteration"));
            }
            let mut position = self.position.get();
            while let Some((next, _, k)) = s.next_entry(position) {
                position = next;
                rest.push(k);
            }
        }
        let args = Tuple::from_array(ts, [List::new(ts, rest).into_value()]).into_value();
        Ok(Tuple::from_array(ts, [builtin(ts, "iter")?, args]).into_value())
    }
}
