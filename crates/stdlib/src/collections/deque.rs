//! `deque`: a row that grows and shrinks at both ends.

use super::deque_iter::{DequeIterator, DequeReverseIterator};
use std::cell::Cell;
use std::collections::VecDeque;
use taipan_macros::{class, methods};
use taipan_objects::heap::{self, GilCell, Payload, Ref};
use taipan_objects::int;
use taipan_objects::list::List;
use taipan_objects::native::*;
use taipan_objects::slots::CmpOp;
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Raised, Result, ThreadState, Value, generic_alias, payload, protocol};

pub struct Deque {
    items: GilCell<VecDeque<Value>>,
    maxlen: Cell<Option<usize>>,
    /// Changes whenever items come, go or move: iterators look at it.
    version: Cell<u64>,
}
payload!(Deque, container, traverse = |s, visit| s.items.read(|i| i.iter().for_each(&mut *visit)), clear = |s| {
    s.version.set(s.version.get() + 1);
    drop(s.items.take())
});

impl Deque {
    fn empty() -> Deque {
        Deque { items: GilCell::default(), maxlen: Cell::new(None), version: Cell::new(0) }
    }
    #[inline]
    pub fn len(&self) -> usize {
        self.items.read(VecDeque::len)
    }
    #[inline]
    pub fn get(&self, i: usize) -> Option<Value> {
        self.items.read(|items| items.get(i).cloned())
    }
    #[inline]
    pub fn version(&self) -> u64 {
        self.version.get()
    }
    /// Changes the items. What is pushed out is returned, to be dropped after the change.
    #[inline]
    fn change<R>(&self, f: impl FnOnce(&mut VecDeque<Value>) -> R) -> R {
        self.version.set(self.version.get() + 1);
        self.items.write(f)
    }
    #[inline]
    fn push_back(&self, v: Value) {
        let max = self.maxlen.get().unwrap_or(usize::MAX);
        drop(self.change(|items| {
            items.push_back(v);
            if items.len() > max { items.pop_front() } else { None }
        }));
    }
    #[inline]
    fn push_front(&self, v: Value) {
        let max = self.maxlen.get().unwrap_or(usize::MAX);
        drop(self.change(|items| {
            items.push_front(v);
            if items.len() > max { items.pop_back() } else { None }
        }));
    }
    fn to_vec(&self) -> Vec<Value> {
        self.items.read(|items| items.iter().cloned().collect())
    }
    fn maxlen_value(&self, ts: &ThreadState) -> Value {
        self.maxlen.get().map_or_else(Value::none, |n| int::from_usize(ts, n))
    }
    /// A new exact deque with these items and this one's bound.
    fn with_items(&self, ts: &ThreadState, items: VecDeque<Value>) -> Ref<Deque> {
        let new = heap::new(ts, Deque::empty());
        new.maxlen.set(self.maxlen.get());
        new.items.set(items);
        new
    }
    fn extend_back(&self, ts: &ThreadState, iterable: &Value) -> Result<()> {
        if let Some(other) = iterable.downcast::<Deque>()
            && std::ptr::eq(other, self)
        {
            self.to_vec().into_iter().for_each(|v| self.push_back(v));
            return Ok(());
        }
        if let Some(t) = iterable.exact::<Tuple>() {
            self.push_row(t.items());
            return Ok(());
        }
        if let Some(l) = iterable.exact::<List>() {
            l.items.read(|row| self.push_row(row));
            return Ok(());
        }
        let it = protocol::Source::of(ts, iterable)?;
        while let Some(v) = it.next(ts)? {
            self.push_back(v);
        }
        Ok(())
    }
    /// Appends a row at once; what it pushes out goes after the change.
    fn push_row(&self, row: &[Value]) {
        let max = self.maxlen.get().unwrap_or(usize::MAX);
        let row = &row[row.len().saturating_sub(max)..];
        let gone: Vec<Value> = self.change(|items| {
            let excess = (items.len() + row.len()).saturating_sub(max);
            let gone = items.drain(..excess).collect();
            items.extend(row.iter().cloned());
            gone
        });
        drop(gone);
    }
    /// The place of the first item from `start` to `stop` that equals `v`.
    fn find(&self, ts: &ThreadState, v: &Value, start: usize, stop: usize) -> Result<Option<usize>> {
        let version = self.version.get();
        let mut i = start;
        while i < stop {
            let Some(item) = self.get(i) else { break };
            let equal = protocol::eq(ts, &item, v)?;
            if self.version.get() != version {
                return Err(ts.runtime_error("deque mutated during iteration"));
            }
            if equal {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }
    /// The place that an index means.
    fn place(&self, ts: &ThreadState, index: &Value) -> Result<usize> {
        if !protocol::has_index(ts, index) {
            return Err(ts.type_error(format!("sequence index must be integer, not '{}'", index.type_name(ts))));
        }
        let i = protocol::as_subscript(ts, index)?;
        let n = self.len() as isize;
        let i = if i < 0 { i + n } else { i };
        if i < 0 || i >= n { Err(ts.index_error("deque index out of range")) } else { Ok(i as usize) }
    }
    /// The items, so many times, cut to the bound.
    fn repeated(&self, ts: &ThreadState, n: isize) -> Result<VecDeque<Value>> {
        let items = self.to_vec();
        let n = n.max(0) as usize;
        let Some(total) = items.len().checked_mul(n) else { return Err(ts.memory_error()) };
        let kept = self.maxlen.get().map_or(total, |max| total.min(max));
        let mut out = VecDeque::new();
        if out.try_reserve(kept).is_err() {
            return Err(ts.memory_error());
        }
        // The last ones remain.
        out.extend((total - kept..total).map(|i| items[i % items.len()].clone()));
        Ok(out)
    }
}

fn deque_of<'a>(ts: &ThreadState, v: &'a Value) -> Result<&'a Deque> {
    v.downcast::<Deque>().ok_or_else(|| ts.type_error("a deque is required"))
}

/// A list-like sequence optimized for data accesses near its endpoints.
#[class(name = "deque", module = "collections", weakref, sequence, parts(Self::METHODS))]
impl Deque {
    #[slot(new)]
    fn new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result {
        match cls.downcast::<Type>() {
            Some(ty) => Ok(heap::new_with_type(ts, ty, Deque::empty()).into_value()),
            None => Err(ts.type_error("deque.__new__(X): X is not a type object")),
        }
    }
    #[init("(iterable=(), maxlen=None)", no_signature)]
    fn init(&self, ts: &ThreadState, #[default(None)] iterable: Option<&Value>, maxlen: Option<&Value>) -> Result<()> {
        let max = match maxlen {
            None => None,
            Some(v) => {
                if int::view(v).is_none() {
                    return Err(ts.type_error("an integer is required"));
                }
                let n = protocol::as_isize(ts, v)?;
                if n < 0 {
                    return Err(ts.value_error("maxlen must be non-negative"));
                }
                Some(n as usize)
            }
        };
        self.maxlen.set(max);
        if self.len() > 0 {
            drop(self.change(std::mem::take));
        }
        match iterable {
            Some(v) => self.extend_back(ts, v),
            None => Ok(()),
        }
    }
    #[slot(iter)]
    fn iter(ts: &ThreadState, slf: &Value) -> Result {
        Ok(DequeIterator::over(ts, slf).into_value())
    }
    #[slot(len)]
    fn length(&self) -> usize {
        self.len()
    }
    #[slot(repr)]
    fn repr(ts: &ThreadState, slf: &Value) -> Result {
        let d = deque_of(ts, slf)?;
        let name = slf.class(ts).short_name();
        let Some(_guard) = protocol::repr_enter(ts, slf)? else {
            return Ok(protocol::text(ts, "[...]"));
        };
        let mut out = format!("{name}([").into_bytes();
        for (i, v) in d.to_vec().iter().enumerate() {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            out.extend_from_slice(protocol::repr(ts, v)?.bytes());
        }
        match d.maxlen.get() {
            None => out.extend_from_slice(b"])"),
            Some(n) => out.extend_from_slice(format!("], maxlen={n})").as_bytes()),
        }
        Ok(taipan_objects::str::Str::from_wtf8(ts, out).into_value())
    }
    #[slot(richcompare)]
    fn richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result {
        let Some(o) = other.downcast::<Deque>() else { return Ok(Value::not_implemented()) };
        let (n, m) = (self.len(), o.len());
        if n != m && matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(Value::bool(op == CmpOp::Ne));
        }
        let (v1, v2) = (self.version.get(), o.version.get());
        let mut i = 0;
        while let (Some(a), Some(b)) = (self.get(i), o.get(i)) {
            let equal = protocol::eq(ts, &a, &b)?;
            if self.version.get() != v1 || o.version.get() != v2 {
                return Err(ts.runtime_error("deque mutated during iteration"));
            }
            if !equal {
                return match op {
                    CmpOp::Eq => Ok(Value::false_()),
                    CmpOp::Ne => Ok(Value::true_()),
                    _ => protocol::compare(ts, &a, &b, op),
                };
            }
            i += 1;
        }
        Ok(Value::bool(op.holds(n.cmp(&m))))
    }
    #[slot(getitem)]
    fn getitem(&self, ts: &ThreadState, index: &Value) -> Result {
        let i = self.place(ts, index)?;
        self.get(i).ok_or_else(|| ts.index_error("deque index out of range"))
    }
    #[slot(setitem)]
    fn setitem(&self, ts: &ThreadState, index: &Value, value: Option<&Value>) -> Result<()> {
        let i = self.place(ts, index)?;
        match value {
            Some(v) => drop(self.items.write(|items| items.get_mut(i).map(|slot| std::mem::replace(slot, v.clone())))),
            None => drop(self.change(|items| items.remove(i))),
        }
        Ok(())
    }
    #[slot(contains)]
    fn contains(&self, ts: &ThreadState, value: &Value) -> Result<bool> {
        Ok(self.find(ts, value, 0, usize::MAX)?.is_some())
    }
    #[slot(concat)]
    fn concat(ts: &ThreadState, slf: &Value, other: &Value) -> Result {
        let Some(o) = other.downcast::<Deque>() else {
            return Err(ts.type_error(format!("can only concatenate deque (not \"{}\") to deque", other.type_name(ts))));
        };
        let new = copy_of(ts, slf)?;
        o.to_vec().into_iter().try_for_each(|v| match new.downcast::<Deque>() {
            Some(d) => {
                d.push_back(v);
                Ok(())
            }
            None => protocol::call_method(ts, &new, "append", &[v]).map(drop),
        })?;
        Ok(new)
    }
    #[slot(inplace_concat)]
    fn inplace_concat(ts: &ThreadState, slf: &Value, other: &Value) -> Result {
        deque_of(ts, slf)?.extend_back(ts, other)?;
        Ok(slf.clone())
    }
    #[slot(repeat)]
    fn repeat(ts: &ThreadState, slf: &Value, n: isize) -> Result {
        let d = deque_of(ts, slf)?;
        let items = d.repeated(ts, n)?;
        let new = copy_of(ts, slf)?;
        if let Some(d) = new.downcast::<Deque>() {
            drop(d.change(|old| std::mem::replace(old, items)));
        }
        Ok(new)
    }
    #[slot(inplace_repeat)]
    fn inplace_repeat(ts: &ThreadState, slf: &Value, n: isize) -> Result {
        let d = deque_of(ts, slf)?;
        let items = d.repeated(ts, n)?;
        drop(d.change(|old| std::mem::replace(old, items)));
        Ok(slf.clone())
    }
}

/// A copy of the same class.
fn copy_of(ts: &ThreadState, slf: &Value) -> Result {
    let d = deque_of(ts, slf)?;
    let class = slf.class_ref(ts).into_value();
    if class.is(Deque::class(ts).as_value()) {
        return Ok(d.with_items(ts, d.items.read(VecDeque::clone)).into_value());
    }
    let new = match d.maxlen.get() {
        None => protocol::call1(ts, &class, slf)?,
        Some(_) => protocol::call(ts, &class, &[slf.clone(), d.maxlen_value(ts)])?,
    };
    if !new.is_instance_of::<Deque>() {
        return Err(ts.type_error(format!("{}() must return a deque, not {}", slf.type_name(ts), new.type_name(ts))));
    }
    Ok(new)
}

fn empty(ts: &ThreadState) -> Raised {
    ts.index_error("pop from an empty deque")
}

/// A bound of `index()`: clipped to the row.
fn bound(ts: &ThreadState, v: &Value, len: usize) -> Result<usize> {
    if !protocol::has_index(ts, v) {
        return Err(ts.type_error("slice indices must be integers or have an __index__ method"));
    }
    let i = protocol::as_isize_clamped(ts, v)?;
    Ok(if i < 0 { i.saturating_add(len as isize).max(0) as usize } else { (i as usize).min(len) })
}

#[methods(part = METHODS)]
impl Deque {
    /// Add an item at the right end.
    #[method("append($self, item, /)")]
    fn append(&self, item: Value) {
        self.push_back(item)
    }
    /// Add an item at the left end.
    #[method("appendleft($self, item, /)")]
    fn appendleft(&self, item: Value) {
        self.push_front(item)
    }
    /// Remove all items.
    #[method("clear($self, /)")]
    fn clear_items(&self) {
        drop(self.change(std::mem::take))
    }
    /// A shallow copy.
    #[method("__copy__($self, /)")]
    #[method("copy($self, /)")]
    fn copy(slf: &Value, ts: &ThreadState) -> Result {
        copy_of(ts, slf)
    }
    /// How often the value is there.
    #[method("count($self, value, /)")]
    fn count(&self, ts: &ThreadState, value: &Value) -> Result<usize> {
        let version = self.version.get();
        let (mut i, mut n) = (0, 0);
        while let Some(item) = self.get(i) {
            n += protocol::eq(ts, &item, value)? as usize;
            if self.version.get() != version {
                return Err(ts.runtime_error("deque mutated during iteration"));
            }
            i += 1;
        }
        Ok(n)
    }
    /// Add the items of an iterable at the right end.
    #[method("extend($self, iterable, /)")]
    fn extend(&self, ts: &ThreadState, iterable: &Value) -> Result<()> {
        self.extend_back(ts, iterable)
    }
    /// Add the items of an iterable at the left end, one by one.
    #[method("extendleft($self, iterable, /)")]
    fn extendleft(&self, ts: &ThreadState, iterable: &Value) -> Result<()> {
        if let Some(other) = iterable.downcast::<Deque>()
            && std::ptr::eq(other, self)
        {
            self.to_vec().into_iter().for_each(|v| self.push_front(v));
            return Ok(());
        }
        let it = protocol::get_iter(ts, iterable)?;
        while let Some(v) = protocol::iter_next(ts, &it)? {
            self.push_front(v);
        }
        Ok(())
    }
    /// The place of the first item that equals the value. ValueError if there is none.
    #[method("index($self, value, start=<unrepresentable>, stop=<unrepresentable>, /)")]
    fn index(&self, ts: &ThreadState, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> Result<usize> {
        let n = self.len();
        let start = start.map_or(Ok(0), |v| bound(ts, v, n))?;
        let stop = stop.map_or(Ok(n), |v| bound(ts, v, n))?;
        self.find(ts, value, start, stop)?.ok_or_else(|| ts.value_error("deque.index(x): x not in deque"))
    }
    /// Put a value in front of the item at index.
    #[method("insert($self, index, value, /)")]
    fn insert(&self, ts: &ThreadState, index: isize, value: Value) -> Result<()> {
        let n = self.len();
        if self.maxlen.get() == Some(n) {
            return Err(ts.index_error("deque already at its maximum size"));
        }
        let i = if index < 0 { index.saturating_add(n as isize).max(0) as usize } else { (index as usize).min(n) };
        self.change(|items| items.insert(i, value));
        Ok(())
    }
    /// Remove and return the item at the right end.
    #[method("pop($self, /)")]
    fn pop(&self, ts: &ThreadState) -> Result {
        self.change(VecDeque::pop_back).ok_or_else(|| empty(ts))
    }
    /// Remove and return the item at the left end.
    #[method("popleft($self, /)")]
    fn popleft(&self, ts: &ThreadState) -> Result {
        self.change(VecDeque::pop_front).ok_or_else(|| empty(ts))
    }
    /// Remove the first item that equals the value.
    #[method("remove($self, value, /)")]
    fn remove(&self, ts: &ThreadState, value: &Value) -> Result<()> {
        let version = self.version.get();
        let n = self.len();
        let mut i = 0;
        while i < n {
            let Some(item) = self.get(i) else { break };
            let equal = protocol::eq(ts, &item, value)?;
            if self.version.get() != version {
                return Err(ts.index_error("deque mutated during remove()."));
            }
            if equal {
                drop(self.change(|items| items.remove(i)));
                return Ok(());
            }
            i += 1;
        }
        Err(ts.value_error("deque.remove(x): x not in deque"))
    }
    /// An iterator from the right end.
    #[method("__reversed__($self, /)")]
    fn reversed(slf: &Value, ts: &ThreadState) -> Ref<DequeReverseIterator> {
        DequeReverseIterator::over(ts, slf)
    }
    /// Turn the row around in place.
    #[method("reverse($self, /)")]
    fn reverse(&self) {
        self.change(|items| items.make_contiguous().reverse())
    }
    /// Move n items from the right end to the left; from left to right for negative n.
    #[method("rotate($self, n=1, /)")]
    fn rotate(&self, n: isize) {
        let len = self.len();
        if len > 1 {
            self.change(|items| items.rotate_right(n.rem_euclid(len as isize) as usize))
        }
    }
    /// The size in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        96 + self.items.read(VecDeque::capacity) * 8
    }
    /// For annotations.
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias::new(ts, cls, object)
    }
    /// What pickles this object.
    #[method("__reduce__($self, /)")]
    fn reduce(slf: &Value, ts: &ThreadState) -> Result<Ref<Tuple>> {
        let d = deque_of(ts, slf)?;
        let state = protocol::call_method(ts, slf, "__getstate__", &[])?;
        let args = match d.maxlen.get() {
            None => Tuple::empty(ts),
            Some(_) => Tuple::new(ts, vec![Tuple::empty(ts).into_value(), d.maxlen_value(ts)]),
        };
        let it = protocol::get_iter(ts, slf)?;
        Ok(Tuple::new(ts, vec![slf.class_ref(ts).into_value(), args.into_value(), state, it]))
    }
    /// The bound of the length, or None.
    #[getter]
    fn maxlen(&self, ts: &ThreadState) -> Value {
        self.maxlen_value(ts)
    }
}
