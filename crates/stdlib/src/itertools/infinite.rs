//! Iterators that need not end: `count`, `cycle`, `repeat`.

use std::cell::Cell;
use taipan_macros::class;
use taipan_objects::heap::{self, GilCell, Ref};
use taipan_objects::int::{self, IntView};
use taipan_objects::protocol::{self, BinaryOp, Held, Source};
use taipan_objects::typeobject::Type;
use taipan_objects::{Result, ThreadState, Value, payload};

pub struct Count {
    /// The next number while it and the step are machine integers.
    fast: Cell<Option<(i64, i64)>>,
    next: GilCell<Value>,
    step: Value,
}
payload!(Count, container, traverse = |s, visit| {
    s.next.read(|v| visit(v));
    visit(&s.step)
});

fn is_number(ts: &ThreadState, v: &Value) -> bool {
    let slots = v.class(ts).slots();
    slots.index.is_some() || slots.int.is_some() || slots.float.is_some() || taipan_objects::complex::view(v).is_some()
}

/// Start, start + step, start + 2 step …, without an end.
#[class(name = "count", module = "itertools")]
impl Count {
    #[new("(start=0, step=1)")]
    fn new(cls: &Type, ts: &ThreadState, start: Value, step: Value) -> Result<Ref<Count>> {
        if !is_number(ts, &start) || !is_number(ts, &step) {
            return Err(ts.type_error("a number is required"));
        }
        let fast = match (int::view_exact(&start), int::view_exact(&step)) {
            (Some(IntView::Small(n)), Some(IntView::Small(by))) => Some((n, by)),
            _ => None,
        };
        Ok(heap::new_with_type(ts, cls, Count { fast: Cell::new(fast), next: GilCell::new(start), step }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if let Some((n, by)) = self.fast.get() {
            match n.checked_add(by) {
                Some(after) => {
                    self.fast.set(Some((after, by)));
                    return Ok(Some(int::from_i64(ts, n)));
                }
                None => {
                    self.next.set(int::from_i64(ts, n));
                    self.fast.set(None);
                }
            }
        }
        let now = self.next.get();
        let after = protocol::binary_op(ts, BinaryOp::Add, &now, &self.step)?;
        self.next.set(after);
        Ok(Some(now))
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        let s = self;
        let next = match s.fast.get() {
            Some((n, _)) => int::from_i64(ts, n),
            None => s.next.get(),
        };
        let next = protocol::repr(ts, &next)?.to_string_lossy().into_owned();
        if int::view(&s.step) == Some(IntView::Small(1)) {
            return Ok(format!("count({next})"));
        }
        Ok(format!("count({next}, {})", protocol::repr(ts, &s.step)?.to_string_lossy()))
    }
}

pub struct Cycle {
    it: Held,
    saved: GilCell<Vec<Value>>,
    index: Cell<usize>,
}
payload!(Cycle, container, traverse = |s, visit| {
    s.it.visit(visit);
    s.saved.read(|v| v.iter().for_each(&mut *visit))
}, clear = |s| {
    s.it.let_go();
    drop(s.saved.take())
});

/// The items of an iterable, again and again.
#[class(name = "cycle", module = "itertools")]
impl Cycle {
    #[new("(iterable, /)")]
    fn new(cls: &Type, ts: &ThreadState, iterable: &Value) -> Result<Ref<Cycle>> {
        let it = Held::new(Source::of(ts, iterable)?);
        Ok(heap::new_with_type(ts, cls, Cycle { it, saved: GilCell::default(), index: Cell::new(0) }))
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self, ts: &ThreadState) -> Result<Option<Value>> {
        if !self.it.is_let_go() {
            if let Some(v) = self.it.next(ts)? {
                self.saved.write(|s| s.push(v.clone()));
                return Ok(Some(v));
            }
            self.it.let_go();
        }
        let i = self.index.get();
        Ok(self.saved.read(|s| {
            let v = s.get(i).cloned();
            self.index.set(if i + 1 >= s.len() { 0 } else { i + 1 });
            v
        }))
    }
}

pub struct Repeat {
    element: Value,
    /// How often still; negative for ever.
    left: Cell<i64>,
}
payload!(Repeat, container, traverse = |s, visit| visit(&s.element));

/// repeat(object [,times]): the object, so many times or for ever.
#[class(name = "repeat", module = "itertools")]
impl Repeat {
    #[new("(object, times=<unrepresentable>)", no_signature)]
    fn new(cls: &Type, ts: &ThreadState, object: Value, times: Option<isize>) -> Ref<Repeat> {
        let left = times.map_or(-1, |n| n.max(0) as i64);
        heap::new_with_type(ts, cls, Repeat { element: object, left: Cell::new(left) })
    }
    #[slot(iter)]
    fn iter(_ts: &ThreadState, slf: &Value) -> Result {
        Ok(slf.clone())
    }
    #[slot(iternext)]
    fn iternext(&self) -> Option<Value> {
        let left = self.left.get();
        if left == 0 {
            return None;
        }
        if left > 0 {
            self.left.set(left - 1);
        }
        Some(self.element.clone())
    }
    #[slot(repr)]
    fn repr(&self, ts: &ThreadState) -> Result<String> {
        let element = protocol::repr(ts, &self.element)?.to_string_lossy().into_owned();
        Ok(match self.left.get() {
            n if n < 0 => format!("repeat({element})"),
            n => format!("repeat({element}, {n})"),
        })
    }
    /// How many objects are still to come.
    #[method("__length_hint__($self, /)")]
    fn length_hint(&self, ts: &ThreadState) -> Result<i64> {
        match self.left.get() {
            n if n < 0 => Err(ts.type_error("len() of unsized object")),
            n => Ok(n),
        }
    }
}
