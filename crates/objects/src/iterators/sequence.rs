//! `iterator`: walks an object that has `__getitem__` only, until IndexError.

use super::{builtin, state_index};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::int;
use crate::payload;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

pub struct SequenceIterator {
    seq: GilCell<Option<Value>>,
    index: Cell<isize>,
}

payload!(SequenceIterator, id = ids::SEQUENCE_ITERATOR, container, traverse = |s, visit| s.seq.read(|t| if let Some(t) = t { visit(t) }));

impl SequenceIterator {
    pub fn new(ts: &ThreadState, seq: Value) -> Ref<SequenceIterator> {
        heap::new(ts, SequenceIterator { seq: GilCell::new(Some(seq)), index: Cell::new(0) })
    }
}

#[class(name = "iterator", no_new, final)]
impl SequenceIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(seq) = self.seq.get() else { return Ok(None) };
        let i = self.index.get();
        if i == isize::MAX {
            return Err(ts.overflow_error("iter index too large"));
        }
        match protocol::getitem(ts, &seq, &int::from_i64(ts, i as i64)) {
            Ok(v) => {
                self.index.set(i + 1);
                Ok(Some(v))
            }
            Err(e) => {
                if ts.exception_is(|x| &x.index_error) || ts.exception_is(|x| &x.stop_iteration) {
                    ts.take_exception();
                    self.seq.set(None);
                    return Ok(None);
                }
                Err(e)
            }
        }
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self, ts: &ThreadState) -> Result<Value> {
        let Some(seq) = self.seq.get() else { return Ok(int::from_i64(ts, 0)) };
        if !protocol::has_len(ts, &seq) {
            return Ok(Value::not_implemented());
        }
        let n = protocol::len(ts, &seq)? as i64 - self.index.get() as i64;
        Ok(int::from_i64(ts, n.max(0)))
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let iter = builtin(ts, "iter")?;
        Ok(match self.seq.get() {
            Some(seq) => {
                let args = Tuple::from_array(ts, [seq]).into_value();
                Tuple::from_array(ts, [iter, args, int::from_i64(ts, self.index.get() as i64)])
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
        let i = state_index(ts, object)?;
        if self.seq.read(Option::is_some) {
            self.index.set(i.max(0));
        }
        Ok(())
    }
}
