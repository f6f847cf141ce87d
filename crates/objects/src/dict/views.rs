//! `dict_keys`, `dict_values` and `dict_items`, with the set operations of the first and the last.

use super::Dict;
use super::iter::{
    DictItemIterator, DictKeyIterator, DictReverseItemIterator, DictReverseKeyIterator, DictReverseValueIterator,
    DictValueIterator,
};
use crate::heap::{self, Ref};
use crate::ids;
use crate::iterators::repr_row;
use crate::mappingproxy::MappingProxy;
use crate::payload;
use crate::protocol;
use crate::set::{self, Set};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use crate::native::{class, methods};

/// Is `v` a view that behaves as a set?
fn is_set_view(v: &Value) -> bool {
    v.is_exact::<DictKeys>() || v.is_exact::<DictItems>()
}

/// An OrderedDict, or an instance of a subclass?
fn is_ordered(ts: &ThreadState, dict: &Value) -> bool {
    dict.exact::<Dict>().is_none() && dict.class(ts).mro_types().iter().any(|t| t.native_name.get() == "collections.OrderedDict")
}

fn repr_view(ts: &ThreadState, slf: &Value, dict: &Value, name: &str) -> Result<Value> {
    let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::intern(ts, "...").into_value()) };
    let items = protocol::collect(ts, slf)?;
    let ordered = if is_ordered(ts, dict) { "o" } else { "" };
    let mut out = format!("{ordered}{name}([").into_bytes();
    repr_row(ts, &mut out, &items)?;
    out.extend_from_slice(b"])");
    Ok(Str::from_wtf8(ts, out).into_value())
}

/// Is every item of `a` in `b`?
fn all_contained(ts: &ThreadState, a: &Value, b: &Value) -> Result<bool> {
    let it = protocol::get_iter(ts, a)?;
    while let Some(v) = protocol::iter_next(ts, &it)? {
        if !protocol::contains(ts, b, &v)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn compare_views(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<Value> {
    if !set::is_any_set(b) && !is_set_view(b) {
        return Ok(Value::not_implemented());
    }
    let (m, n) = (protocol::len(ts, a)?, protocol::len(ts, b)?);
    let ok = match op {
        CmpOp::Eq | CmpOp::Ne => (m == n && all_contained(ts, a, b)?) == (op == CmpOp::Eq),
        CmpOp::Lt => m < n && all_contained(ts, a, b)?,
        CmpOp::Le => m <= n && all_contained(ts, a, b)?,
        CmpOp::Gt => m > n && all_contained(ts, b, a)?,
        CmpOp::Ge => m >= n && all_contained(ts, b, a)?,
    };
    Ok(Value::bool(ok))
}

fn set_of(ts: &ThreadState, v: &Value) -> Result<Ref<Set>> {
    let s = Set::new(ts);
    s.data.update_from(ts, v)?;
    Ok(s)
}

/// The set operators that both kinds of set-like views share.
macro_rules! set_view {
    ($name:ident) => {
        #[methods(part = SET_OPERATIONS)]
        impl $name {
            #[slot(richcompare)]
            fn tp_richcompare(ts: &ThreadState, slf: &Value, other: &Value, op: CmpOp) -> Result<Value> {
                compare_views(ts, slf, other, op)
            }
            #[slot(sub)]
            fn nb_subtract(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                let s = set_of(ts, a)?;
                s.data.difference_update(ts, b)?;
                Ok(s.into_value())
            }
            #[slot(and_)]
            fn nb_and(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                // Either operand may be the view; the shorter one is walked.
                let (mut a, mut b) = if is_set_view(a) { (a, b) } else { (b, a) };
                if is_set_view(b) && protocol::len(ts, b)? > protocol::len(ts, a)? {
                    std::mem::swap(&mut a, &mut b);
                }
                let s = Set::new(ts);
                protocol::for_each(ts, b, |v| {
                    if protocol::contains(ts, a, &v)? {
                        s.data.add(ts, &v)?;
                    }
                    Ok(())
                })?;
                Ok(s.into_value())
            }
            #[slot(xor)]
            fn nb_xor(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                let s = set_of(ts, a)?;
                s.data.symmetric_difference_update(ts, b)?;
                Ok(s.into_value())
            }
            #[slot(or_)]
            fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                let s = set_of(ts, a)?;
                s.data.update_from(ts, b)?;
                Ok(s.into_value())
            }
            /// Return True if the view and the given iterable have a null intersection.
            #[method("isdisjoint($self, object, /)")]
            fn isdisjoint(slf: &Value, ts: &ThreadState, object: &Value) -> Result<bool> {
                if slf.is(object) {
                    return Ok(protocol::len(ts, slf)? == 0);
                }
                let (mut a, mut b) = (slf, object);
                if (set::exact_any_set(b).is_some() || is_set_view(b)) && protocol::len(ts, b)? > protocol::len(ts, a)? {
                    std::mem::swap(&mut a, &mut b);
                }
                let it = protocol::get_iter(ts, b)?;
                while let Some(v) = protocol::iter_next(ts, &it)? {
                    if protocol::contains(ts, a, &v)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
        }
    };
}

macro_rules! view {
    ($name:ident, $python:literal, $id:ident, $iter:ident, $reverse:ident, [$($part:expr)?], { $($more:tt)* }) => {
        pub struct $name {
            pub dict: Value,
        }
        payload!($name, id = ids::$id, container, traverse = |s, visit| visit(&s.dict));
        impl $name {
            /// Of `dict`, which is a dictionary.
            pub fn new(ts: &ThreadState, dict: Value) -> Ref<$name> {
                heap::new(ts, $name { dict })
            }
        }
        #[class(name = $python, no_new, final, parts($($part)?))]
        impl $name {
            #[slot(repr)]
            fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
                let dict = slf.downcast::<$name>().map_or_else(Value::none, |v| v.dict.clone());
                repr_view(ts, slf, &dict, $python)
            }
            #[slot(iter)]
            fn tp_iter(&self, ts: &ThreadState) -> Value {
                $iter::new(ts, self.dict.clone()).into_value()
            }
            #[slot(len)]
            fn sq_length(&self) -> usize {
                self.dict.downcast::<Dict>().map_or(0, Dict::len)
            }
            /// Return a reverse iterator over the view.
            #[method("__reversed__($self, /)")]
            fn reversed(&self, ts: &ThreadState) -> Value {
                $reverse::new(ts, self.dict.clone()).into_value()
            }
            /// dictionary that this view refers to
            #[getter]
            fn mapping(&self, ts: &ThreadState) -> Value {
                MappingProxy::new(ts, self.dict.clone()).into_value()
            }
            $($more)*
        }
    };
}

view!(DictKeys, "dict_keys", DICT_KEYS, DictKeyIterator, DictReverseKeyIterator, [DictKeys::SET_OPERATIONS], {
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        match self.dict.downcast::<Dict>() {
            Some(d) => d.contains(ts, key),
            None => Ok(false),
        }
    }
});
view!(DictValues, "dict_values", DICT_VALUES, DictValueIterator, DictReverseValueIterator, [], {});
view!(DictItems, "dict_items", DICT_ITEMS, DictItemIterator, DictReverseItemIterator, [DictItems::SET_OPERATIONS], {
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, item: &Value) -> Result<bool> {
        let (Some(d), Some(t)) = (self.dict.downcast::<Dict>(), item.downcast::<Tuple>()) else { return Ok(false) };
        let [key, value] = t.items() else { return Ok(false) };
        match d.get(ts, key)? {
            Some(found) => protocol::eq(ts, &found, value),
            None => Ok(false),
        }
    }
});
set_view!(DictKeys);
set_view!(DictItems);
