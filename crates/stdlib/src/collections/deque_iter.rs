//! The iterators over a deque.

use super::deque::Deque;
use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::int;
use taipan_objects::tuple::Tuple;
use taipan_objects::{Result, ThreadState, Value, payload};

macro_rules! iterator {
    ($t:ident, $back:expr) => {
        pub struct $t {
            deque: GilCell<Option<Ref<Deque>>>,
            version: u64,
            /// Items handed out so far, and those still to come.
            done: Cell<usize>,
            left: Cell<usize>,
        }
        payload!($t, container, traverse = |s, visit| s.deque.read(|d| d.iter().for_each(|d| visit(d.as_value()))), clear = |s| s.deque.set(None));

        impl $t {
            pub fn over(ts: &ThreadState, deque: &Value) -> Ref<$t> {
                let deque = deque.downcast_ref::<Deque>().cloned();
                let (version, left) = deque.as_ref().map_or((0, 0), |d| (d.version(), d.len()));
                heap::new(ts, $t { deque: GilCell::new(deque), version, done: Cell::new(0), left: Cell::new(left) })
            }
            fn at(ts: &ThreadState, deque: &Value, index: isize) -> Result<Ref<$t>> {
                if !deque.is_instance_of::<Deque>() {
                    return Err(ts.type_error(format!("argument 1 must be collections.deque, not {}", deque.type_name(ts))));
                }
                let it = $t::over(ts, deque);
                for _ in 0..index.max(0) {
                    if it.advance(ts)?.is_none() {
                        break;
                    }
                }
                Ok(it)
            }
            fn advance(&self, ts: &ThreadState) -> Result<Option<Value>> {
                let left = self.left.get();
                let found = self.deque.read(|d| {
                    let d = d.as_ref()?;
                    if d.version() != self.version {
                        return Some(Err(()));
                    }
                    if left == 0 {
                        return None;
                    }
                    let i = if $back { left - 1 } else { self.done.get() };
                    d.get(i).map(Ok)
                });
                match found {
                    Some(Ok(v)) => {
                        self.left.set(left - 1);
                        self.done.set(self.done.get() + 1);
                        Ok(Some(v))
                    }
                    Some(Err(())) => {
                        self.left.set(0);
                        Err(ts.runtime_error("deque mutated during iteration"))
                    }
                    None => {
                        self.deque.set(None);
                        Ok(None)
                    }
                }
            }
            fn state(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
                let (deque, done) = match slf.downcast::<$t>() {
                    Some(s) => (s.deque.get().map_or_else(Value::none, Ref::into_value), s.done.get()),
                    None => (Value::none(), 0),
                };
                let args = Tuple::new(ts, vec![deque, int::from_usize(ts, done)]);
                Tuple::new(ts, vec![slf.class_ref(ts).into_value(), args.into_value()])
            }
        }
    };
}
iterator!(DequeIterator, false);
iterator!(DequeReverseIterator, true);

#[class(name = "_deque_iterator", module = "collections", final)]
impl DequeIterator {
    #[new("(iterable, index=0, /)", no_signature)]
    fn new(_cls: &Value, ts: &ThreadState, iterable: &Value, index: isize) -> Result<Ref<DequeIterator>> {
        DequeIterator::at(ts, iterable, index)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.advance(ts)
    }
    /// How many items are still to come.
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.left.get()
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        DequeIterator::state(slf, ts)
    }
}

#[class(name = "_deque_reverse_iterator", module = "collections", final)]
impl DequeReverseIterator {
    #[new("(iterable, index=0, /)", no_signature)]
    fn new(_cls: &Value, ts: &ThreadState, iterable: &Value, index: isize) -> Result<Ref<DequeReverseIterator>> {
        DequeReverseIterator::at(ts, iterable, index)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        self.advance(ts)
    }
    /// How many items are still to come.
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self) -> usize {
        self.left.get()
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Ref<Tuple> {
        DequeReverseIterator::state(slf, ts)
    }
}
