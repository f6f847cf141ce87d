//! Iterators that let some items through: `compress`, `dropwhile`, `takewhile`, `filterfalse`, `islice`.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, Ref};
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload, protocol::{self, Callee, Held, Source}};

pub struct Compress {
    data: Source,
    selectors: Source,
}
payload!(Compress, container, traverse = |s, visit| {
    visit(s.data.iterator());
    visit(s.selectors.iterator())
});

/// The items of data whose selectors are true.
#[class(name = "compress", module = "itertools")]
impl Compress {
    #[new("(data, selectors)")]
    fn new(cls: &Type, ts: &ThreadState, data: &Value, selectors: &Value) -> Result<Ref<Compress>> {
        let (data, selectors) = (Source::of(ts, data)?, Source::of(ts, selectors)?);
        Ok(heap::new_with_type(ts, cls, Compress { data, selectors }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        loop {
            let Some(v) = self.data.next(ts)? else { return Ok(None) };
            let Some(keep) = self.selectors.next(ts)? else { return Ok(None) };
            if protocol::is_true(ts, &keep)? {
                return Ok(Some(v));
            }
        }
    }
}

/// Does the predicate hold for the item?
fn holds(ts: &ThreadState, predicate: &Callee, item: &Value) -> Result<bool> {
    let r = predicate.call1(ts, item)?;
    protocol::is_true(ts, &r)
}

macro_rules! predicate_iterator {
    ($t:ident) => {
        pub struct $t {
            predicate: Callee,
            it: Source,
            done: Cell<bool>,
        }
        payload!($t, container, traverse = |s, visit| {
            visit(s.predicate.function());
            visit(s.it.iterator())
        });
        impl $t {
            fn make(cls: &Type, ts: &ThreadState, predicate: &Value, iterable: &Value) -> Result<Ref<$t>> {
                let it = Source::of(ts, iterable)?;
                Ok(heap::new_with_type(ts, cls, $t { predicate: Callee::new(ts, predicate.clone()), it, done: Cell::new(false) }))
            }
        }
    };
}
predicate_iterator!(DropWhile);
predicate_iterator!(TakeWhile);
predicate_iterator!(FilterFalse);

/// The items from the first on for which the predicate is false.
#[class(name = "dropwhile", module = "itertools")]
impl DropWhile {
    #[new("(predicate, iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, predicate: &Value, iterable: &Value) -> Result<Ref<DropWhile>> {
        DropWhile::make(cls, ts, predicate, iterable)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        while let Some(v) = self.it.next(ts)? {
            if self.done.get() {
                return Ok(Some(v));
            }
            if !holds(ts, &self.predicate, &v)? {
                self.done.set(true);
                return Ok(Some(v));
            }
        }
        Ok(None)
    }
}

/// The items before the first for which the predicate is false.
#[class(name = "takewhile", module = "itertools")]
impl TakeWhile {
    #[new("(predicate, iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, predicate: &Value, iterable: &Value) -> Result<Ref<TakeWhile>> {
        TakeWhile::make(cls, ts, predicate, iterable)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if self.done.get() {
            return Ok(None);
        }
        let Some(v) = self.it.next(ts)? else { return Ok(None) };
        if holds(ts, &self.predicate, &v)? {
            return Ok(Some(v));
        }
        self.done.set(true);
        Ok(None)
    }
}

/// The items for which the function is false; the false items when it is None.
#[class(name = "filterfalse", module = "itertools")]
impl FilterFalse {
    #[new("(function, iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, function: &Value, iterable: &Value) -> Result<Ref<FilterFalse>> {
        let r = FilterFalse::make(cls, ts, function, iterable)?;
        let bool_class = taipan_objects::typeobject::builtin(ts, taipan_objects::ids::BOOL).to_value();
        r.done.set(function.is_none() || function.is(&bool_class));
        Ok(r)
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        // Here `done` says that the items themselves are asked.
        let by_truth = self.done.get();
        while let Some(v) = self.it.next(ts)? {
            let r = if by_truth { protocol::is_true(ts, &v)? } else { holds(ts, &self.predicate, &v)? };
            if !r {
                return Ok(Some(v));
            }
        }
        Ok(None)
    }
}

pub struct ISlice {
    it: Held,
    /// How many items to go over before the next one that is given out.
    skip: Cell<usize>,
    /// How many more may be taken; the largest number for all.
    left: Cell<usize>,
    step: usize,
}
payload!(ISlice, container, traverse = |s, visit| s.it.visit(visit), clear = |s| s.it.let_go());

/// A bound of the slice; `Err(())` when it is none.
fn bound(ts: &ThreadState, v: &Value) -> std::result::Result<Option<usize>, ()> {
    if v.is_none() {
        return Ok(None);
    }
    let found = protocol::as_isize(ts, v);
    match found.map(usize::try_from) {
        Ok(Ok(n)) => Ok(Some(n)),
        Ok(Err(_)) => Err(()),
        Err(_) => {
            ts.clear_exception();
            Err(())
        }
    }
}

/// islice(iterable, stop) --> islice object
/// islice(iterable, start, stop[, step]) --> islice object
///
/// Selected items, as by a slice with bounds that are not negative.
#[class(name = "islice", module = "itertools")]
impl ISlice {
    #[new("(*args)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, args: &[Value]) -> Result<Ref<ISlice>> {
        let none = Value::none();
        let (start, stop, step) = match args {
            [_, stop] => (&none, stop, &none),
            [_, start, stop] => (start, stop, &none),
            [_, start, stop, step] => (start, stop, step),
            _ => {
                let (word, n) = if args.len() < 2 { ("at least", 2) } else { ("at most", 4) };
                return Err(ts.type_error(format!("islice expected {word} {n} arguments, got {}", args.len())));
            }
        };
        let stop = match bound(ts, stop) {
            Ok(n) => n,
            Err(()) if args.len() == 2 => {
                return Err(ts.value_error("Stop argument for islice() must be None or an integer: 0 <= x <= sys.maxsize."));
            }
            Err(()) => return Err(wrong_index(ts)),
        };
        let start = bound(ts, start).map_err(|()| wrong_index(ts))?.unwrap_or(0);
        let step = match bound(ts, step) {
            Ok(None) => 1,
            Ok(Some(n)) if n > 0 => n,
            _ => return Err(ts.value_error("Step for islice() must be a positive integer or None.")),
        };
        let it = Source::of(ts, &args[0])?;
        let stop = stop.unwrap_or(usize::MAX);
        let slice = ISlice { it: Held::new(it), skip: Cell::new(start), left: Cell::new(stop), step };
        Ok(heap::new_with_type(ts, cls, slice))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if self.skip.get() > 0 && !self.skip(ts)? || self.left.get() == 0 {
            return self.end();
        }
        match self.it.next(ts) {
            Ok(Some(v)) => {
                // The last step goes no further than to the end.
                let left = self.left.get().saturating_sub(1);
                self.left.set(left);
                self.skip.set(left.min(self.step - 1));
                Ok(Some(v))
            }
            Ok(None) => self.end(),
            Err(e) => Err(e),
        }
    }
}

impl ISlice {
    /// Goes over the items up to the next one wanted; false at the end.
    #[inline(never)]
    fn skip(&self, ts: &ThreadState) -> Result<bool> {
        while self.skip.get() > 0 {
            if self.it.next(ts)?.is_none() {
                return Ok(false);
            }
            self.skip.set(self.skip.get().saturating_sub(1));
            self.left.set(self.left.get().saturating_sub(1));
        }
        Ok(true)
    }
    #[cold]
    fn end(&self) -> Result<Option<Value>> {
        self.it.let_go();
        Ok(None)
    }
}

fn wrong_index(ts: &ThreadState) -> taipan_objects::Raised {
    ts.value_error("Indices for islice() must be None or an integer: 0 <= x <= sys.maxsize.")
}
