//! `reversed`: walks a sequence from its end, through `__len__` and `__getitem__`.

use super::state_index;
use crate::heap::{self, GilCell};
use crate::ids;
use crate::int;
use crate::payload;
use crate::protocol;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

pub struct Reversed {
    seq: GilCell<Option<Value>>,
    index: Cell<isize>,
}

payload!(Reversed, id = ids::REVERSED, container, traverse = |s, visit| s.seq.read(|t| if let Some(t) = t { visit(t) }));

#[class(name = "reversed")]
/// Return a reverse iterator over the values of the given sequence.
impl Reversed {
    #[new("(sequence, /)")]
    fn tp_new(cls: &Value, ts: &ThreadState, sequence: &Value) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("reversed.__new__(X): X is not a type object")) };
        let not_reversible = || ts.type_error(format!("'{}' object is not reversible", sequence.type_name(ts)));
        if let Some(f) = protocol::lookup_special(ts, sequence, &ts.names().__reversed__)? {
            if f.is_none() {
                return Err(not_reversible());
            }
            return protocol::call(ts, &f, &[]);
        }
        if !protocol::is_sequence(ts, sequence) {
            return Err(not_reversible());
        }
        let n = protocol::len(ts, sequence)? as isize;
        let it = Reversed { seq: GilCell::new(Some(sequence.clone())), index: Cell::new(n - 1) };
        Ok(heap::new_with_type(ts, ty, it).into_value())
    }
    #[slot(iter)]
    fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let i = self.index.get();
        if i >= 0
            && let Some(seq) = self.seq.get()
        {
            let item = match seq.as_str_exact().filter(|s| s.is_ascii()).and_then(|s| s.bytes().get(i as usize)) {
                Some(&c) => Ok(crate::str::Str::latin1(ts, c).into_value()),
                None => protocol::getitem(ts, &seq, &int::from_i64(ts, i as i64)),
            };
            match item {
                Ok(v) => {
                    self.index.set(i - 1);
                    return Ok(Some(v));
                }
                Err(e) => {
                    if !ts.exception_is(|x| &x.index_error) && !ts.exception_is(|x| &x.stop_iteration) {
                        return Err(e);
                    }
                    ts.take_exception();
                }
            }
        }
        self.index.set(-1);
        self.seq.set(None);
        Ok(None)
    }
    /// Private method returning an estimate of len(list(it)).
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self, ts: &ThreadState) -> Result<isize> {
        let Some(seq) = self.seq.get() else { return Ok(0) };
        let position = self.index.get() + 1;
        let n = protocol::len(ts, &seq)? as isize;
        Ok(if n < position { 0 } else { position })
    }
    /// Return state information for pickling.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
        let class = slf.class(ts).to_value();
        let Some(s) = slf.downcast::<Reversed>() else { return Ok(Value::none()) };
        Ok(match s.seq.get() {
            Some(seq) => {
                let args = Tuple::from_array(ts, [seq]).into_value();
                Tuple::from_array(ts, [class, args, int::from_i64(ts, s.index.get() as i64)])
            }
            None => {
                let args = Tuple::from_array(ts, [Tuple::empty(ts).into_value()]).into_value();
                Tuple::from_array(ts, [class, args])
            }
        }
        .into_value())
    }
    /// Set state information for unpickling.
    #[method("__setstate__($self, object, /)")]
    fn setstate(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let i = state_index(ts, object)?;
        let Some(seq) = self.seq.get() else { return Ok(()) };
        let n = protocol::len(ts, &seq)? as isize;
        self.index.set(i.clamp(-1, n - 1));
        Ok(())
    }
}
