//! `range_iterator` for machine words and `longrange_iterator` for the rest.

use super::{Range, add, mul, number, sub};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::int;
use crate::iterators::builtin;
use crate::native::class;
use crate::payload;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;

/// All numbers, and the one after the last, fit into machine words.
pub struct RangeIterator {
    pub next: Cell<i64>,
    pub step: Cell<i64>,
    pub remaining: Cell<u64>,
}

payload!(RangeIterator, id = ids::RANGE_ITERATOR);

impl RangeIterator {
    pub fn new(ts: &ThreadState, start: i64, step: i64, length: u64) -> Ref<RangeIterator> {
        heap::new(ts, RangeIterator { next: Cell::new(start), step: Cell::new(step), remaining: Cell::new(length) })
    }
    /// The next number if it is an inline one. `None` changes nothing.
    #[inline(always)]
    pub fn next_small(&self) -> Option<Value> {
        let n = self.remaining.get();
        if n == 0 {
            return None;
        }
        let i = self.next.get();
        let v = Value::small_int(i)?;
        self.remaining.set(n - 1);
        self.next.set(i.wrapping_add(self.step.get()));
        Some(v)
    }
    /// The next number, not made an object yet.
    #[inline(always)]
    pub fn next_number(&self) -> Option<i64> {
        let n = self.remaining.get();
        if n == 0 {
            return None;
        }
        let i = self.next.get();
        self.remaining.set(n - 1);
        self.next.set(i.wrapping_add(self.step.get()));
        Some(i)
    }
}

/// `(iter, (range,), None)`: what is still to come.
fn reduce(ts: &ThreadState, start: Value, stop: Value, step: Value) -> Result<Value> {
    let rest = Range::new(ts, start, stop, step)?;
    let args = Tuple::from_array(ts, [rest.into_value()]).into_value();
    Ok(Tuple::from_array(ts, [builtin(ts, "iter")?, args, Value::none()]).into_value())
}

#[class(name = "range_iterator", no_new, final)]
impl RangeIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Option<Value> {
        self.next_number().map(|i| int::from_i64(ts, i))
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> u64 {
        self.remaining.get()
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let (next, step, n) = (self.next.get(), self.step.get(), self.remaining.get());
        let stop = next as i128 + step as i128 * n as i128;
        reduce(ts, number(ts, next), int::from_i128(ts, stop), number(ts, step))
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = protocol::as_isize(ts, object)?.max(0) as u64;
        let i = i.min(self.remaining.get());
        self.next.set(self.next.get().wrapping_add((i as i64).wrapping_mul(self.step.get())));
        self.remaining.set(self.remaining.get() - i);
        Ok(())
    }
}

pub struct LongRangeIterator {
    next: GilCell<Value>,
    step: Value,
    remaining: GilCell<Value>,
}

payload!(LongRangeIterator, id = ids::LONGRANGE_ITERATOR);

impl LongRangeIterator {
    pub fn new(ts: &ThreadState, start: Value, step: Value, length: Value) -> Ref<LongRangeIterator> {
        heap::new(ts, LongRangeIterator { next: GilCell::new(start), step, remaining: GilCell::new(length) })
    }
}

#[class(name = "longrange_iterator", no_new, final)]
impl LongRangeIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let n = self.remaining.get();
        if n.as_small_int() == Some(0) {
            return Ok(None);
        }
        let v = self.next.get();
        self.next.set(add(ts, &v, &self.step)?);
        self.remaining.set(sub(ts, &n, &number(ts, 1))?);
        Ok(Some(v))
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> Value {
        self.remaining.get()
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let next = self.next.get();
        let stop = add(ts, &next, &mul(ts, &self.step, &self.remaining.get())?)?;
        reduce(ts, next, stop, self.step.clone())
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        if int::view(object).is_none() {
            return Err(ts.type_error(format!("state must be an int, not {}", object.type_name(ts))));
        }
        let n = self.remaining.get();
        let i = if int::is_negative(object) {
            number(ts, 0)
        } else if protocol::lt(ts, &n, object)? {
            n.clone()
        } else {
            object.clone()
        };
        self.next.set(add(ts, &self.next.get(), &mul(ts, &i, &self.step)?)?);
        self.remaining.set(sub(ts, &n, &i)?);
        Ok(())
    }
}
