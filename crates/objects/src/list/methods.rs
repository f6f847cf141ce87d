//! What Python sees of `list`.

use super::List;
use super::iter::{ListIterator, ListReverseIterator};
use super::sort;
use crate::generic_alias::GenericAlias;
use crate::heap::{self, GilCell};
use crate::int;
use crate::iterators::{fast_sequence, repr_row};
use crate::native::Args;
use crate::protocol;
use crate::slice::{self, Indices, Slice, Subscript};
use crate::slots::CmpOp;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::typeobject::Type;
use crate::value::{Result, Value};
use crate::native::class;

const RANGE: &str = "list index out of range";
const ASSIGNMENT_RANGE: &str = "list assignment index out of range";

impl List {
    /// Appends what an iterable yields, item by item.
    pub fn extend_from(&self, ts: &ThreadState, iterable: &Value) -> Result<()> {
        if let Some(t) = iterable.exact::<Tuple>() {
            self.items.write(|v| v.extend_from_slice(t.items()));
            return Ok(());
        }
        if let Some(l) = iterable.exact::<List>() {
            if std::ptr::eq(l, self) {
                self.items.write(|v| v.extend_from_within(..));
            } else {
                self.items.write(|v| l.items.read(|w| v.extend_from_slice(w)));
            }
            return Ok(());
        }
        let it = protocol::get_iter(ts, iterable)?;
        let hint = protocol::length_hint(ts, iterable, 8)?;
        self.items.write(|v| v.reserve(hint.min(1 << 16)));
        protocol::for_each(ts, &it, |v| {
            self.push(v);
            Ok(())
        })?;
        self.items.write(|v| if v.capacity() > 16 && v.len() < v.capacity() / 2 { v.shrink_to_fit() });
        Ok(())
    }
    /// The position of the first item that equals `value`, from `start` on and before `stop`.
    fn find(&self, ts: &ThreadState, value: &Value, start: usize, stop: usize) -> Result<Option<usize>> {
        let mut i = start;
        while i < stop
            && let Some(x) = self.get(i)
        {
            if protocol::eq(ts, &x, value)? {
                return Ok(Some(i));
            }
            i += 1;
        }
        Ok(None)
    }
    /// Puts `new` in the place of a contiguous span.
    pub fn splice(&self, span: std::ops::Range<usize>, new: Vec<Value>) {
        let mut new = new;
        // What is displaced is dropped once the list is whole again.
        let old: Vec<Value> = self.items.write(|v| {
            let span = span.start.min(v.len())..span.end.min(v.len());
            if span.len() == new.len() {
                v[span].swap_with_slice(&mut new);
                return Vec::new();
            }
            v.splice(span, std::mem::take(&mut new)).collect()
        });
        drop((old, new));
    }
    fn delete_slice(&self, s: Indices) {
        if s.len == 0 {
            return;
        }
        if s.step == 1 {
            self.splice(s.span(), Vec::new());
            return;
        }
        let (first, step) = if s.step < 0 { (s.start + (s.len as isize - 1) * s.step, -s.step) } else { (s.start, s.step) };
        let mut dropped = Vec::with_capacity(s.len);
        self.items.write(|v| {
            let mut next = first as usize;
            let all = std::mem::take(v);
            v.reserve(all.len() - s.len);
            for (i, x) in all.into_iter().enumerate() {
                if i == next && dropped.len() < s.len {
                    dropped.push(x);
                    next += step as usize;
                } else {
                    v.push(x);
                }
            }
        });
        drop(dropped);
    }
    fn assign_slice(&self, ts: &ThreadState, s: &Slice, value: &Value) -> Result<()> {
        let u = s.unpack(ts)?;
        if u.step == 1 {
            let new = fast_sequence(ts, value, "must assign iterable to extended slice")?;
            let i = u.adjust(self.len());
            let end = (i.start + i.len as isize) as usize;
            self.splice(i.start as usize..end, new);
            return Ok(());
        }
        let new = fast_sequence(ts, value, "must assign iterable to extended slice")?;
        let i = u.adjust(self.len());
        if new.len() != i.len {
            return Err(ts.value_error(format!(
                "attempt to assign sequence of size {} to extended slice of size {}",
                new.len(),
                i.len
            )));
        }
        let old: Vec<Value> = self.items.write(|v| i.positions().zip(new).map(|(p, x)| std::mem::replace(&mut v[p], x)).collect());
        drop(old);
        Ok(())
    }
    fn getitem(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        match slice::subscript(ts, key, "list")? {
            Subscript::Index(i) => self
                .items
                .read(|v| slice::position(i, v.len()).map(|i| v[i].clone()))
                .ok_or_else(|| ts.index_error(RANGE)),
            Subscript::Slice(s) => {
                let s = s.unpack(ts)?;
                let items = self.items.read(|v| {
                    let s = s.adjust(v.len());
                    if s.len == 0 {
                        Vec::new()
                    } else if s.step == 1 {
                        v[s.span()].to_vec()
                    } else {
                        s.positions().map(|i| v[i].clone()).collect()
                    }
                });
                Ok(List::new(ts, items).into_value())
            }
        }
    }
}

#[class(name = "list", sequence, match_self)]
/// Built-in mutable sequence.
///
/// If no argument is given, the constructor creates a new empty list.
/// The argument must be an iterable if specified.
impl List {
    #[slot(new)]
    fn tp_new(ts: &ThreadState, cls: &Value, _args: Args<'_>) -> Result<Value> {
        let Some(ty) = cls.downcast::<Type>() else { return Err(ts.type_error("list.__new__(X): X is not a type object")) };
        Ok(heap::new_with_type(ts, ty, List { items: GilCell::default() }).into_value())
    }
    #[init("(iterable=(), /)")]
    fn tp_init(&self, ts: &ThreadState, iterable: Option<&Value>) -> Result<()> {
        if !self.is_empty() {
            drop(self.items.take());
        }
        match iterable {
            Some(v) => self.extend_from(ts, v),
            None => Ok(()),
        }
    }
    #[slot(repr)]
    fn tp_repr(ts: &ThreadState, slf: &Value) -> Result<Value> {
        let Some(l) = slf.downcast::<List>() else { return Ok(Value::not_implemented()) };
        if l.is_empty() {
            return Ok(Str::intern(ts, "[]").into_value());
        }
        let Some(_guard) = protocol::repr_enter(ts, slf)? else { return Ok(Str::intern(ts, "[...]").into_value()) };
        let mut out = b"[".to_vec();
        let mut i = 0;
        while let Some(v) = l.get(i) {
            if i > 0 {
                out.extend_from_slice(b", ");
            }
            repr_row(ts, &mut out, std::slice::from_ref(&v))?;
            i += 1;
        }
        out.push(b']');
        Ok(Str::from_wtf8(ts, out).into_value())
    }
    #[slot(richcompare)]
    fn tp_richcompare(&self, ts: &ThreadState, other: &Value, op: CmpOp) -> Result<Value> {
        let Some(o) = other.downcast::<List>() else { return Ok(Value::not_implemented()) };
        if self.len() != o.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
            return Ok(Value::bool(op == CmpOp::Ne));
        }
        let _guard = ts.recursion_guard(" in comparison")?;
        let mut i = 0;
        while let (Some(x), Some(y)) = (self.get(i), o.get(i)) {
            if !protocol::eq(ts, &x, &y)? {
                if i >= self.len() || i >= o.len() {
                    // The comparison has shortened a list.
                    break;
                }
                return match op {
                    CmpOp::Eq => Ok(Value::false_()),
                    CmpOp::Ne => Ok(Value::true_()),
                    _ => protocol::compare(ts, &x, &y, op),
                };
            }
            i += 1;
        }
        Ok(Value::bool(op.holds(self.len().cmp(&o.len()))))
    }
    #[slot(iter)]
    fn tp_iter(ts: &ThreadState, slf: &Value) -> Result<Value> {
        Ok(ListIterator::new(ts, slf.clone()).into_value())
    }
    #[slot(len)]
    fn sq_length(&self) -> usize {
        self.len()
    }
    #[slot(getitem)]
    fn mp_subscript(&self, ts: &ThreadState, key: &Value) -> Result<Value> {
        self.getitem(ts, key)
    }
    #[slot(setitem)]
    fn mp_ass_subscript(&self, ts: &ThreadState, key: &Value, value: Option<&Value>) -> Result<()> {
        match slice::subscript(ts, key, "list")? {
            Subscript::Index(i) => {
                let Some(i) = slice::position(i, self.len()) else { return Err(ts.index_error(ASSIGNMENT_RANGE)) };
                match value {
                    Some(v) => drop(self.set(i, v.clone())),
                    None => drop(self.items.write(|v| v.remove(i))),
                }
                Ok(())
            }
            Subscript::Slice(s) => match value {
                Some(v) => self.assign_slice(ts, s, v),
                None => {
                    let u = s.unpack(ts)?;
                    self.delete_slice(u.adjust(self.len()));
                    Ok(())
                }
            },
        }
    }
    #[slot(contains)]
    fn sq_contains(&self, ts: &ThreadState, v: &Value) -> Result<bool> {
        Ok(self.find(ts, v, 0, usize::MAX)?.is_some())
    }
    #[slot(concat)]
    fn sq_concat(&self, ts: &ThreadState, other: &Value) -> Result<Value> {
        let Some(o) = other.downcast::<List>() else {
            return Err(ts.type_error(format!("can only concatenate list (not \"{}\") to list", other.type_name(ts))));
        };
        let mut all = Vec::with_capacity(self.len() + o.len());
        self.items.read(|v| all.extend_from_slice(v));
        o.items.read(|v| all.extend_from_slice(v));
        Ok(List::new(ts, all).into_value())
    }
    #[slot(inplace_concat)]
    fn sq_inplace_concat(ts: &ThreadState, slf: &Value, other: &Value) -> Result<Value> {
        if let Some(l) = slf.downcast::<List>() {
            l.extend_from(ts, other)?;
        }
        Ok(slf.clone())
    }
    #[slot(repeat)]
    fn sq_repeat(&self, ts: &ThreadState, n: isize) -> Result<Value> {
        let items = self.items.read(|v| crate::tuple::repeated(ts, v, n))?;
        Ok(List::new(ts, items).into_value())
    }
    #[slot(inplace_repeat)]
    fn sq_inplace_repeat(ts: &ThreadState, slf: &Value, n: isize) -> Result<Value> {
        if let Some(l) = slf.downcast::<List>()
            && n != 1
        {
            let items = l.items.read(|v| crate::tuple::repeated(ts, v, n))?;
            l.items.set(items);
        }
        Ok(slf.clone())
    }
    /// Return a reverse iterator over the list.
    #[method("__reversed__($self, /)")]
    fn reversed(slf: &Value, ts: &ThreadState) -> Result<Value> {
        Ok(ListReverseIterator::new(ts, slf.clone()).into_value())
    }
    /// Return the size of the list in memory, in bytes.
    #[method("__sizeof__($self, /)")]
    fn sizeof(&self) -> usize {
        40 + self.items.read(Vec::capacity) * size_of::<Value>()
    }
    /// Remove all items from list.
    #[method("clear($self, /)")]
    fn clear_method(&self) {
        drop(self.items.take());
    }
    /// Return a shallow copy of the list.
    #[method("copy($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Value {
        List::new(ts, self.to_vec()).into_value()
    }
    /// Append object to the end of the list.
    #[method("append($self, object, /)")]
    fn append(&self, object: &Value) {
        self.push(object.clone());
    }
    /// Insert object before index.
    #[method("insert($self, index, object, /)")]
    fn insert(&self, index: isize, object: &Value) {
        self.items.write(|v| v.insert(slice::wrap_bound(index, v.len()).min(v.len()), object.clone()));
    }
    /// Extend list by appending elements from the iterable.
    #[method("extend($self, iterable, /)")]
    fn extend(&self, ts: &ThreadState, iterable: &Value) -> Result<()> {
        self.extend_from(ts, iterable)
    }
    /// Remove and return item at index (default last).
    ///
    /// Raises IndexError if list is empty or index is out of range.
    #[method("pop($self, index=-1, /)")]
    fn pop_method(&self, ts: &ThreadState, index: isize) -> Result<Value> {
        let n = self.len();
        if n == 0 {
            return Err(ts.index_error("pop from empty list"));
        }
        match slice::position(index, n) {
            Some(i) => Ok(self.items.write(|v| v.remove(i))),
            None => Err(ts.index_error("pop index out of range")),
        }
    }
    /// Remove first occurrence of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("remove($self, value, /)")]
    fn remove(&self, ts: &ThreadState, value: &Value) -> Result<()> {
        match self.find(ts, value, 0, usize::MAX)? {
            Some(i) => {
                self.splice(i..i + 1, Vec::new());
                Ok(())
            }
            None => Err(ts.value_error("list.remove(x): x not in list")),
        }
    }
    /// Return first index of value.
    ///
    /// Raises ValueError if the value is not present.
    #[method("index($self, value, start=0, stop=sys.maxsize, /)")]
    fn index(&self, ts: &ThreadState, value: &Value, start: Option<&Value>, stop: Option<&Value>) -> Result<Value> {
        let (start, stop) = (slice::bound(ts, start, 0)?, slice::bound(ts, stop, isize::MAX)?);
        let n = self.len();
        match self.find(ts, value, slice::wrap_bound(start, n), slice::wrap_bound(stop, n))? {
            Some(i) => Ok(int::from_i64(ts, i as i64)),
            None => Err(ts.value_error("list.index(x): x not in list")),
        }
    }
    /// Return number of occurrences of value.
    #[method("count($self, value, /)")]
    fn count(&self, ts: &ThreadState, value: &Value) -> Result<usize> {
        let (mut n, mut i) = (0, 0);
        while let Some(x) = self.get(i) {
            n += usize::from(protocol::eq(ts, &x, value)?);
            i += 1;
        }
        Ok(n)
    }
    /// Reverse *IN PLACE*.
    #[method("reverse($self, /)")]
    fn reverse(&self) {
        self.items.write(|v| v.reverse());
    }
    /// Sort the list in ascending order and return None.
    ///
    /// The sort is in-place (i.e. the list itself is modified) and stable (i.e. the
    /// order of two equal elements is maintained).
    ///
    /// If a key function is given, apply it once to each list item and sort them,
    /// ascending or descending, according to their function values.
    ///
    /// The reverse flag can be set to sort in descending order.
    #[method("sort($self, /, *, key=None, reverse=False)")]
    fn sort(&self, ts: &ThreadState, key: Option<&Value>, reverse: bool) -> Result<()> {
        sort::sort_list(ts, self, key, reverse)
    }
    /// See PEP 585
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result<Value> {
        GenericAlias::of(ts, cls, object)
    }
}
