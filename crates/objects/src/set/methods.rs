//! What Python sees of `set` and `frozenset`.

use super::iter::SetIterator;
use super::{FrozenSet, Set, SetData, any_set, hash_sought};
use crate::generic_alias::GenericAlias;
use crate::heap;
use crate::iterators::repr_row;
use crate::list::List;
use crate::native::Args;
use crate::object;
use crate::protocol;
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use crate::native::{class, methods};

fn repr_set(ts: &ThreadState, slf: &Value) -> Result<Value> {
    let Some(s) = any_set(slf) else { return Ok(Value::not_implemented()) };
    let name = slf.type_name(ts);
    let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::new(ts, &format!("{name}(...)")).into_value()) };
    if s.is_empty() {
        return Ok(Str::new(ts, &format!("{name}()")).into_value());
    }
    let plain = slf.is_exact::<Set>();
    let mut out = if plain { b"{".to_vec() } else { format!("{name}({{").into_bytes() };
    repr_row(ts, &mut out, &s.items())?;
    out.extend_from_slice(if plain { b"}" } else { b"})" });
    Ok(Str::from_wtf8(ts, out).into_value())
}

fn compare(ts: &ThreadState, a: &Value, b: &Value, op: CmpOp) -> Result<Value> {
    let (Some(x), Some(y)) = (any_set(a), any_set(b)) else { return Ok(Value::not_implemented()) };
    Ok(Value::bool(match op {
        CmpOp::Eq | CmpOp::Ne => {
            let differ = match (a.downcast::<FrozenSet>(), b.downcast::<FrozenSet>()) {
                (Some(f), Some(g)) => f.hash.get() != -1 && g.hash.get() != -1 && f.hash.get() != g.hash.get(),
                _ => false,
            };
            (x.len() == y.len() && !differ && x.is_subset(ts, y)?) == (op == CmpOp::Eq)
        }
        CmpOp::Le => x.is_subset(ts, y)?,
        CmpOp::Ge => y.is_subset(ts, x)?,
        CmpOp::Lt => x.len() < y.len() && x.is_subset(ts, y)?,
        CmpOp::Gt => y.len() < x.len() && y.is_subset(ts, x)?,
    }))
}

/// A set of the kind (`set` or `frozenset`) that `like` is of.
fn wrap(ts: &ThreadState, like: &Value, data: SetData) -> Value {
    if like.downcast::<FrozenSet>().is_some() {
        FrozenSet::new(ts, data).into_value()
    } else {
        heap::new(ts, Set { data }).into_value()
    }
}

macro_rules! common {
    ($name:ident) => {
        #[methods(part = COMMON)]
        impl $name {
            #[slot(repr)]
            fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
                repr_set(ts, slf)
            }
            #[slot(richcompare)]
            fn tp_richcompare(ts: &ThreadState, slf: &Value, other: &Value, op: CmpOp) -> Result<Value> {
                compare(ts, slf, other, op)
            }
            #[slot(iter)]
            fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
                Ok(SetIterator::new(ts, slf.clone()).into_value())
            }
            #[slot(len)]
            fn sq_length(&self) -> usize {
                self.data.len()
            }
            #[slot(contains)]
            fn sq_contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
                self.data.contains(ts, key)
            }
            #[slot(sub)]
            fn nb_subtract(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                match (any_set(a), any_set(b)) {
                    (Some(x), Some(_)) => Ok(wrap(ts, a, x.difference(ts, b)?)),
                    _ => Ok(Value::not_implemented()),
                }
            }
            #[slot(and_)]
            fn nb_and(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                match (any_set(a), any_set(b)) {
                    (Some(x), Some(_)) => Ok(wrap(ts, a, x.intersection(ts, b)?)),
                    _ => Ok(Value::not_implemented()),
                }
            }
            #[slot(xor)]
            fn nb_xor(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                match (any_set(a), any_set(b)) {
                    (Some(x), Some(_)) => Ok(wrap(ts, a, x.symmetric_difference(ts, b)?)),
                    _ => Ok(Value::not_implemented()),
                }
            }
            #[slot(or_)]
            fn nb_or(ts: &ThreadState, a: &Value, b: &Value) -> Result<Value> {
                match (any_set(a), any_set(b)) {
                    (Some(x), Some(_)) => {
                        let new = x.copy();
                        new.update_from(ts, b)?;
                        Ok(wrap(ts, a, new))
                    }
                    _ => Ok(Value::not_implemented()),
                }
            }
            /// Return the difference of two or more sets as a new set.
            #[method("difference($self, /, *others)")]
            fn difference(slf: &Value, ts: &ThreadState, others: &[Value]) -> Result<Value> {
                let Some(s) = any_set(slf) else { return Ok(Value::none()) };
                let Some((first, rest)) = others.split_first() else { return Ok(wrap(ts, slf, s.copy())) };
                let result = s.difference(ts, first)?;
                for o in rest {
                    result.difference_update(ts, o)?;
                }
                Ok(wrap(ts, slf, result))
            }
            /// Return a new set with elements common to the set and all others.
            #[method("intersection($self, /, *others)")]
            fn intersection(slf: &Value, ts: &ThreadState, others: &[Value]) -> Result<Value> {
                let Some(s) = any_set(slf) else { return Ok(Value::none()) };
                Ok(wrap(ts, slf, s.intersection_of(ts, others)?))
            }
            /// Return True if two sets have a null intersection.
            #[method("isdisjoint($self, other, /)")]
            fn isdisjoint(&self, ts: &ThreadState, other: &Value) -> Result<bool> {
                self.data.is_disjoint(ts, other)
            }
            /// Report whether another set contains this set.
            #[method("issubset($self, other, /)")]
            fn issubset(&self, ts: &ThreadState, other: &Value) -> Result<bool> {
                match any_set(other) {
                    Some(o) => self.data.is_subset(ts, o),
                    None => Ok(self.data.intersection(ts, other)?.len() == self.data.len()),
                }
            }
            /// Report whether this set contains another set.
            #[method("issuperset($self, other, /)")]
            fn issuperset(&self, ts: &ThreadState, other: &Value) -> Result<bool> {
                if let Some(o) = any_set(other) {
                    return o.is_subset(ts, &self.data);
                }
                let it = protocol::get_iter(ts, other)?;
                while let Some(k) = protocol::iter_next(ts, &it)? {
                    if !self.data.contains(ts, &k)? {
                        return Ok(false);
                    }
                }
                Ok(true)
            }
            /// Return state information for pickling.
            #[method("__reduce__($self, /)")]
            fn reduce(slf: &Value, ts: &ThreadState) -> Result<Value> {
                let items = any_set(slf).map_or_else(Vec::new, SetData::items);
                let args = Tuple::from_array(ts, [List::new(ts, items).into_value()]).into_value();
                let state = object::get_state(ts, slf)?;
                Ok(Tuple::from_array(ts, [slf.class_ref(ts).into_value(), args, state]).into_value())
            }
            /// S.__sizeof__() -> size of S in memory, in bytes.
            #[method("__sizeof__($self, /)")]
            fn sizeof(&self) -> usize {
                72 + self.data.extra_bytes()
            }
            /// Return the symmetric difference of two sets as a new set.
            #[method("symmetric_difference($self, other, /)")]
            fn symmetric_difference(slf: &Value, ts: &ThreadState, other: &Value) -> Result<Value> {
                let Some(s) = any_set(slf) else { return Ok(Value::none()) };
                Ok(wrap(ts, slf, s.symmetric_difference(ts, other)?))
            }
            /// Return a new set with elements from the set and all others.
            #[method("union($self, /, *others)")]
            fn union(slf: &Value, ts: &ThreadState, others: &[Value]) -> Result<Value> {
                let new = any_set(slf).map_or_else(SetData::default, SetData::copy);
                for o in others {
                    if !o.is(slf) {
                        new.update_from(ts, o)?;
                    }
                }
                Ok(wrap(ts, slf, new))
            }
            /// See PEP 585
            #[classmethod("__class_getitem__($type, object, /)")]
            fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
                GenericAlias::of(ts, cls, object)
            }
        }
    };
}

common!(Set);
common!(FrozenSet);

/// The body of an in-place operator: `NotImplemented` unless both are sets.
fn in_place(slf: &Value, other: &Value, f: impl FnOnce(&SetData) -> Result<()>) -> Result<Value> {
    match (any_set(slf), any_set(other)) {
        (Some(s), Some(_)) => {
            f(s)?;
            Ok(slf.clone())
        }
        _ => Ok(Value::not_implemented()),
    }
}

#[class(name = "set", weakref, match_self, parts(Set::COMMON))]
/// Build an unordered collection of unique elements.
impl Set {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("set.__new__(X): X is not a type object")) };
        Ok(heap::new_with_type(ts, ty, Set { data: SetData::default() }).into_value())
    }
    #[slot(init)]
    fn tp_init(&self, ts: &ThreadState, args: Args<'_>) -> Result<()> {
        args.no_keywords(ts, "set")?;
        if args.positional.len() > 1 {
            return Err(ts.type_error(format!("set expected at most 1 argument, got {}", args.positional.len())));
        }
        self.data.clear();
        match args.positional {
            [v] => self.data.update_from(ts, v),
            _ => Ok(()),
        }
    }
    #[slot(isub)]
    fn nb_isub(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        in_place(slf, other, |s| s.difference_update(ts, other))
    }
    #[slot(iand)]
    fn nb_iand(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        in_place(slf, other, |s| {
            s.replace(s.intersection(ts, other)?);
            Ok(())
        })
    }
    #[slot(ixor)]
    fn nb_ixor(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        in_place(slf, other, |s| s.symmetric_difference_update(ts, other))
    }
    #[slot(ior)]
    fn nb_ior(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        in_place(slf, other, |s| s.update_from(ts, other))
    }
    /// Add an element to a set.
    ///
    /// This has no effect if the element is already present.
    #[method("add($self, object, /)")]
    fn add(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        self.data.add(ts, object).map(drop)
    }
    /// Remove all elements from this set.
    #[method("clear($self, /)")]
    fn clear_method(&self) {
        self.data.clear();
    }
    /// Return a shallow copy of a set.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Value {
        heap::new(ts, Set { data: self.data.copy() }).into_value()
    }
    /// Remove an element from a set if it is a member.
    ///
    /// Unlike set.remove(), the discard() method does not raise
    /// an exception when an element is missing from the set.
    #[method("discard($self, object, /)")]
    fn discard(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let hash = hash_sought(ts, object)?;
        self.data.discard_hashed(ts, object, hash).map(drop)
    }
    /// Update the set, removing elements found in others.
    #[method("difference_update($self, /, *others)")]
    fn difference_update(&self, ts: &ThreadState, others: &[Value]) -> Result<()> {
        others.iter().try_for_each(|o| self.data.difference_update(ts, o))
    }
    /// Update the set, keeping only elements found in it and all others.
    #[method("intersection_update($self, /, *others)")]
    fn intersection_update(&self, ts: &ThreadState, others: &[Value]) -> Result<()> {
        self.data.replace(self.data.intersection_of(ts, others)?);
        Ok(())
    }
    /// Remove and return an arbitrary set element.
    ///
    /// Raises KeyError if the set is empty.
    #[method("pop($self, /)")]
    fn pop(&self, ts: &ThreadState) -> Result<Value> {
        match self.data.pop() {
            Some(v) => Ok(v),
            None => Err(ts.key_error(Str::new(ts, "pop from an empty set").as_value())),
        }
    }
    /// Remove an element from a set; it must be a member.
    ///
    /// If the element is not a member, raise a KeyError.
    #[method("remove($self, object, /)")]
    fn remove(&self, ts: &ThreadState, object: &Value) -> Result<()> {
        let hash = hash_sought(ts, object)?;
        if self.data.discard_hashed(ts, object, hash)? { Ok(()) } else { Err(ts.key_error(object)) }
    }
    /// Update the set, keeping only elements found in either set, but not in both.
    #[method("symmetric_difference_update($self, other, /)")]
    fn symmetric_difference_update(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        self.data.symmetric_difference_update(ts, other)
    }
    /// Update the set, adding elements from all others.
    #[method("update($self, /, *others)")]
    fn update(&self, ts: &ThreadState, others: &[Value]) -> Result<()> {
        others.iter().try_for_each(|o| self.data.update_from(ts, o))
    }
}

#[class(name = "frozenset", weakref, match_self, parts(FrozenSet::COMMON))]
/// Build an immutable unordered collection of unique elements.
impl FrozenSet {
    #[new("(iterable=(), /)")]
    fn tp_new(cls: &Value, ts: &ThreadState, iterable: Option<&Value>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("frozenset.__new__(X): X is not a type object")) };
        if let Some(v) = iterable
            && !ty.is_heap_type()
            && v.is_exact::<FrozenSet>()
        {
            return Ok(v.clone());
        }
        let data = SetData::default();
        if let Some(v) = iterable {
            data.update_from(ts, v)?;
        }
        Ok(heap::new_with_type(ts, ty, FrozenSet::payload(data)).into_value())
    }
    #[slot(hash)]
    fn tp_hash(&self) -> i64 {
        self.hash_value()
    }
    /// Return a shallow copy of a set.
    #[method("copy($self, /)")]
    fn copy(slf: &Value, ts: &ThreadState) -> Result<Value> {
        if slf.is_exact::<FrozenSet>() {
            return Ok(slf.clone());
        }
        Ok(wrap(ts, slf, any_set(slf).map_or_else(SetData::default, SetData::copy)))
    }
}
