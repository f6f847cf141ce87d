//! The cycle collector: trial deletion over the table of containers, as in CPython.
//!
//! Each container's gc word holds its place in the table, which has three parts: `[frozen | old | young]`. New
//! containers go to the end; what survives a collection is old from then on. A collection counts, for every
//! container of the part looked at, the references that come from inside it; what is left over comes from
//! outside, so values held by Rust code, borrowed stack slots and old objects need no root map. Collections
//! run at the eval breaker or in `gc.collect()`, never inside an allocation.

use super::{gc_word, GilCell, Header, GC_FINALIZED};
use crate::shape::Shapes;
use crate::thread::{self, breaker, ThreadState};
use crate::value::Value;
use std::cell::Cell;

const INDEX: u64 = u32::MAX as u64;

pub struct Containers {
    table: GilCell<Vec<*mut Header>>,
    /// Where the old part and the young part begin.
    frozen: Cell<usize>,
    old: Cell<usize>,
    /// Allocations less deallocations since the last collection.
    balance: Cell<i64>,
    /// The balance at which a collection is asked for; the maximum while none is wanted.
    limit: Cell<i64>,
    enabled: Cell<bool>,
    thresholds: Cell<[i64; 3]>,
    /// Young collections since the last full one.
    young_collections: Cell<i64>,
    /// Old containers after the last full collection.
    long_lived: Cell<usize>,
    pub collections: Cell<[u64; 3]>,
    pub collected: Cell<[u64; 3]>,
    collecting: Cell<bool>,
    /// Does what an automatic collection of a generation does beyond collecting (`gc.callbacks`, debugging).
    pub observer: Cell<Option<fn(&ThreadState, Generation)>>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Generation {
    Young,
    All,
}

impl Containers {
    pub fn new() -> Containers {
        let thresholds = [2000, 10, 0];
        Containers {
            table: GilCell::default(),
            frozen: Cell::new(0),
            old: Cell::new(0),
            balance: Cell::new(0),
            limit: Cell::new(thresholds[0]),
            enabled: Cell::new(true),
            thresholds: Cell::new(thresholds),
            young_collections: Cell::new(0),
            long_lived: Cell::new(0),
            collections: Cell::new([0; 3]),
            collected: Cell::new([0; 3]),
            collecting: Cell::new(false),
            observer: Cell::new(None),
        }
    }
    pub fn len(&self) -> usize {
        self.table.read(Vec::len)
    }
    /// `gc.get_count()`.
    pub fn counts(&self) -> [i64; 3] {
        [self.balance.get().max(0), self.young_collections.get(), 0]
    }
    pub fn is_enabled(&self) -> bool {
        self.enabled.get()
    }
    pub fn set_enabled(&self, on: bool) {
        self.enabled.set(on);
        self.reset_limit();
    }
    pub fn thresholds(&self) -> [i64; 3] {
        self.thresholds.get()
    }
    pub fn set_thresholds(&self, t: [i64; 3]) {
        self.thresholds.set(t);
        self.reset_limit();
    }
    fn reset_limit(&self) {
        let t = self.thresholds.get()[0];
        self.limit.set(if self.enabled.get() && t > 0 { t } else { i64::MAX });
    }
    /// Takes everything that is there out of the collector's sight.
    pub fn freeze(&self) {
        let n = self.len();
        self.frozen.set(n);
        self.old.set(n);
        self.long_lived.set(0);
    }
    pub fn unfreeze(&self) {
        self.frozen.set(0);
    }
    pub fn frozen(&self) -> usize {
        self.frozen.get()
    }
    /// # Safety
    /// `h` is a container just allocated; its gc word is not yet written.
    #[inline]
    pub unsafe fn insert(&self, h: *mut Header) {
        self.table.write(|t| {
            // SAFETY: containers have a gc word.
            unsafe { (h as *mut u64).sub(1).write(t.len() as u64) };
            t.push(h);
        });
        let n = self.balance.get() + 1;
        self.balance.set(n);
        if n > self.limit.get() {
            self.request_collection();
        }
    }
    #[cold]
    #[inline(never)]
    fn request_collection(&self) {
        // Asked once; the collection sets the limit anew.
        self.limit.set(i64::MAX);
        if !self.collecting.get() {
            thread::current().request(breaker::COLLECT);
        }
    }
    /// # Safety
    /// `h` is a container in the table.
    #[inline]
    pub unsafe fn remove(&self, h: *mut Header) {
        self.table.write(|t| {
            // SAFETY: the gc word holds the place of `h`, and so do those of the others.
            unsafe {
                let mut hole = (gc_word(h).get() & INDEX) as usize;
                debug_assert!(t[hole] == h);
                let place = |h: *mut Header, i: usize| {
                    let w = gc_word(h);
                    w.set(w.get() & !INDEX | i as u64);
                };
                // The hole moves to the end of its part, and from there to the end of the next.
                for end in [&self.frozen, &self.old] {
                    if hole < end.get() {
                        let last = end.get() - 1;
                        end.set(last);
                        let moved = *t.get_unchecked(last);
                        *t.get_unchecked_mut(hole) = moved;
                        place(moved, hole);
                        hole = last;
                    }
                }
                if let Some(moved) = t.pop()
                    && hole < t.len()
                {
                    *t.get_unchecked_mut(hole) = moved;
                    place(moved, hole);
                }
            }
        });
        self.balance.set(self.balance.get() - 1);
    }
    /// Every container that the collector knows, as new references.
    pub fn objects(&self) -> Vec<Value> {
        self.table.read(|t| t.iter().map(|&h| counted(h)).collect())
    }
    /// The containers of a generation: 0 young, 1 old ones that no full collection has seen (none), 2 old.
    pub fn generation(&self, n: usize) -> Vec<Value> {
        self.table.read(|t| {
            let part = match n {
                0 => &t[self.old.get()..],
                1 => &t[..0],
                _ => &t[self.frozen.get()..self.old.get()],
            };
            part.iter().map(|&h| counted(h)).collect()
        })
    }
}

fn counted(h: *mut Header) -> Value {
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
    // SAFETY: by contract.
    unsafe { visit_referents(&thread::current().interp().shapes, h, visit) }
}

unsafe fn visit_referents(shapes: &Shapes, h: *mut Header, visit: &mut dyn FnMut(&Value)) {
    // SAFETY: a live container; the tail's words are values or 0.
    unsafe {
        let s = shapes.get((*h).shape());
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

/// Collects as the eval breaker asks: the young containers, now and then all.
#[cold]
pub fn collect_automatically(ts: &ThreadState) {
    let gc = &ts.interp().containers;
    ts.clear_request(breaker::COLLECT);
    let often = gc.thresholds.get()[1].max(1);
    let generation = match gc.young_collections.get() >= often {
        // Only when the old have grown by a quarter: the work stays in proportion to what was allocated.
        true if gc.old.get() - gc.frozen.get() > gc.long_lived.get() + gc.long_lived.get() / 4 => Generation::All,
        _ => Generation::Young,
    };
    match gc.observer.get() {
        Some(f) => f(ts, generation),
        None => {
            collect(ts, generation, &mut |_| false);
        }
    }
}

/// Collects cycles of a generation and returns how many objects were unreachable. `seen` is shown each of
/// them; where it answers true, the object is left as it is (`gc.DEBUG_SAVEALL`).
pub fn collect(ts: &ThreadState, generation: Generation, seen: &mut dyn FnMut(&Value) -> bool) -> usize {
    let gc = &ts.interp().containers;
    if gc.collecting.replace(true) {
        return 0;
    }
    ts.clear_request(breaker::COLLECT);
    let all = generation == Generation::All;
    let start = if all { gc.frozen.get() } else { gc.old.get() };
    let unreachable = find_unreachable(ts, gc, start);
    gc.old.set(gc.len());
    let n = unreachable.len();
    if n > 0 {
        let rest: Vec<Value> = unreachable.into_iter().filter(|v| !seen(v)).collect();
        finalize_and_clear(ts, rest);
    }
    if all {
        gc.young_collections.set(0);
        gc.long_lived.set(gc.old.get() - gc.frozen.get());
    } else {
        gc.young_collections.set(gc.young_collections.get() + 1);
    }
    gc.balance.set(0);
    gc.reset_limit();
    let i = if all { 2 } else { 0 };
    let add = |cell: &Cell<[u64; 3]>, by: u64| {
        let mut c = cell.get();
        c[i] += by;
        cell.set(c);
    };
    add(&gc.collections, 1);
    add(&gc.collected, n as u64);
    gc.collecting.set(false);
    n
}

/// The containers from place `start` on that only containers there keep alive.
fn find_unreachable(ts: &ThreadState, gc: &Containers, start: usize) -> Vec<Value> {
    let shapes = &ts.interp().shapes;
    gc.table.read(|table| {
        let objects = &table[start..];
        // SAFETY: all entries are live containers; nothing changes them while we look.
        unsafe {
            let index_of = |v: &Value| -> usize {
                if !v.is_counted() {
                    return usize::MAX;
                }
                let h = v.header_ptr();
                if !shapes.get((*h).shape()).ty().has_gc() {
                    return usize::MAX;
                }
                let i = ((gc_word(h).get() & INDEX) as usize).wrapping_sub(start);
                debug_assert!(i >= objects.len() || objects[i] == h);
                i
            };
            let mut refs: Vec<u32> = objects.iter().map(|&h| (*h).count()).collect();
            for &h in objects {
                visit_referents(shapes, h, &mut |v| {
                    if let Some(r) = refs.get_mut(index_of(v)) {
                        *r = r.wrapping_sub(1);
                    }
                });
            }
            // What is referred to from outside, and what that reaches, is marked by the highest count.
            const REACHABLE: u32 = u32::MAX;
            let mut work: Vec<u32> = vec![];
            for i in 0..objects.len() {
                if refs[i] == 0 || refs[i] == REACHABLE {
                    continue;
                }
                refs[i] = REACHABLE;
                work.push(i as u32);
                while let Some(i) = work.pop() {
                    visit_referents(shapes, objects[i as usize], &mut |v| {
                        let j = index_of(v);
                        if let Some(r) = refs.get_mut(j)
                            && *r != REACHABLE
                        {
                            *r = REACHABLE;
                            work.push(j as u32);
                        }
                    });
                }
            }
            (0..objects.len()).filter(|&i| refs[i] == 0).map(|i| counted(objects[i])).collect()
        }
    })
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
    let index: rustc_hash::FxHashMap<u64, usize> = set.iter().enumerate().map(|(i, v)| (v.id(), i)).collect();
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
