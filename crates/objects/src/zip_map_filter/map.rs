//! `map`.

use super::{iterators, next_row};
use crate::heap;
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol::{Callee, Source};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;

pub struct Map {
    function: Callee,
    its: Vec<Source>,
    strict: Cell<bool>,
}

payload!(Map, id = ids::MAP, container, traverse = |s, visit| {
    visit(s.function.function());
    s.its.iter().for_each(|it| visit(it.iterator()))
});

#[class(name = "map")]
/// Make an iterator that computes the function using arguments from
/// each of the iterables.  Stops when the shortest iterable is exhausted.
///
/// If strict is true and one of the arguments is exhausted before the others,
/// raise a ValueError.
impl Map {
    #[new("(*args, strict=False)", shown = "(function, iterable, /, *iterables, strict=False)")]
    fn tp_new(cls: &Type, ts: &ThreadState, args: &[Value], strict: bool) -> Result<Value> {
        let [function, iterables @ ..] = args else { return Err(ts.type_error("map() must have at least two arguments.")) };
        if iterables.is_empty() {
            return Err(ts.type_error("map() must have at least two arguments."));
        }
        let map = Map { function: Callee::new(ts, function.clone()), its: iterators(ts, iterables)?, strict: Cell::new(strict) };
        Ok(heap::new_with_type(ts, cls, map).into_value())
    }
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let [it] = self.its.as_slice() {
            let Some(v) = it.next(ts)? else { return Ok(None) };
            return self.function.call1(ts, &v).map(Some);
        }
        self.next_of_several(ts)
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(m) = slf.downcast::<Map>() else { return Ok(Value::none()) };
        let class = slf.class_ref(ts).into_value();
        let args = std::iter::once(m.function.function()).chain(m.its.iter().map(Source::iterator)).cloned().collect();
        let args = Tuple::new(ts, args).into_value();
        Ok(if m.strict.get() {
            Tuple::from_array(ts, [class, args, Value::true_()]).into_value()
        } else {
            Tuple::from_array(ts, [class, args]).into_value()
        })
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, object: bool) {
        self.strict.set(object);
    }
}

impl Map {
    #[inline(never)]
    fn next_of_several(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let [a, b] = self.its.as_slice()
            && !self.strict.get()
        {
            let Some(x) = a.next(ts)? else { return Ok(None) };
            let Some(y) = b.next(ts)? else { return Ok(None) };
            return self.function.call2(ts, &[x, y]).map(Some);
        }
        let mut row = Vec::with_capacity(self.its.len());
        if !next_row(ts, &self.its, self.strict.get(), "map", &mut row)? {
            return Ok(None);
        }
        self.function.call(ts, &row).map(Some)
    }
}
