//! `filter`.

use crate::heap;
use crate::ids;
use crate::native::class;
use crate::payload;
use crate::protocol::{self, Callee, Source};
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject;
use crate::typeobject::Type;
use crate::value::{Result, Value};

pub struct Filter {
    function: Callee,
    it: Source,
}

payload!(Filter, id = ids::FILTER, container, traverse = |s, visit| {
    visit(s.function.function());
    visit(s.it.iterator())
});

#[class(name = "filter")]
/// Return an iterator yielding those items of iterable for which function(item)
/// is true. If function is None, return the items that are true.
impl Filter {
    #[new("(function, iterable, /)")]
    fn tp_new(cls: &Type, ts: &ThreadState, function: &Value, iterable: &Value) -> Result<Value> {
        let it = Source::of(ts, iterable)?;
        Ok(heap::new_with_type(ts, cls, Filter { function: Callee::new(ts, function.clone()), it }).into_value())
    }
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let function = self.function.function();
        let by_truth = function.is_none() || function.id() == typeobject::builtin(ts, ids::BOOL).as_header() as u64;
        while let Some(v) = self.it.next(ts)? {
            let keep = if by_truth {
                protocol::is_true(ts, &v)?
            } else {
                let r = self.function.call1(ts, &v)?;
                protocol::is_true(ts, &r)?
            };
            if keep {
                return Ok(Some(v));
            }
        }
        Ok(None)
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let Some(f) = slf.downcast::<Filter>() else { return Ok(Value::none()) };
        let args = Tuple::from_array(ts, [f.function.function().clone(), f.it.iterator().clone()]).into_value();
        Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), args]).into_value())
    }
}
