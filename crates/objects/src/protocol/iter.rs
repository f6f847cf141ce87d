//! Iteration, length, containment and subscripts.

use crate::heap::{GilCell, Ref};
use crate::ids;
use crate::list::List;
use crate::str::Str;
use crate::thread::ThreadState;
use crate::tuple::Tuple;
use crate::value::{Result, Value};
use std::cell::Cell;

/// `iter(o)`.
pub fn get_iter(ts: &ThreadState, o: &Value) -> Result {
    let Some(f) = o.class(ts).slots().iter else {
        if o.class(ts).slots().getitem.is_some() && is_sequence(ts, o) {
            return crate::iterators::sequence_iterator(ts, o);
        }
        return Err(ts.type_error(format!("'{}' object is not iterable", o.type_name(ts))));
    };
    let it = f(ts, o)?;
    if it.class(ts).slots().iternext.is_none() {
        return Err(ts.type_error(format!("iter() returned non-iterator of type '{}'", it.type_name(ts))));
    }
    Ok(it)
}

/// Can be subscripted with integers: has `__getitem__` and is no dict.
pub fn is_sequence(ts: &ThreadState, o: &Value) -> bool {
    o.class(ts).slots().getitem.is_some() && !o.class(ts).has_flag(crate::typeobject::flags::DICT_SUBCLASS)
        && !o.class(ts).has_flag(crate::typeobject::flags::TYPE_SUBCLASS)
}

/// The next value, or `None` at the end (StopIteration is taken off).
#[inline]
pub fn iter_next(ts: &ThreadState, it: &Value) -> Result<Option<Value>> {
    match quick_next(it) {
        Some(v) => Ok(Some(v)),
        None => ask_next(ts, it),
    }
}

/// The next value of the iterator of a list, tuple or range, which runs no Python code. `None` decides nothing.
#[inline(always)]
pub fn quick_next(it: &Value) -> Option<Value> {
    // SAFETY: the shape id says which iterator it is.
    unsafe {
        match it.shape_id() {
            ids::LIST_ITERATOR => it.payload_unchecked::<crate::list::iter::ListIterator>().next_if_exact(),
            ids::TUPLE_ITERATOR => it.payload_unchecked::<crate::tuple::iter::TupleIterator>().next_if_exact(),
            ids::RANGE_ITERATOR => {
                it.payload_unchecked::<crate::range::iter::RangeIterator>().next_small()
            }
            _ => None,
        }
    }
}

type Next = fn(&ThreadState, &Value) -> Result<Option<Value>>;

#[derive(Clone, Copy)]
enum Kind {
    List,
    Tuple,
    Range,
    Other,
}

/// An iterator that is asked again and again: what gives its next value is looked up once.
pub struct Source {
    it: Value,
    next: Next,
    /// Is there a quick way? Beside `kind`, so that there is no jump by a table where there is none.
    quick: bool,
    kind: Kind,
}

impl Source {
    /// `iter(o)`.
    pub fn of(ts: &ThreadState, o: &Value) -> Result<Source> {
        get_iter(ts, o).map(|it| Source::over(ts, it))
    }
    /// An iterator as it is.
    pub fn over(ts: &ThreadState, it: Value) -> Source {
        let class = it.class(ts);
        let next = match class.slots().iternext {
            Some(f) if class.has_flag(crate::typeobject::flags::IMMUTABLETYPE) => f,
            // The slot can change, and so can the class of an object.
            _ => by_class,
        };
        let kind = match it.shape_id() {
            ids::LIST_ITERATOR => Kind::List,
            ids::TUPLE_ITERATOR => Kind::Tuple,
            ids::RANGE_ITERATOR => Kind::Range,
            _ => Kind::Other,
        };
        Source { it, next, quick: !matches!(kind, Kind::Other), kind }
    }
    /// The next value, or `None` at the end (StopIteration is taken off).
    #[inline(always)]
    pub fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let Some(v) = self.quick_next() {
            return Ok(Some(v));
        }
        end_of_iteration(ts, (self.next)(ts, &self.it))
    }
    /// As [`Source::next`], where the quick ways need not be tried.
    #[inline(always)]
    fn ask(&self, ts: &ThreadState) -> Result<Option<Value>> {
        end_of_iteration(ts, (self.next)(ts, &self.it))
    }
    /// As [`quick_next`].
    #[inline(always)]
    pub fn quick_next(&self) -> Option<Value> {
        if !self.quick {
            return None;
        }
        // SAFETY: what the iterator is was seen when `self` was made; it is the same object still, and of these
        // classes there are no subclasses.
        unsafe {
            match self.kind {
                Kind::Other => None,
                Kind::List => self.it.payload_unchecked::<crate::list::iter::ListIterator>().next_if_exact(),
                Kind::Tuple => self.it.payload_unchecked::<crate::tuple::iter::TupleIterator>().next_if_exact(),
                Kind::Range => self.it.payload_unchecked::<crate::range::iter::RangeIterator>().next_small(),
            }
        }
    }
    /// The iterator itself.
    pub fn iterator(&self) -> &Value {
        &self.it
    }
}

impl Clone for Source {
    #[inline(always)]
    fn clone(&self) -> Source {
        Source { it: self.it.clone(), next: self.next, quick: self.quick, kind: self.kind }
    }
}

/// A source that its owner lets go of before it dies itself: at the end, above all. It stays while it is being asked,
/// even if Python code run by it asks the owner again, and that finds the end.
pub struct Held {
    source: GilCell<Option<Source>>,
    /// How many calls are asking, and whether it was let go of.
    asking: Cell<u32>,
}

const LET_GO: u32 = 1 << 31;

impl Held {
    pub fn new(source: Source) -> Held {
        Held { source: GilCell::new(Some(source)), asking: Cell::new(0) }
    }
    /// The next value, or `None` at the end; the end is not remembered.
    #[inline(always)]
    pub fn next(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let asking = self.asking.get();
        if asking >= LET_GO {
            return Ok(None);
        }
        // SAFETY: the source is put in once, and taken out only when nobody is asking.
        let Some(source) = (unsafe { &*self.source.as_ptr() }) else { return Ok(None) };
        if let Some(v) = source.quick_next() {
            return Ok(Some(v));
        }
        self.asking.set(asking + 1);
        let r = source.ask(ts);
        let asking = self.asking.get() - 1;
        self.asking.set(asking);
        if asking == LET_GO {
            self.source.set(None);
        }
        r
    }
    /// Lets the source go; from now on there is nothing more.
    pub fn let_go(&self) {
        self.asking.set(self.asking.get() | LET_GO);
        if self.asking.get() == LET_GO {
            self.source.set(None);
        }
    }
    pub fn is_let_go(&self) -> bool {
        self.asking.get() >= LET_GO
    }
    pub fn visit(&self, visit: crate::heap::Visit<'_>) {
        self.source.read(|s| s.iter().for_each(|s| visit(&s.it)))
    }
}

/// By the slot that the type has now.
fn by_class(ts: &ThreadState, it: &Value) -> Result<Option<Value>> {
    match it.class(ts).slots().iternext {
        Some(f) => f(ts, it),
        None => Err(no_iterator(ts, it)),
    }
}

/// As [`iter_next`], by the type's slot.
#[inline(never)]
pub fn ask_next(ts: &ThreadState, it: &Value) -> Result<Option<Value>> {
    slot_next(ts, it)
}

/// As [`ask_next`], in line.
#[inline(always)]
pub fn slot_next(ts: &ThreadState, it: &Value) -> Result<Option<Value>> {
    match it.class(ts).slots().iternext {
        Some(f) => end_of_iteration(ts, f(ts, it)),
        None => Err(no_iterator(ts, it)),
    }
}

#[cold]
#[inline(never)]
fn no_iterator(ts: &ThreadState, it: &Value) -> crate::value::Raised {
    ts.type_error(format!("'{}' object is not an iterator", it.type_name(ts)))
}

/// The slot ends with `None` or, where a value goes with the end, with StopIteration raised.
#[inline(always)]
fn end_of_iteration(ts: &ThreadState, r: Result<Option<Value>>) -> Result<Option<Value>> {
    match r {
        Ok(v) => Ok(v),
        Err(e) => stopped(ts, e),
    }
}

#[cold]
#[inline(never)]
fn stopped(ts: &ThreadState, e: crate::value::Raised) -> Result<Option<Value>> {
    if ts.exception_is(|x| &x.stop_iteration) {
        ts.clear_exception();
        return Ok(None);
    }
    Err(e)
}

/// Calls `f` with each value of an iterable.
pub fn for_each(ts: &ThreadState, iterable: &Value, mut f: impl FnMut(Value) -> Result<()>) -> Result<()> {
    if let Some(t) = iterable.exact::<Tuple>() {
        return t.items().iter().try_for_each(|v| f(v.clone()));
    }
    if let Some(l) = iterable.exact::<List>() {
        let mut i = 0;
        while let Some(v) = l.get(i) {
            f(v)?;
            i += 1;
        }
        return Ok(());
    }
    let it = Source::of(ts, iterable)?;
    while let Some(v) = it.next(ts)? {
        f(v)?;
    }
    Ok(())
}

/// All values of an iterable.
pub fn collect(ts: &ThreadState, iterable: &Value) -> Result<Vec<Value>> {
    if let Some(t) = iterable.exact::<Tuple>() {
        return Ok(t.items().to_vec());
    }
    if let Some(l) = iterable.exact::<List>() {
        return Ok(l.to_vec());
    }
    let mut out = Vec::new();
    let hint = length_hint(ts, iterable, 0)?;
    if hint > 0 && out.try_reserve_exact(hint).is_err() {
        return Err(ts.memory_error());
    }
    for_each(ts, iterable, |v| {
        if out.len() == out.capacity() && out.try_reserve(1).is_err() {
            return Err(ts.memory_error());
        }
        out.push(v);
        Ok(())
    })?;
    Ok(out)
}

/// `len(o)`.
#[inline]
pub fn len(ts: &ThreadState, o: &Value) -> Result<usize> {
    // SAFETY: the shape id says what the object is.
    unsafe {
        match o.shape_id() {
            ids::LIST => return Ok(o.payload_unchecked::<List>().len()),
            ids::TUPLE => return Ok(o.payload_unchecked::<Tuple>().len()),
            ids::STR => return Ok(o.payload_unchecked::<Str>().len()),
            _ => {}
        }
    }
    slot_len(ts, o)
}

#[inline(never)]
fn slot_len(ts: &ThreadState, o: &Value) -> Result<usize> {
    match o.class(ts).slots().len {
        Some(f) => f(ts, o),
        None => Err(ts.type_error(format!("object of type '{}' has no len()", o.type_name(ts)))),
    }
}

/// `operator.length_hint(o, default)`.
pub fn length_hint(ts: &ThreadState, o: &Value, default: usize) -> Result<usize> {
    if let Some(f) = o.class(ts).slots().len {
        match f(ts, o) {
            Ok(n) => return Ok(n),
            Err(e) => {
                if !ts.exception_is(|x| &x.type_error) {
                    return Err(e);
                }
                ts.clear_exception();
            }
        }
    }
    let Some(f) = o.class(ts).lookup(ts, &ts.names().__length_hint__) else { return Ok(default) };
    let r = match super::call_unbound(ts, &f, o, &[]) {
        Ok(r) => r,
        Err(e) => {
            if ts.exception_is(|x| &x.type_error) {
                ts.clear_exception();
                return Ok(default);
            }
            return Err(e);
        }
    };
    if r.is_not_implemented() {
        return Ok(default);
    }
    if crate::int::view(&r).is_none() {
        return Err(ts.type_error(format!("__length_hint__ must be an integer, not {}", r.type_name(ts))));
    }
    let n = super::as_isize(ts, &r)?;
    if n < 0 {
        return Err(ts.value_error("__length_hint__() should return >= 0"));
    }
    Ok(n as usize)
}

/// `x in o`.
pub fn contains(ts: &ThreadState, o: &Value, x: &Value) -> Result<bool> {
    match o.class(ts).slots().contains {
        Some(f) => f(ts, o, x),
        None => contains_by_iteration(ts, o, x),
    }
}

pub fn contains_by_iteration(ts: &ThreadState, o: &Value, x: &Value) -> Result<bool> {
    let it = match get_iter(ts, o) {
        Ok(it) => it,
        Err(e) => {
            if ts.exception_is(|x| &x.type_error) && o.class(ts).slots().iter.is_none() {
                ts.clear_exception();
                return Err(ts.type_error(format!("argument of type '{}' is not a container or iterable", o.type_name(ts))));
            }
            return Err(e);
        }
    };
    while let Some(v) = iter_next(ts, &it)? {
        if super::eq(ts, &v, x)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// `o[k]`.
pub fn getitem(ts: &ThreadState, o: &Value, k: &Value) -> Result {
    if let Some(f) = o.class(ts).slots().getitem {
        return f(ts, o, k);
    }
    if let Some(t) = o.as_type() {
        if t.is(crate::typeobject::builtin(ts, crate::ids::TYPE)) {
            return crate::generic_alias::new(ts, o, k);
        }
        if let Some(f) = super::getattr_opt(ts, o, &ts.names().__class_getitem__)? {
            if !f.is_none() {
                return super::call1(ts, &f, k);
            }
        }
        return Err(ts.type_error(format!("type '{}' is not subscriptable", t.name())));
    }
    Err(ts.type_error(format!("'{}' object is not subscriptable", o.type_name(ts))))
}

pub fn setitem(ts: &ThreadState, o: &Value, k: &Value, v: &Value) -> Result<()> {
    match o.class(ts).slots().setitem {
        Some(f) => f(ts, o, k, Some(v)),
        None => Err(ts.type_error(format!("'{}' object does not support item assignment", o.type_name(ts)))),
    }
}

pub fn delitem(ts: &ThreadState, o: &Value, k: &Value) -> Result<()> {
    match o.class(ts).slots().setitem {
        Some(f) => f(ts, o, k, None),
        None => {
            // CPython words it so when it takes the object for a sequence.
            let ty = o.class(ts);
            let sequence = (ty.is_heap_type() || ty.slots().contains.is_some()) && k.class(ts).slots().index.is_some();
            let not = if sequence { "doesn't" } else { "does not" };
            Err(ts.type_error(format!("'{}' object {not} support item deletion", o.type_name(ts))))
        }
    }
}

/// `o[text]`, absent for KeyError.
pub fn getitem_opt(ts: &ThreadState, o: &Value, k: &Value) -> Result<Option<Value>> {
    if let Some(d) = o.exact::<crate::dict::Dict>() {
        return d.get(ts, k);
    }
    match getitem(ts, o, k) {
        Ok(v) => Ok(Some(v)),
        Err(e) => {
            if ts.exception_is(|x| &x.key_error) {
                ts.clear_exception();
                Ok(None)
            } else {
                Err(e)
            }
        }
    }
}

/// A list of the values of an iterable.
pub fn to_list(ts: &ThreadState, iterable: &Value) -> Result<Ref<List>> {
    Ok(List::new(ts, collect(ts, iterable)?))
}

pub fn to_tuple(ts: &ThreadState, iterable: &Value) -> Result<Ref<Tuple>> {
    if iterable.is_exact::<Tuple>()
        && let Some(t) = iterable.downcast_ref::<Tuple>()
    {
        return Ok(t.clone());
    }
    Ok(Tuple::new(ts, collect(ts, iterable)?))
}

/// `"name"` as a value.
pub fn text(ts: &ThreadState, s: &str) -> Value {
    Str::new(ts, s).into_value()
}

pub fn has_len(ts: &ThreadState, o: &Value) -> bool {
    o.class(ts).slots().len.is_some()
}

/// Could `iter(o)` work?
pub fn is_iterable(ts: &ThreadState, o: &Value) -> bool {
    o.class(ts).slots().iter.is_some() || is_sequence(ts, o)
}
