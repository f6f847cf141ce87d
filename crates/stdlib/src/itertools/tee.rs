//! `tee`: several iterators over one, which share a chain of blocks with the items fetched so far. Each
//! block is freed when the slowest iterator has left it.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::tuple::Tuple;
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol};

/// Items of a block.
const BLOCK: usize = 57;

pub struct TeeData {
    it: Value,
    values: GilCell<Vec<Value>>,
    next: GilCell<Option<Ref<TeeData>>>,
    running: Cell<bool>,
}
payload!(TeeData, container, traverse = |s, visit| {
    visit(&s.it);
    s.values.read(|v| v.iter().for_each(&mut *visit));
    s.next.read(|n| n.iter().for_each(|n| visit(n.as_value())))
}, clear = |s| {
    drop(s.values.take());
    s.next.set(None)
});

/// A block of items that teed iterators share.
#[class(name = "_tee_dataobject", module = "itertools", final)]
impl TeeData {
    #[new("(it, values, next, /)", no_signature)]
    fn new(_cls: &Type, ts: &ThreadState, it: Value, values: &Value, next: &Value) -> Result<Ref<TeeData>> {
        let values = protocol::collect(ts, values)?;
        if values.len() > BLOCK || (values.len() < BLOCK && !next.is_none()) {
            return Err(ts.value_error("Invalid arguments"));
        }
        let block = TeeData::over(ts, it);
        block.values.set(values);
        block.next.set(next.downcast_ref::<TeeData>().cloned());
        Ok(block)
    }
}

impl TeeData {
    fn over(ts: &ThreadState, it: Value) -> Ref<TeeData> {
        heap::new(ts, TeeData { it, values: GilCell::default(), next: GilCell::default(), running: Cell::new(false) })
    }
    /// Item number `i` of the block; fetched when it is the next one.
    fn item(&self, ts: &ThreadState, i: usize) -> Result<Option<Value>> {
        if let Some(v) = self.values.read(|all| all.get(i).cloned()) {
            return Ok(Some(v));
        }
        if self.running.get() {
            return Err(ts.runtime_error("cannot re-enter the tee iterator"));
        }
        self.running.set(true);
        let fetched = protocol::iter_next(ts, &self.it);
        self.running.set(false);
        let Some(v) = fetched? else { return Ok(None) };
        self.values.write(|all| all.push(v.clone()));
        Ok(Some(v))
    }
    fn following(&self, ts: &ThreadState) -> Ref<TeeData> {
        if let Some(next) = self.next.get() {
            return next;
        }
        let next = TeeData::over(ts, self.it.clone());
        self.next.set(Some(next.clone()));
        next
    }
}

pub struct Tee {
    block: GilCell<Ref<TeeData>>,
    index: Cell<usize>,
}
payload!(Tee, container, traverse = |s, visit| s.block.read(|b| visit(b.as_value())));

/// One of several iterators over the same items.
#[class(name = "_tee", module = "itertools", final, weakref)]
impl Tee {
    #[new("(iterable, /)")]
    fn new(_cls: &Type, ts: &ThreadState, iterable: &Value) -> Result<Ref<Tee>> {
        Tee::over(ts, iterable)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if self.index.get() >= BLOCK {
            let next = self.block.get().following(ts);
            self.block.set(next);
            self.index.set(0);
        }
        let i = self.index.get();
        let block = self.block.get();
        let v = block.item(ts, i)?;
        if v.is_some() {
            self.index.set(i + 1);
        }
        Ok(v)
    }
    /// Another iterator at the same place.
    #[method("__copy__($self, /)")]
    fn copy(&self, ts: &ThreadState) -> Ref<Tee> {
        self.duplicate(ts)
    }
}

impl Tee {
    fn over(ts: &ThreadState, iterable: &Value) -> Result<Ref<Tee>> {
        let it = protocol::get_iter(ts, iterable)?;
        if let Some(t) = it.exact_tee() {
            return Ok(t.duplicate(ts));
        }
        Ok(heap::new(ts, Tee { block: GilCell::new(TeeData::over(ts, it)), index: Cell::new(0) }))
    }
    fn duplicate(&self, ts: &ThreadState) -> Ref<Tee> {
        heap::new(ts, Tee { block: GilCell::new(self.block.get()), index: self.index.clone() })
    }
}

trait ExactTee {
    fn exact_tee(&self) -> Option<&Tee>;
}

impl ExactTee for Value {
    // The class has no subclasses.
    fn exact_tee(&self) -> Option<&Tee> {
        self.downcast::<Tee>()
    }
}

#[taipan_macros::functions(module = "itertools")]
pub mod functions {
    use super::*;

    /// A tuple of n independent iterators over one iterable.
    #[function("tee(iterable, n=2, /)")]
    fn tee(ts: &ThreadState, iterable: &Value, n: isize) -> Result<Ref<Tuple>> {
        let Ok(n) = usize::try_from(n) else {
            return Err(ts.value_error("n must be >= 0"));
        };
        if n == 0 {
            return Ok(Tuple::empty(ts));
        }
        let mut all: Vec<Value> = Vec::new();
        if all.try_reserve(n).is_err() {
            return Err(ts.memory_error());
        }
        let first = Tee::over(ts, iterable)?;
        for _ in 1..n {
            all.push(first.duplicate(ts).into_value());
        }
        all.insert(0, first.into_value());
        Ok(Tuple::new(ts, all))
    }
}
