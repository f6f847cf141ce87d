//! `enumerate`.

use crate::generic_alias::GenericAlias;
use crate::heap::{self, GilCell};
use crate::ids;
use crate::int;
use crate::native::class;
use crate::payload;
use crate::protocol::{self, BinaryOp, Source};
use crate::thread::ThreadState;
use crate::tuple::{Reusable, Tuple};
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;

pub struct Enumerate {
    it: Source,
    index: Cell<i64>,
    /// The index once it has outgrown `index`.
    long: GilCell<Option<Value>>,
    result: Reusable,
}

payload!(Enumerate, id = ids::ENUMERATE, container, traverse = |s, visit| {
    visit(s.it.iterator());
    s.result.visit(visit)
});

impl Enumerate {
    #[inline]
    fn take_index(&self, ts: &ThreadState) -> Result<Value> {
        if let Some(v) = self.long.get() {
            let next = protocol::binary_op(ts, BinaryOp::Add, &v, &int::from_i64(ts, 1))?;
            self.long.set(Some(next));
            return Ok(v);
        }
        let i = self.index.get();
        match i.checked_add(1) {
            Some(n) => self.index.set(n),
            None => {
                let v = int::from_i64(ts, i);
                self.long.set(Some(protocol::binary_op(ts, BinaryOp::Add, &v, &int::from_i64(ts, 1))?));
            }
        }
        Ok(int::from_i64(ts, i))
    }
    /// The next index and value.
    #[inline]
    pub fn next_entry(&self, ts: &ThreadState) -> Result<Option<(Value, Value)>> {
        let Some(v) = self.it.next(ts)? else { return Ok(None) };
        Ok(Some((self.take_index(ts)?, v)))
    }
}

#[class(name = "enumerate")]
/// Return an enumerate object.
///
///   iterable
///     an object supporting iteration
///
/// The enumerate object yields pairs containing a count (from start, which
/// defaults to zero) and a value yielded by the iterable argument.
///
/// enumerate is useful for obtaining an indexed list:
///     (0, seq[0]), (1, seq[1]), (2, seq[2]), ...
impl Enumerate {
    #[new("(iterable, start=0)")]
    fn tp_new(cls: &Type, ts: &ThreadState, iterable: &Value, start: Option<&Value>) -> Result<Value> {
        let start = match start {
            Some(v) => protocol::index(ts, v)?,
            None => int::from_i64(ts, 0),
        };
        let (index, long) = match int::to_i64(&start) {
            Some(i) => (i, None),
            None => (0, Some(start)),
        };
        let it = Source::of(ts, iterable)?;
        let e = Enumerate { it, index: Cell::new(index), long: GilCell::new(long), result: Reusable::default() };
        Ok(heap::new_with_type(ts, cls, e).into_value())
    }
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        Ok(self.next_entry(ts)?.map(|(i, v)| self.result.fill(ts, [i, v])))
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(e) = slf.downcast::<Enumerate>() else { return Ok(Value::none()) };
        let index = e.long.get().unwrap_or_else(|| int::from_i64(ts, e.index.get()));
        let args = Tuple::from_array(ts, [e.it.iterator().clone(), index]).into_value();
        Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), args]).into_value())
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
}
