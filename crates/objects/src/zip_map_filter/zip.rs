//! `zip`.

use super::{iterators, next_row};
use crate::heap;
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol::Source;
use crate::thread::ThreadState;
use crate::tuple::{Reusable, Tuple};
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;

pub struct Zip {
    its: Vec<Source>,
    strict: Cell<bool>,
    result: Reusable,
}

payload!(Zip, id = ids::ZIP, container, traverse = |s, visit| {
    s.its.iter().for_each(|it| visit(it.iterator()));
    s.result.visit(visit)
});

#[class(name = "zip")]
/// The zip object yields n-length tuples, where n is the number of iterables
/// passed as positional arguments to zip().  The i-th element in every tuple
/// comes from the i-th iterable argument to zip().  This continues until the
/// shortest argument is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
///
///    >>> list(zip('abcdefg', range(3), range(4)))
///    [('a', 0, 0), ('b', 1, 1), ('c', 2, 2)]
impl Zip {
    #[new("(*iterables, strict=False)")]
    fn tp_new(cls: &Type, ts: &ThreadState, iterables: &[Value], strict: bool) -> Result<Value> {
        let zip = Zip { its: iterators(ts, iterables)?, strict: Cell::new(strict), result: Reusable::default() };
        Ok(heap::new_with_type(ts, cls, zip).into_value())
    }
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let [a, b] = self.its.as_slice()
            && !self.strict.get()
        {
            let Some(x) = a.next(ts)? else { return Ok(None) };
            let Some(y) = b.next(ts)? else { return Ok(None) };
            return Ok(Some(self.result.fill(ts, [x, y])));
        }
        if let [a, b, c] = self.its.as_slice()
            && !self.strict.get()
        {
            let Some(x) = a.next(ts)? else { return Ok(None) };
            let Some(y) = b.next(ts)? else { return Ok(None) };
            let Some(z) = c.next(ts)? else { return Ok(None) };
            return Ok(Some(self.result.fill(ts, [x, y, z])));
        }
        let mut row = Vec::with_capacity(self.its.len());
        if self.its.is_empty() || !next_row(ts, &self.its, self.strict.get(), "zip", &mut row)? {
            return Ok(None);
        }
        Ok(Some(Tuple::new(ts, row).into_value()))
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(z) = slf.downcast::<Zip>() else { return Ok(Value::none()) };
        let class = slf.class_ref(ts).into_value();
        let its = Tuple::new(ts, z.its.iter().map(|it| it.iterator().clone()).collect()).into_value();
        Ok(if z.strict.get() {
            Tuple::from_array(ts, [class, its, Value::true_()]).into_value()
        } else {
            Tuple::from_array(ts, [class, its]).into_value()
        })
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, object: bool) {
        self.strict.set(object);
    }
}
