//! `list_iterator` and `list_reverseiterator`.

use super::List;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::int;
use crate::iterators::{builtin, state_index};
use crate::payload;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

pub struct ListIterator {
    /// Absent once exhausted.
    pub list: GilCell<Option<Value>>,
    pub index: Cell<usize>,
}

payload!(ListIterator, id = ids::LIST_ITERATOR, container, traverse = |s, visit| s.list.read(|t| if let Some(t) = t { visit(t) }));

impl ListIterator {
    pub fn new(ts: &ThreadState, list: Value) -> Ref<ListIterator> {
        heap::new(ts, ListIterator { list: GilCell::new(Some(list)), index: Cell::new(0) })
    }
    #[inline(always)]
    pub fn next(&self) -> Option<Value> {
        let i = self.index.get();
        let item = self.list.read(|t| t.as_ref()?.downcast::<List>()?.get(i));
        match item {
            Some(_) => self.index.set(i + 1),
            None => drop(self.list.take()),
        }
        item
    }
    /// The next item of an exact list. `None` changes nothing: ask [`ListIterator::next`].
    #[inline(always)]
    pub fn next_if_exact(&self) -> Option<Value> {
        let i = self.index.get();
        let item = self.list.read(|t| t.as_ref()?.exact::<List>()?.get(i));
        if item.is_some() {
            self.index.set(i + 1);
        }
        item
    }
    fn len(&self) -> Option<usize> {
        self.list.read(|t| t.as_ref().and_then(|t| t.downcast::<List>()).map(List::len))
    }
}

/// The iterator of an exact list that has so many items still to give.
pub fn at_least(it: &Value, n: usize) -> Option<&ListIterator> {
    let it = it.exact::<ListIterator>()?;
    let has = it.list.read(|l| l.as_ref()?.exact::<List>().map(List::len))?;
    (has.saturating_sub(it.index.get()) >= n).then_some(it)
}

/// `(iter, (empty list,))`, what an exhausted iterator reduces to.
fn reduce_exhausted(ts: &ThreadState) -> Result<Value> {
    let args = Tuple::from_array(ts, [List::new(ts, Vec::new()).into_value()]).into_value();
    Ok(Tuple::from_array(ts, [builtin(ts, "iter")?, args]).into_value())
}

#[class(name = "list_iterator", no_new, final)]
impl ListIterator {
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
        self.len().map_or(0, |n| n.saturating_sub(self.index.get()))
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let Some(list) = self.list.get() else { return reduce_exhausted(ts) };
        let args = Tuple::from_array(ts, [list]).into_value();
        let index = int::from_i64(ts, self.index.get() as i64);
        Ok(Tuple::from_array(ts, [builtin(ts, "iter")?, args, index]).into_value())
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = state_index(ts, object)?.max(0) as usize;
        if let Some(n) = self.len() {
            self.index.set(i.min(n));
        }
        Ok(())
    }
}

pub struct ListReverseIterator {
    list: GilCell<Option<Value>>,
    /// The item to come; below 0 when exhausted.
    index: Cell<isize>,
}

payload!(ListReverseIterator, id = ids::LIST_REVERSEITERATOR, container, traverse = |s, visit| s.list.read(|t| if let Some(t) = t { visit(t) }));

impl ListReverseIterator {
    pub fn new(ts: &ThreadState, list: Value) -> Ref<ListReverseIterator> {
        let last = list.downcast::<List>().map_or(0, List::len) as isize - 1;
        heap::new(ts, ListReverseIterator { list: GilCell::new(Some(list)), index: Cell::new(last) })
    }
    fn len(&self) -> usize {
        self.list.read(|t| t.as_ref().and_then(|t| t.downcast::<List>()).map_or(0, List::len))
    }
}

#[class(name = "list_reverseiterator", no_new, final)]
impl ListReverseIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self) -> Option<Value> {
        let i = self.index.get();
        let item = if i < 0 { None } else { self.list.read(|t| t.as_ref()?.downcast::<List>()?.get(i as usize)) };
        match item {
            Some(_) => self.index.set(i - 1),
            None => {
                self.index.set(-1);
                drop(self.list.take());
            }
        }
        item
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> isize {
        let n = self.index.get() + 1;
        if self.len() < n as usize { 0 } else { n }
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let Some(list) = self.list.get() else { return reduce_exhausted(ts) };
        let args = Tuple::from_array(ts, [list]).into_value();
        let index = int::from_i64(ts, self.index.get() as i64);
        Ok(Tuple::from_array(ts, [builtin(ts, "reversed")?, args, index]).into_value())
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = state_index(ts, object)?;
        if self.list.read(Option::is_some) {
            self.index.set(i.clamp(-1, self.len() as isize - 1));
        }
        Ok(())
    }
}
