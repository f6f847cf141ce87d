//! Iterators over several others, or over an iterable in a new arrangement: `chain`, `zip_longest`,
//! `starmap`, `accumulate`, `pairwise`, `batched`.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::protocol::{self, BinaryOp, Callee, Source};
use taipan_objects::tuple::{Reusable, Tuple};
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, generic_alias, payload};

pub struct Chain {
    /// An iterator over the iterables.
    source: GilCell<Option<Source>>,
    active: GilCell<Option<Source>>,
}
payload!(Chain, container, traverse = |s, visit| {
    s.source.read(|v| v.iter().for_each(|v| visit(v.iterator())));
    s.active.read(|v| v.iter().for_each(|v| visit(v.iterator())))
}, clear = |s| {
    s.source.set(None);
    s.active.set(None)
});

/// The items of the first iterable, then those of the second, and so on.
#[class(name = "chain", module = "itertools")]
impl Chain {
    #[new("(*iterables)")]
    fn new(cls: &Type, ts: &ThreadState, iterables: &[Value]) -> Result<Ref<Chain>> {
        let source = protocol::get_iter(ts, Tuple::from_slice(ts, iterables).as_value())?;
        Ok(Chain::over(cls, ts, source))
    }
    /// As chain(), with the iterables taken one by one from an iterable.
    #[classmethod("from_iterable($type, iterable, /)")]
    fn from_iterable(cls: &Type, ts: &ThreadState, iterable: &Value) -> Result<Ref<Chain>> {
        Ok(Chain::over(cls, ts, protocol::get_iter(ts, iterable)?))
    }
    /// For annotations.
    #[classmethod("__class_getitem__($type, object, /)")]
    fn class_getitem(cls: &Value, ts: &ThreadState, object: &Value) -> Result {
        generic_alias::new(ts, cls, object)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        match self.active.read(|it| it.as_ref().and_then(Source::quick_next)) {
            Some(v) => Ok(Some(v)),
            None => self.next_of_active(ts),
        }
    }
}

impl Chain {
    fn over(cls: &Type, ts: &ThreadState, source: Value) -> Ref<Chain> {
        heap::new_with_type(ts, cls, Chain { source: GilCell::new(Some(Source::over(ts, source))), active: GilCell::default() })
    }
    #[inline(never)]
    fn next_of_active(&self, ts: &ThreadState) -> Result<Option<Value>> {
        loop {
            let active = match self.active.get() {
                Some(it) => it,
                None => {
                    let Some(source) = self.source.get() else { return Ok(None) };
                    let next = match source.next(ts) {
                        Ok(Some(iterable)) => Source::of(ts, &iterable),
                        Ok(None) => {
                            self.source.set(None);
                            return Ok(None);
                        }
                        Err(e) => Err(e),
                    };
                    match next {
                        Ok(it) => {
                            self.active.set(Some(it.clone()));
                            it
                        }
                        Err(e) => {
                            self.source.set(None);
                            return Err(e);
                        }
                    }
                }
            };
            if let Some(v) = active.next(ts)? {
                return Ok(Some(v));
            }
            self.active.set(None);
        }
    }
}

pub struct ZipLongest {
    its: GilCell<Vec<Option<Source>>>,
    active: Cell<usize>,
    fill: Value,
    result: Reusable,
}
payload!(ZipLongest, container, traverse = |s, visit| {
    s.its.read(|all| all.iter().flatten().for_each(|v| visit(v.iterator())));
    visit(&s.fill);
    s.result.visit(visit)
}, clear = |s| drop(s.its.take()));

/// Tuples of one item from each iterable, to the end of the longest; the fill value stands for items that
/// are missing.
#[class(name = "zip_longest", module = "itertools")]
impl ZipLongest {
    #[new("(*iterables, fillvalue=None)")]
    fn new(cls: &Type, ts: &ThreadState, iterables: &[Value], fillvalue: Value) -> Result<Ref<ZipLongest>> {
        let its = iterables.iter().map(|v| Source::of(ts, v).map(Some)).collect::<Result<Vec<_>>>()?;
        let active = Cell::new(its.len());
        Ok(heap::new_with_type(ts, cls, ZipLongest { its: GilCell::new(its), active, fill: fillvalue, result: Reusable::default() }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let n = self.its.read(|all| all.len());
        if n == 0 || self.active.get() == 0 {
            return Ok(None);
        }
        let mut row = smallvec::SmallVec::<[Value; 8]>::with_capacity(n);
        for i in 0..n {
            let it = self.its.read(|all| all.get(i).cloned().flatten());
            let item = match it {
                None => self.fill.clone(),
                Some(it) => match it.next(ts) {
                    Ok(Some(v)) => v,
                    Ok(None) => {
                        self.active.set(self.active.get() - 1);
                        if self.active.get() == 0 {
                            return Ok(None);
                        }
                        drop(self.its.write(|all| all[i].take()));
                        self.fill.clone()
                    }
                    Err(e) => {
                        self.active.set(0);
                        return Err(e);
                    }
                },
            };
            row.push(item);
        }
        if let [a, b] = row.as_slice() {
            return Ok(Some(self.result.fill(ts, [a.clone(), b.clone()])));
        }
        Ok(Some(Tuple::from_row(ts, row).into_value()))
    }
}

pub struct Starmap {
    function: Callee,
    it: Source,
}
payload!(Starmap, container, traverse = |s, visit| {
    visit(s.function.function());
    visit(s.it.iterator())
});

/// What the function returns for the arguments that each item holds.
#[class(name = "starmap", module = "itertools")]
impl Starmap {
    #[new("(function, iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, function: &Value, iterable: &Value) -> Result<Ref<Starmap>> {
        let it = Source::of(ts, iterable)?;
        Ok(heap::new_with_type(ts, cls, Starmap { function: Callee::new(ts, function.clone()), it }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(args) = self.it.next(ts)? else { return Ok(None) };
        match args.exact::<Tuple>().map(Tuple::items) {
            Some([a]) => self.function.call1(ts, a),
            Some(items) => match items.first_chunk::<2>() {
                Some(two) if items.len() == 2 => self.function.call2(ts, two),
                _ => self.function.call(ts, items),
            },
            None => self.function.call(ts, &protocol::collect(ts, &args)?),
        }
        .map(Some)
    }
}

pub struct Accumulate {
    it: Source,
    function: Option<Callee>,
    total: GilCell<Option<Value>>,
    initial: GilCell<Option<Value>>,
}
payload!(Accumulate, container, traverse = |s, visit| {
    visit(s.it.iterator());
    s.function.iter().for_each(|f| visit(f.function()));
    s.total.read(|v| v.iter().for_each(&mut *visit));
    s.initial.read(|v| v.iter().for_each(&mut *visit))
});

/// The sums of the items so far, or what another function of two arguments makes of them.
#[class(name = "accumulate", module = "itertools")]
impl Accumulate {
    #[new("(iterable, func=None, *, initial=None)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, func: Option<Value>, initial: Option<Value>) -> Result<Ref<Accumulate>> {
        let it = Source::of(ts, iterable)?;
        let accumulate = Accumulate { it, function: func.map(|f| Callee::new(ts, f)), total: GilCell::default(), initial: GilCell::new(initial) };
        Ok(heap::new_with_type(ts, cls, accumulate))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let Some(first) = self.initial.take() {
            self.total.set(Some(first.clone()));
            return Ok(Some(first));
        }
        let Some(v) = self.it.next(ts)? else { return Ok(None) };
        let total = match self.total.get() {
            None => v,
            Some(total) => match &self.function {
                None => protocol::binary_op(ts, BinaryOp::Add, &total, &v)?,
                Some(f) => f.call2(ts, &[total, v])?,
            },
        };
        self.total.set(Some(total.clone()));
        Ok(Some(total))
    }
}

pub struct Pairwise {
    it: GilCell<Option<Source>>,
    old: GilCell<Option<Value>>,
    result: Reusable,
}
payload!(Pairwise, container, traverse = |s, visit| {
    s.it.read(|v| v.iter().for_each(|v| visit(v.iterator())));
    s.old.read(|v| v.iter().for_each(&mut *visit));
    s.result.visit(visit)
}, clear = |s| {
    s.it.set(None);
    s.old.set(None)
});

/// The pairs of neighbours: s0 and s1, s1 and s2, …
#[class(name = "pairwise", module = "itertools")]
impl Pairwise {
    #[new("(iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value) -> Result<Ref<Pairwise>> {
        let it = Source::of(ts, iterable)?;
        Ok(heap::new_with_type(ts, cls, Pairwise { it: GilCell::new(Some(it)), old: GilCell::default(), result: Reusable::default() }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(it) = self.it.get() else { return Ok(None) };
        let ended = |e: Result<Option<Value>>| {
            self.it.set(None);
            self.old.set(None);
            e
        };
        let old = match self.old.get() {
            Some(v) => v,
            None => match it.next(ts) {
                Ok(Some(v)) => {
                    self.old.set(Some(v.clone()));
                    // The iterator may have been exhausted meanwhile, by a call from within.
                    if self.it.read(Option::is_none) {
                        return ended(Ok(None));
                    }
                    v
                }
                other => return ended(other),
            },
        };
        match it.next(ts) {
            Ok(Some(new)) => {
                self.old.set(Some(new.clone()));
                Ok(Some(self.result.fill(ts, [old, new])))
            }
            other => ended(other),
        }
    }
}

pub struct Batched {
    it: GilCell<Option<Source>>,
    size: usize,
    strict: bool,
}
payload!(Batched, container, traverse = |s, visit| s.it.read(|v| v.iter().for_each(|v| visit(v.iterator()))), clear = |s| s.it.set(None));

/// The items in tuples of n; the last one may be shorter unless strict is true.
#[class(name = "batched", module = "itertools")]
impl Batched {
    #[new("(iterable, n, *, strict=False)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value, n: isize, strict: bool) -> Result<Ref<Batched>> {
        if n < 1 {
            return Err(ts.value_error("n must be at least one"));
        }
        let it = Source::of(ts, iterable)?;
        Ok(heap::new_with_type(ts, cls, Batched { it: GilCell::new(Some(it)), size: n as usize, strict }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        let Some(it) = self.it.get() else { return Ok(None) };
        if let Some(list) = taipan_objects::list::iter::at_least(it.iterator(), self.size) {
            return Ok(Some(Tuple::build(ts, self.size, |_| list.next().unwrap_or_else(Value::none)).into_value()));
        }
        let mut row = smallvec::SmallVec::<[Value; 8]>::with_capacity(self.size.min(1024));
        while row.len() < self.size {
            match it.next(ts) {
                Ok(Some(v)) => row.push(v),
                Ok(None) => {
                    self.it.set(None);
                    if row.is_empty() {
                        return Ok(None);
                    }
                    if self.strict {
                        return Err(ts.value_error("batched(): incomplete batch"));
                    }
                    break;
                }
                Err(e) => {
                    self.it.set(None);
                    return Err(e);
                }
            }
        }
        Ok(Some(Tuple::from_row(ts, row).into_value()))
    }
}
