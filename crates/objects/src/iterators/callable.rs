//! `callable_iterator`: calls until the sentinel comes back (`iter(f, sentinel)`).

use super::builtin;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::payload;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use crate::native::class;

pub struct CallableIterator {
    /// The callable and the sentinel; absent once exhausted.
    state: GilCell<Option<(Value, Value)>>,
}

payload!(CallableIterator, id = ids::CALLABLE_ITERATOR, container, traverse = |s, visit| s.state.read(|t| if let Some((f, end)) = t {
    visit(f);
    visit(end)
}));

impl CallableIterator {
    pub fn new(ts: &ThreadState, callable: Value, sentinel: Value) -> Ref<CallableIterator> {
        heap::new(ts, CallableIterator { state: GilCell::new(Some((callable, sentinel))) })
    }
}

#[class(name = "callable_iterator", no_new, final)]
impl CallableIterator {
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(f) = self.state.read(|s| s.as_ref().map(|s| s.0.clone())) else { return Ok(None) };
        match protocol::call(ts, &f, &[]) {
            Ok(v) => {
                // The call may have exhausted this very iterator.
                let Some(end) = self.state.read(|s| s.as_ref().map(|s| s.1.clone())) else { return Ok(None) };
                let by_identity = |v: &Value| {
                    let compare = |v: &Value| v.class(ts).slots().richcompare.map(|f| f as usize);
                    compare(v) == crate::typeobject::builtin(ts, ids::OBJECT).slots().richcompare.map(|f| f as usize)
                };
                let ended = end.is(&v) || !(end.is_none() && by_identity(&v)) && protocol::eq(ts, &end, &v)?;
                if ended {
                    self.state.set(None);
                    return Ok(None);
                }
                Ok(Some(v))
            }
            Err(e) => {
                if ts.exception_is(|x| &x.stop_iteration) {
                    ts.take_exception();
                    self.state.set(None);
                    return Ok(None);
                }
                Err(e)
            }
        }
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(&self, ts: &ThreadState) -> Result<Value> {
        let iter = builtin(ts, "iter")?;
        let args = match self.state.get() {
            Some((f, end)) => Tuple::from_array(ts, [f, end]),
            None => Tuple::from_array(ts, [Tuple::empty(ts).into_value()]),
        };
        Ok(Tuple::from_array(ts, [iter, args.into_value()]).into_value())
    }
}
