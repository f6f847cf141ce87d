//! `set` and `frozenset`.
//!
//! [`SetData`] is what both hold and what Rust code works with; [`table`] is the data structure;
//! [`methods`] is what Python sees.

pub mod iter;
mod methods;
pub mod table;

use crate::dict::{Dict, hash_key, quick_eq, unhashable_as};
use crate::heap::{self, GilCell, Ref};
use crate::ids;
use crate::payload;
use crate::protocol;
use crate::thread::ThreadState;
use crate::value::{Result, Value};
use std::cell::Cell;
use table::{Probe, SetTable};

/// The keys of a set.
#[derive(Default)]
pub struct SetData {
    table: GilCell<SetTable>,
}

pub struct Set {
    pub data: SetData,
}

pub struct FrozenSet {
    pub data: SetData,
    /// -1: not computed yet.
    hash: Cell<i64>,
}

payload!(Set, id = ids::SET, container, traverse = |s, visit| s.data.visit(visit), clear = |s| s.data.clear());
payload!(FrozenSet, id = ids::FROZENSET, container, traverse = |s, visit| s.data.visit(visit));

/// The keys of a `set` or `frozenset`, subclasses included.
#[inline]
pub fn any_set(v: &Value) -> Option<&SetData> {
    match v.downcast::<Set>() {
        Some(s) => Some(&s.data),
        None => v.downcast::<FrozenSet>().map(|s| &s.data),
    }
}

/// The keys of a `set` or `frozenset` that is no subclass instance.
pub fn exact_any_set(v: &Value) -> Option<&SetData> {
    match v.exact::<Set>() {
        Some(s) => Some(&s.data),
        None => v.exact::<FrozenSet>().map(|s| &s.data),
    }
}

pub fn is_any_set(v: &Value) -> bool {
    any_set(v).is_some()
}

/// The hash of an element, with the message of a failed attempt to put it into a set.
#[inline(always)]
pub fn hash_element(ts: &ThreadState, key: &Value) -> Result<i64> {
    match hash_key(ts, key) {
        Ok(h) => Ok(h),
        Err(e) => Err(unhashable_as(ts, key, "a set element", e)),
    }
}

/// As [`hash_element`], for an element that is only looked for: an unhashable set stands for the frozen
/// one equal to it.
#[inline(always)]
pub fn hash_sought(ts: &ThreadState, key: &Value) -> Result<i64> {
    hash_element(ts, key).or_else(|e| match key.downcast::<Set>() {
        Some(s) if ts.exception_is(|x| &x.type_error) => {
            ts.clear_exception();
            Ok(s.data.frozen_hash())
        }
        _ => Err(e),
    })
}

impl Set {
    pub fn new(ts: &ThreadState) -> Ref<Set> {
        heap::new(ts, Set { data: SetData::default() })
    }
    pub fn from_iterable(ts: &ThreadState, v: &Value) -> Result<Ref<Set>> {
        let s = Set::new(ts);
        s.data.update_from(ts, v)?;
        Ok(s)
    }
}

impl FrozenSet {
    pub fn new(ts: &ThreadState, data: SetData) -> Ref<FrozenSet> {
        heap::new(ts, FrozenSet::payload(data))
    }
    pub fn payload(data: SetData) -> FrozenSet {
        FrozenSet { data, hash: Cell::new(-1) }
    }
    pub fn hash_value(&self) -> i64 {
        if self.hash.get() == -1 {
            self.hash.set(self.data.frozen_hash());
        }
        self.hash.get()
    }
}

enum Search {
    Found(usize),
    Vacant(Probe),
}

impl SetData {
    fn visit(&self, visit: heap::Visit<'_>) {
        self.table.read(|t| {
            let mut position = 0;
            while let Some((i, e)) = t.next(position) {
                position = i + 1;
                if let Some(k) = &e.key {
                    visit(k);
                }
            }
        })
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.table.read(SetTable::used)
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Finds a key; may run `__eq__`, so the set may have changed before it returns.
    #[inline]
    fn search(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Search> {
        match self.table.read(|t| t.find_same(hash, key)) {
            Some(Ok(i)) => Ok(Search::Found(i)),
            Some(Err(p)) => Ok(Search::Vacant(p)),
            None => self.search_equal(ts, key, hash),
        }
    }
    #[inline(never)]
    fn search_equal(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Search> {
        let mut p = self.table.read(|t| t.start(hash));
        loop {
            let found = self.table.read(|t| loop {
                let i = t.candidate(hash, &mut p)?;
                let k = t.key(i)?;
                match quick_eq(k, key) {
                    Some(true) => return Some((i, None)),
                    Some(false) => continue,
                    None => return Some((i, Some(k.clone()))),
                }
            });
            match found {
                None => return Ok(Search::Vacant(p)),
                Some((i, None)) => return Ok(Search::Found(i)),
                Some((i, Some(k))) => {
                    let equal = protocol::eq(ts, &k, key)?;
                    if !self.table.read(|t| t.still(&p, i, &k)) {
                        p = self.table.read(|t| t.start(hash));
                    } else if equal {
                        return Ok(Search::Found(i));
                    }
                }
            }
        }
    }
    /// Adds a key; false if it was there.
    pub fn add(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        self.add_hashed(ts, key, hash_element(ts, key)?)
    }
    #[inline]
    pub fn add_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<bool> {
        Ok(match self.search(ts, key, hash)? {
            Search::Found(_) => false,
            Search::Vacant(p) => {
                self.table.write(|t| t.insert(hash, key.clone(), p));
                true
            }
        })
    }
    /// An unhashable set is looked for as the frozen one equal to it.
    pub fn contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        self.contains_hashed(ts, key, hash_sought(ts, key)?)
    }
    #[inline]
    pub fn contains_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<bool> {
        Ok(matches!(self.search(ts, key, hash)?, Search::Found(_)))
    }
    /// Takes a key out; false if it was not there.
    pub fn discard(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        self.discard_hashed(ts, key, hash_element(ts, key)?)
    }
    pub fn discard_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<bool> {
        Ok(match self.search(ts, key, hash)? {
            Search::Found(i) => {
                drop(self.table.write(|t| t.remove(i)));
                true
            }
            Search::Vacant(_) => false,
        })
    }
    pub fn pop(&self) -> Option<Value> {
        self.table.write(SetTable::pop)
    }
    pub fn clear(&self) {
        drop(self.table.take());
    }
    /// The first key at or after `position`: what to pass next, its hash, the key. Begin with 0.
    #[inline]
    pub fn next_entry(&self, position: usize) -> Option<(usize, i64, Value)> {
        self.table.read(|t| {
            let (i, e) = t.next(position)?;
            Some((i + 1, e.hash, e.key.clone()?))
        })
    }
    pub fn items(&self) -> Vec<Value> {
        let mut v = Vec::with_capacity(self.len());
        self.visit(&mut |k| v.push(k.clone()));
        v
    }
    pub fn frozen_hash(&self) -> i64 {
        self.table.read(SetTable::hash)
    }
    pub fn extra_bytes(&self) -> usize {
        self.table.read(SetTable::bytes)
    }
    fn replace(&self, other: SetData) {
        self.table.set(other.table.take())
    }

    // Set operations. Orders of insertion are CPython's.

    pub fn copy(&self) -> SetData {
        let new = SetData::default();
        new.table.write(|t| self.table.read(|o| if o.used() > 0 { t.copy_in(o); }));
        new
    }
    fn merge(&self, ts: &ThreadState, other: &SetData) -> Result<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.table.write(|t| other.table.read(|o| t.copy_in(o))) {
            return Ok(());
        }
        let mut position = 0;
        while let Some((next, hash, k)) = other.next_entry(position) {
            position = next;
            self.add_hashed(ts, &k, hash)?;
        }
        Ok(())
    }
    /// Adds what an iterable yields.
    pub fn update_from(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        if let Some(s) = any_set(other) {
            return self.merge(ts, s);
        }
        if let Some(d) = other.exact::<Dict>() {
            self.table.write(|t| t.reserve(d.len()));
            let mut position = 0;
            while let Some((next, hash, k, _)) = d.next_hashed(position) {
                position = next;
                self.add_hashed(ts, &k, hash)?;
            }
            return Ok(());
        }
        protocol::for_each(ts, other, |k| self.add(ts, &k).map(drop))
    }
    pub fn intersection(&self, ts: &ThreadState, other: &Value) -> Result<SetData> {
        let result = SetData::default();
        if let Some(o) = any_set(other) {
            if std::ptr::eq(self, o) {
                return Ok(self.copy());
            }
            let (large, small) = if o.len() > self.len() { (o, self) } else { (self, o) };
            let mut position = 0;
            while let Some((next, hash, k)) = small.next_entry(position) {
                position = next;
                if large.contains_hashed(ts, &k, hash)? {
                    result.add_hashed(ts, &k, hash)?;
                }
            }
            return Ok(result);
        }
        protocol::for_each(ts, other, |k| {
            let hash = hash_element(ts, &k)?;
            if self.contains_hashed(ts, &k, hash)? {
                result.add_hashed(ts, &k, hash)?;
            }
            Ok(())
        })?;
        Ok(result)
    }
    pub fn intersection_of(&self, ts: &ThreadState, others: &[Value]) -> Result<SetData> {
        let Some((first, rest)) = others.split_first() else { return Ok(self.copy()) };
        let mut result = self.intersection(ts, first)?;
        for o in rest {
            result = result.intersection(ts, o)?;
        }
        Ok(result)
    }
    pub fn difference(&self, ts: &ThreadState, other: &Value) -> Result<SetData> {
        let contains: &dyn Fn(&Value, i64) -> Result<bool>;
        let (in_set, in_dict);
        let size;
        if let Some(o) = any_set(other) {
            size = o.len();
            in_set = move |k: &Value, hash: i64| o.contains_hashed(ts, k, hash);
            contains = &in_set;
        } else if let Some(d) = other.exact::<Dict>() {
            size = d.len();
            in_dict = move |k: &Value, hash: i64| Ok(d.index_of_hashed(ts, k, hash)?.is_some());
            contains = &in_dict;
        } else {
            let result = self.copy();
            result.difference_update(ts, other)?;
            return Ok(result);
        }
        if self.len() >> 2 > size {
            let result = self.copy();
            result.difference_update(ts, other)?;
            return Ok(result);
        }
        let result = SetData::default();
        let mut position = 0;
        while let Some((next, hash, k)) = self.next_entry(position) {
            position = next;
            if !contains(&k, hash)? {
                result.add_hashed(ts, &k, hash)?;
            }
        }
        Ok(result)
    }
    pub fn difference_update(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        if let Some(o) = any_set(other) {
            if std::ptr::eq(self, o) {
                self.clear();
                return Ok(());
            }
            let smaller;
            let o = if o.len() >> 3 > self.len() {
                smaller = self.intersection(ts, other)?;
                &smaller
            } else {
                o
            };
            let mut position = 0;
            while let Some((next, hash, k)) = o.next_entry(position) {
                position = next;
                self.discard_hashed(ts, &k, hash)?;
            }
        } else {
            protocol::for_each(ts, other, |k| self.discard(ts, &k).map(drop))?;
        }
        self.table.write(SetTable::tidy);
        Ok(())
    }
    pub fn symmetric_difference_update(&self, ts: &ThreadState, other: &Value) -> Result<()> {
        let toggle = |k: &Value, hash: i64| -> Result<()> {
            if !self.discard_hashed(ts, k, hash)? {
                self.add_hashed(ts, k, hash)?;
            }
            Ok(())
        };
        let mut position = 0;
        if let Some(d) = other.exact::<Dict>() {
            while let Some((next, hash, k, _)) = d.next_hashed(position) {
                position = next;
                toggle(&k, hash)?;
            }
            return Ok(());
        }
        let made;
        let o = match any_set(other) {
            Some(o) if std::ptr::eq(o, self) => {
                self.clear();
                return Ok(());
            }
            Some(o) => o,
            None => {
                made = SetData::default();
                made.update_from(ts, other)?;
                &made
            }
        };
        while let Some((next, hash, k)) = o.next_entry(position) {
            position = next;
            toggle(&k, hash)?;
        }
        Ok(())
    }
    pub fn symmetric_difference(&self, ts: &ThreadState, other: &Value) -> Result<SetData> {
        let result = SetData::default();
        result.update_from(ts, other)?;
        let mut position = 0;
        while let Some((next, hash, k)) = self.next_entry(position) {
            position = next;
            if !result.discard_hashed(ts, &k, hash)? {
                result.add_hashed(ts, &k, hash)?;
            }
        }
        Ok(result)
    }
    /// Is every key of this set in `other`?
    pub fn is_subset(&self, ts: &ThreadState, other: &SetData) -> Result<bool> {
        if self.len() > other.len() {
            return Ok(false);
        }
        let mut position = 0;
        while let Some((next, hash, k)) = self.next_entry(position) {
            position = next;
            if !other.contains_hashed(ts, &k, hash)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
    pub fn is_disjoint(&self, ts: &ThreadState, other: &Value) -> Result<bool> {
        if let Some(o) = any_set(other) {
            if std::ptr::eq(self, o) {
                return Ok(self.is_empty());
            }
            let (large, small) = if o.len() > self.len() { (o, self) } else { (self, o) };
            let mut position = 0;
            while let Some((next, hash, k)) = small.next_entry(position) {
                position = next;
                if large.contains_hashed(ts, &k, hash)? {
                    return Ok(false);
                }
            }
            return Ok(true);
        }
        let it = protocol::get_iter(ts, other)?;
        while let Some(k) = protocol::iter_next(ts, &it)? {
            if self.contains(ts, &k)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
