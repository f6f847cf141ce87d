//! `dict`: the insertion-ordered mapping under modules, classes and instances as well as Python's own.
//!
//! [`Dict`] is what Rust code uses; [`table`] is the data structure; [`methods`] is what Python sees;
//! [`views`] and [`iter`] are its views and iterators.

pub mod iter;
mod methods;
pub mod table;
pub mod views;

use crate::heap::{self, GilCell, Header, Ref};
use crate::ids;
use crate::payload;
use crate::protocol;
use crate::str::Str;
use crate::thread::{self, ThreadState};
use crate::typeobject::Type;
use crate::value::{Raised, Result, TAG_BORROWED, Value};
use std::cell::Cell;
use std::sync::atomic::{AtomicU32, Ordering};
use table::{Cursor, Table};

pub struct Dict {
    table: GilCell<Table>,
    /// Names the layout of the entries for inline caches; 0 until somebody asks.
    version: Cell<u32>,
}

payload!(Dict, id = ids::DICT, container,
    traverse = |s, visit| s.table.read(|t| for e in &t.entries {
        if let Some(k) = &e.key {
            visit(k);
            visit(&e.value);
        }
    }),
    clear = |s| s.clear_all());

/// Only ever counts up, so sharing it between interpreters tells nothing and breaks nothing.
static NEXT_VERSION: AtomicU32 = AtomicU32::new(1);

/// The hash of a key, with short ways for the common ones. Messages are those of `hash()`.
#[inline(always)]
pub fn hash_key(ts: &ThreadState, key: &Value) -> Result<i64> {
    if let Some(s) = key.exact::<Str>() {
        return Ok(s.hash(ts));
    }
    if let Some(i) = key.as_small_int() {
        return Ok(hash_small_int(i));
    }
    protocol::hash(ts, key)
}

/// Inline integers are smaller than the modulus 2**61 - 1, so they are their own hash; -1 means an error in C.
#[inline(always)]
pub fn hash_small_int(i: i64) -> i64 {
    if i == -1 { -2 } else { i }
}

/// After a failed `hash()`: a TypeError gets to tell what the value was wanted for.
#[cold]
#[inline(never)]
pub(crate) fn unhashable_as(ts: &ThreadState, key: &Value, role: &str, e: Raised) -> Raised {
    let exact = ts.exception.read(|x| x.as_ref().is_some_and(|x| x.class(ts).is(crate::exceptions::type_error(ts))));
    if !exact {
        return e;
    }
    let Some(old) = ts.take_exception() else { return e };
    let text = match protocol::str_(ts, &old) {
        Ok(s) => s.to_string_lossy().into_owned(),
        Err(e) => return e,
    };
    ts.type_error(format!("cannot use '{}' as {role} ({text})", key.type_name(ts)))
}

/// As [`hash_key`], with the message of a failed look-up in a dictionary.
#[inline(always)]
pub fn hash_dict_key(ts: &ThreadState, key: &Value) -> Result<i64> {
    match hash_key(ts, key) {
        Ok(h) => Ok(h),
        Err(e) => Err(unhashable_as(ts, key, "a dict key", e)),
    }
}

/// Equality that needs no Python code: `None` when it does.
#[inline(always)]
pub(crate) fn quick_eq(a: &Value, b: &Value) -> Option<bool> {
    if a.is(b) {
        return Some(true);
    }
    if let (Some(x), Some(y)) = (a.exact::<Str>(), b.exact::<Str>()) {
        return Some(x.bytes() == y.bytes());
    }
    if a.as_small_int().is_some() && b.as_small_int().is_some() {
        return Some(false);
    }
    None
}

enum Search {
    Found(usize),
    Vacant(Cursor),
}

impl Dict {
    pub fn new(ts: &ThreadState) -> Ref<Dict> {
        heap::new(ts, Dict::payload(Table::default()))
    }
    pub fn with_capacity(ts: &ThreadState, n: usize) -> Ref<Dict> {
        heap::new(ts, Dict::payload(Table::with_capacity(n)))
    }
    pub fn new_with_type(ts: &ThreadState, ty: &Type) -> Ref<Dict> {
        heap::new_with_type(ts, ty, Dict::payload(Table::default()))
    }
    /// A payload for types that embed a dictionary as their first field.
    pub fn payload(table: Table) -> Dict {
        Dict { table: GilCell::new(table), version: Cell::new(0) }
    }
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.table.read(Table::live)
    }
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    // Finding entries.

    /// Finds a key; may run `__eq__`, so the dictionary may have changed before it returns.
    #[inline]
    fn search(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Search> {
        let mut c = self.table.read(|t| t.start(hash));
        loop {
            let found = self.table.read(|t| loop {
                let i = t.candidate(hash, &mut c)?;
                let k = t.entries[i].key.as_ref()?;
                match quick_eq(k, key) {
                    Some(true) => return Some((i, None)),
                    Some(false) => continue,
                    None => return Some((i, Some(k.clone()))),
                }
            });
            match found {
                None => return Ok(Search::Vacant(c)),
                Some((i, None)) => return Ok(Search::Found(i)),
                Some((i, Some(k))) => {
                    let equal = protocol::eq(ts, &k, key)?;
                    if !self.table.read(|t| t.still(&c, i, &k)) {
                        c = self.table.read(|t| t.start(hash));
                    } else if equal {
                        return Ok(Search::Found(i));
                    }
                }
            }
        }
    }
    /// The entry of a key with a known hash.
    #[inline]
    pub fn index_of_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Option<usize>> {
        Ok(match self.search(ts, key, hash)? {
            Search::Found(i) => Some(i),
            Search::Vacant(_) => None,
        })
    }
    /// The entry of a key.
    #[inline]
    pub fn index_of(&self, ts: &ThreadState, key: &Value) -> Result<Option<usize>> {
        let hash = hash_dict_key(ts, key)?;
        if self.is_empty() {
            return Ok(None);
        }
        self.index_of_hashed(ts, key, hash)
    }
    /// The entry of a text. Keys that are neither `str` nor derived from it do not match.
    #[inline]
    pub fn index_of_str(&self, key: &Str) -> Option<usize> {
        // SAFETY: a payload lies behind its header.
        let word = unsafe { (key as *const Str as *const Header).sub(1) } as u64 | TAG_BORROWED;
        self.table.read(|t| {
            if t.entries.len() <= table::SCAN {
                // Names are interned: mostly the very object is found.
                for (i, e) in t.entries.iter().enumerate() {
                    if e.key.as_ref().is_some_and(|k| k.word() | TAG_BORROWED == word) {
                        return Some(i);
                    }
                }
                if t.entries.is_empty() {
                    return None;
                }
            }
            t.find(str_hash(key), |k| {
                k.word() | TAG_BORROWED == word
                    || match k.exact::<Str>() {
                        Some(s) => s.bytes() == key.bytes(),
                        None => k.downcast::<Str>().is_some_and(|s| s.bytes() == key.bytes()),
                    }
            })
        })
    }
    /// The value of a name that mostly stands at the same place: there it is looked for first, and where it was found
    /// is remembered.
    pub fn get_str_near(&self, key: &Str, place: &Cell<usize>) -> Option<Value> {
        // SAFETY: a payload lies behind its header.
        let word = unsafe { (key as *const Str as *const Header).sub(1) } as u64 | TAG_BORROWED;
        let i = place.get();
        let near = self.table.read(|t| {
            let e = t.entries.get(i)?;
            e.key.as_ref().is_some_and(|k| k.word() | TAG_BORROWED == word).then(|| e.value.clone())
        });
        if near.is_some() {
            return near;
        }
        let i = self.index_of_str(key)?;
        place.set(i);
        self.value_at(i)
    }
    #[inline(always)]
    pub fn value_at(&self, i: usize) -> Option<Value> {
        self.table.read(|t| t.entries.get(i).filter(|e| e.key.is_some()).map(|e| e.value.clone()))
    }
    /// The value of an entry that is known to be alive (the keys version was checked).
    #[inline(always)]
    pub fn entry_value(&self, i: usize) -> Value {
        self.table.read(|t| t.entries[i].value.clone())
    }
    /// As [`Dict::entry_value`], unchecked.
    ///
    /// # Safety
    /// The entry is alive.
    #[inline(always)]
    pub unsafe fn entry_value_unchecked(&self, i: usize) -> Value {
        // SAFETY: by the contract.
        self.table.read(|t| unsafe { t.entries.get_unchecked(i).value.clone() })
    }
    /// The value of entry `i`, if its key is this very object.
    #[inline(always)]
    pub fn value_if_key(&self, i: usize, key: &Value) -> Option<Value> {
        self.table.read(|t| t.entries.get(i).filter(|e| e.key.as_ref().is_some_and(|k| k.is(key))).map(|e| e.value.clone()))
    }
    /// Replaces the value of entry `i`, if its key is this very object; gives the old one.
    #[inline(always)]
    pub fn replace_if_key(&self, i: usize, key: &Value, value: impl FnOnce() -> Value) -> Option<Value> {
        self.table.write(|t| match t.entries.get_mut(i) {
            Some(e) if e.key.as_ref().is_some_and(|k| k.is(key)) => Some(std::mem::replace(&mut e.value, value())),
            _ => None,
        })
    }
    pub fn key_at(&self, i: usize) -> Option<Value> {
        self.table.read(|t| t.entries.get(i).and_then(|e| e.key.clone()))
    }
    /// Replaces the value of a live entry.
    #[inline(always)]
    pub fn set_value_at(&self, i: usize, value: Value) {
        let old = self.table.write(|t| match t.entries.get_mut(i) {
            Some(e) => std::mem::replace(&mut e.value, value),
            None => value,
        });
        drop(old);
    }
    /// How many entries, dead ones included, lie in the table: bounds the positions of a walk.
    pub fn entry_count(&self) -> usize {
        self.table.read(|t| t.entries.len())
    }

    // Versions for inline caches.

    /// A number that stays the same while no key comes or goes; gives one out when there is none.
    /// 0 when numbers have run out: then nothing may be cached.
    pub fn keys_version(&self) -> u32 {
        if self.version.get() == 0 {
            let fresh = NEXT_VERSION
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| if n == 0 { None } else { Some(n.wrapping_add(1)) })
                .unwrap_or(0);
            self.version.set(fresh);
        }
        self.version.get()
    }
    /// The version if one was given out since the last change of layout, else 0.
    #[inline(always)]
    pub fn current_version(&self) -> u32 {
        self.version.get()
    }
    #[inline(always)]
    fn layout_changes(&self) {
        self.version.set(0);
    }

    // Getting and setting by any key.

    pub fn get(&self, ts: &ThreadState, key: &Value) -> Result<Option<Value>> {
        Ok(self.index_of(ts, key)?.and_then(|i| self.value_at(i)))
    }
    pub fn get_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Option<Value>> {
        Ok(self.index_of_hashed(ts, key, hash)?.and_then(|i| self.value_at(i)))
    }
    pub fn contains(&self, ts: &ThreadState, key: &Value) -> Result<bool> {
        Ok(self.index_of(ts, key)?.is_some())
    }
    #[inline]
    pub fn set(&self, ts: &ThreadState, key: &Value, value: Value) -> Result<()> {
        let hash = hash_dict_key(ts, key)?;
        self.set_hashed(ts, key, hash, value)
    }
    #[inline]
    pub fn set_hashed(&self, ts: &ThreadState, key: &Value, hash: i64, value: Value) -> Result<()> {
        match self.search(ts, key, hash)? {
            Search::Found(i) => self.set_value_at(i, value),
            Search::Vacant(c) => self.push(hash, key.clone(), value, Some(c)),
        }
        Ok(())
    }
    #[inline(always)]
    fn push(&self, hash: i64, key: Value, value: Value, c: Option<Cursor>) {
        self.layout_changes();
        self.table.write(|t| t.push(hash, key, value, c));
    }
    /// The value of a key, which is set to `value` if it is not there.
    pub fn set_default(&self, ts: &ThreadState, key: &Value, value: Value) -> Result<Value> {
        let hash = hash_dict_key(ts, key)?;
        Ok(match self.search(ts, key, hash)? {
            Search::Found(i) => self.entry_value(i),
            Search::Vacant(c) => {
                self.push(hash, key.clone(), value.clone(), Some(c));
                value
            }
        })
    }
    pub fn remove(&self, ts: &ThreadState, key: &Value) -> Result<Option<Value>> {
        Ok(self.index_of(ts, key)?.map(|i| self.remove_at(i).1))
    }
    pub fn remove_hashed(&self, ts: &ThreadState, key: &Value, hash: i64) -> Result<Option<Value>> {
        Ok(self.index_of_hashed(ts, key, hash)?.map(|i| self.remove_at(i).1))
    }
    /// Takes a live entry out.
    pub fn remove_at(&self, i: usize) -> (Value, Value) {
        self.layout_changes();
        self.table.write(|t| t.remove(i))
    }
    /// Moves a live entry behind all others, or in front of them (which takes time in proportion to their number).
    pub fn move_entry(&self, i: usize, last: bool) {
        self.layout_changes();
        self.table.write(|t| t.move_entry(i, last));
    }
    /// Takes the first entry out.
    pub fn pop_first(&self) -> Option<(Value, Value)> {
        let first = self.table.read(|t| t.next_live(0))?;
        Some(self.remove_at(first))
    }
    /// Takes the last entry out.
    pub fn pop_item(&self) -> Option<(Value, Value)> {
        let last = self.table.read(|t| t.previous_live(usize::MAX))?;
        Some(self.remove_at(last))
    }
    pub fn clear_all(&self) {
        self.layout_changes();
        drop(self.table.take());
    }

    // By text: these never fail and never run Python code.

    #[inline]
    pub fn get_str(&self, key: &Str) -> Option<Value> {
        self.index_of_str(key).and_then(|i| self.value_at(i))
    }
    pub fn contains_str(&self, key: &Str) -> bool {
        self.index_of_str(key).is_some()
    }
    #[inline]
    pub fn set_str(&self, ts: &ThreadState, key: &Ref<Str>, value: Value) {
        match self.index_of_str(key) {
            Some(i) => self.set_value_at(i, value),
            None => self.push(key.hash(ts), key.as_value().clone(), value, None),
        }
    }
    pub fn remove_str(&self, key: &Str) -> Option<Value> {
        self.index_of_str(key).map(|i| self.remove_at(i).1)
    }
    pub fn get_name(&self, ts: &ThreadState, name: &str) -> Option<Value> {
        self.get_str(&Str::intern(ts, name))
    }
    pub fn set_name(&self, ts: &ThreadState, name: &str, value: Value) {
        self.set_str(ts, &Str::intern(ts, name), value)
    }

    // Walking.

    /// The first entry at or after `position`: what to pass next, key, value. Begin with 0.
    #[inline]
    pub fn next_entry(&self, position: usize) -> Option<(usize, Value, Value)> {
        self.table.read(|t| {
            let i = t.next_live(position)?;
            let e = &t.entries[i];
            Some((i + 1, e.key.clone()?, e.value.clone()))
        })
    }
    /// The position of the first entry at or after `position`.
    pub fn next_position(&self, position: usize) -> Option<usize> {
        self.table.read(|t| t.next_live(position))
    }
    /// As [`Dict::next_entry`], with the hash of the key.
    pub fn next_hashed(&self, position: usize) -> Option<(usize, i64, Value, Value)> {
        self.table.read(|t| {
            let i = t.next_live(position)?;
            let e = &t.entries[i];
            Some((i + 1, e.hash, e.key.clone()?, e.value.clone()))
        })
    }
    /// The last entry before `position`: what to pass next, key, value. Begin with `usize::MAX`.
    pub fn previous_entry(&self, position: usize) -> Option<(usize, Value, Value)> {
        self.table.read(|t| {
            let i = t.previous_live(position)?;
            let e = &t.entries[i];
            Some((i, e.key.clone()?, e.value.clone()))
        })
    }
    /// Looks at every entry; `f` must not run Python code.
    pub fn each(&self, mut f: impl FnMut(&Value, &Value)) {
        self.table.read(|t| {
            for e in &t.entries {
                if let Some(k) = &e.key {
                    f(k, &e.value);
                }
            }
        })
    }
    pub fn items(&self, _ts: &ThreadState) -> Vec<(Value, Value)> {
        let mut v = Vec::with_capacity(self.len());
        self.each(|k, x| v.push((k.clone(), x.clone())));
        v
    }
    pub fn keys(&self) -> Vec<Value> {
        let mut v = Vec::with_capacity(self.len());
        self.each(|k, _| v.push(k.clone()));
        v
    }
    pub fn values(&self) -> Vec<Value> {
        let mut v = Vec::with_capacity(self.len());
        self.each(|_, x| v.push(x.clone()));
        v
    }
    /// A new exact dictionary with the same entries.
    pub fn copy(&self, ts: &ThreadState) -> Ref<Dict> {
        heap::new(ts, Dict::payload(self.table.read(Table::duplicate)))
    }
    /// Takes in the entries of another dictionary; those that are already there are replaced if `replace`.
    pub fn merge(&self, ts: &ThreadState, other: &Dict, replace: bool) -> Result<()> {
        if std::ptr::eq(self, other) || other.is_empty() {
            return Ok(());
        }
        if self.table.read(|t| t.entries.is_empty()) {
            self.layout_changes();
            self.table.set(other.table.read(Table::duplicate));
            return Ok(());
        }
        self.table.write(|t| if other.len() > t.live() { t.reserve(other.len()) });
        self.layout_changes();
        let size = other.len();
        let mut position = 0;
        while let Some((next, hash, k, v)) = other.next_hashed(position) {
            position = next;
            match self.search(ts, &k, hash)? {
                Search::Found(i) if replace => self.set_value_at(i, v),
                Search::Found(_) => {}
                Search::Vacant(c) => self.push(hash, k, v, Some(c)),
            }
            if other.len() != size {
                return Err(ts.runtime_error("dict mutated during update"));
            }
        }
        Ok(())
    }
    /// Makes room for so many more entries.
    fn make_room(&self, n: usize) {
        if n > 0 {
            self.table.write(|t| t.reserve(n));
        }
    }
    /// Bytes of memory beside the object itself.
    pub fn extra_bytes(&self) -> usize {
        self.table.read(Table::bytes)
    }
}

#[inline(always)]
fn str_hash(s: &Str) -> i64 {
    s.hash_if_known().unwrap_or_else(|| s.hash(thread::current()))
}
