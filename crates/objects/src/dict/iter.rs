//! The iterators of `dict` and of its views, forward and backward.

use super::Dict;
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::iterators::builtin;
use crate::list::List;
use crate::payload;
use crate::thread::ThreadState;
use crate::tuple::{Reusable, Tuple};
use crate::value::{Result, Value};
use std::cell::Cell;
use crate::native::class;

/// A walk over a dictionary that notices changes.
pub struct Walk {
    /// Absent once exhausted.
    dict: GilCell<Option<Value>>,
    position: Cell<usize>,
    /// The dictionary's size at the start; `usize::MAX` after it was seen to change.
    used: Cell<usize>,
    remaining: Cell<usize>,
}

type Entry = (Value, Value);

impl Walk {
    fn new(dict: Value, position: usize) -> Walk {
        let n = dict.downcast::<Dict>().map_or(0, Dict::len);
        Walk { dict: GilCell::new(Some(dict)), position: Cell::new(position), used: Cell::new(n), remaining: Cell::new(n) }
    }
    fn visit(&self, visit: heap::Visit<'_>) {
        self.dict.read(|d| {
            if let Some(d) = d {
                visit(d)
            }
        })
    }
    /// The next entry; `step` finds it and where to go on.
    #[inline(always)]
    fn advance(&self, ts: &ThreadState, step: impl FnOnce(&Dict, usize) -> Option<(usize, Value, Value)>) -> Result<Option<Entry>> {
        let found = self.dict.read(|v| {
            let Some(d) = v.as_ref().and_then(|v| v.downcast::<Dict>()) else { return Ok(None) };
            if d.len() != self.used.get() {
                self.used.set(usize::MAX);
                return Err(ts.runtime_error("dictionary changed size during iteration"));
            }
            let Some(entry) = step(d, self.position.get()) else { return Ok(None) };
            if self.remaining.get() == 0 {
                return Err(ts.runtime_error("dictionary keys changed during iteration"));
            }
            Ok(Some(entry))
        })?;
        match found {
            Some((position, k, v)) => {
                self.position.set(position);
                self.remaining.set(self.remaining.get() - 1);
                Ok(Some((k, v)))
            }
            None => {
                drop(self.dict.take());
                Ok(None)
            }
        }
    }
    #[inline(always)]
    fn forward(&self, ts: &ThreadState) -> Result<Option<Entry>> {
        self.advance(ts, Dict::next_entry)
    }
    fn backward(&self, ts: &ThreadState) -> Result<Option<Entry>> {
        self.advance(ts, Dict::previous_entry)
    }
    fn length_hint(&self) -> usize {
        let live = self.dict.read(|v| v.as_ref().and_then(|v| v.downcast::<Dict>()).map(Dict::len));
        if live == Some(self.used.get()) { self.remaining.get() } else { 0 }
    }
    /// `(iter, (what is still to come,))`, without moving on.
    fn reduce(&self, ts: &ThreadState, backward: bool, item: impl Fn(Value, Value) -> Value) -> Result<Value> {
        let copy = Walk {
            dict: GilCell::new(self.dict.get()),
            position: self.position.clone(),
            used: self.used.clone(),
            remaining: self.remaining.clone(),
        };
        let mut rest = Vec::new();
        while let Some((k, v)) = if backward { copy.backward(ts)? } else { copy.forward(ts)? } {
            rest.push(item(k, v));
        }
        let args = Tuple::from_array(ts, [List::new(ts, rest).into_value()]).into_value();
        Ok(Tuple::from_array(ts, [builtin(ts, "iter")?, args]).into_value())
    }
}

fn pair(ts: &ThreadState, k: Value, v: Value) -> Value {
    Tuple::from_array(ts, [k, v]).into_value()
}

macro_rules! iterator {
    ($name:ident, $python:literal, $id:ident, $start:expr, $step:ident, $backward:literal, |$ts:ident, $reuse:ident, $k:ident, $v:ident| $item:expr, $next:expr) => {
        pub struct $name {
            walk: Walk,
            result: Reusable,
        }
        payload!($name, id = ids::$id, container, traverse = |s, visit| {
            s.walk.visit(visit);
            s.result.visit(visit)
        });
        impl $name {
            /// Over `dict`, which is a dictionary.
            pub fn new(ts: &ThreadState, dict: Value) -> Ref<$name> {
                heap::new(ts, $name { walk: Walk::new(dict, $start), result: Reusable::default() })
            }
            #[inline(always)]
            pub fn next($ts: &ThreadState, it: &$name) -> Result<Option<Value>> {
                let $reuse = &it.result;
                Ok(it.walk.$step($ts)?.map(|($k, $v)| $next))
            }
            /// The next entry, key and value.
            #[inline(always)]
            pub fn next_entry(&self, ts: &ThreadState) -> Result<Option<(Value, Value)>> {
                self.walk.$step(ts)
            }
        }
        #[class(name = $python, no_new, final)]
        impl $name {
            #[slot(iter)]
            fn tp_iter(_ts: &ThreadState, slf: &Value) -> Result<Value> {
                Ok(slf.clone())
            }
            #[slot(iternext)]
            fn tp_iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
                $name::next(ts, self)
            }
            /// Private method returning an estimate of len(list(it)).
            #[method("__length_hint__($self, /)")]
            fn length_hint(&self) -> usize {
                self.walk.length_hint()
            }
            /// Return state information for pickling.
            #[method("__reduce__($self, /)")]
            fn reduce(&self, $ts: &ThreadState) -> Result<Value> {
                self.walk.reduce($ts, $backward, |$k, $v| $item)
            }
        }
    };
}

iterator!(DictKeyIterator, "dict_keyiterator", DICT_KEYITERATOR, 0, forward, false, |ts, _reuse, k, _v| k, k);
iterator!(DictValueIterator, "dict_valueiterator", DICT_VALUEITERATOR, 0, forward, false, |ts, _reuse, _k, v| v, v);
iterator!(DictItemIterator, "dict_itemiterator", DICT_ITEMITERATOR, 0, forward, false, |ts, reuse, k, v| pair(ts, k, v), reuse.fill(ts, [k, v]));
iterator!(DictReverseKeyIterator, "dict_reversekeyiterator", DICT_REVERSEKEYITERATOR, usize::MAX, backward, true, |ts, _reuse, k, _v| k, k);
iterator!(DictReverseValueIterator, "dict_reversevalueiterator", DICT_REVERSEVALUEITERATOR, usize::MAX, backward, true, |ts, _reuse, _k, v| v, v);
iterator!(DictReverseItemIterator, "dict_reverseitemiterator", DICT_REVERSEITEMITERATOR, usize::MAX, backward, true, |ts, reuse, k, v| pair(ts, k, v), reuse.fill(ts, [k, v]));
