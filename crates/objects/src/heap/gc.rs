//! The cycle collector: trial deletion over the table of containers, as in CPython.
//!
//! Each container's gc word holds its place in the table. A collection counts, for every container in the
//! generation looked at, the references that come from inside it; what is left over comes from outside, so
//! values held by Rust code and borrowed stack slots need no root map. Collections run at the eval
//! breaker or in `gc.collect()`, never inside an allocation.

use super::{gc_word, Header, GC_FINALIZED};
use crate::thread::{self, breaker, ThreadState};
use crate::value::Value;
use std::cell::{Cell, RefCell};

const INDEX: u64 = u32::MAX as u64;

pub struct Containers {
    table: RefCell<Vec<*mut Header>>,
    /// Allocations less deallocations since the last collection.
    balance: Cell<i64>,
    pub enabled: Cell<bool>,
    pub thresholds: Cell<[i64; 3]>,
    /// Containers that survived the last full collection.
    pub long_lived: Cell<usize>,
    pub collections: Cell<[u64; 3]>,
    pub collected: Cell<[u64; 3]>,
    pub uncollectable: Cell<u64>,
    pub collecting: Cell<bool>,
    /// `gc.freeze`: containers below this place in the table are left alone.
    pub frozen: Cell<usize>,
}

impl Containers {
    pub fn new() -> Containers {
        Containers {
            table: RefCell::default(),
            balance: Cell::new(0),
            enabled: Cell::new(true),
            thresholds: Cell::new([2000, 10, 0]),
            long_lived: Cell::new(0),
            collections: Cell::new([0; 3]),
            collected: Cell::new([0; 3]),
            uncollectable: Cell::new(0),
            collecting: Cell::new(false),
            frozen: Cell::new(0),
        }
    }
    pub fn len(&self) -> usize {
        self.table.borrow().len()
    }
    /// Allocations less deallocations since the last collection.
    pub fn balance(&self) -> i64 {
        self.balance.get()
    }
    /// # Safety
    /// `h` is a container just allocated; its gc word is not yet written.
    #[inline]
    pub unsafe fn insert(&self, h: *mut Header) {
        let mut t = self.table.borrow_mut();
        // SAFETY: containers have a gc word.
        unsafe { (h as *mut u64).sub(1).write(t.len() as u64) };
        t.push(h);
        let n = self.balance.get() + 1;
        self.balance.set(n);
        // A quarter as many new containers as long-lived ones makes a collection pay.
        if n > self.thresholds.get()[0] && n as usize > self.long_lived.get() / 4 {
            self.request_collection();
        }
    }
    #[cold]
    fn request_collection(&self) {
        if self.enabled.get() && !self.collecting.get() && self.thresholds.get()[0] > 0 {
            thread::current().request(breaker::COLLECT);
        }
    }
    /// # Safety
    /// `h` is a container in the table.
    #[inline]
    pub unsafe fn remove(&self, h: *mut Header) {
        let mut t = self.table.borrow_mut();
        // SAFETY: the gc word holds the place of `h`, and so do those of the others.
        unsafe {
            let i = (gc_word(h).get() & INDEX) as usize;
            debug_assert!(t[i] == h);
            t.swap_remove(i);
            if let Some(&moved) = t.get(i) {
                let w = gc_word(moved);
                w.set(w.get() & !INDEX | i as u64);
            }
        }
        self.balance.set(self.balance.get() - 1);
    }
    /// Every container that the collector knows, as new references.
    pub fn objects(&self) -> Vec<Value> {
        let t = self.table.borrow();
        t.iter().map(|&h| unsafe_borrow(h)).collect()
    }
}

fn unsafe_borrow(h: *mut Header) -> Value {
    // SAFETY: the table lists live objects only.
    unsafe {
        (*h).increment();
        Value::from_word(h as u64)
    }
}

/// Shows `visit` everything that the object refers to: payload, attributes, and the type of an instance
/// of a class.
///
/// # Safety
/// `h` is a live container.
pub unsafe fn traverse(h: *mut Header, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: by contract; the tail's words are values or 0.
    unsafe {
        let s = thread::shape((*h).shape());
        let ty = s.ty();
        (ty.layout().traverse)(h, visit);
        if s.tail_words > 0 {
            let words = crate::shape::tail(h, s);
            for i in 0..s.tail_words as usize {
                let w = words.add(i).cast_const();
                if *w != 0 {
                    visit(&*(w as *const Value));
                }
            }
        }
        if ty.is_heap_type() {
            visit(&*(&(ty.as_header() as u64) as *const u64 as *const Value));
        }
    }
}

/// What a container refers to, for `gc.get_referents`.
pub fn referents(ts: &ThreadState, v: &Value) -> Vec<Value> {
    let mut found = Vec::new();
    if is_tracked(ts, v) {
        // SAFETY: a live container.
        unsafe { traverse(v.header_ptr(), &mut |x| found.push(x.clone())) }
    }
    found
}

/// Does the collector know the object?
pub fn is_tracked(ts: &ThreadState, v: &Value) -> bool {
    v.is_counted() && v.class(ts).has_gc()
}

/// Has the object's finalizer run?
pub fn is_finalized(ts: &ThreadState, v: &Value) -> bool {
    // SAFETY: a container.
    is_tracked(ts, v) && unsafe { gc_word(v.header_ptr()) }.get() & GC_FINALIZED != 0
}

/// What a collection found.
pub struct Outcome {
    pub collected: usize,
    pub garbage: Vec<Value>,
}

/// Collects cycles over all containers. With `keep`, unreachable objects are returned instead of freed
/// (`gc.DEBUG_SAVEALL`).
pub fn collect(ts: &ThreadState, keep: bool) -> Outcome {
    let gc = &ts.interp().containers;
    let nothing = Outcome { collected: 0, garbage: vec![] };
    if gc.collecting.replace(true) {
        return nothing;
    }
    ts.clear_request(breaker::COLLECT);
    let unreachable = find_unreachable(gc);
    let n = unreachable.len();
    if keep {
        gc.collecting.set(false);
        return Outcome { collected: n, garbage: unreachable };
    }
    if n > 0 {
        finalize_and_clear(ts, unreachable);
    }
    gc.balance.set(0);
    gc.long_lived.set(gc.len());
    let mut c = gc.collections.get();
    c[2] += 1;
    gc.collections.set(c);
    let mut c = gc.collected.get();
    c[2] += n as u64;
    gc.collected.set(c);
    gc.collecting.set(false);
    Outcome { collected: n, garbage: vec![] }
}

/// The containers that only containers in the table keep alive, and nothing outside reaches.
fn find_unreachable(gc: &Containers) -> Vec<Value> {
    let table = gc.table.borrow();
    let base = gc.frozen.get().min(table.len());
    let objects = &table[base..];
    // SAFETY: all entries are live containers; nothing changes them while we look.
    unsafe {
        let index_of = |v: &Value| -> Option<usize> {
            if !v.is_counted() {
                return None;
            }
            let h = v.header_ptr();
            if !thread::shape_type((*h).shape()).has_gc() {
                return None;
            }
            let i = (gc_word(h).get() & INDEX) as usize;
            (i >= base && i < table.len() && table[i] == h).then(|| i - base)
        };
        let mut refs: Vec<u32> = objects.iter().map(|&h| (*h).count()).collect();
        for &h in objects {
            traverse(h, &mut |v| {
                if let Some(i) = index_of(v) {
                    refs[i] = refs[i].wrapping_sub(1);
                }
            });
        }
        let mut reachable = vec![false; objects.len()];
        let mut work: Vec<usize> = vec![];
        for i in 0..objects.len() {
            if refs[i] != 0 {
                reachable[i] = true;
                work.push(i);
            }
        }
        while let Some(i) = work.pop() {
            traverse(objects[i], &mut |v| {
                if let Some(j) = index_of(v)
                    && !reachable[j]
                {
                    reachable[j] = true;
                    work.push(j);
                }
            });
        }
        (0..objects.len()).filter(|&i| !reachable[i]).map(|i| unsafe_borrow(objects[i])).collect()
    }
}

/// As CPython: weakref callbacks, then `__del__`, then (for what nobody resurrected) `tp_clear`.
fn finalize_and_clear(ts: &ThreadState, unreachable: Vec<Value>) {
    crate::weakref::clear_unreachable(ts, &unreachable);
    let mut ran = false;
    for v in &unreachable {
        // SAFETY: all of them are containers.
        let word = unsafe { gc_word(v.header_ptr()) };
        if v.class(ts).has_finalizer() && word.get() & GC_FINALIZED == 0 {
            word.set(word.get() | GC_FINALIZED);
            ran = true;
            crate::typeobject::finalize(ts, v);
        }
    }
    let dead = if ran { still_unreachable(ts, unreachable) } else { unreachable };
    for v in &dead {
        // SAFETY: a live object; clearing leaves it usable.
        unsafe {
            let h = v.header_ptr();
            let s = thread::shape((*h).shape());
            (s.ty().layout().clear)(h);
            if s.tail_words > 0 {
                crate::shape::drop_tail(crate::shape::tail(h, s), s.tail_words as usize);
            }
        }
    }
}

/// Of `set` (each held once by it), what finalizers did not bring back to life.
fn still_unreachable(ts: &ThreadState, set: Vec<Value>) -> Vec<Value> {
    let all = find_unreachable_within(ts, &set);
    set.into_iter().zip(all).filter(|(_, dead)| *dead).map(|(v, _)| v).collect()
}

fn find_unreachable_within(_ts: &ThreadState, set: &[Value]) -> Vec<bool> {
    use std::collections::HashMap;
    let index: HashMap<u64, usize> = set.iter().enumerate().map(|(i, v)| (v.id(), i)).collect();
    // SAFETY: the values are live containers.
    unsafe {
        let mut refs: Vec<u32> = set.iter().map(|v| (*v.header_ptr()).count() - 1).collect();
        for v in set {
            traverse(v.header_ptr(), &mut |w| {
                if let Some(&i) = index.get(&w.id()) {
                    refs[i] = refs[i].wrapping_sub(1);
                }
            });
        }
        let mut alive: Vec<bool> = refs.iter().map(|&n| n != 0).collect();
        let mut work: Vec<usize> = (0..set.len()).filter(|&i| alive[i]).collect();
        while let Some(i) = work.pop() {
            traverse(set[i].header_ptr(), &mut |w| {
                if let Some(&j) = index.get(&w.id())
                    && !alive[j]
                {
                    alive[j] = true;
                    work.push(j);
                }
            });
        }
        alive.into_iter().map(|a| !a).collect()
    }
}
